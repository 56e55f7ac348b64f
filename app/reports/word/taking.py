"""Taking over what was chosen of a returned file: saved or proposed by the ordinary doors, observations made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from app import workflow
from app.content import passages
from app.directory.models import Person
from app.reports.access import situation
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.comments.threads import read_part
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.word.comments import Observation
from app.reports.word.returned import ChangeState, Returned, ReturnedChange
from app.workflow import Stage

NOTHING = "Rien n’est coché\u00a0: cochez ce qui doit être repris du fichier."


@dataclass(slots=True)
class WordTaken:
    """What came of it: labels of the parts saved and of those that collide, numbers of amendments and observations."""

    saved: list[str] = field(default_factory=list)
    collided: list[str] = field(default_factory=list)
    amendments: list[int] = field(default_factory=list)
    observations: list[int] = field(default_factory=list)


def act_for(report: Report, person: Person) -> str | None:
    """The act by which this person takes over changes of the text here and now; None where they may only observe."""
    key = "amend" if report.stage is Stage.READING else editing.act_for(report.stage)
    act = workflow.BY_KEY[key]
    allowed = report.stage in act.stages and workflow.role_for(act, situation.hands(report, person)) is not None
    return key if allowed else None


def names_file(report: Report, person: Person, chosen: Collection[str]) -> bool:
    """Whether the log will name the file that these passages are taken of: it is then kept for good."""
    return bool(chosen) and act_for(report, person) in ("draft", "edit")


def take(
    report: Report,
    copy: Returned,
    chosen: Collection[str],
    observed: Collection[str],
    reason: str,
    file: str,
    person: Person,
) -> WordTaken:
    """Take over the passages and the observations of these keys. `file` is the SHA-256 of the file they come from.

    A part whose words collide with what was saved since is left, and named. Raises `steps.NotReady` where nothing was
    chosen, `content.canonical.TooLong`, and what `steps.take` raises.
    """
    act = act_for(report, person)
    wanted = [each for each in copy.passages if act and each.key in chosen and each.state is ChangeState.NEW]
    remarks = [each for each in copy.observations if each.key in observed]
    if not wanted and not remarks:
        raise NotReady(NOTHING)
    taken = WordTaken()
    for key in dict.fromkeys(each.part.key for each in wanted):
        of_part = [each for each in wanted if each.part.key == key]
        content = copy.content(key, [each.key for each in of_part])
        if act == "amend":
            why = reason.strip() or credited(of_part)
            filed = amending.amend(report, key, copy.numbers[key], content, why, person)
            taken.amendments += [each.number for each in filed]
            continue
        try:
            editing.save_part(report, key, copy.numbers[key], content, person, file=file)
            taken.saved.append(of_part[0].part.label)
        except revisions.Collision:
            taken.collided.append(of_part[0].part.label)
    taken.observations = [_observe(report, each, person) for each in remarks]
    return taken


def credited(of_part: Sequence[ReturnedChange]) -> str:
    """Whose changes they are in the file, for the reason of the amendments they become."""
    names = list(dict.fromkeys(mark.author for each in of_part for mark in each.by if mark.author))
    return f"Modifications suivies dans Word par {', '.join(names)}." if names else "Modifications faites dans Word."


def _observe(report: Report, remark: Observation, person: Person) -> int:
    """Written by who brings the file, in the name of who made the comment where that is somebody else."""
    text = remark.text if remark.author in ("", person.name) else f"{remark.author} (dans Word) : {remark.text}"
    key = remark.part.key
    block, quote = _passage(report, key, remark)
    return commenting.comment(report, person, key, text, block_id=block, quote=quote, thread=remark.thread).number


def _passage(report: Report, key: str, remark: Observation) -> tuple[str, str]:
    """The passage, where it is still in the text; else its block; else the whole part."""
    read = read_part(revisions.current(revisions.part_of(report, key)).content_json)
    if remark.thread is not None or remark.block not in read:
        return "", ""
    return remark.block, passages.picked(remark.quote, read[remark.block])
