"""The authorisation matrix as `matrix.txt` has it, and what the workflow's table says of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from app import offices
from app.directory.models import Role
from app.workflow import CIRCUIT, Act, Stage
from tests.cast import PEOPLE

TABLE = Path(__file__).with_name("matrix.txt")
STAGES = list(CIRCUIT)
REPORT = "…"
OPEN, NOT_READY, ASKED, UNSEEN, FORBIDDEN, ELSEWHERE = "o", "n", "k", ".", "x", "s"

# Beside the cast, whose rights need a counter-example. name: what is special, roles, where, whether the account is active
EVERY_ROLE = tuple(Role)
OTHERS: dict[str, tuple[tuple[Role, ...], str, bool]] = {
    "koniba": ((Role.RAPPORTEUR,), "Ségou", True),  # a rapporteur of the region, not the one named for this meeting
    "awa": (EVERY_ROLE, "Bla", True),  # every role in a circle below: nothing of it reaches up to the region's report
    "djeneba": (EVERY_ROLE, "Kayes", True),  # every role in another region
    "modibo": (EVERY_ROLE, "", False),  # every role everywhere, but the account is closed
}
NOBODY = "nobody"
COLUMNS = (*PEOPLE, *OTHERS, NOBODY)


def routes(app: Flask) -> dict[str, tuple[Rule, str]]:
    """Each route and method by its name in the table: "GET /rapports", "POST …/vote"."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                place = re.sub("<(?:int:)?([a-z_]+)>", _short, rule.rule).replace("/rapports/<report>", REPORT)
                found[f"{method} {place}"] = rule, method
    return found


def _short(found: re.Match[str]) -> str:
    return f"<{found[1].removesuffix('_id')}>"


@cache
def table() -> dict[str, dict[str, str]]:
    """The cells by route and person, as the table has them."""
    found: dict[str, dict[str, str]] = {}
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        route, *cells = line.split()
        if route in ("GET", "POST"):
            place, *cells = cells
            found[f"{route} {place}"] = dict(zip(COLUMNS, cells, strict=True))
        else:
            assert (route, *cells) == COLUMNS
    return found


OFFICES_HEAD = "# The incompatible offices"


def offices_lines() -> str:
    """The offices as the end of `matrix.txt` has them: what of two roles, or two deeds, is refused to one person (x)."""
    lines = [f"{OFFICES_HEAD}: over one territory, x where one person may not hold both roles.\n#\n"]
    lines.append("#                 " + "".join(f"{role:14}" for role in Role).rstrip() + "\n")
    for one in Role:
        signs = "".join(f"{FORBIDDEN if offices.between(one, other) else OPEN:14}" for other in Role)
        lines.append(f"#   {one:14}{signs.rstrip()}\n")
    lines.append("#\n# About one thing, who did what stands first does not do what stands second.\n#\n")
    for row in offices.DEEDS:
        lines.append(f"#   {row.thing:14}{', '.join(row.first):20}{', '.join(row.then)}\n")
    return "".join(lines)


def about_a_report(route: str) -> bool:
    return REPORT in route


# From which stage on a role sees a report, as the product has it; nothing here is read from the application.
SEEN_FROM = {
    "facilitator": Stage.DRAFTING,
    "rapporteur": Stage.DRAFTING,
    "supervisor": Stage.DRAFTING,
    "coordination": Stage.DRAFTING,
    "member": Stage.READING,
    "president": Stage.READING,
    "chair": Stage.VALIDATED,
    "reader": Stage.PUBLISHED,
}
# Who has the role but is kept from the act by a tie to this report: another's amendment or file, a signature one is not
# named for, a paper one has filed or is to sign.
BARRED = {
    "withdraw": {"oumar", "binta", "adama"},
    "refuse": {"koniba", "seydou"},
    "sign": {"koniba"},
    "withdraw_attachment": {"issa", "koniba", "salif"},
    "attest": {"issa", "coumba"},
    "hand_code": {"issa"},
}


def role_of(name: str) -> str | None:
    """The one role over the report's territory that this person has; None for those who have none."""
    if name == "koniba":
        return "rapporteur"
    return PEOPLE[name][4].value if name in PEOPLE and PEOPLE[name][5] in ("", "Ségou") else None


def follows(acts: list[Act], name: str, stage: Stage, sign: str) -> bool:
    """Whether the workflow's table gives this person this answer at this stage."""
    role = role_of(name)
    if name in (NOBODY, "modibo"):
        return sign == ASKED
    if role is None or stage.order < SEEN_FROM[role].order:
        return sign == UNSEEN
    mine = [act for act in acts if role in act.who and not act.rectifying]  # the report rectifies none
    if not mine:
        return sign == FORBIDDEN
    if not any(stage in act.stages for act in mine):
        return sign == ELSEWHERE
    if any(name in BARRED.get(act.key, ()) for act in mine):
        return sign in (FORBIDDEN, NOT_READY)
    return sign in (OPEN, NOT_READY)
