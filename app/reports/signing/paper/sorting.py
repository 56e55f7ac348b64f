"""Pages put in order by their codes: which are there, missing, twice there, of another report or text, or unread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.documents.scanning.codes import PageCode


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A page that came: the `key` of its picture, where it came from, its code, or the page given by hand (0: none)."""

    key: str
    file: str
    place: int
    code: PageCode | None
    by_hand: int = 0

    @property
    def named(self) -> str:
        return f"« {self.file} »" + (f", page {self.place}" if self.place > 1 else "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paper that is asked for: its report, the event that validated its text, the text's code, how many pages."""

    report: int
    version: int
    code: str
    pages: int


@dataclass(slots=True)
class Order:
    """The pages sorted. `there` is by page; of a page that came twice the one that came last is there."""

    wanted: Wanted
    there: dict[int, PaperPage] = field(default_factory=dict)
    doubles: list[tuple[int, PaperPage]] = field(default_factory=list)
    foreign: list[PaperPage] = field(default_factory=list)
    outdated: list[PaperPage] = field(default_factory=list)
    unread: list[PaperPage] = field(default_factory=list)

    @property
    def missing(self) -> list[int]:
        return [page for page in range(1, self.wanted.pages + 1) if page not in self.there]

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def by_hand(self) -> list[int]:
        """The pages that are where they are because somebody put them there."""
        return [page for page, leaf in sorted(self.there.items()) if leaf.by_hand]

    @property
    def sentences(self) -> list[str]:
        return list(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.missing:
            yield f"Il manque {pages_named(self.missing)} sur {self.wanted.pages}."
        for page, leaf in self.doubles:
            yield f"La page {page} est venue deux fois : celle de {self.there[page].named} est gardée, non {leaf.named}."
        for leaf in self.foreign:
            yield f"{leaf.named} est une page d’un autre rapport{_number(leaf)} : elle n’est pas prise."
        for leaf in self.outdated:
            yield (
                f"{leaf.named} est une page d’une version antérieure du texte{_page(leaf)} : "
                "imprimez et signez l’exemplaire de la version validée."
            )
        for leaf in self.unread:
            yield f"{leaf.named} : aucun code de page n’y est lisible. Numérisez-la mieux, ou dites quelle page c’est."


def sort(leaves: Sequence[PaperPage], wanted: Wanted) -> Order:
    """Each page to its place."""
    order = Order(wanted)
    found: dict[int, list[PaperPage]] = defaultdict(list)
    for leaf in leaves:
        code = leaf.code
        if code is None and 1 <= leaf.by_hand <= wanted.pages:
            found[leaf.by_hand].append(leaf)
        elif code is None:
            order.unread.append(leaf)
        elif code.report != wanted.report:
            order.foreign.append(leaf)
        elif (code.version, code.code, code.pages) != (wanted.version, wanted.code, wanted.pages):
            order.outdated.append(leaf)
        else:
            found[code.page].append(leaf)
    for page, several in sorted(found.items()):
        *before, order.there[page] = several
        order.doubles += [(page, leaf) for leaf in before]
    return order


def pages_named(pages: Sequence[int]) -> str:
    """ "la page 3", "les pages 3, 4 et 7"."""
    *most, last = pages
    return f"les pages {', '.join(map(str, most))} et {last}" if most else f"la page {last}"


def _number(leaf: PaperPage) -> str:
    return f" (n°\u00a0{leaf.code.report})" if leaf.code else ""


def _page(leaf: PaperPage) -> str:
    return f" (page {leaf.code.page})" if leaf.code else ""
