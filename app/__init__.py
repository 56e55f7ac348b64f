"""The application: its parts in order, and one transaction a request."""

from __future__ import annotations

import gc
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from app import anchoring, config
from app.audit import canary, events, watch
from app.content.canonical import canonical, digest
from app.db import answering, db, engine_options, prepare, reading
from app.documents import store
from app.web.bodies import CountedRequest, limit
from app.web.hosts import Hosts

ROOT = Path(__file__).resolve().parent.parent
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


class Application(Flask):
    """Flask with the rule that a request is a transaction.

    It is committed when the method is unsafe and the status below 400, and undone otherwise; a safe request never commits.
    """

    request_class = CountedRequest

    def full_dispatch_request(self) -> Response:
        limit(request)
        safe = request.method in SAFE_METHODS
        token, waiting = reading.set(safe), answering.set(True)
        try:
            with store.remembering():
                response = super().full_dispatch_request()
            if not safe and response.status_code < 400:
                db.session.commit()
                self._anchor(events.asked_for())
            else:
                db.session.rollback()
            return response
        finally:
            reading.reset(token)
            answering.reset(waiting)

    def _anchor(self, act: str) -> None:
        """Sign a checkpoint of what was committed, for acts that want one; where it fails the worker makes it."""
        if not act:
            return
        try:
            anchoring.anchor(self.config, act)
        except (*anchoring.CANNOT, DBAPIError) as reason:
            self.logger.warning("no checkpoint was made after %r: %s", act, reason)


def create_app(overrides: dict[str, Any] | None = None, instance: Path | None = None) -> Application:
    """The application, ready to serve. `instance` holds its settings, database, files and keys."""
    app = Application(
        __name__,
        instance_path=str(instance or ROOT / "instance"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "app" / "static"),
        static_url_path="/static",
    )
    app.config.update(config.load(Path(app.instance_path), overrides))
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["DATABASE_URL"])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    csrf.init_app(app)
    with app.app_context():
        prepare(db.engine)
        watch.watch(db.engine)
    _furnish(app)
    app.wsgi_app = Hosts(app.wsgi_app, app.config["HOSTS"])  # type: ignore[method-assign]
    if proxies := int(app.config["PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    # Tests and commands make an application for a moment; only what serves gains by getting ready.
    if not _for_commands(app):
        with app.app_context():
            canary.require_guarded(db.engine, strict=app.config["PRODUCTION"])
            _look_back(app)
        warm(app)
    return app


def _look_back(app: Application) -> None:
    """Whether the log goes on from what was witnessed of it: a backup that was put back shows before anything is written."""
    try:
        found = anchoring.look(app.config)
    except DBAPIError:
        app.logger.exception("the log was not compared with the file of checkpoints")
        return
    if found is not None:
        app.logger.error("%s", found.sentence)


def _for_commands(app: Application) -> bool:
    return app.testing or "FLASK_RUN_FROM_CLI" in os.environ


def _furnish(app: Application) -> None:
    from app import web

    web.init_app(app)
    if _for_commands(app):  # what serves starts sooner without them
        from app import cli

        cli.init_app(app)


def warm(app: Application) -> None:
    """Get a worker ready before its first request, and keep the garbage collector away from what stays for good.

    What has been loaded by then is never collected, so it need not be looked through again and again: pages are made a
    fifth faster, and the slowest of a hundred several times (`docs/figures.md`).
    """
    configure_mappers()
    app.jinja_env.bytecode_cache = _compiled(app)
    for name in app.jinja_loader.list_templates() if app.jinja_loader else ():
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _compiled(app: Application) -> FileSystemBytecodeCache | None:
    """Where templates are kept compiled from one start to the next; each by its text, and by what else the code hangs on."""
    folder = Path(app.instance_path) / "templates"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    environment = app.jinja_env
    made_by = [version("jinja2"), environment.trim_blocks, environment.lstrip_blocks, sorted(environment.extensions)]
    return FileSystemBytecodeCache(str(folder), f"%s-{digest(canonical(made_by))[:12]}")
