"""Passing a report on: what the check finds before it, and the word of who goes on past a warning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.content.canonical import check_text
from app.reports.consistency.checking import findings_of
from app.reports.consistency.reading import plural
from app.reports.consistency.table import Finding
from app.reports.models import Report
from app.workflow import Act


def found(act: Act, report: Report) -> Sequence[Finding]:
    """What the check finds, where the act asks for it."""
    return findings_of(report) if act.checked else ()


def blocking(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(finding.sentence for finding in findings if finding.blocking)


def sentence(findings: Sequence[Finding]) -> str:
    """What is asked of who goes on past these warnings."""
    warned = plural(len(findings), "avertissement", "avertissements")
    return f"Le contrôle de cohérence donne {warned} : corrigez, ou dites pourquoi passer outre."


def logged(findings: Sequence[Finding], why: str) -> dict[str, Any]:
    """The facts for the log: which warnings were passed, and why; nothing where there were none.

    Raises `content.canonical.TooLong`.
    """
    if not findings:
        return {}
    check_text(why, "passing")
    return {"warnings": [finding.logged() for finding in findings], "passed": why}
