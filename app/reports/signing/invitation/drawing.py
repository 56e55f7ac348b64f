"""A signature drawn with a finger, a pen or a mouse: strokes of points, as the page sends them and the stamp prints them."""

from __future__ import annotations

import orjson

from app.documents.stamp import Strokes

WIDTH, HEIGHT = 1000, 400
"""The field in which it is drawn; points are whole numbers within it, from the upper left."""
MOST_STROKES = 60
MOST_POINTS = 3000
LONGEST = 40_000  # characters of what is posted
SMALLEST = 60  # a drawing that spans less, in width and height together, is a slip of the finger


class UnreadableDrawing(Exception):
    """What was posted is no drawing; the message is a French sentence."""

    def __init__(self) -> None:
        super().__init__("Votre signature n’a pas été reçue en entier : dessinez-la de nouveau, ou écrivez votre nom.")


def read(posted: str) -> Strokes:
    """The strokes in the JSON `[[x, y, x, y, …], …]`; none where nothing was drawn. Raises `UnreadableDrawing`."""
    if not posted.strip():
        return ()
    try:
        strokes = _strokes(orjson.loads(posted)) if len(posted) <= LONGEST else None
    except ValueError:
        raise UnreadableDrawing from None
    if strokes is None:
        raise UnreadableDrawing
    return strokes if _span(strokes) >= SMALLEST else ()


def _strokes(found: object) -> Strokes | None:
    if not isinstance(found, list) or len(found) > MOST_STROKES:
        return None
    strokes = []
    for stroke in found:
        if not isinstance(stroke, list) or not stroke or len(stroke) % 2:
            return None
        if not all(type(each) is int for each in stroke):
            return None
        points = tuple(zip(stroke[::2], stroke[1::2], strict=True))
        if not all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points):
            return None
        strokes.append(points)
    return tuple(strokes) if sum(map(len, strokes)) <= MOST_POINTS else None


def _span(strokes: Strokes) -> int:
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return 0
    across, down = zip(*points, strict=True)
    return int((max(across) - min(across)) + (max(down) - min(down)))
