"""The verifier's own trees: each begins every later one, and shows it; no other tree does."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import merkle
from app.audit.standalone.seben_audit import TILE, Tree, grown, growth_path

SIZES = st.integers(1, 3 * TILE + 5)
LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(3 * TILE + 5)]


def tree_of(size: int) -> Tree:
    tree = Tree(size)
    tree.leaves[:] = b"".join(LEAVES[:size])
    tree.close()
    return tree


@given(st.data())
def test_every_tree_is_shown_to_begin_every_later_one(data: st.DataObject) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(1, new))
    path = growth_path(tree_of(new), old, new)
    before, after = merkle.root(LEAVES[:old]), merkle.root(LEAVES[:new])
    assert grown(old, new, path, before, after)
    assert not grown(old, new, path, sha256(before).digest(), after)
    assert not grown(old, new, path, before, sha256(after).digest())
    assert not grown(old, new, [*path, after], before, after)
    if path:
        assert not grown(old, new, path[:-1], before, after)
    if old < new:
        changed = [sha256(LEAVES[0]).digest(), *LEAVES[1:old]]
        assert not grown(old, new, path, merkle.root(changed), after)


@settings(max_examples=30)
@given(st.integers(-3, 3), st.integers(-3, 3), st.lists(st.binary(min_size=32, max_size=32), max_size=3))
def test_a_path_that_is_nonsense_shows_nothing(old: int, new: int, path: list[bytes]) -> None:
    """An empty tree is in every tree, and proves nothing: it is refused as well."""
    if not (old == new > 0 and not path):
        assert not grown(old, new, path, b"\0" * 32, b"\1" * 32)
