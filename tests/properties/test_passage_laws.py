"""What holds of every passage that is pointed at: it is found where its words have gone, and nowhere else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.blocks import Block, BlockKind, Content
from app.content.passages import PassageState, Readings, place, readings, stands
from app.content.prose import cut
from tests.properties.rearranging import Block as Typed
from tests.properties.rearranging import minutes, rearranged, typed

MODEST = settings(max_examples=100, deadline=None)
SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "\n", "  "])


@MODEST
@given(st.data())
def test_words_pointed_at_are_found_wherever_they_have_gone(data: st.DataObject) -> None:
    base: tuple[Typed, ...] = data.draw(minutes())
    before = cut(typed(base), "body")
    index = data.draw(st.integers(0, len(base) - 1))
    phrase = data.draw(st.sampled_from([each for one in base[index].sentences for each in one.phrases]))
    quote = " ".join(word.text for word in phrase)
    now = cut(typed(data.draw(rearranged(base))), "body", before)
    found = place(before[index].id, quote, readings(now), readings(before))
    read = readings(now)
    alone = [each for each, texts in readings(before).items() if stands(quote, texts)] == [before[index].id]
    if alone:
        assert found.standing in (PassageState.PRESENT, PassageState.MOVED)
        assert stands(quote, read[found.block], either=True)


@MODEST
@given(st.integers(1, 99_999_999), st.integers(1, 9), st.data())
def test_an_amount_is_not_found_in_a_longer_one_however_both_are_spaced(
    amount: int, digit: int, data: st.DataObject
) -> None:
    def spaced(number: int) -> str:
        return f"{number:,}".replace(",", data.draw(st.sampled_from([" ", "\u00a0", "\u202f"])))

    read = one(f"Il manque{data.draw(SPACES)}{spaced(amount)} FCFA.")
    assert place("a", spaced(amount), read).standing is PassageState.PRESENT
    for longer in (amount * 10 + digit, amount * 1_000, int(f"{digit}{amount}"), int(f"{digit}{amount:09d}")):
        assert place("a", spaced(amount), one(f"Il manque {spaced(longer)} FCFA.")).standing is PassageState.CHANGED
    assert place("a", spaced(amount), one(f"Il manque {spaced(amount)},{digit} FCFA.")).standing is PassageState.CHANGED


def one(text: str) -> Readings:
    content: Content = (Block("a", "body", BlockKind.PARAGRAPH, {"text": text}),)
    return readings(content)
