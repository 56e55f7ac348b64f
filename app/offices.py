"""The table of incompatible offices: where two persons are meant, one may not be both. Pure Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Roles that one person does not hold over one territory: neither of `those` beside `role`.

    Two roles are over one territory where the scope of one reaches that of the other. `why` is a French clause.
    """

    role: str
    those: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Twice:
    """Two deeds about one thing that two persons do: whoever did `first` does not do `then`.

    `first` and `then` are acts of the workflow's table, `thing` is what both are about, `why` a French clause.
    """

    first: tuple[str, ...]
    then: tuple[str, ...]
    thing: str
    why: str


HANDS_ON = ("president", "member", "rapporteur", "chair")
DECISIONS = ("adopt", "reject", "defer", "lapse")
# fmt: off
ROLES: tuple[Incompatible, ...] = (
    #            who holds        holds none of  because
    Incompatible("coordination",  HANDS_ON, "qui nomme les personnes ne siège, ne transmet ni ne signe là où il nomme"),
    Incompatible("supervisor",    HANDS_ON, "qui surveille un rapport n’y prend pas part"),
)
DEEDS: tuple[Twice, ...] = (
    #     who did                   does not do          about          because
    Twice(("amend",),               DECISIONS,           "amendement",  "l’auteur d’un amendement n’en décide pas"),
    Twice(("amend",),               ("opine",),          "amendement",  "l’auteur d’un amendement n’en donne pas l’avis"),
    Twice(("opine",),               DECISIONS,           "amendement",  "l’avis et la décision sont de deux personnes"),
    Twice(("transmit",),            ("validate",),       "lecture",     "qui transmet un texte ne le valide pas"),
    Twice(("sign",),                ("sign",),           "rapport",     "les deux signatures sont de deux personnes"),
    Twice(("file_scan",),           ("attest",),         "exemplaire",  "qui dépose un exemplaire ne l’atteste pas"),
    Twice(("sign",),                ("attest",),         "rapport",     "un signataire n’atteste pas d’exemplaire"),
    Twice(("invite",),              ("hand_code",),      "invitation",  "le lien et le code viennent de deux personnes"),
    Twice(("invite", "hand_code"),  ("sign", "refuse"),  "invitation",  "qui remet l’un des deux ne signe pas par eux"),
    Twice(("sign",),                ("hand_code",),      "rapport",     "un signataire n’a pas le code de l’autre"),
    Twice(("invite", "hand_code"),  ("sign",),           "rapport",     "qui remet l’un ne donne pas l’autre signature"),
)
# fmt: on


def between(one: str, other: str) -> str | None:
    """Why one person does not hold both roles over one territory, as a French clause; None where they may."""
    return next((row.why for row in ROLES if {row.role} & {one, other} and {*row.those} & {one, other}), None)


def suspended(roles: Collection[str]) -> Mapping[str, str]:
    """Of the roles that somebody holds over one territory those that may not be exercised, each with why."""
    return {role: row.why for row in ROLES if row.role in roles for role in row.those if role in roles}


def table(roles: Mapping[str, str], acts: Mapping[str, str]) -> str:
    """Both tables in Markdown; `roles` and `acts` are their French names by key. The documentation shows it."""
    lines = ["| Sur une même collectivité, qui est… | n’est pas… | parce que |", "|---|---|---|"]
    lines += [f"| {roles[row.role]} | {_named(row.those, roles)} | {row.why} |" for row in ROLES]
    lines += ["", "| Qui a fait… | ne fait pas… | à propos du même objet | parce que |", "|---|---|---|---|"]
    lines += [f"| {_named(row.first, acts)} | {_named(row.then, acts)} | {row.thing} | {row.why} |" for row in DEEDS]
    return "\n".join(lines) + "\n"


def _named(keys: Collection[str], names: Mapping[str, str]) -> str:
    return ", ".join(names[key] for key in keys)
