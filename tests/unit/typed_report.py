"""The real report as a case: each part cut from the source as it stands, nothing mended on the way."""

from __future__ import annotations

from datetime import date

from app.content.blocks import Block, BlockKind, Content
from app.content.prose import cut, new_id
from app.reports.consistency.case import Case
from tests.cast import row
from tests.e2e.source import Source, bullets

GRIDS = {"steering_committee": "steering_missions", "programme_staff": "staff_missions", "participants": "quotas"}
SHAPES = {
    "steering_missions": ("territory", "person", "date", "venue"),
    "staff_missions": ("territory", "person", "date", "venue"),
    "quotas": ("category", "number"),
    "slots": ("hours", "text", "responsible"),
}
REGIONS = ("Kayes", "Koulikoro", "Sikasso", "Mopti", "District de Bamako", "Tombouctou", "Gao", "Kidal")


def case(source: Source) -> Case:
    return Case(
        contents=contents(source),
        held_on=date(2018, 2, 22),
        budget_year=2018,
        territory="Ségou",
        elsewhere={name.lower(): name for name in REGIONS},
        opening="L’an deux mille dix-huit et le vingt-deux février, s’est tenue la rencontre.",
    )


def contents(source: Source) -> dict[str, Content]:
    said = {key: source.paragraphs(key) for key in ("ceremony", "bureau", "presentation", "recommendations")}
    found = {
        key: cut(source.after_heading(key), "body") for key in ("introduction", "proceedings", "method", "conclusion")
    }
    ceremony = next(line for line in said["ceremony"] if not line.startswith("-"))
    speeches = (row("speeches", speaker="", text=text) for text in bullets(said["ceremony"]))
    found["ceremony"] = (*cut(ceremony, "lead"), *speeches)
    found["bureau"] = (*cut(said["bureau"][0], "lead"), *bureau(said["bureau"][1:]))
    found |= debates(said["presentation"]) | asked(said["recommendations"])
    found["signatures"] = tuple(signatories(source.parts["signatures"].split("\n")))
    found["terms"] = tuple(terms(source))
    found["follow_up"] = tuple(
        row("rows", text=text, status="", execution=execution, observations=observations)
        for _, text, execution, observations, *_ in (
            [*cells, "", "", ""] for cells in source.rows(source.parts["follow_up"])
        )
    )
    found["programme"] = tuple(grid("slots", source.rows(source.parts["programme"])))
    found["attendance"] = ()
    return found


def grid(zone: str, rows: list[list[str]]) -> list[Block]:
    names = SHAPES[zone]
    return [row(zone, **dict(zip(names, [*cells, *[""] * len(names)], strict=False))) for cells in rows]


def bureau(lines: list[str]) -> list[Block]:
    members, function = [], ""
    for line in lines:
        if not line.startswith("-"):
            function, _, line = (part.strip() for part in line.partition(" :"))
        if line:
            who, _, title = line.removeprefix("-").strip().partition(", ")
            civility, *names, surname = who.split()
            members.append(
                row("members", function=function, civility=civility, first_name=" ".join(names), surname=surname,
                    title=plain(title), body="")
            )  # fmt: skip
    return members


def debates(lines: list[str]) -> dict[str, Content]:
    first, second, closing = (n for n, line in enumerate(lines) if not line.startswith("-"))
    points = (row("points", text=text) for text in bullets(lines[first:second]))
    concerns = (row("concerns", text=text, answer="", answered_by="") for text in bullets(lines[second:closing]))
    return {
        "presentation": (*cut(lines[first], "lead"), *points),
        "concerns": (*cut(lines[second], "lead"), *concerns, *cut(lines[closing], "closing")),
    }


def asked(lines: list[str]) -> dict[str, Content]:
    """The recommendations made, and the list of those left undone, typed below its sentence."""
    end = next(n for n, line in enumerate(lines) if n and not line.startswith("-"))
    names = dict.fromkeys(("addressee", "deadline", "proof", "sector"), "")
    made = (row("recommendations", text=text, **names) for text in bullets(lines[:end]))
    return {
        "recommendations": (*cut(lines[0], "lead"), *made),
        "unmet": cut("\n\n".join(lines[end:]), "lead"),
    }


def signatories(lines: list[str]) -> list[Block]:
    half = next(n for n, line in enumerate(lines) if line.startswith("Fait à"))
    rows = []
    for quality, name, *rest in ([line for line in lines[:half] if line], [line for line in lines[half + 1 :] if line]):
        first_name, surname = plain(name).split()
        title, body, *_ = [*map(plain, rest), "", ""]
        rows.append(row("signatories", quality=quality, first_name=first_name, surname=surname, title=title, body=body))
    return rows


def terms(source: Source) -> list[Block]:
    blocks: list[Block] = []
    for key, text in source.terms.items():
        heading, _, rest = text.partition("\n")
        blocks.append(Block(new_id(), f"{key}_heading", BlockKind.HEADING, {"text": heading}))
        blocks += cut(source.prose(rest), key)
        if key in GRIDS:
            blocks += grid(GRIDS[key], source.rows(rest))
    return blocks


def plain(text: str) -> str:
    return text.replace("^{", "").replace("}", "").replace("*", "").strip()
