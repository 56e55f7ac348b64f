"""Forged files are refused, each for what was done to it; files that were really signed here are accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents import pdf, seal
from app.documents.verdict import NOT_OURS
from tests.unit.forged import final
from tests.unit.pdf_demo import demo
from tests.unit.pdf_tampering import METHODS, SAYS, Method
from tests.unit.sealing import AT, ISSA, LATER, SEYDOU, SIGNERS, house, signed, verdict_on

LONG = "représentant du gouverneur de la région, deuxième vice-président du conseil régional chargé des finances " * 3
PAPER = "Signature manuscrite, scan attesté conforme par Salif DIARRA"


@pytest.mark.forges
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_forged_file_is_refused_for_what_was_done_to_it(method: Method) -> None:
    """Without knowing which files were signed here, wherever the file itself can tell."""
    forged = method.make()
    assert forged != final()
    if method.says is None:
        assert verdict_on(forged, published=None).genuine, "the file itself tells: say so in the table"
        found = verdict_on(forged, published=False)
        assert not found.genuine and found.findings == (NOT_OURS,)
        return
    found = verdict_on(forged, published=None)
    assert not found.genuine
    assert any(words in finding for finding in found.findings for words in method.says), found.findings


def test_there_are_sixty_ways_and_more_each_named_once() -> None:
    names = [method.name for method in METHODS]
    assert len(names) == len(set(names)) >= 60
    assert set(SAYS) <= {name.partition(": ")[2] for name in names}


def _signed(ready: bytes, first: str, **who: str) -> bytes:
    second = "chair" if first == "rapporteur" else "rapporteur"
    once = seal.sign(ready, first, replace(SIGNERS[first], **who), house(), AT, last=False)
    return seal.sign(once, second, replace(SIGNERS[second], **who), house(), LATER, last=True)


GENUINE = {
    "rapporteur first": lambda: signed("rapporteur")[2],
    "chair first": lambda: signed("chair")[2],
    "both at one moment": lambda: seal.sign(
        seal.sign(signed()[0], "rapporteur", ISSA, house(), AT, last=False), "chair", SEYDOU, house(), AT, last=True
    ),
    "another text": lambda: signed(word="trois")[2],
    "long qualities": lambda: _signed(signed()[0], "rapporteur", title=LONG),
    "two people of one name": lambda: _signed(signed()[0], "chair", name="Ŋa ƁA"),
    "on paper": lambda: _signed(signed()[0], "rapporteur", nature=PAPER),
    "a whole report": lambda: _signed(_report(), "chair"),
}


def _report() -> bytes:
    made = pdf.render(demo(), source=b'{"parts":{}}', made_on=AT)
    return seal.prepare(made.pdf, made.fields)


@pytest.mark.parametrize("name", GENUINE)
def test_a_file_that_was_really_signed_is_accepted(name: str) -> None:
    found = verdict_on(GENUINE[name]())
    assert found.genuine and found.findings == ()
    assert [signature.valid for signature in found.signatures] == [True, True]
