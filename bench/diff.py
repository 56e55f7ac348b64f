"""How long comparing, merging and attributing take. Run: python bench/diff.py"""

from __future__ import annotations

import difflib
import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.content.authorship import carry, first
from app.content.blocks import Block, Content
from app.content.canonical import content_hash
from app.content.changes import Change, apply, collisions
from app.content.changes import cut as cut_changes
from app.content.diff import cached_words, compare, tokens
from app.content.inline import spans
from app.content.merge import merge
from app.content.prose import cut, join

LETTERS_A_PAGE = 3_000
BARS = {3: 3.0, 60: 40.0}  # milliseconds, by pages
VOCABULARY = """
    le la les de du des un une et à en pour par sur dans que qui il elle ils budget commune séance recettes dépenses
    maire conseil comptable taxe marché patente école route puits pompe santé compte exercice crédits subvention
    présente demande répond rappelle souligne adopte reporte achève construit répare recouvre primitif local annuel
"""
WORDS = VOCABULARY.split()


def written(pages: int, chance: random.Random) -> str:
    """Paragraphs and lists of made-up sentences, about `pages` pages of them."""
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < pages * LETTERS_A_PAGE:
        sentences = [
            " ".join(chance.choices(WORDS, k=chance.randint(8, 22))) + "." for _ in range(chance.randint(1, 6))
        ]
        paragraphs.append(chance.choice(["", "", "- "]) + " ".join(sentences).capitalize())
    return "\n\n".join(paragraphs)


def edited(text: str, chance: random.Random) -> str:
    """`text` with every fourth paragraph touched: words changed, one paragraph put in, one taken out, one moved."""
    paragraphs = text.split("\n\n")
    for index in range(0, len(paragraphs), 4):
        words = paragraphs[index].split(" ")
        for _ in range(4):
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        paragraphs[index] = " ".join(words)
    paragraphs.insert(len(paragraphs) // 2, "Une observation est ajoutée par la commission.")
    paragraphs.append(paragraphs.pop(1))
    del paragraphs[2]
    return "\n\n".join(paragraphs)


def milliseconds(job: Callable[[], object], rounds: int = 15) -> float:
    """Median time of `job`, nothing remembered from one round to the next."""
    times: list[float] = []
    for _ in range(rounds):
        cached_words.cache_clear()
        spans.cache_clear()
        begin = perf_counter()
        job()
        times.append((perf_counter() - begin) * 1000)
    return median(times)


def show(what: str, time: float, bar: float | None = None) -> None:
    verdict = "" if bar is None else f"   bar {bar:g} ms  {'ok' if time < bar else 'TOO SLOW'}"
    print(f"{what:<58}{time:9.2f} ms{verdict}")


def versions(pages: int) -> tuple[str, Content, str, Content, Content]:
    chance = random.Random(pages)
    old = written(pages, chance)
    new, other = edited(old, chance), edited(old, chance)
    before = cut(old, "body")
    return old, before, new, cut(new, "body", before), cut(other, "body", before)


def by_difflib(old: str, new: str) -> object:
    return difflib.SequenceMatcher(None, tokens(old), tokens(new), autojunk=False).get_opcodes()


def measure(pages: int, bar: float) -> None:
    old, before, new, mine, theirs = versions(pages)
    print(f"\n{pages} pages: {len(old):,} characters, {len(before)} blocks")
    show("compare two versions, block by block and word by word", milliseconds(lambda: compare(before, mine)), bar)
    show("words of the whole text as one field", milliseconds(lambda: cached_words(old, new)), bar)
    if pages == min(BARS):
        show("the same words by difflib", milliseconds(lambda: by_difflib(old, new), 5))
    show("cut an edited text into blocks with their ids", milliseconds(lambda: cut(new, "body", before)))
    show("join", milliseconds(lambda: join(before)))
    show("carry authorship", milliseconds(lambda: carry(before, first(before, 1), mine, 2)))
    show("merge two people's versions", milliseconds(lambda: merge(before, mine, theirs)))
    show("canonical bytes and hash", milliseconds(lambda: content_hash(before)))
    show("inline marks of every block", milliseconds(lambda: [spans(f"**{block.text}**") for block in before]))


def proposed(before: Content, count: int, chance: random.Random) -> list[Change]:
    """`count` changes by many hands: each rewords two neighbouring words of some paragraph."""
    changes: list[Change] = []
    while len(changes) < count:
        index = chance.randrange(len(before))
        block = before[index]
        words = block.text.split(" ")
        at = chance.randrange(1, len(words) - 1)
        words[at : at + 2] = chance.choices(WORDS, k=2)
        reworded = Block(block.id, block.zone, block.kind, {**block.fields, "text": " ".join(words)})
        changes += cut_changes(before, (*before[:index], reworded, *before[index + 1 :]))
    return changes


def decide(pages: int, count: int = 200) -> None:
    _, before, _, mine, _ = versions(pages)
    changes = proposed(before, count, random.Random(pages))
    numbered = dict(enumerate(changes))
    met = collisions(numbered, before)
    size = median(len(change.canonical) for change in changes)
    print(f"\n{pages} pages, {count} changes of it: {len(met)} pairs collide, {size:,.0f} bytes stored for one")
    show("cut an amended part into its changes", milliseconds(lambda: cut_changes(before, mine)))
    show("apply one change", milliseconds(lambda: apply(changes[0], before)))
    show(f"apply each of {count} by itself", milliseconds(lambda: [apply(change, before) for change in changes], 5))
    show(f"which of {count} collide", milliseconds(lambda: collisions(numbered, before), 5))
    stored = [change.canonical for change in changes]
    show(f"read {count} from their stored form", milliseconds(lambda: [Change.parse(each) for each in stored], 5))


def main() -> None:
    for pages, bar in BARS.items():
        measure(pages, bar)
        decide(pages)
    print("\nhostile texts, inline marks")
    for unit in ("[", "<", "**", "*a ", "_a ", "**a* "):
        for times in (130, 5_000):
            show(f"{unit!r} × {times}", milliseconds(partial(spans, unit * times), 3), 200)


if __name__ == "__main__":
    main()
