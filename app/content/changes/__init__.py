"""A proposed wording as separate changes: cut out of an amended part, applied to the text of the day, settled."""

from app.content.changes.applying import Outcome, apply, overtaken, said
from app.content.changes.colliding import collide, collisions
from app.content.changes.cutting import cut
from app.content.changes.lasting import lasts
from app.content.changes.settling import Choice, Settled, Spot, both, settle
from app.content.changes.shape import Change, Edit, Place, before_after

__all__ = [
    "Change",
    "Choice",
    "Edit",
    "Outcome",
    "Place",
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
