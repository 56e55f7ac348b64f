"""Telling the past of rectifications: what their events must say, within one report's log and between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app import workflow
from app.audit.verification import Finding
from app.reports.replay.logged import LoggedRevision, ReportEvent
from app.reports.replay.state import ReplayedReport
from app.workflow import Stage


def opened(past: ReplayedReport, event: ReportEvent) -> None:
    """A report is opened; where it rectifies another, with the texts of that one."""
    facts = event.facts
    if "rectifies" not in facts:
        past.want(event, event.role != "president", "a été fait dans un rôle qui ne le permet pas")
        return
    allowed = event.role in workflow.BY_KEY["rectify"].who and facts["rectifies"] < facts["report"]
    past.want(event, allowed, "ouvre une rectification qui ne pouvait pas l’être")
    past.rectifies, past.rectifies_what, past.rectifies_why = facts["rectifies"], facts["what"], facts["reason"]
    past.taken = {key: past.versions[key, number] for key, number in past.current.items()}


def rectified(past: ReplayedReport, event: ReportEvent) -> None:
    """Another report is opened to rectify this one."""
    past.require_text(event)
    past.rectified[event.facts["rectified_by"]] = {
        key: past.versions[key, number] for key, number in past.current.items()
    }


def abandoned(past: ReplayedReport, event: ReportEvent) -> None:
    past.want(event, past.rectifies is not None, "abandonne un rapport qui n’en rectifie aucun")


def validated(past: ReplayedReport, event: ReportEvent) -> None:
    """The validation settles which parts a rectification changes; of texts that stand apart, hashes do not tell."""
    said = event.facts.get("rectified")
    past.want(event, (said is None) == (past.rectifies is None), "ne dit pas juste ce que le rapport rectifie")
    if said is None or past.rectifies is None:
        return
    known = {key: version for key, version in past.taken.items() if not version.salted}
    differ = {key for key, version in known.items() if past.versions[key, past.current[key]].hash != version.hash}
    past.want(event, differ == set(said) & set(known), "ne nomme pas les parties qui diffèrent du rapport rectifié")
    past.rectifies_parts = " ".join(said)


@dataclass
class Crossing:
    """The two logs of each rectification beside each other: (stage, rectified report, texts taken over), by report."""

    openings: dict[int, tuple[str, int, dict[str, LoggedRevision]]] = field(default_factory=dict)
    announced: dict[tuple[int, int], dict[str, LoggedRevision]] = field(default_factory=dict)
    """By (rectified, rectifying), the texts that stood when the rectification was opened."""

    def note(self, report_id: int, past: ReplayedReport) -> None:
        if past.rectifies is not None:
            self.openings[report_id] = past.stage, past.rectifies, past.taken
        self.announced.update({(report_id, other): texts for other, texts in past.rectified.items()})

    def findings(self) -> Iterator[Finding]:
        """What the one log says of the other, and the other does not confirm."""
        standing: dict[int, int] = {}
        for report_id, (stage, rectified_id, taken) in self.openings.items():
            texts = self.announced.get((rectified_id, report_id))
            if texts is None:
                yield _finding(report_id, f"il dit rectifier le rapport {rectified_id}, dont le journal n’en sait rien")
            elif _other(texts, taken):
                yield _finding(report_id, f"il ne part pas du texte publié du rapport {rectified_id}")
            if stage != Stage.ABANDONED and standing.setdefault(rectified_id, report_id) != report_id:
                yield _finding(report_id, f"il rectifie le rapport {rectified_id}, qu’un autre rectifie déjà")
        for rectified_id, report_id in self.announced:
            if report_id not in self.openings or self.openings[report_id][1] != rectified_id:
                yield _finding(rectified_id, f"il annonce le rapport {report_id}, qui ne le rectifie pas")


def _other(texts: dict[str, LoggedRevision], taken: dict[str, LoggedRevision]) -> bool:
    """Whether a text that can be known by its hash is not the one that was published."""
    both = [(texts[key], version) for key, version in taken.items() if key in texts]
    return any(old.hash != new.hash for old, new in both if not old.salted and not new.salted)


def _finding(report_id: int, what: str) -> Finding:
    return Finding("rectification", f"report:{report_id}", 0, f"Rapport {report_id} : {what}.")
