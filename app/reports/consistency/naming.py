"""Persons named in two ways, or missing where they should be: spellings, titles, speakers, signatories."""

from __future__ import annotations

from collections.abc import Iterator

from app.reports.consistency.case import Case, Inconsistency, at, in_row, put
from app.reports.consistency.language import nearly, stems
from app.reports.consistency.persons import NamedPerson, attendees, bureau, in_sentences, signatories, speakers

_LONG_ENOUGH = 4
"""Letters that a name must have for one letter to be a slip: KONE and KANE are two families."""


def spellings(case: Case) -> Iterator[Inconsistency]:
    """A person is named with another spelling than in the bureau."""
    known, present = bureau(case), attendees(case)
    exact = {each.key for each in (*known, *present)}
    surnames = {each.key[1] for each in (*known, *present)}
    listed = {each.key for each in present}
    for named in (*signatories(case), *speakers(case), *in_sentences(case), *present):
        same = [each for each in known if _misspelt(named, each)]
        if len(same) != 1 or (named.key in exact if named.first else named.key[1] in surnames):
            if not (len(same) == 1 and named in present and same[0].key not in listed):
                continue
        elif named.key in listed and same[0].key in listed:
            continue
        yield _spelt(named, same[0])


def _misspelt(named: NamedPerson, known: NamedPerson) -> bool:
    (first, surname), (known_first, known_surname) = named.key, known.key
    if not first:
        return _slipped(surname, known_surname)
    if surname == known_surname:
        return _slipped(first, known_first)
    return first == known_first and _slipped(surname, known_surname)


def _slipped(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG_ENOUGH and nearly(one, other)


def _spelt(named: NamedPerson, known: NamedPerson) -> Inconsistency:
    right = known.name if named.first else known.surname
    words = {"one": named.name, "other": right}
    passage = named.passage
    if passage.field == "surname":
        row = passage.block
        if named.key[1] != known.key[1]:
            return in_row(passage.part, row, "surname", known.surname, **words)
        return in_row(passage.part, row, "first_name", known.first, **words)
    return at(passage, named.name, put(passage, named.start, named.end, right), **words)


def titles(case: Case) -> Iterator[Inconsistency]:
    """A person bears another title than in the bureau."""
    known = [each for each in bureau(case) if each.title]
    said = list(in_sentences(case))
    for named in (*known, *signatories(case), *said):
        who = _who(named, known, said) if named.title else None
        if who is None or who.passage.block is named.passage.block or _agree(named, who):
            continue
        words = {"who": who.name, "one": who.title, "other": named.title}
        if named.passage.part == "signatures":
            row = named.passage.block
            # The body stands below the title there: it stays.
            yield in_row("signatures", row, "title", who.title, **words)
        else:
            yield at(named.passage, named.title, None, **words)


def _who(named: NamedPerson, known: list[NamedPerson], said: list[NamedPerson]) -> NamedPerson | None:
    """The first of the bureau's members whom this naming means; None where it may mean two."""
    if named.first:
        return next((each for each in known if each.key == named.key), None)
    # A surname alone is that of the person named in full in the same part, else of the only one who bears it.
    here = {each.key for each in said if each.first and each.passage.part == named.passage.part}
    bearers = {each.key: each for each in reversed(known) if each.key[1] == named.key[1]}
    full = [each for key, each in bearers.items() if key in here]
    found = full if len(full) == 1 else list(bearers.values())
    return found[0] if len(found) == 1 else None


def _agree(one: NamedPerson, other: NamedPerson) -> bool:
    """Whether one title says no more than the other, each with its body."""
    mine, theirs = one.says, other.says
    return mine <= theirs | _body(other) or theirs <= mine | _body(one)


def _body(named: NamedPerson) -> frozenset[str]:
    return stems(named.body)


def absent_speakers(case: Case) -> Iterator[Inconsistency]:
    """Who speaks in the ceremony is not on the list of presence."""
    present = attendees(case)
    if not present:
        return
    for named in speakers(case):
        if not any(_same(named, each) for each in present):
            yield at(named.passage, named.name, who=named.name)


def outside_signatories(case: Case) -> Iterator[Inconsistency]:
    """Who signs is not in the bureau."""
    seated = bureau(case)
    for named in signatories(case):
        if seated and not any(_same(named, each) or _misspelt(named, each) for each in seated):
            yield at(named.passage, named.name, who=named.name)


def _same(one: NamedPerson, other: NamedPerson) -> bool:
    """Whether two namings may be of one person: the surname, and a given name where both have one."""
    if one.key[1] != other.key[1]:
        # A name typed without capitals: which words are the surname is not known.
        return sorted(" ".join(one.key).split()) == sorted(" ".join(other.key).split())
    given, others = set(one.key[0].split()), set(other.key[0].split())
    return not given or not others or bool(given & others)
