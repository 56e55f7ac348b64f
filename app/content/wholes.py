"""What a merge never takes apart: figures, amounts, dates, names, negations. One made of two halves is nobody's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate

from app.content.diff import sentences, tokens

_BLANK = r"[^\S\n]"
_GAP = r"[*_]*[^\S\n]+[*_]*"  # the marks of bold and italics do not part what is read together
_SMALL = (
    "zéro|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante"
    "|cinquante|soixante|septante|huitante|octante|nonante|cents?|mille|millions?|milliards?"
)
_IN_WORDS = rf"(?:{_SMALL})(?:(?:-|[^\S\n]+)(?:et(?:-|[^\S\n]+))?(?:une?|onze|{_SMALL})\b)*"
_MONTH = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)"
_UNIT = (
    r"(?:millions?|milliards?|milliers?|centaines?|dizaines?|F?CFA|F|francs?|XOF|euros?|dollars?|USD|€|\$|%|‰"
    r"|pour(?=[^\S\n]+(?:cent|mille)\b)|p\.[^\S\n]*100|cent|mille"
    r"|km[²2]?|m[²³23]?|cm|ha|hectares?|kg|tonnes?|t|litres?|l"
    r"|h|heures?|min|minutes?|jours?|mois|semaines?|ans?|années?)"
)
_WEEKDAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
# A token that holds a digit, with what is glued to it: 12,5  10:30  n°2024-012  2ème  2^{ème}  +5
_DIGITS = r"[+−-]?(?<!\w)(?:n°[^\S\n]?|[^\W\d_]{1,9}[.-]?)?\d(?:[\w°^{}]|[.,:/’'–-](?=\w))*"
_ORDINAL = rf"(?:premi(?:er|ère)|(?:une?|premier)(?={_BLANK}+(?:{_MONTH}|millions?|milliards?|cent|mille)\b))"
_CORE = rf"(?:l[’']an{_BLANK}+)?(?:\b(?:{_IN_WORDS}|{_ORDINAL})\b|{_DIGITS})"
_PIECE = rf"(?:{_CORE}|\b{_WEEKDAY}\b|\b{_MONTH}\b|\b{_UNIT}(?!\w)|[€$%‰])"
# What stands between two pieces of one fact: "5 millions de FCFA", "de 9 h à 12 h", "12 et 13 mars", "3 sur 40".
_LINK = (
    rf"(?:{_BLANK}*[-–—/]{_BLANK}*|{_GAP}(?:de|à|au|et|ou|sur|contre|et{_BLANK}+le|et{_BLANK}+de){_GAP}"
    rf"|{_GAP}d[’']|{_GAP}|)"
)
_FACT = re.compile(rf"{_PIECE}(?:{_LINK}{_PIECE})*", re.IGNORECASE)
_NUMERAL = re.compile(rf"\d|\b(?:{_SMALL}|premier|première)\b", re.IGNORECASE)

_CIVILITY = (
    r"(?:MM?\.|Mmes?|Mlles?|Messieurs|Monsieur|Mesdames|Madame|Mesdemoiselles|Mademoiselle|Drs?|Docteurs?|Prs?|Professeurs?"
    r"|Maîtres?|Me|Honorables?|El[ -]Hadji?|Elhadji?|Imam|Général|Colonel|Commandant|Capitaine|Lieutenant|Excellence)"
)
_CAPITAL = r"[^\W\d_a-zà-öø-ÿɛɔɲŋœ][\w’'‑-]*"
_PARTICLE = r"(?:ag|ould|dit|dite|de|du|des|d[’'])"
_NAMES = rf"{_CAPITAL}(?:{_GAP}(?:{_PARTICLE}{_GAP})?{_CAPITAL})*"
_NAME = re.compile(
    rf"\b{_CIVILITY}(?:{_BLANK}+(?:et{_BLANK}+)?{_CIVILITY})*{_GAP}(?:(?:les?|la){_GAP}|l[’'])?"
    rf"(?:{_NAMES}|\w[\w’'‑-]*)|{_CAPITAL}(?:{_GAP}{_CAPITAL})+"
)
_OPENS = r"(?<![\w’'-])(?:ne\b|n[’'])"
_CLOSES = r"\b(?:pas|plus|jamais|point|guère|rien|aucune?s?|personne|nullement|ni|que|qu[’'])"
_NEGATION = re.compile(
    rf"{_OPENS}(?:(?!{_OPENS})[^.;:!?\n]){{0,60}}?{_CLOSES}\b|{_OPENS}|(?<![\w’'-])pas\b", re.IGNORECASE
)


# A word or sign that may stand inside a figure or a name; between two of which any other one parts them.
_INSIDE = re.compile(
    rf"(?i:{_IN_WORDS}|une?|premi(?:er|ère)|l[’']?|an|d[’']?|de|du|des|à|au|et|ou|sur|contre|les?|la|{_PARTICLE}"
    rf"|{_UNIT}|{_MONTH}|{_WEEKDAY}|p|pour|cfa)|.*\d.*|{_CAPITAL}|[-–—/*_%‰€$°.+−]+|\s+"
)
_LONGEST_NEGATION = 75
_NEGATES = re.compile(rf"{_OPENS}|{_CLOSES}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def wholes(text: str) -> frozenset[str]:
    """Every figure with its unit, date, name and negation in `text`, each as it is written there.

    Neighbouring figures, units and dates that are read together ("de 9 h à 12 h", "12 et 13 mars 2018") are one. A "ne"
    without its second half, or the reverse, is one by itself.
    """
    return frozenset().union(*(_in_sentence(sentence) for sentence in sentences(text)))


def invented(text: str, versions: Iterable[str]) -> frozenset[str]:
    """What of `text` stands whole in none of `versions`: nobody wrote it."""
    made = wholes(text)
    for version in versions:
        made -= wholes(version)
    return made


class Joints:
    """Where two edits of one text may meet in one figure, name or negation although words stand between them."""

    def __init__(self, text: str) -> None:
        ends = list(accumulate(len(token) for token in tokens(text)))
        self.parting = [end for end, token in zip(ends, tokens(text), strict=True) if not _INSIDE.fullmatch(token)]
        self.stops = [found.start() for found in re.finditer(r"[.;:!?\n]", text)]
        self.negations = [found.span() for found in _NEGATION.finditer(text)]

    def join(self, start: int, end: int, negating: bool) -> bool:
        """Whether what stands between the characters `start` and `end` could be the inside of one.

        `negating`: one of the edits puts in or takes out a word of a negation.
        """
        if bisect_right(self.parting, start) == bisect_right(self.parting, end):
            return True
        if any(first <= start and end <= last for first, last in self.negations):
            return True
        near = negating and end - start <= _LONGEST_NEGATION
        return near and bisect_left(self.stops, start) == bisect_left(self.stops, end)


@lru_cache(maxsize=256)
def joints(text: str) -> Joints:
    return Joints(text)


def negates(text: str) -> bool:
    """Whether a word of a negation is in it."""
    return bool(_NEGATES.search(text))


@lru_cache(maxsize=8192)
def _in_sentence(text: str) -> frozenset[str]:
    """Sentence by sentence: of a text that is merged again and again most have been read before."""
    return frozenset(_found(text))


def _found(text: str) -> Iterator[str]:
    for fact in _FACT.finditer(text):
        if _NUMERAL.search(fact[0]):
            yield fact[0]
    for pattern in (_NAME, _NEGATION):
        yield from (found[0] for found in pattern.finditer(text))
