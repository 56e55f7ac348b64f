"""Every PDF that a test makes passes the conformance gate: when it is set, prepared, signed, sealed, or bound."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from app.documents import pdf, seal
from app.documents.conformance import findings
from app.documents.scanning import binding

_made: list[bytes] = []
_passed: set[bytes] = set()


def watch() -> None:
    """Look at what leaves the five places where files are made. Before anything else imports them by name."""
    _look(pdf, "_rendered", lambda rendered: rendered.pdf)
    for place, function in ((seal, "prepare"), (seal, "sign"), (seal, "seal_public"), (binding, "bind")):
        _look(place, function, lambda file: file)


def _look(place: Any, function: str, file: Callable[[Any], bytes]) -> None:
    make = getattr(place, function)

    @wraps(make)
    def seen(*given: Any, **named: Any) -> Any:
        made = make(*given, **named)
        _made.append(file(made))
        return made

    setattr(place, function, seen)


def refused() -> list[str]:
    """What the gate finds in the files made since it was asked last, each file once."""
    found = []
    while _made:
        made = _made.pop()
        name = hashlib.sha256(made).digest()
        if name not in _passed:
            _passed.add(name)
            found += findings(made)
    return found


def forget() -> None:
    """Let what was made since then go by: forgers sign what does not conform."""
    _made.clear()
