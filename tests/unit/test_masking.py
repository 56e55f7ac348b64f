"""Contacts masked: nobody can be called or written to, and no name slips through."""

from __future__ import annotations

import pytest

from app.content.blocks import Block, BlockKind
from app.content.masking import Contacts, mask_field, masked


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("76 45 12 42", "76 •• •• 42"),
        ("76451242", "76••••42"),
        ("76.45.12.42", "76.••.••.42"),
        ("+223 76 45 12 42", "+22• •• •• •• 42"),
        ("(00223) 76-45-12-42", "(00•••) ••-••-••-42"),
        ("76 45 12 42 / 66 78 90 12", "76 •• •• 42 / 66 •• •• 12"),
        ("76 45 12 42, fanta.coulibaly@exemple.ml", "76 •• •• 42, f•••@•••"),
        ("fanta@exemple.ml", "f•••@•••"),
        ("@exemple.ml", "•••@•••"),
        ("76451242@exemple.ml", "7•••@•••"),
        ("1245", "••••"),
        ("chez Moussa", "••• •••"),
        ("Tél. 76 45 12 42", "•••. 76 •• •• 42"),
        ("٧٦٤٥١٢٤٢", "٧٦••••٤٢"),
        ("", ""),
        ("–", "–"),
    ],
)
def test_of_a_contact_the_ends_of_a_number_alone_are_shown(contact: str, shown: str) -> None:
    assert masked(contact) == shown


def test_only_that_field_is_masked() -> None:
    row = Block("a", "attendees", BlockKind.ROW, {"name": "Awa 2", "contact": "76 45 12 42"})
    bare = Block("b", "attendees", BlockKind.ROW, {"name": "Awa"})
    assert mask_field((row, bare), "contact") == (
        Block("a", "attendees", BlockKind.ROW, {"name": "Awa 2", "contact": "76 •• •• 42"}),
        bare,
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Awa DIOP CAFO 76 45 12 42 oui", "Awa DIOP CAFO 76 •• •• 42 oui"),
        ("12 76451242 13", "12 76••••42 13"),  # the number of a row beside it
        ("1 76-45.12 42 2", "1 76-••.•• 42 2"),
        ("66 78 90 12 et 12 000 000 francs", "66 78 90 12 et 12 000 000 francs"),
        ("awa@exemple.ml, oumar@exemple.ml", "a•••@•••, oumar@exemple.ml"),
        ("Madame est chez Moussa Ba.", "Madame est ••• ••• •••."),
        ("Chez nous", "Chez nous"),
    ],
)
def test_in_a_running_text_the_contacts_that_are_known_are_masked_and_no_other_figures(text: str, shown: str) -> None:
    assert Contacts(["76 45 12 42", "Awa@exemple.ml", "chez Moussa  Ba", "12", ""]).hide(text) == shown
