"""One order out of two: where things stand when two people have each added, moved and removed some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.content.sequences import in_order


def interleave(
    base: Sequence[str],
    mine: Sequence[str],
    theirs: Sequence[str],
    alike: Callable[[str, str], bool] = lambda mine, theirs: False,
) -> list[str]:
    """The ids of `mine` and `theirs` in an order that honours the changes of both to the order of `base`.

    Starts from their order; what I added or moved follows what it follows in mine, behind what they added there.
    A new one of mine is left out where they added, in that very place, one that `alike` finds the same.
    """
    in_theirs, old = set(theirs), set(base)
    in_mine = set(mine)
    mine_to_place = {id for id in mine if id not in in_theirs} | (_moved(base, mine) - _moved(base, theirs))
    following = _by_predecessor(mine, mine_to_place)
    order: list[str] = []
    due = following.get(None, [])
    added_here: list[str] = []

    def place_mine() -> None:
        for id in due:
            twin = next((other for other in added_here if alike(id, other)), None) if id not in old else None
            if twin is None:
                order.append(id)
            else:
                added_here.remove(twin)
        due.clear()
        added_here.clear()

    for id in theirs:
        if id in mine_to_place:
            continue
        if id not in old and id not in in_mine:
            added_here.append(id)
        else:
            place_mine()
            due += following.get(id, [])
        order.append(id)
    place_mine()
    return order


def _moved(base: Sequence[str], version: Sequence[str]) -> set[str]:
    """The ids of both that stand in another order: as few as account for it."""
    place = {id: index for index, id in enumerate(base)}
    common = [id for id in version if id in place]
    still = in_order([place[id] for id in common])
    return {id for index, id in enumerate(common) if index not in still}


def _by_predecessor(order: Iterable[str], to_place: set[str]) -> dict[str | None, list[str]]:
    """The ids to place by the nearest one before them that stays; None for those before all of these."""
    following: dict[str | None, list[str]] = {}
    last: str | None = None
    for id in order:
        if id in to_place:
            following.setdefault(last, []).append(id)
        else:
            last = id
    return following
