"""What the database holds of papers and substitutions, beside what the log of their report tells."""

from __future__ import annotations

from app.db import Base
from app.reports.models.scan import Scan, Substitution
from app.reports.replay.comparing import Named, Pairs, matched
from app.reports.replay.logged_papers import LoggedScan, StandIn
from app.reports.replay.state import ReplayedReport, near
from app.reports.replay.stored_rows import Row, StoredReport

KINDS: tuple[type[Base], ...] = (Scan, Substitution)


def disagreements(past: ReplayedReport, stored: StoredReport) -> Named:
    """Every one, of the kinds "scan" and "substitution"."""
    scans = {row.number: row for row in stored.papers if hasattr(row, "pages")}
    stand_ins = {row.number: row for row in stored.papers if not hasattr(row, "pages")}
    yield from matched("scan", _scan, past.scans, scans, _deposit)
    yield from matched("substitution", _substitution, past.stand_ins, stand_ins, _stand_in)


def _scan(number: int) -> str:
    return f"exemplaire papier n° {number}"


def _deposit(_: int, scan: LoggedScan, row: Row) -> Pairs:
    return {
        "l’empreinte du document": (row.final_hash, scan.final_hash),
        "l’empreinte de la numérisation": (row.file_hash, scan.file),
        "le nombre de pages": (row.pages, scan.pages),
        "les signatures qu’il porte": (row.slots, " ".join(scan.slots)),
        "les pages placées à la main": (row.placed, " ".join(map(str, scan.placed))),
        "le lieu de l’original": (row.kept_at, scan.kept_at),
        "qui l’a déposé": (row.filed_by_id, scan.filed_by),
        "l’état": (row.state, scan.state.value),
        "qui en a décidé": (row.settled_by_id, scan.settled_by),
        "le motif": (row.reason, scan.reason),
        "la date": (near(row.at, scan.at), scan.at),
        "la date de la décision": (near(row.settled_at, scan.settled_at), scan.settled_at),
    }


def _substitution(number: int) -> str:
    return f"suppléance n° {number}"


def _stand_in(_: int, told: StandIn, row: Row) -> Pairs:
    return {
        "la signature": (row.slot, told.slot),
        "le suppléant": (row.person_id, told.person),
        "la personne suppléée": (row.named_id, told.named),
        "l’empreinte du document": (row.document_hash, told.document),
        "la référence": (row.reference, told.reference),
        "qui l’a désigné": (row.by_id, told.by),
        "la fin": (bool(row.ended), told.ended),
        "la date": (near(row.at, told.at), told.at),
    }
