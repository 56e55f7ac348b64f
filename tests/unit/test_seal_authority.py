"""The internal authority: made once, kept to itself, its certificates short-lived and its revocation lists fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from freezegun import freeze_time

from app.documents import authority
from app.documents.authority import AuthorityExists, NoAuthority


def test_an_authority_is_made_once_and_found_again(tmp_path: Path) -> None:
    made = authority.create(tmp_path, "Groupe d’essai")
    assert [root.dump() for root in authority.load(tmp_path).roots] == [root.dump() for root in made.roots]


def test_an_authority_is_never_overwritten(tmp_path: Path) -> None:
    made = authority.create(tmp_path, "Groupe d’essai")
    with pytest.raises(AuthorityExists, match="jamais remplacée"):
        authority.create(tmp_path, "Autre groupe")
    assert authority.load(tmp_path).root == made.root
    assert [path.name for path in tmp_path.iterdir()] == ["authority"]


def test_without_an_authority_the_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoAuthority, match="flask authority create"):
        authority.load(tmp_path)


@pytest.mark.parametrize("name", ["root.crt", "issuing.key", "timestamping.key"])
def test_an_incomplete_authority_is_refused(tmp_path: Path, name: str) -> None:
    authority.create(tmp_path, "Groupe d’essai")
    (tmp_path / "authority" / name).write_text("rien")
    with pytest.raises(NoAuthority, match="incomplète ou illisible"):
        authority.load(tmp_path)


def test_a_key_that_is_not_its_certificates_own_is_refused(tmp_path: Path) -> None:
    authority.create(tmp_path, "Groupe d’essai")
    kept = tmp_path / "authority"
    (kept / "issuing.key").write_bytes((kept / "root.key").read_bytes())
    with pytest.raises(NoAuthority, match="incomplète ou illisible"):
        authority.load(tmp_path)


def test_private_keys_are_their_owners_only(tmp_path: Path) -> None:
    made = authority.create(tmp_path, "Groupe d’essai")
    keys = list((tmp_path / "authority").glob("*.key"))
    assert len(keys) == 3
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert not [field for field in ("root_key", "issuing_key", "timestamping_key") if field in repr(made)]


def test_a_signers_certificate_names_the_person_for_one_hour_and_its_key_is_fresh(tmp_path: Path) -> None:
    made = authority.create(tmp_path, "Groupe d’essai")
    at = datetime.now(UTC)
    first, second = (made.signer_for("person:17", "Issa KONE", "Rapporteur", at=at) for _ in range(2))
    assert first.signing_cert is not None
    assert first.signing_cert.subject.native == {
        "organization_name": "Groupe d’essai",
        "common_name": "Issa KONE",
        "user_id": "person:17",
        "title": "Rapporteur",
    }
    assert first.signing_cert.not_valid_after - at <= timedelta(hours=1)
    assert first.signing_key.dump() != second.signing_key.dump()
    assert not [path for path in tmp_path.rglob("*") if path.stat().st_mtime > at.timestamp()]


def test_a_long_title_stands_whole_in_the_certificate(tmp_path: Path) -> None:
    title = "Représentant du président du conseil régional, deuxième vice-président chargé des finances locales"
    signer = authority.create(tmp_path, "Groupe d’essai").signer_for(
        "person:42", "Seydou BA, élu régional, " * 4, title
    )
    assert signer.signing_cert is not None
    named = signer.signing_cert.subject.native
    assert named["2.5.4.13"] == title
    assert len(named["title"].encode()) <= 64
    assert len(named["common_name"].encode()) <= 64


def test_revocation_lists_are_issued_anew_before_they_end(tmp_path: Path) -> None:
    with freeze_time("2026-03-01 09:00"):
        authority.create(tmp_path, "Groupe d’essai")
    kept = tmp_path / "authority" / "issuing.crl"
    first = kept.read_bytes()
    with freeze_time("2026-03-03 09:00"):
        authority.load(tmp_path)
        assert kept.read_bytes() == first
    with freeze_time("2026-03-07 12:00"):
        authority.load(tmp_path)
    renewed = x509.load_pem_x509_crl(kept.read_bytes())
    assert renewed.next_update_utc == datetime(2026, 3, 14, 12, tzinfo=UTC)


def test_a_process_that_runs_for_months_issues_its_lists_anew(tmp_path: Path) -> None:
    made = authority.create(tmp_path, "Groupe d’essai")
    at = datetime.now(UTC) + timedelta(days=90)
    for found in made.fresh_lists(at):
        assert found.last_update_utc <= at
        assert found.next_update_utc is not None
        assert found.next_update_utc > at + timedelta(days=1)


def test_a_lost_revocation_list_is_issued_anew(tmp_path: Path) -> None:
    authority.create(tmp_path, "Groupe d’essai")
    kept = tmp_path / "authority" / "root.crl"
    kept.write_text("rien")
    authority.load(tmp_path)
    assert kept.read_bytes().startswith(b"-----BEGIN X509 CRL-----")
