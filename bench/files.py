"""How fast the files of the store are verified, and in how much memory. Run: python -m bench.files [FILES] [MB EACH]"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections import Counter

from app.documents.store import Store
from app.reports.stored_files.checking import check
from app.reports.stored_files.naming import NamedFile


def main(count: int, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        named = {store.put(os.urandom(size * 1_000_000)): NamedFile("un fichier", at) for at in range(1, count + 1)}
        before = _most()
        for turn in range(3):
            tally: Counter[str] = Counter()
            started = time.perf_counter()
            assert check(named, store, tally) == []
            took = time.perf_counter() - started
            print(
                f"{turn + 1}: {tally['files']} files, {tally['bytes'] / 1e6:.0f} MB: {tally['bytes'] / 1e6 / took:.0f} MB/s"
            )
        print(f"memory beyond that of making them: {(_most() - before) / 1024:.0f} MiB")


def _most() -> int:
    """The most memory so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*(int(each) for each in (*sys.argv[1:], "40", "20")[:2]))
