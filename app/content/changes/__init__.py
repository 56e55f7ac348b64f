"""A proposed wording as separate changes: cut out of an amended part, applied to the text of the day, settled."""

from app.content.changes.applying import Outcome, apply, overtaken, said
from app.content.changes.colliding import collide, collisions
from app.content.changes.cutting import cut
from app.content.changes.lasting import lasts
from app.content.changes.settling import ClashChoice, Settled, Spot, both, settle
from app.content.changes.shape import BlockEdit, BlockPlace, Change, before_after

__all__ = [
    "BlockEdit",
    "BlockPlace",
    "Change",
    "ClashChoice",
    "Outcome",
    "Settled",
    "Spot",
    "apply",
    "before_after",
    "both",
    "collide",
    "collisions",
    "cut",
    "lasts",
    "overtaken",
    "said",
    "settle",
]
