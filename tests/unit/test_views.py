"""Marks where they stand: what several take out stands once, rows and moves are marked whole, no tag crosses another."""

from __future__ import annotations

from dataclasses import replace

from app.content.blocks import Block, BlockKind, Content
from app.content.changes import cut
from app.content.diff import Op
from app.content.inline import spans
from app.content.marks import Voice, Writer, marked, overlaid, read
from app.documents.tree import Heading, Items, Node, Paragraph, Table
from app.reports.amending.markup import adopted, changed, proposed
from app.reports.output import document
from app.template import BY_KEY

VOICES = {n: Voice(f"n° {n}", f"auteur {n}", n % 4, f"#amendment-{n}", f"passage-{n}") for n in range(1, 9)}


def paragraph(id: str, text: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    return Block(id, "body", kind, {"text": text})


BASE: Content = (paragraph("a", "Le budget est voté."), paragraph("b", "La route est longue."))


def rewording(old: str, new: str) -> Content:
    return tuple(replace(block, fields={"text": block.text.replace(old, new)}) for block in BASE)


def marks(*versions: Content, base: Content = BASE) -> Content:
    """The marks of versions that each make one change."""
    return proposed(base, [(number, cut(base, version)[0]) for number, version in enumerate(versions, start=1)])


def html(block: Block) -> str:
    return str(Writer(VOICES).spans(spans(block.text)))


def test_words_that_two_take_out_stand_once_and_what_each_puts_in_bears_his_chip() -> None:
    text = html(marks(rewording("voté", "adopté"), rewording("voté", "rejeté"))[0])
    assert text.count("<del>") == 1
    assert text.index("adopté") < text.index(">n° 1<") < text.index("rejeté") < text.index(">n° 2<")


def test_a_chip_leads_to_its_card_and_bears_the_anchor_that_leads_back_once() -> None:
    writer = Writer(VOICES)
    block = marks(rewording("Le budget est voté.", "Un budget a été voté."))[0]
    text = str(writer.spans(spans(block.text)))
    assert text.count('href="#amendment-1"') == text.count('id="passage-1"') == 1
    assert "id=" not in str(writer.spans(spans(block.text)))


def test_each_mark_is_said_in_hidden_words_once() -> None:
    text = html(marks(rewording("est voté", "**sera** voté"))[0])
    assert text.count("ajouté : ") == text.count("supprimé : ") == 1


def test_words_that_become_bold_are_shown_before_and_after() -> None:
    text = html(marks(rewording("budget", "**budget**"))[0])
    assert "<strong><ins>budget</ins></strong>" in text
    assert read(text, Op.DELETE) == text  # no sign is left in the page


def test_a_mark_over_bold_and_plain_words_stays_within_each() -> None:
    base = (paragraph("a", "Le **budget** est voté."),)
    text = html(marks((paragraph("a", "La **somme du budget** est votée."),), base=base)[0])
    assert "<ins><strong>" not in text
    assert text.count("<ins>") == text.count("</ins>")


def test_a_paragraph_that_becomes_an_item_is_shown_as_both() -> None:
    amended = (paragraph("a", "- Le budget est voté.", BlockKind.ITEM), BASE[1])
    kinds = [(block.kind, read(block.text, Op.INSERT)) for block in marks(amended) if "budget" in block.text]
    assert kinds == [(BlockKind.PARAGRAPH, ""), (BlockKind.ITEM, "- Le budget est voté.")]


def test_a_block_that_is_moved_is_marked_where_it_was_and_where_it_goes() -> None:
    shown = [html(block) for block in marks((BASE[1], BASE[0]))]
    assert len(shown) == 3
    assert [("déplacé" in text, "<ins>" in text, "<del>" in text) for text in shown if "chip" in text] in (
        [(True, True, False), (True, False, True)],
        [(True, False, True), (True, True, False)],
    )


def test_a_block_that_was_moved_bears_the_mark_where_it_has_come() -> None:
    shown = [html(block) for block in adopted([(1, BASE), (2, (BASE[1], BASE[0]))])]
    assert len(shown) == 2
    assert sum("déplacé" in text for text in shown) == 1


def test_what_was_adopted_bears_the_revision_it_came_by_and_what_went_again_is_not_shown() -> None:
    second = (paragraph("a", "Le budget de la région est voté."), BASE[1])
    third = (paragraph("a", "Le budget est adopté."), BASE[1])
    text = html(adopted([(1, BASE), (2, second), (3, third)])[0])
    assert "région" not in text
    assert text.index("voté") < text.index("adopté") < text.index(">n° 3<")
    assert ">n° 2<" not in text


def nodes(key: str, content: Content) -> list[Node]:
    return list(document.part_nodes(BY_KEY[key], {key: content}, ""))


def test_a_row_that_is_added_is_marked_in_all_its_cells() -> None:
    attendees = tuple(
        Block(id, "attendees", BlockKind.ROW, {"name": name, "body": "CAFO", "contact": "", "signed": ""})
        for id, name in (("a", "Awa DIOP"), ("b", "Ali SY"))
    )
    content = proposed(attendees[:1], [(4, cut(attendees[:1], attendees)[0])])
    table = next(node for node in nodes("attendance", content) if isinstance(node, Table))
    writer = Writer(VOICES)
    first, second = ([str(writer.text(cell, "".join(row))) for cell in row] for row in table.rows)
    assert first == ["1", "Awa DIOP", "CAFO", "", ""]
    assert [("<ins>" in cell) for cell in second] == [True, True, True, False, False]


def test_words_that_the_print_adds_to_a_row_are_marked_with_it() -> None:
    concern = Block(
        "a", "concerns", BlockKind.ROW, {"text": "le prix ;", "answer": "Il baissera.", "answered_by": "Monsieur BA"}
    )
    content = proposed((concern,), [(2, cut((concern,), ())[0])])
    (items,) = [node for node in nodes("concerns", content) if isinstance(node, Items)]
    text = str(Writer(VOICES).spans(items.items[0]))
    assert "Réponse de Monsieur BA" in text
    assert text.split("<del>")[0] == ""
    assert text.endswith("</del>") or text.endswith("</a>")


def test_the_passages_that_change_stand_under_their_headings_alone() -> None:
    base = (
        paragraph("h", "## Recettes", BlockKind.HEADING),
        paragraph("a", "Le budget est voté."),
        paragraph("i", "## Dépenses", BlockKind.HEADING),
        paragraph("b", "La route est longue."),
    )
    amended = (*base[:3], paragraph("b", "La piste est longue."))
    shown = list(changed(nodes("proceedings", proposed(base, [(1, cut(base, amended)[0])]))))
    assert [node.text for node in shown if isinstance(node, Heading)] == [
        "II. Du déroulement des travaux :",
        "Dépenses",
    ]
    assert len([node for node in shown if isinstance(node, Paragraph)]) == 1


def test_letters_of_the_private_planes_cannot_be_typed_as_marks() -> None:
    typed = "Le \U000e0f03budget\U000e0f06\U000e0f12."
    text = html(paragraph("a", marked(overlaid(typed, [(1, "Le budget est voté.")]))))
    assert ">n° 1<" in text
    assert ">n° 2<" not in text
