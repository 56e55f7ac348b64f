"""What a voice is bound to: a figure, date, name or negation changed is always noticed, blanks and other words never."""

from __future__ import annotations

from hypothesis import given, settings

from app.content.binding import binding
from app.content.blocks import Block, BlockKind
from tests.properties.french import meetings, sentences
from tests.properties.test_french_laws import Three, facts


def bound(text: str) -> object:
    return binding((Block("a", "body", BlockKind.PARAGRAPH, {"text": text}),))


@settings(max_examples=600, deadline=None)
@given(meetings(sentences()))
def test_a_fact_that_changed_binds_and_blanks_do_not(versions: Three) -> None:
    base, changed, _ = versions
    if facts(" ".join(base.split())) != facts(" ".join(changed.split())):
        assert bound(base) != bound(changed)
    assert bound(base) == bound(base.replace(" ", "  ").replace("\u202f", "\u00a0"))


def test_other_words_do_not_bind() -> None:
    assert bound("Le maire a présenté le compte.") == bound("Le maire a longuement exposé le compte.")
    assert bound("Il remercie Awa Traoré.") != bound("Il remercie Awa Diarra.")
    assert bound("Il va à Ségou.") != bound("Il va à Mopti.")
