"""How many forged files each reader would let pass: ours, pyHanko, pdfsig. Run: python -m bench.tampering"""

from __future__ import annotations

import asyncio
import io
import logging
import shutil
import subprocess
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature

from app.documents import verdict
from tests.unit.pdf_tampering import METHODS
from tests.unit.sealing import house, signed, verdict_on

SIGNED = 2


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    passed: Counter[str] = Counter()
    for method in METHODS:
        accepted = accepting(method.make())
        passed.update(accepted)
        if accepted - {"ours, without the list"}:
            print(f"  {method.name}: accepted by {', '.join(sorted(accepted))}")
    genuine = accepting(signed()[2])
    print(f"{len(METHODS)} forged files")
    for name in READERS:
        print(f"{name:42} accepts {passed[name]:4} of them, and {'' if name in genuine else 'NOT '}the genuine one")


def accepting(pdf: bytes) -> set[str]:
    return {name for name, accepts in READERS.items() if accepts(pdf)}


def _ours(pdf: bytes) -> bool:
    return verdict_on(pdf, published=pdf == signed()[2]).genuine


def _without_list(pdf: bytes) -> bool:
    return verdict_on(pdf, published=None).genuine


def _pyhanko(pdf: bytes) -> bool:
    """Every person's signature has pyHanko's own `bottom_line`, as of its time-stamp, our root alone trusted."""

    async def each() -> list[bool]:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        contexts = [verdict._context(one, house().roots, verdict._token_time(one)) for one in found]
        judged = [await async_validate_pdf_signature(*pair) for pair in zip(found, contexts, strict=True)]
        return [status.bottom_line for status in judged]

    try:
        lines = asyncio.run(each())
    except Exception:  # what cannot be read is not accepted
        return False
    return bool(lines) and all(lines)


def _pdfsig(pdf: bytes) -> bool:
    """Two persons' signatures that poppler calls valid, whoever issued the certificates: it does not know our root."""
    if shutil.which("pdfsig") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, timeout=60).stdout
    return said.count(b"Signature is Valid") >= SIGNED


READERS = {
    "ours": _ours,
    "ours, without the list": _without_list,
    "pyHanko, every signature's bottom line": _pyhanko,
    "pdfsig, two signatures valid": _pdfsig,
}


if __name__ == "__main__":
    main()
