"""Sentences such as reports hold, and what two people make of one at the same time: amounts, dates, names, negations."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from app.content.canonical import clean

SPACES = ("\u202f", "\u00a0", " ")
AMOUNTS = (
    "1 200 000",
    "1 500 000",
    "1 200 500",
    "48 750",
    "212",
    "12",
    "15",
    "3 400",
    "150",
    "100",
    "2 018 350",
    "7,5",
)
UNITS = ("FCFA", "francs CFA", "millions de FCFA", "milliards de FCFA", "millions", "F CFA")
RATES = ("12 %", "12,5 %", "75 %", "7,5 pour cent", "douze pour cent", "100 %")
DAYS = ("1er", "2", "12", "13", "22", "vingt-deux", "vingt-trois", "premier", "trente et un")
MONTHS = ("janvier", "février", "mars", "avril", "août", "décembre")
YEARS = ("2017", "2018", "2019", "deux mille dix-huit", "deux mille dix-neuf")
CIVILITIES = ("M.", "Mme", "Monsieur", "Madame", "Dr")
FIRST = ("Amadou", "Awa", "Nènè", "Ibrahim", "Fanta")
SURNAMES = ("Traoré", "DIARRA", "Keïta", "SISSOKO", "Coulibaly")
PLACES = ("Ségou", "Mopti", "Niono", "Bla", "Markala")
NOUNS = ("budget", "compte", "rapport", "projet", "programme")
VERBS = ("présenté", "adopté", "examiné", "validé", "rejeté")
ADVERBS = ("notamment", "enfin", "vivement", "longuement", "d’abord", "publiquement")
ORDINALS = ("1er", "2ème", "deuxième", "troisième", "premier")
ENDINGS = (
    "devant les élus du cercle",
    "à mi-parcours",
    "en présence de la société civile",
    "pour la restitution",
    "aux habitants de la commune",
)

figures = st.builds(str.replace, st.sampled_from(AMOUNTS), st.just(" "), st.sampled_from(SPACES))
amounts = st.builds(
    lambda figure, space, unit, before: figure.replace(" ", space) + before + unit,
    st.sampled_from(AMOUNTS),
    st.sampled_from(SPACES),
    st.sampled_from(UNITS),
    st.sampled_from(SPACES),
)
rates = st.builds(lambda rate, space: rate.replace(" ", space), st.sampled_from(RATES), st.sampled_from(SPACES))
dates = st.builds(
    lambda day, month, year: " ".join(filter(None, (day, month, year))),
    st.sampled_from(DAYS),
    st.sampled_from(MONTHS),
    st.sampled_from(("", *YEARS)),
)
people = st.builds(
    lambda civility, first, surname: " ".join(filter(None, (civility, first, surname))),
    st.sampled_from(CIVILITIES),
    st.sampled_from(("", *FIRST)),
    st.sampled_from(SURNAMES),
)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """One sentence of a report."""
    who, noun, verb, place = draw(people), *(draw(st.sampled_from(bank)) for bank in (NOUNS, VERBS, PLACES))
    ending = draw(st.sampled_from(ENDINGS))
    shape = draw(st.integers(0, 8))
    if shape == 0:
        text = f"Le {noun} est de {draw(amounts)} {ending}."
    elif shape == 1:
        text = f"{who} a {verb} le {noun} du cercle de {place} le {draw(dates)}."
    elif shape == 2:
        text = f"L’an {draw(st.sampled_from(YEARS[3:]))} et le {draw(dates)}, s’est tenue la séance de {place}."
    elif shape == 3:
        text = f"Les recettes ont atteint {draw(rates)} des prévisions, soit {draw(amounts)}."
    elif shape == 4:
        text = f"La commission n’a pas {verb} le {noun} de {place}, et {who} ne l’a jamais vu."
    elif shape == 5:
        text = f"Le {draw(st.sampled_from(ORDINALS))} adjoint au maire, {who}, a donné rendez-vous à tous {ending}."
    elif shape == 6:
        text = (
            f"- {draw(st.sampled_from(AMOUNTS[5:7]))} écoles et {draw(st.sampled_from(AMOUNTS[5:7]))} puits à {place} ;"
        )
    elif shape == 7:
        from_, till = draw(st.integers(8, 10)), draw(st.integers(12, 14))
        text = f"La séance, ouverte à {from_} h, a été levée à {till} h 30 par {who}."
    else:
        text = f"{who} et {draw(people)} n’ont plus demandé que le {noun} soit {verb} {ending}."
    return draw(st.sampled_from((text, text.replace("’", "'"))))


paragraphs = st.lists(sentences(), min_size=1, max_size=3).map(" ".join)


_PUT_IN = st.one_of(
    st.sampled_from(ADVERBS),
    st.sampled_from(("préparer", "à tous", "de la commune", "très", "receveur", "municipal", "le maire", "et", "non")),
    amounts,
    rates,
    dates,
    people,
)
_WORD = re.compile(r"\S+")


@st.composite
def edited(draw: st.DrawFn, text: str, most: int = 2) -> str:
    """`text` after somebody has changed a thing or two in it: a word, a figure, a name, a date, a negation, an order."""
    for _ in range(draw(st.integers(1, most))):
        text = draw(_once(text))
    return clean(re.sub(r" {2,}", " ", text).strip())


def _once(text: str) -> st.SearchStrategy[str]:
    ways = [_word(text), _word(text), _word(text), _signs(text)]
    for pattern, bank in (
        (r"\d+(?:[\u202f\u00a0 ]\d{3})*(?=\D)", figures),
        (r"(?:millions|milliards)|F ?CFA|francs CFA", st.sampled_from(("millions", "milliards", "FCFA", "francs CFA"))),
        ("|".join(MONTHS), st.sampled_from(MONTHS)),
        ("|".join(sorted(DAYS[5:], key=len, reverse=True)), st.sampled_from(DAYS[5:])),
        ("|".join(YEARS[3:]), st.sampled_from(YEARS[3:])),
        ("|".join(re.escape(each) for each in CIVILITIES), st.sampled_from(CIVILITIES)),
        ("|".join(FIRST), st.sampled_from(FIRST)),
        ("|".join(SURNAMES), st.sampled_from(SURNAMES)),
        (r"n[’'](?=a|o)|\bne ", st.just("")),
        (r" (?:pas|jamais|plus)\b", st.sampled_from((" pas", " plus", " jamais", " pas encore", ""))),
        (r"(?<![’'\w])(?<!ne )(?:a|est|ont) (?=\w)", st.sampled_from(("n’a pas ", "n’est pas ", "n’ont plus "))),
        (r"\b(?:" + "|".join(ORDINALS) + r")\b", st.sampled_from(ORDINALS)),
    ):
        found = [match.span() for match in re.finditer(pattern, text)]
        if found:
            ways.append(_replaced(text, found, bank))
    return st.one_of(ways)


@st.composite
def _replaced(draw: st.DrawFn, text: str, spans: list[tuple[int, int]], bank: st.SearchStrategy[str]) -> str:
    start, end = draw(st.sampled_from(spans))
    return text[:start] + draw(bank) + text[end:]


@st.composite
def _word(draw: st.DrawFn, text: str) -> str:
    """A word or a few put in, taken out, put in the place of others, or moved."""
    words = _WORD.findall(text)
    at = draw(st.integers(0, len(words)))
    count = draw(st.integers(0, 3))
    how = draw(st.sampled_from(("in", "out", "for", "move")))
    gone = words[at : at + count]
    rest = words[:at] + words[at + count :]
    if how == "in":
        words.insert(at, draw(_PUT_IN))
    elif how == "out" and rest:
        words = rest
    elif how == "for":
        words[at : at + count] = [draw(_PUT_IN)]
    elif rest:
        back = draw(st.integers(0, len(rest)))
        words = rest[:back] + gone + rest[back:]
    return " ".join(words)


def _signs(text: str) -> st.SearchStrategy[str]:
    other = text.replace("’", "'") if "’" in text else text.replace("'", "’")
    return st.sampled_from((other, text.replace(", ", " "), re.sub(r"\.$", " ;", text), text.replace(" et ", ", ")))


@st.composite
def meetings(draw: st.DrawFn, texts: st.SearchStrategy[str] = paragraphs) -> tuple[str, str, str]:
    """A text, and what two people made of it at the same time."""
    base = clean(draw(texts))
    return base, draw(edited(base)), draw(edited(base))
