"""The verdict on a file that was not signed here, in a process of its own with limits: it is anybody's.

The process reads one line of JSON, {"roots": certificates in base64 of DER, "megabytes", "seconds"}, and the file behind
it; it writes the verdict as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509

from app.documents.verdict import MEGABYTE, NOT_GENUINE, NOT_OURS, SignatureFound, Verdict, examine, refusal

HOME = Path(__file__).resolve().parents[3]
MEGABYTES = 1536
SECONDS = 20
KINDLY = 10  # as in `reader`, which stands alone
PATIENCE = 3
"""Times as many seconds on the clock: everybody else's pages come first."""
STOPPED = "L’examen des signatures de ce document a pris trop de temps ou de place : il a été arrêté."


def judge(pdf: bytes, roots: Iterable[x509.Certificate], seconds: int = SECONDS) -> Verdict:
    """As `examine`, of any bytes but those of a file signed here. Never an exception that comes from them.

    `seconds` of processor time at most, and `PATIENCE` times as many on the clock.
    """
    why_not = refusal(pdf)
    if why_not:
        return Verdict(False, why_not, findings=(why_not,))
    order = {
        "roots": [b64encode(root.dump()).decode() for root in roots],
        "megabytes": MEGABYTES,
        "seconds": seconds,
    }
    given = json.dumps(order).encode() + b"\n" + pdf
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=seconds * PATIENCE, check=True, cwd=HOME
        )
        return _verdict(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError):
        return Verdict(False, NOT_GENUINE, findings=(NOT_OURS, STOPPED))


def _verdict(told: dict[str, Any]) -> Verdict:
    signatures = []
    for each in told["signatures"]:
        at = datetime.fromisoformat(each["at"]) if each["at"] else None
        signatures.append(SignatureFound(**{**each, "at": at}))
    return Verdict(told["genuine"], told["sentence"], tuple(signatures), tuple(told["findings"]))


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    os.nice(KINDLY)
    resource.setrlimit(resource.RLIMIT_AS, (order["megabytes"] * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    roots = [x509.Certificate.load(b64decode(each)) for each in order["roots"]]
    found = examine(sys.stdin.buffer.read(), lambda _: False, roots)
    json.dump(asdict(found), sys.stdout, default=datetime.isoformat)


if __name__ == "__main__":
    main()
