"""How a file differs from the signed report that it claims to be: its words, its look, the text attached to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from app import template
from app.content.blocks import Block, Content
from app.content.diff import Op, PieceState, Words, words_once
from app.content.masking import Contacts
from app.directory.models import Person
from app.documents.typeset import headings
from app.documents.verifying.reading import Read, ReadPage
from app.reports.access.visibility import visible_report
from app.reports.history.comparing import Compared, against, of_contents
from app.reports.models.report import Report
from app.reports.output import document
from app.reports.text import masthead, revisions
from app.reports.text.parts import as_published, part_views
from app.reports.verification.claims import Claim, attached
from app.reports.verification.signatories import works_on
from app.workflow import Stage

LONGEST = 2_000_000
"""Letters of a foreign file that are compared."""
LONGEST_HEAD = 1_000
FRONT = "Page de garde et table des matières"
OF_PERSONS = frozenset(template.BY_KEY[key].label for key in template.PERSONAL)
MASKED = ((Op.EQUAL, "(données de personnes, non montrées ici)"),)
# The foot of a page: what it is, its number, the code.
_FOOT = re.compile(r"Rapport n°|[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}|^\s*\d{1,4}\s*$")
_UNSEEN = re.compile(r"[\u00ad\u200b\ufffe\ufeff]")


@dataclass(frozen=True, slots=True)
class Differing:
    """What was found. Where `may_read` is false, it says that words differ, and not which.

    `words`: part by part, the words that are shown; `source`: the parts of the attached text that differ, and `head` what of
    the attached masthead does, by its name as it was signed and as the file says it; neither `source_differs` nor
    `source_same` where the file carries none that can be read; `pages`: numbers of the pages that look otherwise; `counts`:
    pages of the file, and of the signed one.
    """

    claim: Claim
    may_read: bool
    words_differ: bool
    words: Sequence[tuple[str, Words]]
    source_differs: bool
    source_same: bool
    source: Sequence[Compared]
    head: Sequence[tuple[str, str, str]]
    pages: Sequence[int]
    counts: tuple[int, int]
    has_words: bool
    public: bool = False
    """Whether it stands beside the public version, which shows nothing of what that masks, and not the signed file."""

    @property
    def same(self) -> bool:
        """Whether a reader would find no difference."""
        return not (self.words_differ or self.source_differs or self.pages)


def differing(claim: Claim, theirs: Read, ours: Read, viewer: Person | None) -> Differing:
    """The file `theirs` beside the signed one, `ours`, as `viewer` (None: anybody) may see it."""
    report = claim.report
    contents = {view.part.key: view.content for view in part_views(report)}
    may_read = readable(report, viewer)
    hide = _hiding(contents.get("attendance", ()), whole=works_on(report, viewer))
    signed = hide(running(ours.leaves))
    steps = words_once(signed, hide(running(theirs.leaves)[:LONGEST])) if theirs.has_words else ()
    source = _source(report, theirs)
    head = _head(report, theirs) if source is not None else ()
    return Differing(
        claim=claim,
        may_read=may_read,
        words_differ=any(op is not Op.EQUAL and text.strip() for op, text in steps),
        words=_named(_by_part(steps, _starts(report, contents, signed)), works_on(report, viewer)) if may_read else (),
        source_differs=bool(source or head),
        source_same=source is not None and not source and not head,
        source=_shown(source or (), works_on(report, viewer)) if may_read else (),
        head=head if may_read else (),
        pages=_otherwise(theirs.leaves, ours.leaves),
        counts=(len(theirs.leaves), len(ours.leaves)),
        has_words=theirs.has_words,
    )


def differing_public(claim: Claim, theirs: Read, ours: Read, viewer: Person | None) -> Differing:
    """The file `theirs` beside the public version, `ours`: nothing else is looked at, so nothing else is told."""
    contents = {view.part.key: view.content for view in as_published(part_views(claim.report))}
    said = running(ours.leaves)
    steps = words_once(said, running(theirs.leaves)[:LONGEST]) if theirs.has_words else ()
    whole = works_on(claim.report, viewer)
    source, same = _public_source(theirs, ours)
    head = _head(claim.report, theirs) if source is not None else ()
    return Differing(
        claim=claim,
        may_read=True,
        words_differ=any(op is not Op.EQUAL and text.strip() for op, text in steps),
        words=_named(_by_part(steps, _starts(claim.report, contents, said)), whole),
        source_differs=source is not None and not same,
        source_same=same,
        source=_shown(source or (), whole),
        head=head,
        pages=_otherwise(theirs.leaves, ours.leaves),
        counts=(len(theirs.leaves), len(ours.leaves)),
        has_words=theirs.has_words,
        public=True,
    )


def _public_source(theirs: Read, ours: Read) -> tuple[Sequence[Compared] | None, bool]:
    """The parts of the attached text that differ, None where none can be read; and whether it is wholly the same."""
    if len(theirs.source or "") > LONGEST:
        return None, False
    told, said = attached(theirs), attached(ours)
    try:
        return of_contents(_attached_parts(said), _attached_parts(told)), told == said
    except (LookupError, TypeError, ValueError, AttributeError):
        return None, False


def _attached_parts(told: dict[str, Any]) -> dict[str, Content]:
    """The parts that a public version carries, those that it masks among them. Raises what hostile ones raise."""
    parts = {**told["parts"], **told["masked"]}
    contents = {str(key): tuple(Block.from_json(block) for block in blocks) for key, blocks in parts.items()}
    if not all(isinstance(text, str) for each in contents.values() for block in each for text in block.fields.values()):
        raise ValueError("a field that is no text")
    return contents


def readable(report: Report, viewer: Person | None) -> bool:
    """Whether the viewer may read the report's words: everybody may, once it is published."""
    if report.stage is Stage.PUBLISHED:
        return True
    return viewer is not None and visible_report(viewer, report.id) is not None


def _hiding(attendance: Content, whole: bool) -> Callable[[str], str]:
    if whole:
        return str
    return Contacts(block.fields.get("contact", "") for block in attendance).hide


def running(leaves: Sequence[ReadPage]) -> str:
    """The words of all pages as one line, without the foot of each."""
    lines = (line for leaf in leaves for line in _without_foot(leaf.words.splitlines()))
    return " ".join(_UNSEEN.sub("", " ".join(lines)).split())


def _without_foot(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and _FOOT.search(lines[-1]) else lines


def _starts(report: Report, contents: document.Contents, text: str) -> list[tuple[int, str]]:
    """Where each part begins in the running words of the signed file, and what it is called."""
    found: list[tuple[int, str]] = []
    whole = document.whole(report, contents, project=False)
    for heading in headings(whole):
        if heading.anchor not in template.BY_KEY:
            continue
        title = " ".join(heading.text.split())
        # The contents list the first heading too: the part itself begins at its second place.
        after = found[-1][0] + 1 if found else text.find(title) + 1
        place = text.find(title, after)
        if place >= 0:
            found.append((place, template.BY_KEY[heading.anchor].label))
    return found


def _by_part(steps: Words, starts: Sequence[tuple[int, str]]) -> Iterator[tuple[str, Words]]:
    """The steps cut where a part of the old text begins; only the parts in which something differs."""
    waiting, at, title = list(starts), 0, FRONT
    held: list[tuple[Op, str]] = []
    for op, whole in steps:
        text = whole
        while op is not Op.INSERT and waiting and waiting[0][0] <= at + len(text):
            room = waiting[0][0] - at
            held += [(op, text[:room])] if room else []
            yield from _if_changed(title, held)
            text, at, held = text[room:], at + room, []
            title = waiting.pop(0)[1]
        if text:
            held.append((op, text))
        at += 0 if op is Op.INSERT else len(text)
    yield from _if_changed(title, held)


def _named(parts: Iterable[tuple[str, Words]], whole: bool) -> Sequence[tuple[str, Words]]:
    """The parts that name people say only that they differ, for whoever does not work on the report."""
    return [(title, steps if whole or title not in OF_PERSONS else MASKED) for title, steps in parts]


def _if_changed(title: str, steps: list[tuple[Op, str]]) -> Iterator[tuple[str, Words]]:
    if any(op is not Op.EQUAL and text.strip() for op, text in steps):
        yield title, tuple(steps)


def _source(report: Report, theirs: Read) -> Sequence[Compared] | None:
    """The parts of the attached text that are not as they were signed; None where none is attached that can be read."""
    if len(theirs.source or "") > LONGEST:
        return None
    try:
        told = attached(theirs)
        parts, salts = told["parts"], {key: str(salt) for key, salt in told.get("salts", {}).items()}
        contents = {str(key): tuple(Block.from_json(block) for block in blocks) for key, blocks in parts.items()}
        if not all(
            isinstance(text, str) for each in contents.values() for block in each for text in block.fields.values()
        ):
            return None
        return against(report.id, {view.part.key: view.number for view in part_views(report)}, contents, salts)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _head(report: Report, theirs: Read) -> Sequence[tuple[str, str, str]]:
    """What of the attached masthead is not as it was signed; nothing where the signed text carries none."""
    if not revisions.covers_masthead(report):
        return ()
    said, signed = attached(theirs).get("masthead"), masthead.kept(report)
    if said == signed:
        return ()
    told = said if isinstance(said, dict) else {}
    found = [
        (label, str(signed[name]), str(told.get(name, ""))[:LONGEST_HEAD])
        for name, label in masthead.LABELS.items()
        if signed[name] != told.get(name)
    ]
    return found or [("Rectification", "", "")]


def _shown(source: Sequence[Compared], whole: bool) -> Sequence[Compared]:
    return source if whole else [_unnamed(each) for each in source]


def _unnamed(compared: Compared) -> Compared:
    if compared.part.key not in template.PERSONAL:
        return compared
    passages = [replace(each, fields=[("", MASKED)]) for each in compared.passages if each.state is not PieceState.SAME]
    return replace(compared, passages=passages[:1])


def _otherwise(theirs: Sequence[ReadPage], ours: Sequence[ReadPage]) -> list[int]:
    """The pages, from 1, that are drawn otherwise, are missing or are too many."""
    pairs = zip_longest(theirs, ours)
    return [page for page, (one, other) in enumerate(pairs, start=1) if not (one and other and one.look == other.look)]
