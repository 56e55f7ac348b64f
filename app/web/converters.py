"""Numbers in addresses: none larger than the database's own."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class Identifier(IntegerConverter):
    """A whole number that the database can hold; a larger one names nothing, so its address is not found."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **{"max": LARGEST, **options})  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Identifier
