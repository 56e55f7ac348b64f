"""The Merkle tree of RFC 6962: roots, inclusion proofs and their verification. Pure Python.

Hashes are 32 bytes of SHA-256. `level` 0 holds the leaves; the node `number` of a level covers the leaves from
`number << level` up to the next node's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

TILE_LEVELS = 8
TILE = 1 << TILE_LEVELS
"""Nodes of one level that are kept together, and together make one node `TILE_LEVELS` higher."""
EMPTY = sha256().digest()
"""The root of a tree without leaves."""

NodeOf = Callable[[int, int], bytes]
"""Gives the hash of a whole (perfect) node by its level and number."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these nodes of one level; the last may stand for fewer leaves than the others."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]


class Builder:
    """A tree that grows by leaves, and knows its root at any time without keeping them all.

    `tiles[k]` holds the hashes of level `k * TILE_LEVELS` that do not yet fill a tile; `finished` gathers the nodes that
    full tiles made, as (level, number, hash), for the caller to keep and clear.
    """

    def __init__(self, size: int = 0, tiles: Iterable[Sequence[bytes]] = ()) -> None:
        """A tree of `size` leaves; `tiles` from the leaves' level upwards, as `unfinished(size)` says."""
        self.size = size
        self.tiles = [list(tile) for tile in tiles]
        self.finished: list[tuple[int, int, bytes]] = []
        if [len(tile) for tile in self.tiles] != [end - start for _, start, end in unfinished(size)]:
            raise ValueError("not the unfinished tiles of a tree of this size")

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Append leaves, given by their leaf hashes."""
        at = 0
        while at < len(hashes):
            room = TILE - (self.size % TILE)
            taken = hashes[at : at + room]
            self.size += len(taken)
            at += len(taken)
            self._add(0, taken)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        last: list[bytes] = []
        for tile in self.tiles:
            nodes = tile + last
            last = [root(nodes)] if nodes else []
        return last[0] if last else EMPTY

    def _add(self, depth: int, hashes: Sequence[bytes]) -> None:
        if depth == len(self.tiles):
            self.tiles.append([])
        tile = self.tiles[depth]
        tile.extend(hashes)
        if len(tile) == TILE:
            level = (depth + 1) * TILE_LEVELS
            made = root(tile)
            self.finished.append((level, (self.size >> level) - 1, made))
            self.tiles[depth] = []
            self._add(depth + 1, [made])


def unfinished(size: int) -> list[tuple[int, int, int]]:
    """What a tree of `size` leaves goes on from: (level, first number, number after the last) of each unfilled tile."""
    found = []
    level = 0
    while size >> level:
        end = size >> level
        found.append((level, end - end % TILE, end))
        level += TILE_LEVELS
    return found


def range_root(start: int, end: int, node: NodeOf) -> bytes:
    """The root over the leaves from `start` to before `end`, where `start` is a multiple of a power of 2 ≥ the width."""
    if start == end:
        return EMPTY
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(node(level, start >> level))
        start += 1 << level
    made = parts.pop()
    while parts:
        made = node_hash(parts.pop(), made)
    return made


def inclusion_proof(number: int, size: int, node: NodeOf) -> list[bytes]:
    """The hashes that lead from leaf `number` up to the root of the first `size` leaves, the lowest first."""
    if not 0 <= number < size:
        raise ValueError("no such leaf in a tree of this size")
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            proof.append(range_root(middle, end, node))
            end = middle
        else:
            proof.append(range_root(start, middle, node))
            start = middle
    return proof[::-1]


def verify_inclusion(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether leaf hash `leaf` is number `number` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= number < size:
        return False
    at, last, made = number, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = node_hash(each, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = node_hash(made, each)
        at, last = at >> 1, last >> 1
    return last == 0 and made == root_hash


def _split(width: int) -> int:
    """The largest power of 2 below `width`."""
    return 1 << ((width - 1).bit_length() - 1)
