"""Every PDF that a test makes passes the conformance gate: when it is set, prepared, signed once and twice, or bound."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from app.documents import pdf, seal
from app.documents.conformance import findings
from app.documents.scanning import binding

Contents = Iterable[tuple[str, str, int]]

_made: list[tuple[bytes, Contents]] = []
_passed: set[bytes] = set()


def watch() -> None:
    """Look at what leaves the four places where files are made. Before anything else imports them by name."""
    _look(pdf, "_rendered", lambda rendered: (rendered.pdf, rendered.contents))
    for place, function in ((seal, "prepare"), (seal, "sign"), (binding, "bind")):
        _look(place, function, lambda file: (file, ()))


def _look(place: Any, function: str, of: Callable[[Any], tuple[bytes, Contents]]) -> None:
    make = getattr(place, function)

    @wraps(make)
    def seen(*given: Any, **named: Any) -> Any:
        made = make(*given, **named)
        _made.append(of(made))
        return made

    setattr(place, function, seen)


def refused() -> list[str]:
    """What the gate finds in the files made since it was asked last, each file once."""
    found = []
    while _made:
        file, contents = _made.pop()
        name = hashlib.sha256(file).digest()
        if name not in _passed:
            _passed.add(name)
            found += findings(file, contents)
    return found
