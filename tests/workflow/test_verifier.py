"""The verifier that stands alone: one file, nothing of the application, and a paper checked with the public key only."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pikepdf
import pytest
from flask import Flask

from app.audit.note import Signer
from app.audit.standalone import rules, seben_audit
from app.content.canonical import canonical
from app.documents.attached import NAME, attached
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import report_at
from tests.workflow.outsiders import VERIFIER, ask

OTHERS = {"cryptography", "psycopg"}


def test_its_rules_are_those_of_the_application() -> None:
    assert rules.current(), "run: python -m app.audit.standalone.rules"


def test_it_knows_how_to_tell_every_act_that_changes_rows() -> None:
    from app.reports.replay.applying import _TELLERS

    assert set(seben_audit.TELLERS) == set(_TELLERS)


def test_it_needs_the_standard_library_and_one_module_more() -> None:
    imported = set()
    for node in ast.walk(ast.parse(VERIFIER.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == OTHERS


def test_it_runs_from_anywhere_and_loads_nothing_of_the_application(tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "audit.py"
    alone.parent.mkdir()
    shutil.copy(VERIFIER, alone)
    script = (
        "import runpy, sys\n"
        f"sys.argv = [{str(alone)!r}, 'check-proof', 'none.json', '--key', {str(LOG.signer.verifier)!r}]\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit as end:\n    print(end.code)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=tmp_path, env={}, capture_output=True, text=True, check=True
    )
    code, loaded = done.stdout.splitlines()
    assert code == "2" and "none.json ne se laisse pas lire" in done.stderr
    assert not set(loaded.split()) & {"app", "flask", "sqlalchemy", "orjson", "pikepdf", "psycopg"}


def test_what_is_no_database_of_ours_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for name, content in (("empty.sqlite", b""), ("noise.sqlite", b"noise" * 400)):
        path = tmp_path / name
        path.write_bytes(content)
        code, told = ask("verify", path)
        assert code == 2 and told["sound"] is None and told["error"].endswith(".")
    assert ask("verify", tmp_path / "missing.sqlite")[0] == 2


@pytest.fixture
def signed(world: Flask, cast: Cast, desk: Sealer) -> bytes:
    report = report_at(Stage.SIGNED, cast, desk)
    return desk.store.get(report.signed_hash)


def checked(pdf: bytes, folder: Path, key: str = str(LOG.signer.verifier)) -> tuple[int, dict[str, Any]]:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return ask("check-pdf", path, key=key)


def kinds(pdf: bytes, folder: Path) -> set[str]:
    code, told = checked(pdf, folder)
    assert code == 1
    return {finding["kind"] for finding in told["findings"]}


def carrying(pdf: bytes, told: dict[str, Any]) -> bytes:
    """The file with another text attached under the same name."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.attachments[NAME] = pikepdf.AttachedFileSpec(document, canonical(told), filename=NAME)
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


def test_a_paper_is_checked_with_the_file_and_the_public_key_alone(signed: bytes, tmp_path: Path) -> None:
    code, told = checked(signed, tmp_path)
    assert code == 0
    assert told["code"].replace("-", "") == attached(signed)["log"]["code"]
    assert told["event"]["act"] == "validate"
    assert told["size"] > told["index"] and told["origin"] == "exemple.ml"
    assert "Les mots des pages n’ont pas été comparés" in told["remarks"][0]


def test_another_text_in_the_file_is_named(signed: bytes, tmp_path: Path) -> None:
    told = attached(signed)
    told["parts"]["introduction"][0]["fields"]["text"] += " Ou non."
    assert kinds(carrying(signed, told), tmp_path) == {"code", "event", "paper", "text"}


def test_another_title_in_the_file_is_named_and_none_at_all_too(signed: bytes, tmp_path: Path) -> None:
    told = attached(signed)
    told["masthead"]["title"] = "Rapport d’une autre rencontre"
    assert kinds(carrying(signed, told), tmp_path) == {"code", "event", "paper", "text"}
    del told["masthead"]
    assert "text" in kinds(carrying(signed, told), tmp_path)
    # Put among the parts its hash would be the same: there it has no business.
    told = attached(signed)
    told["parts"]["@masthead"] = told.pop("masthead")
    assert kinds(carrying(signed, told), tmp_path) == {"text"}


def test_another_event_in_the_file_is_named(signed: bytes, tmp_path: Path) -> None:
    told = attached(signed)
    event = orjson.loads(told["log"]["event"]["body"])
    event["facts"]["approvals"] = 99
    told["log"]["event"]["body"] = canonical(event).decode()
    assert {"code", "proof"} <= kinds(carrying(signed, told), tmp_path)


def test_a_checkpoint_that_the_log_did_not_sign_is_named(signed: bytes, tmp_path: Path) -> None:
    told = attached(signed)
    text = told["log"]["checkpoint"].split("\n\n")[0] + "\n"
    told["log"]["checkpoint"] = Signer("exemple.ml", bytes(32)).sign(text)
    assert kinds(carrying(signed, told), tmp_path) == {"unsigned"}


def test_pages_of_another_report_around_a_true_text_are_named(
    signed: bytes, world: Flask, cast: Cast, tmp_path: Path
) -> None:
    other = attached(signed)
    other["log"]["code"] = "0" * 16
    assert "code" in kinds(carrying(signed, other), tmp_path)
    text = seben_audit.Pdf(signed).text()
    outcome = seben_audit.Outcome()
    seben_audit._check_paper(text, "0000-0000-0000-0000", 1, None, outcome)
    assert {finding.kind for finding in outcome.findings} == {"paper"}


def test_the_key_of_another_log_checks_nothing(signed: bytes, tmp_path: Path) -> None:
    code, told = checked(signed, tmp_path, key=str(Signer("ailleurs.ml", bytes(32)).verifier))
    assert code == 1 and [finding["kind"] for finding in told["findings"]] == ["unsigned"]


def test_a_file_that_says_nothing_of_the_log_is_refused_plainly(signed: bytes, tmp_path: Path) -> None:
    for pdf, says in ((b"", "pas un PDF"), (b"%PDF-1.7\n", "Aucun texte joint")):
        code, told = checked(pdf, tmp_path)
        assert code == 2 and says in told["error"]
    told = attached(signed)
    del told["log"]
    code, said = checked(carrying(signed, told), tmp_path)
    assert code == 2 and "pas un rapport définitif" in said["error"]


def test_the_words_of_the_sealed_text_can_be_read(signed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(signed)
    command = [sys.executable, "-I", str(VERIFIER), "check-pdf", str(path), "--text", "--key", str(LOG.signer.verifier)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Les travaux ont pris fin dans la bonne humeur." in done.stdout
    assert "Rapport de la rencontre sur le budget 2018 du Conseil régional de Ségou\n" in done.stdout
    assert done.stdout.endswith("Tout concorde.\n")
