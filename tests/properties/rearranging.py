"""Minutes in French of which every word has a known author, and what a second person may do with them without a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from app.content.units import says_nothing

WHO = [
    "le maire",
    "la comptable régionale",
    "M. Amadou DIALLO",
    "Mme Fatoumata B. TRAORÉ",
    "le président du conseil régional de Ségou",
    "une conseillère de Niono",
    "le représentant de l’État",
    "la société civile",
]
DOES = [
    "présente les recettes de 2017",
    "a remercié les participants venus des sept cercles",
    "rappelle que 12 écoles attendent leur toit",
    "s’inquiète du coût de l’eau",
    "demande 1 200 000 FCFA pour la pompe du marché",
    "note une baisse de 12,5 % des patentes",
    "a quitté la salle le 22 février 2018",
    "insiste sur l’entretien des pistes rurales",
    "lit le compte administratif",
    "propose un vote à main levée",
]
THINGS = [
    "budget",
    "eau potable",
    "santé",
    "route de Markala",
    "taxes de marché",
    "école",
    "foncier",
    "état civil",
    "riz",
    "transhumance",
    "pistes",
    "hydraulique",
    "éclairage public",
    "cimetière",
    "maternité",
    "barrage de Sansanding",
]
OPENINGS = [
    "les points examinés sont les suivants",
    "l’ordre du jour comprend",
    "les besoins relevés par commune sont",
    "restent à voter",
]
JOINS = [", et", " ;", ", tandis que", " et"]
TYPED = ["chaleureusement", "un comité restreint", "selon notre cahier", "trop vite", "le hangar neuf", "3 450 sacs"]
MARKS = ["- ", "* ", "1. ", "2) "]


@dataclass(frozen=True)
class Word:
    text: str
    author: int


Phrase = tuple[Word, ...]


@dataclass(frozen=True)
class Sentence:
    """Phrases with what joins them."""

    phrases: tuple[Phrase, ...]
    join: str = ","

    def words(self) -> Iterator[Word | str]:
        for index, phrase in enumerate(self.phrases):
            yield from phrase
            yield "." if index == len(self.phrases) - 1 else self.join


@dataclass(frozen=True)
class Block:
    sentences: tuple[Sentence, ...]
    mark: str = ""
    bare: bool = False  # an item: its phrases without the full stop

    def text(self) -> tuple[str, list[tuple[int, int, Word]]]:
        """The block as typed, and where each word of known author stands in it."""
        said, places = self.mark, []
        for sentence in self.sentences:
            for each in sentence.words():
                if isinstance(each, str):
                    said += "" if self.bare else each
                    continue
                said += "" if not said or said == self.mark or said.endswith("’") else " "
                places.append((len(said), len(said) + len(each.text), each))
                said += each.text
        return said, places


def phrase(text: str, author: int) -> Phrase:
    return tuple(Word(word, author) for word in text.split())


@st.composite
def minutes(draw: st.DrawFn, authors: tuple[int, ...] = (1,)) -> tuple[Block, ...]:
    """Two to five paragraphs, each by one author, of one to three sentences."""
    does = draw(st.permutations(DOES))
    openings = draw(st.permutations(OPENINGS))
    others = draw(st.permutations(THINGS))
    turn = 0
    blocks: list[Block] = []
    for number in range(draw(st.integers(2, 4))):
        author = draw(st.sampled_from(authors))
        sentences: list[Sentence] = []
        for _ in range(draw(st.integers(1, 2))):
            count = min(draw(st.integers(1, 2)), len(does) - turn)
            phrases = [phrase(f"{draw(st.sampled_from(WHO))} {does[turn + n]}", author) for n in range(count)]
            turn += count
            if phrases:
                sentences.append(Sentence(tuple(phrases), draw(st.sampled_from(JOINS))))
        if draw(st.booleans()):
            count = draw(st.integers(2, 4))
            things, others = others[:count], others[count:]
            first = phrase(f"{openings[number]} : {things[0]}", author)
            sentences.append(Sentence((first, *(phrase(thing, author) for thing in things[1:]))))
        if sentences:
            blocks.append(Block(tuple(sentences)))
    return tuple(blocks)


@st.composite
def rearranged(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same words elsewhere: one to three acts that type none."""
    for _ in range(draw(st.integers(1, 3))):
        blocks = draw(st.sampled_from([_split, _joined, _listed, _swapped, _clauses, _moved, _pasted]))(draw, blocks)
    return blocks


def _split(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Enter is pressed between two sentences or two clauses."""
    at = draw(st.integers(0, len(blocks) - 1))
    block = blocks[at]
    if len(block.sentences) > 1:
        cut = draw(st.integers(1, len(block.sentences) - 1))
        halves = (block.sentences[:cut], block.sentences[cut:])
    elif len(block.sentences[0].phrases) > 1 and not block.bare:
        one = block.sentences[0]
        cut = draw(st.integers(1, len(one.phrases) - 1))
        halves = ((replace(one, phrases=one.phrases[:cut]),), (replace(one, phrases=one.phrases[cut:]),))
    else:
        return blocks
    return (*blocks[:at], replace(block, sentences=halves[0]), Block(halves[1]), *blocks[at + 1 :])


def _joined(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Two paragraphs, or an item and what follows it, run into one."""
    if len(blocks) < 2:
        return blocks
    at = draw(st.integers(0, len(blocks) - 2))
    one, other = blocks[at : at + 2]
    return (*blocks[:at], Block(one.sentences + other.sentences, one.mark), *blocks[at + 2 :])


def _listed(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """A sentence becomes a list of its phrases."""
    at = draw(st.integers(0, len(blocks) - 1))
    *before, last = blocks[at].sentences
    if len(last.phrases) < 2:
        return blocks
    mark, bare = draw(st.sampled_from(MARKS)), draw(st.booleans())
    items = [Block((replace(last, phrases=(each,)),), mark, bare) for each in last.phrases]
    kept = [replace(blocks[at], sentences=tuple(before))] if before else []
    return (*blocks[:at], *kept, *items, *blocks[at + 1 :])


def _swapped(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The sentences of a paragraph in another order."""
    at = draw(st.integers(0, len(blocks) - 1))
    order = draw(st.permutations(blocks[at].sentences))
    return (*blocks[:at], replace(blocks[at], sentences=tuple(order)), *blocks[at + 1 :])


def _clauses(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The clauses of a sentence in another order."""
    at = draw(st.integers(0, len(blocks) - 1))
    first, *rest = blocks[at].sentences
    order = tuple(draw(st.permutations(first.phrases)))
    return (*blocks[:at], replace(blocks[at], sentences=(replace(first, phrases=order), *rest)), *blocks[at + 1 :])


def _moved(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """A sentence goes over to another paragraph."""
    at, to = (draw(st.integers(0, len(blocks) - 1)) for _ in range(2))
    if at == to or blocks[at].bare or blocks[to].bare:
        return blocks
    given, taken = list(blocks[at].sentences), list(blocks[to].sentences)
    taken.insert(draw(st.integers(0, len(taken))), given.pop(draw(st.integers(0, len(given) - 1))))
    changed = list(blocks)
    changed[at], changed[to] = replace(blocks[at], sentences=tuple(given)), replace(blocks[to], sentences=tuple(taken))
    return tuple(block for block in changed if block.sentences)


def _pasted(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Paragraphs cut and pasted elsewhere."""
    return tuple(draw(st.permutations(blocks)))


@st.composite
def added_to(draw: st.DrawFn, blocks: tuple[Block, ...], author: int) -> tuple[Block, ...]:
    """The same with words typed at the end of some phrases, and perhaps a whole paragraph."""
    found: list[Block] = []
    for block in blocks:
        sentences = []
        for each in block.sentences:
            phrases = [
                (*words, *phrase(draw(st.sampled_from(TYPED)), author)) if draw(st.integers(0, 3)) == 0 else words
                for words in each.phrases
            ]
            sentences.append(replace(each, phrases=tuple(phrases)))
        found.append(replace(block, sentences=tuple(sentences)))
    if draw(st.booleans()):
        new = Block((Sentence((phrase("nous avons longuement débattu de la clôture du hangar", author),)),))
        found.insert(draw(st.integers(0, len(found))), new)
    return tuple(found)


def typed(blocks: tuple[Block, ...]) -> str:
    """What stands in the textarea."""
    return "\n\n".join(block.text()[0] for block in blocks)


def told(blocks: tuple[Block, ...]) -> list[tuple[str, list[tuple[int, int, Word]]]]:
    """By block its text, and the words in it of which it is certain whose they are.

    Signs are nobody's, and a small word between words of two authors may go with either.
    """
    found = []
    for block in blocks:
        text, places = block.text()
        sure = [
            place
            for index, place in enumerate(places)
            if any(letter.isalnum() for letter in place[2].text)
            and (not says_nothing(place[2].text) or _among_its_own(index, [word for *_, word in places]))
        ]
        found.append((text, sure))
    return found


def _among_its_own(index: int, words: list[Word]) -> bool:
    around = [words[each] for each in (index - 1, index + 1) if 0 <= each < len(words)]
    return len(around) == 2 and all(word.author == words[index].author for word in around)
