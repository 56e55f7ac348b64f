"""A file that was not signed here is examined in a process of its own, to the same verdict, and no longer than it may."""

from __future__ import annotations

import pytest

from app.documents import verdict
from app.documents.verifying import judging
from app.documents.verifying.judging import judge
from tests.unit.forged import revised
from tests.unit.forged.updates import paint
from tests.unit.sealing import document, house, signed


@pytest.mark.parametrize(
    "pdf",
    [signed()[2], revised(paint), signed()[1], document(), b"%PDF-1.7\nnothing"],
    ids=["not published", "painted over", "signed once", "unsigned", "damaged"],
)
def test_the_verdict_from_another_process_is_the_same(pdf: bytes) -> None:
    assert judge(pdf, house().roots) == verdict.examine(pdf, lambda _: False, house().roots)


def test_a_file_that_takes_too_long_is_given_up_and_not_believed() -> None:
    found = judge(signed()[2], house().roots, seconds=0)
    assert not found.genuine
    assert judging.STOPPED in found.findings


def test_a_file_that_takes_too_much_room_is_not_believed_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MEGABYTES", 64)
    found = judge(signed()[2], house().roots)
    assert not found.genuine
    assert set(found.findings) & {judging.STOPPED, verdict.UNREADABLE}


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"", verdict.EMPTY), (b"PK\3\4", verdict.NOT_PDF), (b"%PDF-" + bytes(verdict.LARGEST), verdict.TOO_LARGE)],
)
def test_what_cannot_be_a_report_is_not_even_opened(file: bytes, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(judging.subprocess, "run")
    assert judge(file, house().roots).sentence == said
