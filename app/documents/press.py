"""Typst at work: plain data in, PDF and facts out. Stands alone, so that it also runs as a process of its own."""

from __future__ import annotations

import json
import resource
import struct
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import typst

HERE = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024

_own = threading.local()


class Pressed(NamedTuple):
    """`facts`: {"pages": how many, "headings": [page of each, the contents' title first], "fields": [...]}.

    A field is {slot, page, x, y, width, height} as in `SignatureField`.
    """

    pdf: bytes
    facts: dict[str, Any]


def press(data: str, source: str, made_on: int) -> Pressed:
    """`data` and `source` are JSON texts, `made_on` whole seconds since 1970 in UTC. Raises `typst.TypstError`."""
    compiler = _compiler()
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": data, "source": source},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=made_on,
    )
    facts = json.loads(compiler.query("<facts>", field="value", one=True))
    return Pressed(cast(bytes, pdf), facts)


def _compiler() -> typst.Compiler:
    """A compiler serves one thread only."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(HERE / "typst" / "report.typ", root=HERE / "typst", font_paths=_fonts())
    return cast(typst.Compiler, _own.compiler)


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts shipped here: the same page on every machine, and no search through the system's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])


def main() -> None:
    """Reads {data, source, made_on, megabytes, seconds}; writes the facts' length in four bytes, the facts, the PDF."""
    order = json.load(sys.stdin.buffer)
    _limit(order["megabytes"], order["seconds"])
    pressed = press(order["data"], order["source"], order["made_on"])
    facts = json.dumps(pressed.facts).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(facts)) + facts + pressed.pdf)


def _limit(megabytes: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
