"""What stands above every view: the act it is for, the report among those the person may see, and forms sent once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, g, redirect, request, url_for
from flask_login import current_user

from app.audit import once
from app.audit.once import Once
from app.db import db, only_reading, reading
from app.directory.models import Person, Role
from app.reports import steps
from app.reports.access import visibility
from app.reports.models.report import Report

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[..., Any]

# Every view carries the name of what it is for here; a test walks the URL map and wants it on each.
MARK = "states_act"


def me() -> Person:
    """Who is signed in."""
    return current_user._get_current_object()  # type: ignore[no-any-return]


def public(view: View) -> View:
    """For anybody, signed in or not."""
    return _mark(view, "public")


def public_while(open_now: Callable[[], bool]) -> Callable[[View], View]:
    """For anybody while `open_now` says so; otherwise for anybody with an account."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated and not open_now():
                _ask_to_sign_in()
            return view(*args, **kwargs)

        return _mark(guarded, "public")

    return guard


def signed_in(view: View) -> View:
    """For anybody with an account."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _ask_to_sign_in()
        return _once(view, *args, **kwargs)

    return _mark(guarded, "signed_in")


def role(*roles: Role) -> Callable[[View], View]:
    """For holders of one of these roles, anywhere; for the others the page does not exist."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _ask_to_sign_in()
            if not any(me().holds(each) for each in roles):
                abort(404)
            return _once(view, *args, **kwargs)

        return _mark(guarded, "role:" + ",".join(roles))

    return guard


def reads(view: View) -> View:
    """For those who may see the report named by `report_id`; the view gets it as its first argument."""

    @wraps(view)
    def guarded(report_id: int, **kwargs: Any) -> Any:
        _ask_to_sign_in()
        return _once(view, _visible(report_id), **kwargs)

    return _mark(guarded, "reads")


def act(*keys: str) -> Callable[[View], View]:
    """For those who may take one of these acts of the workflow on the report named by `report_id`.

    Unseen reports are 404; without the role 403; at another stage 409. What must hold first (422) and who is personally
    barred are for `steps.take`, the one door, to say.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(report_id: int, **kwargs: Any) -> Any:
            _ask_to_sign_in()
            report = _visible(report_id)
            if not _already_received():
                steps.admit(keys, report, me())
            return _once(view, report, **kwargs)

        return _mark(guarded, "act:" + ",".join(keys))

    return guard


def keeps_nothing(view: View) -> View:
    """For a form whose answer is all that comes of it: stands above the guard, and no writer waits meanwhile."""

    @wraps(view)
    def looked(*args: Any, **kwargs: Any) -> Any:
        db.session.rollback()
        with only_reading():
            return view(*args, **kwargs)

    return looked


def read_before(read: Callable[..., None], *keys: str) -> Callable[[View], View]:
    """Let `read(report, …)` look at what was sent before the write begins: nobody waits for another one's file.

    Stands above the guard, and is for those whom the guard lets pass: for others nothing is read.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def prepared(report_id: int, **kwargs: Any) -> Any:
            db.session.rollback()
            with only_reading():
                report = visibility.visible_report(me(), report_id) if current_user.is_authenticated else None
                if report is not None and _admitted(keys, report):
                    read(report, **kwargs)
            return view(report_id=report_id, **kwargs)

        return prepared

    return guard


def _admitted(keys: tuple[str, ...], report: Report) -> bool:
    try:
        steps.admit(keys, report, me())
    except (steps.NotAllowed, steps.WrongStage):
        return False
    return True


def _mark(view: View, what: str) -> View:
    setattr(view, MARK, what)
    return view


def _ask_to_sign_in() -> None:
    """Without a session: the sign-in page for reading; for writing an answer that leaves the page and its text alone."""
    if current_user.is_authenticated:
        return
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        place = url_for("security.login", next=request.full_path.rstrip("?"))
        abort(redirect(place, 303))
    abort(401)


def _visible(report_id: int) -> Report:
    report = visibility.visible_report(me(), report_id, lock=request.method == "POST" and not reading.get())
    if report is None:
        abort(404)
    return report


def _key() -> str:
    """The one-time key of the form; none for a grid's button or a preview, which take nothing in."""
    if request.method != "POST" or request.form.get("grid") or request.form.get("do") == "preview":
        return ""
    return request.form.get("once", "")[:64]


def _already_received() -> Once | None:
    key = _key()
    if not key:
        return None
    if "once" not in g:
        g.once = once.take(key, me().id, request.path)
    received: Once | None = g.once
    return received


def _once(view: View, *args: Any, **kwargs: Any) -> Any:
    """Serve a form that carries a key once; its repetition is led to the same place."""
    received = _already_received()
    if received is not None:
        return redirect(received.place or request.path, 303)
    answer = view(*args, **kwargs)
    if (key := _key()) and (place := g.get("place", "")):
        once.led(key, me().id, request.path, place)
    return answer
