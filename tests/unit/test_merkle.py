"""The Merkle tree against the published vectors of RFC 6962, and its laws for trees of any size."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import merkle
from app.audit.merkle import (
    EMPTY,
    TILE,
    Builder,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    unfinished,
    verify_inclusion,
)

# The leaves and roots that the reference implementation of RFC 6962 tests itself with.
DATA = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# leaf (from 0), size, path: of the same reference.
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
SIZES = st.integers(1, 3 * TILE + 5)


@cache
def leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def by_the_book(hashes: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, 2.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(by_the_book(hashes[:split]), by_the_book(hashes[split:]))


def nodes(count: int) -> merkle.NodeOf:
    @cache
    def node(level: int, number: int) -> bytes:
        assert (number + 1) << level <= count, "asked for a node that is not whole"
        return (
            leaves(count)[number]
            if level == 0
            else node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))
        )

    return node


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_published_roots_come_out(size: int) -> None:
    hashes = [leaf_hash(data) for data in DATA[:size]]
    assert root(hashes).hex() == ROOTS[size]
    grown = Builder()
    grown.extend(hashes)
    assert grown.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("number", "size", "path"), PATHS)
def test_the_published_paths_come_out_and_hold(number: int, size: int, path: list[str]) -> None:
    hashes = [leaf_hash(data) for data in DATA[:size]]

    def node(level: int, at: int) -> bytes:
        return root(hashes[at << level : (at + 1) << level])

    proof = inclusion_proof(number, size, node)
    assert [each.hex() for each in proof] == path
    assert verify_inclusion(hashes[number], number, size, proof, bytes.fromhex(ROOTS[size]))


@given(SIZES)
def test_the_root_is_the_books(size: int) -> None:
    assert root(leaves(size)) == by_the_book(leaves(size))


@given(st.lists(st.integers(0, 2 * TILE + 3), max_size=5))
def test_a_tree_may_grow_in_any_steps_and_go_on_from_what_was_kept(steps: list[int]) -> None:
    total = sum(steps)
    kept: dict[tuple[int, int], bytes] = {(0, number): each for number, each in enumerate(leaves(total))}
    size = 0
    for step in steps:
        tiles = [[kept[level, number] for number in range(start, end)] for level, start, end in unfinished(size)]
        builder = Builder(size, tiles)
        builder.extend(leaves(total)[size : size + step])
        kept.update({(level, number): made for level, number, made in builder.finished})
        size += step
        assert builder.size == size and builder.root() == root(leaves(total)[:size])


def test_nodes_above_the_tiles_are_made_once_each_and_are_right() -> None:
    size = TILE * TILE + TILE + 1
    builder = Builder()
    builder.extend(leaves(size))
    assert [(level, number) for level, number, _ in builder.finished] == [
        *((8, number) for number in range(TILE)),
        (16, 0),
        (8, TILE),
    ]
    top = next(made for level, _, made in builder.finished if level == 16)
    assert top == root(leaves(size)[: TILE * TILE])
    assert builder.root() == root(leaves(size))


def test_a_tree_does_not_go_on_from_the_tiles_of_another() -> None:
    with pytest.raises(ValueError, match="unfinished"):
        Builder(3, [leaves(2)])


@given(st.data())
def test_every_leaf_is_proved_to_be_in_every_tree_that_holds_it(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    number = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(number, size, nodes(size))
    top = root(leaves(size))
    assert verify_inclusion(leaves(size)[number], number, size, proof, top)
    other = data.draw(st.integers(0, size - 1))
    assert verify_inclusion(leaves(size)[other], number, size, proof, top) is (other == number)
    assert verify_inclusion(leaves(size)[number], other, size, proof, top) is (other == number)
    assert not verify_inclusion(leaves(size)[number], number, size, proof, sha256(top).digest())
    assert not verify_inclusion(leaves(size)[number], number, size, [*proof, top], top)
    if proof:
        assert not verify_inclusion(leaves(size)[number], number, size, proof[:-1], top)
        spoilt = data.draw(st.integers(0, len(proof) - 1))
        forged = [sha256(each).digest() if at == spoilt else each for at, each in enumerate(proof)]
        assert not verify_inclusion(leaves(size)[number], number, size, forged, top)


@settings(max_examples=30)
@given(st.integers(-3, 3), st.integers(-3, 3), st.lists(st.binary(min_size=32, max_size=32), max_size=3))
def test_nonsense_is_refused_without_an_error(first: int, second: int, proof: list[bytes]) -> None:
    assert not verify_inclusion(b"\0" * 32, first, second, proof, b"\1" * 32)
    if first < 0 or second < 1:
        with pytest.raises(ValueError, match="tree"):
            inclusion_proof(first, second, nodes(1))
