"""Signed notes and checkpoints: read and written to the byte as the published form has them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.note import BadNote, Checkpointed, Signer, Verifier, checkpoint, notes_in, opened
from app.content.codes import ALPHABET, BadCode, code_of, heard, spoken

# The example with which golang.org/x/mod/sumdb/note documents the format.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PUBLISHED = f"{TEXT}\n{SIGNATURE}"
# The example of c2sp.org/tlog-checkpoint.
SPOKEN = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

SIGNER = Signer("journal.exemple.ml", bytes(range(32)))
HEAD = Checkpointed("journal.exemple.ml", 12, b"\x07" * 32)
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)


def test_a_published_note_opens_with_its_published_key() -> None:
    key = Verifier.parse(VKEY)
    assert key.id.hex() == "c74f20a3"
    assert str(key) == VKEY
    assert opened(PUBLISHED, [key]) == TEXT


def test_a_published_checkpoint_is_read_and_written_the_same() -> None:
    head = Checkpointed.parse(SPOKEN)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(head) == SPOKEN


def test_a_key_is_kept_and_read_again_and_not_shown_by_accident() -> None:
    assert Signer.parse(SIGNER.written + "\n") == SIGNER
    assert SIGNER.written.startswith("PRIVATE+KEY+journal.exemple.ml+")
    assert Verifier.parse(str(SIGNER.verifier)) == SIGNER.verifier
    assert "secret" not in repr(SIGNER) and SIGNER.secret.hex() not in repr(SIGNER)
    assert Signer.new("a").secret != Signer.new("a").secret


def test_a_signed_checkpoint_says_what_was_signed() -> None:
    note = SIGNER.sign(str(HEAD))
    assert note.startswith(str(HEAD) + "\n— journal.exemple.ml ")
    assert checkpoint(note, [SIGNER.verifier]) == HEAD


@given(st.lists(LINE, max_size=4))
def test_any_lines_can_be_signed_and_opened(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert opened(SIGNER.sign(text), [SIGNER.verifier]) == text


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_any_head_survives_writing_and_reading(size: int, root: bytes) -> None:
    head = Checkpointed("journal.exemple.ml", size, root)
    assert Checkpointed.parse(str(head)) == head


@given(st.data())
def test_no_letter_of_a_signed_checkpoint_can_be_changed(data: st.DataObject) -> None:
    note = SIGNER.sign(str(HEAD))
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8", exclude_categories=("Cs",)).filter(lambda sign: sign != note[at]))
    with pytest.raises(BadNote):
        checkpoint(note[:at] + other + note[at + 1 :], [SIGNER.verifier])


def test_a_note_needs_one_known_signature_and_no_wrong_one() -> None:
    stranger = Signer.new("autre.exemple.ml")
    note = SIGNER.sign(str(HEAD))
    seconded = note + stranger.sign(str(HEAD)).split("\n\n")[1]
    assert checkpoint(seconded, [SIGNER.verifier]) == HEAD
    assert checkpoint(seconded, [SIGNER.verifier, stranger.verifier]) == HEAD
    with pytest.raises(BadNote, match="no known key"):
        checkpoint(note, [stranger.verifier])
    with pytest.raises(BadNote, match="no known key"):
        checkpoint(note, [])
    forged = note + stranger.sign("autre chose\n").split("\n\n")[1]
    with pytest.raises(BadNote, match="wrong"):
        checkpoint(forged, [SIGNER.verifier, stranger.verifier])


def test_a_key_of_the_same_name_is_another_key() -> None:
    other = Signer.new(SIGNER.name)
    with pytest.raises(BadNote, match="no known key"):
        checkpoint(other.sign(str(HEAD)), [SIGNER.verifier])


def test_a_checkpoint_of_another_log_does_not_pass_for_ours() -> None:
    with pytest.raises(BadNote, match="another log"):
        checkpoint(SIGNER.sign(str(Checkpointed("autre.exemple.ml", 12, HEAD.root))), [SIGNER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "journal\n12\n",
        f"journal\n012\n{'A' * 43}=\n",
        f"journal\n-1\n{'A' * 43}=\n",
        f"journal\n٣\n{'A' * 43}=\n",
        "journal\n12\nAAAA\n",
        f"journal\n12\n{'A' * 43}=",
        f"\n12\n{'A' * 43}=\n",
        f"journal\n12\n{'A' * 42}B=\n",
        f"journal\n12\n{'A' * 43}=\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpointed.parse(text)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("+A", "+B"),
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        VKEY[:-4],
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(key)


@pytest.mark.parametrize(
    "note", ["", "texte", "texte\n", "texte\n\n", PUBLISHED[:-1], PUBLISHED + "x\n", "a\x00\n\n" + SIGNATURE]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        opened(note, [Verifier.parse(VKEY)])


def test_a_name_with_a_space_or_a_plus_makes_no_key() -> None:
    for name in ("", "a b", "a+b", "a\u00a0b"):
        with pytest.raises(BadNote):
            Signer.new(name)


def test_notes_one_after_the_other_are_told_apart() -> None:
    first, second = SIGNER.sign(str(HEAD)), SIGNER.sign(str(Checkpointed(HEAD.origin, 13, HEAD.root)))
    assert notes_in(first + "\n" + second) == [first, second]
    assert notes_in(first + second + "\n") == [first, second]
    assert notes_in("") == []
    with pytest.raises(BadNote):
        notes_in(first + "\nla suite manque\n")


def test_a_code_is_eighty_bits_of_text_and_leaf() -> None:
    code = code_of("ab" * 32, b"\x01" * 32)
    assert len(code) == 16 and set(code) <= set(ALPHABET)
    assert len({code, code_of("ac" * 32, b"\x01" * 32), code_of("ab" * 32, b"\x02" * 32)}) == 3
    # Written down once: codes on paper must be found for as long as the paper lasts.
    assert spoken(code) == "BZ98-JAM1-E8VH-6PA5"


@given(st.text(ALPHABET, min_size=16, max_size=16))
def test_a_code_is_heard_however_it_is_written(code: str) -> None:
    assert heard(spoken(code)) == code
    assert heard(f"  {spoken(code).lower().replace('-', ' ')} ") == code
    assert heard(code.replace("0", "o").replace("1", "l")) == code


@pytest.mark.parametrize("text", ["", "1234", "U" * 16, "A" * 17, "é" * 16, base64.b64encode(b"x" * 60).decode()])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        heard(text)
