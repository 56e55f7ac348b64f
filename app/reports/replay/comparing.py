"""What the database holds of one report, beside what its log tells: where the two disagree, in French."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import orjson

from app import template
from app.content.blocks import Content
from app.content.canonical import canonical, digest
from app.reports.replay import comparing_attachments, remaking
from app.reports.replay import comparing_invitations as invited
from app.reports.replay.logged import LoggedAmendment, LoggedBallot, LoggedComment, LoggedRevision, Mandate, Seal
from app.reports.replay.private_texts import PrivateTexts
from app.reports.replay.state import ReplayedReport, near
from app.reports.replay.stored_rows import Row, StoredReport
from app.reports.text.revisions import missing_zones

Pairs = dict[str, tuple[Any, Any]]
"""What a row says and what the log tells, by a French name."""
Named = Iterator[tuple[str, str]]
"""Disagreements: the kind, and what it is."""
K = TypeVar("K")
T = TypeVar("T")


def disagreements(past: ReplayedReport, stored: StoredReport) -> Named:
    """Every one, by the kinds that `verifying.verify_reports` names."""
    told = {"le rapport": past} if past.stage else {}
    found = {"le rapport": stored.report} if stored.report is not None else {}
    yield from matched("report", str, told, found, _report)
    yield from matched("part", _part, past.current, stored.parts, lambda *sides: _current(past, stored, *sides))
    numbers, beside, texts = {row.id: row.number for row in stored.amendments}, stored.beside, stored.revisions
    yield from matched(
        "revision", _revision, past.versions, texts, lambda _, told, row: _version(told, row, numbers, beside)
    )
    for place, what in beside.amiss(past.versions, texts):
        yield "revision", f"{_revision(place)} : {what}"
    yield from _runs(stored)
    yield from remaking.unlike(past, stored)
    amendments, comments = ({row.number: row for row in each} for each in (stored.amendments, stored.comments))
    yield from matched("amendment", _amendment, past.proposals, amendments, _proposal)
    yield from matched("comment", _comment, past.remarks, comments, _remark)
    ballots = {(row.reading, row.person_id): row for row in stored.ballots}
    yield from matched("ballot", _ballot, past.voices, ballots, _voice)
    yield from matched("proxy", _proxy, past.mandates, _counted(stored.proxies), _mandate)
    read_marks = {(row.reading, row.person_id): row for row in stored.read_marks}
    yield from matched("read_mark", _read_mark, past.read, read_marks, _read)
    seals = {(seal.slot, seal.file_hash): seal for seal in past.seals}
    signatures = {(row.slot, row.file_hash): row for row in stored.signatures}
    yield from matched("signature", _signature, seals, signatures, _seal)
    invitations = {row.number: row for row in stored.invitations}
    yield from matched("invitation", invited.name, past.invites, invitations, invited.pairs)
    attachments = {row.number: row for row in stored.attachments}
    yield from matched(
        "attachment", comparing_attachments.named, past.pieces, attachments, comparing_attachments.compared(near)
    )


def matched(
    kind: str,
    name: Callable[[K], str],
    told: Mapping[K, T],
    found: Mapping[K, Row],
    compare: Callable[[K, T, Row], Pairs],
) -> Named:
    for key in told:
        if key not in found:
            yield kind, f"{name(key)} : le journal en parle, la base ne l’a pas"
            continue
        for what, (value, expected) in compare(key, told[key], found[key]).items():
            if value != expected:
                yield kind, f"{name(key)} : {what} vaut « {_short(value)} », « {_short(expected)} » selon le journal"
    for key in found:
        if key not in told:
            yield kind, f"{name(key)} : la base l’a, aucun événement du journal n’en parle"


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 64 else text[:63] + "…"


def _report(_: str, past: ReplayedReport, row: Row) -> Pairs:
    return {
        "la rencontre": (row.workshop_id, past.workshop),
        "l’étape": (row.stage, past.stage),
        "la date de l’étape": (near(row.stage_since, past.since), past.since),
        "le numéro de lecture": (row.reading, past.reading),
        "la date de la lecture": (near(row.reading_since, past.reading_since), past.reading_since),
        "la date limite": (str(row.deadline) if row.deadline else None, past.deadline),
        "le nombre d’amendements": (row.amendment_count, len(past.proposals)),
        "le nombre d’observations": (row.comment_count, len(past.remarks)),
        "l’empreinte du texte": (row.text_hash, past.text_hash),
        "l’empreinte du document à signer": (row.final_hash, past.final_hash),
        "l’empreinte du document signé": (row.signed_hash, past.signed_hash),
        "l’empreinte du procès-verbal": (row.minutes_hash, past.minutes_hash),
        "l’empreinte de la version publique": (row.public_hash, past.public_hash),
        "ce que la version publique masque": (row.public_masked, past.public_masked),
        "la règle après la date limite": (bool(row.late_received) if past.late is not None else None, past.late),
        "la liste des votants": (row.roll_json, "" if past.roll is None else canonical(past.roll).decode("utf-8")),
        "l’empreinte de ce qui est demandé": (_digest(row.return_json) if row.return_json else "", past.return_hash),
        "le rapport rectifié": (row.rectifies_id, past.rectifies),
        "ce qui est rectifié": (row.rectifies_what, past.rectifies_what),
        "le motif de la rectification": (row.rectifies_why, past.rectifies_why),
        "les parties rectifiées": (row.rectifies_parts, past.rectifies_parts),
        "la date de publication": (near(row.published_at, past.published_at), past.published_at),
    }


def _part(key: str) -> str:
    return f"partie « {template.BY_KEY[key].label if key in template.BY_KEY else key} »"


def _current(past: ReplayedReport, stored: StoredReport, key: str, number: int, row: Row) -> Pairs:
    pairs: Pairs = {
        "le numéro": (row.number, number),
        "l’empreinte": (row.content_hash, past.versions[key, number].hash),
    }
    revision = stored.revisions.get((key, number))
    content = stored.content(revision) if revision is not None else None
    if content is not None and key in template.BY_KEY:
        pairs["l’état complet"] = (bool(row.filled), not missing_zones(template.BY_KEY[key], content))
    return pairs


def _revision(place: tuple[str, int]) -> str:
    return f"{_part(place[0])}, révision {place[1]}"


def _version(version: LoggedRevision, row: Row, amendment_numbers: Mapping[int, int], beside: PrivateTexts) -> Pairs:
    return {
        "l’empreinte du texte": (beside.hash(version, row), version.hash),
        "l’empreinte notée": (row.hash, version.hash),
        "l’empreinte des auteurs": (_digest(row.runs_json), version.runs),
        "la révision précédente": (row.parent, version.parent),
        "l’auteur": (row.author_id, version.author),
        "le rôle": (row.author_role if version.role is not None else None, version.role),
        "l’origine": (row.origin, version.origin.value),
        "l’amendement": (amendment_numbers.get(row.amendment_id, row.amendment_id), version.amendment),
        "qui l’a adoptée": (row.adopted_by_id, version.adopted_by),
        "la fusion": (bool(row.merged), version.merged),
        "la date": (near(row.at, version.at), version.at),
    }


def _runs(stored: StoredReport) -> Named:
    """The authors of words must cover the text, with revisions that were there."""
    for place, row in stored.revisions.items():
        content = stored.content(row)
        if content is not None and not _covered(content, row, place[1]):
            yield "revision", f"{_revision(place)} : les auteurs des mots ne correspondent pas au texte"


def _covered(content: Content, row: Row, number: int) -> bool:
    try:
        runs = orjson.loads(row.runs_json)
        return all(
            sum(length for length, _ in runs[block.id][name]) == len(text)
            and all(length > 0 and 0 < ref <= number for length, ref in runs[block.id][name])
            for block in content
            for name, text in block.words.items()
        )
    except (KeyError, TypeError, ValueError):
        return False


def _amendment(number: int) -> str:
    return f"amendement n° {number}"


def _proposal(_: int, proposal: LoggedAmendment, row: Row) -> Pairs:
    return {
        "la partie": (row.part_key, proposal.part),
        "la révision de départ": (row.base, proposal.base),
        "l’empreinte du changement": (_digest(row.change_json), proposal.hash),
        "le dépôt": (row.deposit, proposal.deposit),
        "la forme": (bool(row.formal), proposal.formal),
        "l’observation d’où il vient": (row.comment, proposal.comment),
        "l’auteur": (row.author_id, proposal.author),
        "le motif": (row.reason, proposal.reason),
        "l’état": (row.state, proposal.state.value),
        "l’avis": (row.opinion, proposal.opinion),
        "le texte de l’avis": (row.opinion_text, proposal.opinion_text),
        "l’auteur de l’avis": (row.opinion_by_id, proposal.opinion_by),
        "qui a décidé": (row.decided_by_id, proposal.decided_by),
        "le motif de la décision": (row.decision_reason, proposal.decision_reason),
        "la date": (near(row.at, proposal.at), proposal.at),
        "la date de la décision": (near(row.decided_at, proposal.decided_at), proposal.decided_at),
    }


def _comment(number: int) -> str:
    return f"observation n° {number}"


def _remark(_: int, remark: LoggedComment, row: Row) -> Pairs:
    return {
        "la partie": (row.part_key, remark.part),
        "le fil": (row.thread, remark.thread),
        "la révision": (row.revision, remark.revision),
        "le passage": (row.block_id, remark.block),
        "l’empreinte du passage": (_digest(row.quote), remark.quote),
        "l’empreinte du texte": (_digest(row.text), remark.text),
        "l’auteur": (row.author_id, remark.author),
        "le rôle": (row.author_role, remark.role),
        "la personne interpellée": (row.mention_id, remark.mention),
        "qui l’a réglée": (row.resolved_by_id, remark.resolved_by),
        "la date": (near(row.at, remark.at), remark.at),
        "la date du règlement": (near(row.resolved_at, remark.resolved_at), remark.resolved_at),
    }


def _ballot(place: tuple[int, int | None]) -> str:
    return f"vote de la personne {place[1]} en lecture {place[0]}"


def _voice(_: tuple[int, int | None], voice: LoggedBallot, row: Row) -> Pairs:
    return {
        "le choix": (row.choice, voice.choice),
        "le motif": (row.reason, voice.reason),
        "l’empreinte du texte": (row.text_hash, voice.text_hash),
        "la validité": (bool(row.stands), voice.stands),
        "qui a voté en son nom": (row.cast_by_id, voice.cast_by),
        "la date": (near(row.at, voice.at), voice.at),
    }


def _counted(proxies: list[Row]) -> dict[tuple[int | None, int], Row]:
    """The proxies by giver, and by how many the giver had given before."""
    found: dict[tuple[int | None, int], Row] = {}
    for row in sorted(proxies, key=lambda row: row.id):
        found[row.giver_id, sum(1 for giver, _ in found if giver == row.giver_id)] = row
    return found


def _proxy(place: tuple[int | None, int]) -> str:
    return f"procuration n° {place[1] + 1} de la personne {place[0]}"


def _mandate(_: tuple[int | None, int], mandate: Mandate, row: Row) -> Pairs:
    return {
        "à qui": (row.holder_id, mandate.holder),
        "la date": (near(row.at, mandate.at), mandate.at),
        "sa fin": (near(row.ended_at, mandate.ended_at), mandate.ended_at),
    }


def _read_mark(place: tuple[int, int | None]) -> str:
    return f"lecture {place[0]} par la personne {place[1]}"


def _read(_: tuple[int, int | None], told: tuple[str, datetime], row: Row) -> Pairs:
    text_hash, at = told
    return {"l’empreinte du texte": (row.text_hash, text_hash), "la date": (near(row.at, at), at)}


def _signature(place: tuple[str, str]) -> str:
    return f"signature « {place[0]} » du fichier {place[1][:12]}…"


def _seal(_: tuple[str, str], seal: Seal, row: Row) -> Pairs:
    return {
        "le signataire": (row.person_id, seal.person),
        "l’empreinte du document": (row.final_hash, seal.final_hash),
        "l’annulation": (bool(row.void), seal.void),
        "la manière de signer": (row.way, seal.way),
        "l’empreinte des précisions": (_digest(row.details_json), seal.details),
        "qui a attesté": (row.attester_id, seal.attester),
        "la date": (near(row.at, seal.at), seal.at),
    }


def _digest(text: str | bytes) -> str:
    return digest(text.encode("utf-8") if isinstance(text, str) else text)
