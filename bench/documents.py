"""The documents against their bars: time, and the memory of the longest. Run: python -m bench.documents"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from app.documents import authority, pdf, seal, verdict
from app.documents.pdf import RenderingFailed, render, render_apart
from app.documents.seal import SignerInfo
from app.documents.verifying import reading
from tests.unit.pdf_demo import demo

SINCE, AT = datetime(2031, 1, 1, tzinfo=UTC), datetime(2031, 3, 20, 10, tzinfo=UTC)
ISSA = SignerInfo("Issa KONE", "Rapporteur", "person:17")
SEYDOU = SignerInfo("Seydou BA", "Président de séance", "person:42")
CROWD = 2_000
# What is measured elsewhere, where it is there: the module, what it is, its bar in ms.
ELSEWHERE = (("bench.word", "Word report", 90), ("bench.sheets", "5,000 spreadsheet rows read", 50))
STEP = 128
"""Megabytes between two limits that are tried."""


def main() -> None:
    report, crowd = demo(attendees=80), demo(attendees=CROWD)
    house = authority.create(Path(tempfile.mkdtemp()), "Groupe d’essai", since=SINCE)
    made = render(report, source=b"{}", made_on=AT)
    ready = seal.prepare(made.pdf, made.fields)

    def both(unsigned: bytes) -> bytes:
        once = seal.sign(unsigned, "rapporteur", ISSA, house, AT, last=False)
        return seal.sign(once, "chair", SEYDOU, house, AT, last=True)

    def whole(turn: int) -> bytes:
        anew = render(report, source=_source(turn), made_on=AT)
        return both(seal.prepare(anew.pdf, anew.fields))

    signed = both(ready)
    print("| Job | Median | Best | Bar | |\n|---|---|---|---|---|")
    _row(f"report as PDF/A-3a and PDF/UA-1, {made.pages} pages, warm", 82, 15, lambda n: _rendered(report, n))
    _row("same, new process", 150, 9, lambda n: render_apart(report, source=_source(n), made_on=AT))
    _row("2,000 attendees, new process", 1_000, 3, lambda n: render_apart(crowd, source=_source(n), made_on=AT))
    _row("two signatures, LT then LTA", 150, 15, lambda n: both(ready))
    _row("rendered, both signatures, time-stamp", 250, 9, whole)
    _row("verdict on the signed file", None, 9, lambda n: verdict.examine(signed, lambda _: True, house.roots))
    _row("its words, look and source read, new process", None, 9, lambda n: reading.read([signed]))
    for module, name, bar in ELSEWHERE:
        where = f"see `{module}`" if find_spec(module) else "not here"
        print(f"| {name} | {where} | | {bar} ms | |")
    print(f"\n{_memory_of_crowd()}")
    print(_memory_of_verdict(signed, house.folder.parent))


def _rendered(report: pdf.Document, turn: int) -> pdf.Rendered:
    return render(report, source=_source(turn), made_on=AT)


def _source(turn: int) -> bytes:
    """A new source each time, so that no compiled document is found again."""
    return f'{{"turn":{turn}}}'.encode()


def _row(name: str, bar: int | None, times: int, job: Callable[[int], object]) -> None:
    job(-1)
    spent = []
    for turn in range(times):
        start = time.perf_counter()
        job(turn)
        spent.append((time.perf_counter() - start) * 1000)
    middle = median(spent)
    against = ("", "") if bar is None else (f"{bar} ms", "kept" if middle <= bar else "**above**")
    print(f"| {name} | {middle:.0f} ms | {min(spent):.0f} ms | {against[0]} | {against[1]} |", flush=True)


def _memory_of_crowd() -> str:
    """The least limit of address space, in steps, at which the longest report is still set."""
    crowd = demo(attendees=CROWD)
    megabytes = pdf.MEMORY_MEGABYTES
    while megabytes > STEP:
        try:
            render_apart(crowd, source=b"{}", made_on=AT, megabytes=megabytes - STEP)
        except RenderingFailed:
            break
        megabytes -= STEP
    # Asked by a small process: what a child is said to have used begins with what its parent had.
    program = (
        "import resource\nfrom datetime import UTC, datetime\nfrom app.documents.pdf import render_apart\n"
        f"from tests.unit.pdf_demo import demo\nrender_apart(demo(attendees={CROWD}), source=b'{{}}', "
        "made_on=datetime(2031, 3, 20, tzinfo=UTC))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    most = int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
    limit = f"the limit is {pdf.MEMORY_MEGABYTES}"
    return f"2,000 attendees: set in {megabytes} MB of address space ({limit}), {most} MB of memory at most"


def _memory_of_verdict(signed: bytes, keys: Path) -> str:
    """The memory of a process that gives one verdict, and of one that has only loaded what it needs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signed.pdf"
        path.write_bytes(signed)
        idle, busy = (_peak(keys, path, examined) for examined in (False, True))
    return f"verdict: {busy - idle} MB of memory beyond the {idle} of a process that is ready for it"


def _peak(keys: Path, path: Path, examined: bool) -> int:
    job = "verdict.examine(pdf, lambda _: True, roots)" if examined else "None"
    program = (
        "import pathlib, re, sys\nfrom app.documents import authority, verdict\n"
        "pdf = pathlib.Path(sys.argv[2]).read_bytes()\n"
        "roots = authority.load(pathlib.Path(sys.argv[1])).roots\n"
        f"{job}\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    said = subprocess.run([sys.executable, "-c", program, keys, path], capture_output=True, check=True)
    return int(said.stdout)


if __name__ == "__main__":
    main()
