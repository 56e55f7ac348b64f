"""The inline marks of a text: what is a mark, and above all what is not."""

import pytest

from app.content.inline import MOST_MARKS, Span, html, spans, text_spans


def test_bold_and_italic_are_marks_and_nest() -> None:
    assert spans("Le **budget *primitif*** de _Ségou_") == (
        Span("Le "),
        Span("budget ", bold=True),
        Span("primitif", bold=True, italic=True),
        Span(" de "),
        Span("Ségou", italic=True),
    )


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<b>gras</b> & &amp; &eacute;",
        "[lien](http://exemple.ml) ![image](x.png) <http://exemple.ml>",
        '#let x = read("secret") `code` $x$',
        "a * b * c et 2 ** 3",
        "un_nom_de_fichier",
        "**jamais fermé",
        "\\alpha",
        "wzxhzdk:0 klzzwxh:0000",
    ],
)
def test_all_that_is_no_mark_of_ours_prints_as_typed(typed: str) -> None:
    assert spans(typed) == (Span(typed),)


def test_a_backslash_keeps_a_mark_from_marking() -> None:
    assert spans(r"\*pas en italique\*") == (Span("*pas en italique*"),)


def test_one_line_end_is_a_space_and_two_spaces_before_it_break_the_line() -> None:
    assert spans("un\ndeux  \ntrois\\\nquatre") == (Span("un deux\ntrois\nquatre"),)


@pytest.mark.parametrize(
    ("typed", "stem", "raised"),
    [
        ("1er", "1", "er"),
        ("1ère", "1", "ère"),
        ("1res", "1", "res"),
        ("2e", "2", "e"),
        ("2ème", "2", "ème"),
        ("2nde", "2", "nde"),
        ("3èmes", "3", "èmes"),
        ("21e", "21", "e"),
        ("Ier", "I", "er"),
        ("XXIe", "XXI", "e"),
        ("2^{ème}", "2", "ème"),
    ],
)
def test_the_ending_of_an_ordinal_is_raised(typed: str, stem: str, raised: str) -> None:
    assert spans(f"le {typed} jour") == (Span(f"le {stem}"), Span(raised, superscript=True), Span(" jour"))
    assert text_spans(typed) == (Span(stem), Span(raised, superscript=True))


@pytest.mark.parametrize(
    "typed", ["Ce", "De", "Le", "Me", "n° 1", "1,5e", "a1e", "http://exemple.ml/2e/x", "2ex", "Vie", "3er", "^{", "x^2"]
)
def test_what_only_looks_like_an_ordinal_is_left_alone(typed: str) -> None:
    assert spans(typed) == (Span(typed),)


def test_an_ordinal_in_bold_stays_bold() -> None:
    assert spans("**1er**") == (Span("1", bold=True), Span("er", bold=True, superscript=True))


def test_without_ordinals_nothing_is_raised() -> None:
    assert spans("2ème", ordinals=False) == (Span("2ème"),)


def test_a_plain_text_has_no_marks() -> None:
    assert text_spans("*a* **b**") == (Span("*a* **b**"),)


def test_an_empty_text_has_no_spans() -> None:
    assert spans(" \n ") == text_spans("") == ()


@pytest.mark.parametrize("unit", ["[", "<", "**", "*a ", "_a ", "**a* ", "\\*", "`", "![", "&", "^{"])
def test_a_text_of_thousands_of_marks_prints_as_typed(unit: str) -> None:
    assert "".join(span.text for span in spans(unit * 5_000)) == (unit * 5_000).strip()


def test_more_marks_than_the_limit_are_shown_and_not_read() -> None:
    typed = "**a** " * (MOST_MARKS // 4 + 1)
    assert spans(typed) == (Span(typed.strip()),)


@pytest.mark.parametrize(("opening", "closing"), [("*", "*"), ("_a ", " b_"), ("**a *b ", "* c**")])
def test_marks_nested_as_deep_as_the_limit_are_all_read(opening: str, closing: str) -> None:
    depth = MOST_MARKS // (opening + closing).count(opening[0])
    assert spans(opening * depth + "mot" + closing * depth)


def test_the_screen_gets_escaped_html() -> None:
    assert html(spans("**<b>** *&*  \n1er")) == ("<strong>&lt;b&gt;</strong> <em>&amp;</em><br>1<sup>er</sup>")
