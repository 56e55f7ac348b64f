"""Writes the application's tables into the verifier that stands alone. Run: python -m app.audit.standalone.rules"""

from __future__ import annotations

import re
from pathlib import Path

from app import template, workflow
from app.directory.models import ROLE_LABELS

VERIFIER = Path(__file__).with_name("seben_audit.py")
BEGIN = "# --- rules: written by `python -m app.audit.standalone.rules`, not by hand ---\n"
END = "# --- end of rules ---\n"
LONGEST_LINE = 125
_UNDECIDED = ("open", "deferred", "review")


def current() -> bool:
    """Whether the verifier has the rules as they are."""
    return VERIFIER.read_text("utf-8") == _rewritten()


def write() -> None:
    """Put them into the verifier."""
    VERIFIER.write_text(_rewritten(), "utf-8")


def _rewritten() -> str:
    before, _, rest = VERIFIER.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + _rules() + END + after


def _rules() -> str:
    """Acts, parts with the zones that must be filled, roles, and the states of an amendment still to be decided."""
    lines = ["# fmt: off\n"]
    lines.append(
        "# act: where it may be taken, where it leads, in which roles, and whether only once both have signed\n"
    )
    lines.append("ACTS: dict[str, tuple[tuple[str, ...], str | None, tuple[str, ...], bool]] = {\n")
    for act in workflow.ACTS:
        stages = tuple(stage.value for stage in act.stages)
        rule = (stages, act.to.value if act.to else None, act.who, act.when is not None)
        line = f"    {_quoted(act.key)}: {_quoted(rule)},"
        lines.append(f"{line}{'  # noqa: E501' if len(line) > LONGEST_LINE else ''}\n")
    lines.append("}\n")
    lines.append(
        "# part: its name, and of each zone that must be filled the fields that a row needs, or None for prose\n"
    )
    lines.append("PARTS: dict[str, tuple[str, dict[str, tuple[str, ...] | None]]] = {\n")
    for part in template.PARTS:
        zones = {zone.key: _needed(zone) for zone in part.required_zones}
        lines.append(f"    {_quoted(part.key)}: {_quoted((part.label, zones))},\n")
    lines.append("}\n")
    lines.append("# parts whose texts stand apart, under a salted hash\n")
    lines.append(f"PERSONAL = {_quoted(tuple(sorted(template.PERSONAL)))}\n")
    lines.append("ROLES = {\n")
    lines += [f"    {_quoted(role.value)}: {_quoted(label)},\n" for role, label in ROLE_LABELS.items()]
    lines.append("}\n")
    lines.append(f"UNDECIDED = {_quoted(_UNDECIDED)}\n")
    lines.append("# fmt: on\n")
    return "".join(lines)


def _needed(zone: template.Zone) -> tuple[str, ...] | None:
    return None if zone.shape is None else tuple(field.name for field in zone.shape.fields if field.required)


def _quoted(value: object) -> str:
    return re.sub(r"'([^'\"]*)'", r'"\1"', repr(value))


if __name__ == "__main__":
    write()
