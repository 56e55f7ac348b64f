"""The pictures of the demo, drawn for it: a hall with its tribune, a question at the microphone, the board at the end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageColor, ImageDraw, ImageFont

from app import documents
from app.demo.sessions import Session
from app.workshops import wording

WIDTH, HEIGHT = 1200, 800
FINE = 2
"""How many times larger they are drawn than they end up, for smooth edges."""
CREDIT = "Dessin fait pour la démonstration"
FONT = Path(documents.__file__).parent / "fonts" / "LiberationSerif-Bold.ttf"

Colour = str
WALL, WALL_LOW, SKIRTING, FLOOR, FLOOR_LINE = "#e9dfcb", "#d9c9ab", "#b79d78", "#c4a67f", "#b3946c"
INDIGO, CREAM, WOOD, WOOD_DARK, DARK = "#2f3f6f", "#fbf6ea", "#8a6242", "#6b4a30", "#3b332c"
SKY, LEAF, FRAME = "#bcd3d6", "#8fa98b", "#a98c66"
HAIR = "#2b221d"
SKIN = ("#5a3c2b", "#6b4833", "#4c3325")
CLOTH = ("#7d8ba6", "#a8654a", "#6f8a78", "#c29a52", "#8b6f8f", "#506a86", "#b07d62", "#f0e6d2")


class DrawingSheet:
    """A sheet to draw on, in the pixels of the finished picture."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), WALL)
        self.pen = ImageDraw.Draw(self.image)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0) -> None:
        self.pen.rounded_rectangle(_fine((left, top, right, bottom)), radius * FINE, fill)

    def oval(self, x: float, y: float, wide: float, high: float, fill: Colour) -> None:
        """About the point x, y; `wide` and `high` are from the middle to the edge."""
        self.pen.ellipse(_fine((x - wide, y - high, x + wide, y + high)), fill)

    def shape(self, points: Sequence[tuple[float, float]], fill: Colour) -> None:
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill)

    def line(self, points: Sequence[tuple[float, float]], fill: Colour, width: float) -> None:
        self.pen.line([(x * FINE, y * FINE) for x, y in points], fill, round(width * FINE), "curve")

    def words(self, x: float, y: float, text: str, size: float, fill: Colour, widest: float) -> None:
        """In one line about the point x, y, smaller where it would be wider than `widest`."""
        font = ImageFont.truetype(FONT, size * FINE)
        if (length := font.getlength(text)) > widest * FINE:
            font = ImageFont.truetype(FONT, size * FINE * widest * FINE / length)
        self.pen.text((x * FINE, y * FINE), text, fill, font, "mm")

    def jpeg(self) -> bytes:
        made = io.BytesIO()
        self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(made, "JPEG", quality=90)
        return made.getvalue()


def drawn(session: Session) -> list[bytes]:
    """Three JPEGs, the same for the same meeting."""
    return [_hall(session), _question(session), _board(session)]


def _hall(session: Session) -> bytes:
    """The tribune under the banner, over the heads of the public."""
    sheet, hand = DrawingSheet(), Random(session.number)
    _room(sheet, 500)
    for left in (70, 1010):
        _window(sheet, left, 150)
    _banner(sheet, 600, 70, 620, session)
    _tribune(sheet, 300, 900, 455, 4, hand)
    for count, y, scale in ((11, 585, 0.62), (9, 680, 0.82), (7, 800, 1.08)):
        step = WIDTH / (count - 0.5)
        for place in range(count):
            if hand.random() > 0.07:
                _person(sheet, step * (place + 0.25) + hand.uniform(-9, 9), y, scale, hand, back=True)
    return sheet.jpeg()


def _question(session: Session) -> bytes:
    """Somebody stands at the microphone among those who sit and listen."""
    sheet, hand = DrawingSheet(), Random(session.number + 7)
    _room(sheet, 470)
    _banner(sheet, 270, 60, 420, session)
    _window(sheet, 980, 120)
    _tribune(sheet, 70, 470, 430, 3, hand)
    for place in range(5):
        _person(sheet, 90 + 118 * place, 640, 0.72, hand, back=True)
    for place in range(3):
        _person(sheet, 900 + 118 * place, 640, 0.72, hand, back=True)
    _standing(sheet, 760, 800, 1.25, CLOTH[1], SKIN[0])
    _microphone(sheet, 655, 430, 800)
    for place in range(3):
        _person(sheet, 70 + 185 * place, 815, 1.05, hand, back=True)
    _person(sheet, 1120, 815, 1.05, hand, back=True)
    return sheet.jpeg()


def _board(session: Session) -> bytes:
    """The recommendations on the board, and two who read them."""
    sheet, hand = DrawingSheet(), Random(session.number + 3)
    _room(sheet, 560)
    _window(sheet, 36, 90)
    _window(sheet, 1044, 90)
    sheet.line(((430, 480), (380, 740)), WOOD_DARK, 14)
    sheet.line(((770, 480), (820, 740)), WOOD_DARK, 14)
    sheet.box(330, 90, 870, 540, WOOD, 8)
    sheet.box(344, 104, 856, 526, CREAM, 3)
    sheet.words(600, 150, f"Recommandations {session.year}", 38, INDIGO, 450)
    for line in range(5):
        y = 218 + 62 * line
        sheet.oval(385, y, 8, 8, CLOTH[1])
        sheet.line(((410, y - 6), (hand.uniform(720, 815), y - 6)), "#8f8778", 5)
        sheet.line(((410, y + 14), (hand.uniform(560, 700), y + 14)), "#b9b09e", 5)
    _standing(sheet, 255, 800, 1.3, CLOTH[5], SKIN[1])
    _standing(sheet, 950, 800, 1.24, CLOTH[3], SKIN[2], scarf=CLOTH[1])
    return sheet.jpeg()


def _fine(box: tuple[float, float, float, float]) -> list[float]:
    return [each * FINE for each in box]


def _room(sheet: DrawingSheet, floor: float) -> None:
    """Wall and floor that meet at the height `floor`."""
    sheet.box(0, floor - 150, WIDTH, floor, WALL_LOW)
    sheet.box(0, floor - 14, WIDTH, floor, SKIRTING)
    sheet.box(0, floor, WIDTH, HEIGHT, FLOOR)
    for number in range(-9, 22):
        sheet.line(((600 + (number * 100 - 600) * 0.75, floor), (number * 180 - 480, HEIGHT)), FLOOR_LINE, 2)
    for y in (0.12, 0.34, 0.66):
        sheet.line(((0, floor + (HEIGHT - floor) * y), (WIDTH, floor + (HEIGHT - floor) * y)), FLOOR_LINE, 2)


def _window(sheet: DrawingSheet, left: float, top: float) -> None:
    right, bottom = left + 120, top + 190
    sheet.box(left - 10, top - 10, right + 10, bottom + 10, FRAME, 4)
    sheet.box(left, top, right, bottom, SKY)
    sheet.oval(left + 34, bottom - 40, 34, 40, LEAF)
    sheet.oval(left + 88, bottom - 28, 32, 28, LEAF)
    sheet.box(left + 56, top, left + 64, bottom, FRAME)
    sheet.box(left, top + 90, right, top + 97, FRAME)


def _banner(sheet: DrawingSheet, middle: float, top: float, width: float, session: Session) -> None:
    left, right, high = middle - width / 2, middle + width / 2, width * 0.19
    for x in (left + 12, right - 12):
        sheet.line(((x, 0), (x, top + 6)), FRAME, 3)
    sheet.box(left, top, right, top + high, INDIGO, 4)
    sheet.box(left + 7, top + 7, right - 7, top + high - 7, CREAM, 2)
    sheet.words(middle, top + high * 0.35, "Rencontre publique sur le budget", high * 0.27, INDIGO, width * 0.88)
    where = f"{session.place.name}, {wording.day(session.held_on)}"
    sheet.words(middle, top + high * 0.69, where, high * 0.22, CLOTH[1], width * 0.88)


def _tribune(sheet: DrawingSheet, left: float, right: float, top: float, seats: int, hand: Random) -> None:
    """A table with people behind it, a cloth that hangs down before them, and water and papers for each."""
    step = (right - left) / seats
    for seat in range(seats):
        _person(sheet, left + step * (seat + 0.5), top + 12, 0.6, hand)
    sheet.box(left, top + 12, right, top + 112, INDIGO, 3)
    sheet.box(left - 12, top, right + 12, top + 16, WOOD, 4)
    for seat in range(seats):
        x = left + step * (seat + 0.5)
        sheet.shape(((x - 30, top + 2), (x - 4, top + 2), (x + 2, top + 10), (x - 28, top + 10)), CREAM)
        sheet.box(x + 22, top - 22, x + 31, top + 6, SKY, 3)
        sheet.line(((x - 40 + step / 2, top + 28), (x - 40 + step / 2, top + 104)), "#3c4d80", 3)


def _person(sheet: DrawingSheet, x: float, y: float, scale: float, hand: Random, back: bool = False) -> None:
    """Somebody who sits, down to the elbows at the height `y`; seen from behind with the back of a chair."""
    cloth, skin, worn = hand.choice(CLOTH), hand.choice(SKIN), hand.random()
    wide, high = 62 * scale, 118 * scale
    head = y - high - 34 * scale
    sheet.box(x - wide, y - high, x + wide, y + 30 * scale, cloth, 44 * scale)
    sheet.box(x - wide, y - high * 0.5, x + wide, y + 30 * scale, cloth)
    sheet.box(x - 13 * scale, head + 20 * scale, x + 13 * scale, y - high + 12 * scale, skin, 8 * scale)
    sheet.oval(x, head, 31 * scale, 37 * scale, skin)
    if worn < 0.42:  # a scarf wound about the head
        scarf = hand.choice(CLOTH)
        sheet.oval(x, head - (6 if back else 18) * scale, 36 * scale, (36 if back else 26) * scale, scarf)
        sheet.oval(x + 16 * scale, head - 36 * scale, 20 * scale, 14 * scale, scarf)
    elif worn < 0.68:  # a cap
        if back:
            _hair_and_cap(sheet, x, head, scale, hand.choice(CLOTH))
        else:
            sheet.box(
                x - 29 * scale, head - 42 * scale, x + 29 * scale, head - 16 * scale, hand.choice(CLOTH), 10 * scale
            )
    else:
        sheet.oval(x, head - 12 * scale, 32 * scale, 28 * scale, HAIR)
        if not back:
            sheet.oval(x, head + 4 * scale, 27 * scale, 30 * scale, skin)
    if back:
        sheet.box(x - wide * 0.86, y - 34 * scale, x + wide * 0.86, y + 40 * scale, WOOD, 10 * scale)
        sheet.box(x - wide * 0.86, y - 4 * scale, x + wide * 0.86, y + 4 * scale, WOOD_DARK)
    else:
        sheet.line(((x, y - high + 6 * scale), (x, y)), DARK, 2 * scale)


def _standing(
    sheet: DrawingSheet, x: float, y: float, scale: float, cloth: Colour, skin: Colour, scarf: Colour | None = None
) -> None:
    """Somebody in a long robe, seen from behind, whose feet are at the height `y`."""
    shoulders, head, fold = y - 330 * scale, y - 383 * scale, ImageColor.getrgb(cloth)
    darker = "#" + "".join(f"{part * 3 // 4:02x}" for part in fold)
    sheet.oval(x, y - 4, 92 * scale, 12 * scale, FLOOR_LINE)
    sheet.shape(
        (
            (x - 22 * scale, shoulders - 12 * scale),
            (x + 22 * scale, shoulders - 12 * scale),
            (x + 48 * scale, shoulders - 2 * scale),
            (x + 64 * scale, shoulders + 16 * scale),
            (x + 70 * scale, shoulders + 40 * scale),
            (x + 88 * scale, shoulders + 190 * scale),
            (x + 62 * scale, shoulders + 196 * scale),
            (x + 84 * scale, y - 10 * scale),
            (x - 84 * scale, y - 10 * scale),
            (x - 62 * scale, shoulders + 196 * scale),
            (x - 88 * scale, shoulders + 190 * scale),
            (x - 70 * scale, shoulders + 40 * scale),
            (x - 64 * scale, shoulders + 16 * scale),
            (x - 48 * scale, shoulders - 2 * scale),
        ),
        cloth,
    )
    for side in (-1, 1):
        sheet.oval(x + side * 75 * scale, shoulders + 200 * scale, 12 * scale, 16 * scale, skin)
        inner = ((x + side * 50 * scale, shoulders + 70 * scale), (x + side * 60 * scale, shoulders + 192 * scale))
        sheet.line(inner, darker, 3)
    sheet.box(x - 13 * scale, head + 20 * scale, x + 13 * scale, shoulders - 2 * scale, skin, 6 * scale)
    sheet.oval(x, head, 29 * scale, 36 * scale, skin)
    if scarf:
        sheet.oval(x, head - 8 * scale, 34 * scale, 35 * scale, scarf)
        sheet.oval(x - 15 * scale, head - 38 * scale, 21 * scale, 14 * scale, scarf)
    else:
        _hair_and_cap(sheet, x, head, scale, CREAM)


def _hair_and_cap(sheet: DrawingSheet, x: float, head: float, scale: float, cap: Colour) -> None:
    """On a head seen from behind."""
    sheet.oval(x, head - 6 * scale, 29.5 * scale, 29 * scale, HAIR)
    sheet.box(x - 30 * scale, head - 40 * scale, x + 30 * scale, head - 10 * scale, cap, 11 * scale)


def _microphone(sheet: DrawingSheet, x: float, top: float, foot: float) -> None:
    sheet.oval(x, foot - 6, 46, 9, DARK)
    sheet.line(((x, top + 20), (x, foot - 8)), DARK, 5)
    sheet.line(((x, top + 20), (x + 34, top - 8)), DARK, 5)
    sheet.oval(x + 40, top - 14, 13, 16, DARK)
