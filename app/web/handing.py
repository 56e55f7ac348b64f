"""Files that hold personal data, handed out: each is noted, who took what and when, once the answer has left."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app
from flask_login import current_user

from app.directory.models import Person
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.web import access_log

View = Callable[..., Any]
HANDED = "hands_out"
"""The mark of a view whose files are noted; a test asks every address and wants it on all that hands out a file."""


def hands_out(what: str) -> Callable[[View], View]:
    """Above a view, below its guard: what it answers is a file that holds personal data, `what` by name."""

    def decorate(view: View) -> View:
        @wraps(view)
        def noting(*args: Any, **kwargs: Any) -> Any:
            answer = view(*args, **kwargs)
            response = current_app.make_response(answer)
            if response.status_code < 300:
                _note(what, [*args, *kwargs.values()], kwargs)
            return response

        setattr(noting, HANDED, what)
        return noting

    return decorate


def _note(what: str, given: list[Any], named: dict[str, Any]) -> None:
    report = next(each for each in given if isinstance(each, Report))
    facts: dict[str, Any] = {"report": report.id, "what": what}
    facts |= {("part" if name == "key" else name): named[name] for name in ("key", "kind", "number") if name in named}
    invited = next((each for each in given if isinstance(each, Invitation)), None)
    taker: Person = invited.person if invited is not None else current_user
    access_log.note("download", taker.id, facts, known=invited is None)
