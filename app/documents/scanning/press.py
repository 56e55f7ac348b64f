"""Typst at work on a folder of pictures. Stands alone: it runs as a process of its own, given the folder and a moment."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent.parent
TEMPLATE = HERE / "typst" / "scan.typ"
MEGABYTES = 2048
SECONDS = 60


def main(folder: str, made_on: str) -> None:
    """Writes the PDF of `folder`'s scan.typ to standard output; `made_on` is in seconds since 1970, UTC."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024 * 1024, MEGABYTES * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    compiler = typst.Compiler(Path(folder) / "scan.typ", root=Path(folder), font_paths=fonts)
    pdf = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=int(made_on))
    sys.stdout.buffer.write(pdf if isinstance(pdf, bytes) else b"".join(pdf or ()))


if __name__ == "__main__":
    main(*sys.argv[1:3])
