"""The byte form that is hashed, and what may be stored."""

import pytest

from app.content.blocks import GAP, Block, BlockKind, Content
from app.content.canonical import LIMITS, TooLong, canonical, check, check_text, clean, content_hash, digest


def test_keys_are_sorted_and_accents_written_composed() -> None:
    assert canonical({"b": 1, "a": ["e\u0301", None, True]}) == '{"a":["é",null,true],"b":1}'.encode()


def test_an_accent_at_the_start_of_a_line_does_not_climb_onto_the_line_end() -> None:
    assert canonical("\n\u0303") == b'"\\n\xcc\x83"'


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"when": object()})


def test_the_digest_is_sha256() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_blanks_count_in_the_hash_of_a_content() -> None:
    plain = Block("a", "z", BlockKind.PARAGRAPH, {"text": "Le budget"})
    spaced = Block("a", "z", BlockKind.PARAGRAPH, {"text": "Le budget", GAP: "\n"})
    assert content_hash((plain,)) != content_hash((spaced,))
    assert content_hash((plain,)) == content_hash((Block.from_json(plain.to_json()),))


def test_a_stored_text_is_what_was_typed() -> None:
    assert clean("  a\r\nb\rc \t ") == "  a\nb\nc \t "
    assert clean("e\u0301 « x » !") == "é « x » !"


def test_what_no_database_holds_is_not_stored() -> None:
    assert clean("a\0b\ud800c") == "abc"


def rows(count: int) -> Content:
    return tuple(Block(str(index), "grid", BlockKind.ROW, {"name": "x"}) for index in range(count))


def test_a_field_and_a_grid_may_be_as_large_as_the_limits() -> None:
    check_text("x" * LIMITS.characters, "name")
    check(rows(LIMITS.rows))


def test_a_field_over_the_limit_is_named() -> None:
    with pytest.raises(TooLong, match="200\u202f001 caractères") as refusal:
        check((Block("a", "grid", BlockKind.ROW, {"concern": "x" * (LIMITS.characters + 1)}),))
    assert refusal.value.field == "concern"


def test_a_zone_of_prose_over_the_limit_is_named_however_it_is_cut() -> None:
    half = {"text": "x" * (LIMITS.characters // 2 + 1)}
    with pytest.raises(TooLong) as refusal:
        check((Block("a", "opening", BlockKind.PARAGRAPH, half), Block("b", "opening", BlockKind.ITEM, half)))
    assert refusal.value.field == "opening"


def test_a_grid_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLong, match="5\u202f001 lignes"):
        check(rows(LIMITS.rows + 1))
