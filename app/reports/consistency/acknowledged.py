"""Passing a report on: what the check finds before it, and the word of who goes on past a warning, told wherever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.content.canonical import check_text
from app.reports.consistency.checking import findings_of
from app.reports.consistency.language import plural
from app.reports.consistency.rules import BY_KEY, RuleFinding
from app.reports.models.report import Report
from app.workflow import Act


def found(act: Act, report: Report) -> Sequence[RuleFinding]:
    """What the check finds, where the act asks for it."""
    return findings_of(report) if act.checked else ()


def blocking(findings: Sequence[RuleFinding]) -> tuple[str, ...]:
    return tuple(finding.sentence for finding in findings if finding.blocking)


def sentence(findings: Sequence[RuleFinding]) -> str:
    """What is asked of who goes on past these warnings."""
    warned = plural(len(findings), "avertissement", "avertissements")
    return f"Le contrôle de cohérence donne {warned} : corrigez, ou dites pourquoi passer outre."


def logged(findings: Sequence[RuleFinding], why: str) -> dict[str, Any]:
    """The facts for the log: which warnings were passed, and why; nothing where there were none.

    Raises `content.canonical.TooLong`.
    """
    if findings:
        check_text(why, "passing")
    return facts(findings, why)


def facts(findings: Sequence[RuleFinding], why: str) -> dict[str, Any]:
    """The same, of a word that is not checked yet."""
    return {"warnings": [finding.logged() for finding in findings], "passed": why} if findings else {}


def whole(text: str) -> str:
    return f"« {text} »"


def told(said: Mapping[str, Any], quoted: Callable[[str], str] = whole) -> str:
    """ "A passé outre 2 avertissements (quotas, date en lettres) : « … »." where an act's facts say so; else empty.

    `quoted` puts what was typed in quotes, and may cut it.
    """
    warnings = said.get("warnings")
    if not warnings:
        return ""
    rules = ", ".join(dict.fromkeys(_called(key) for key, *_ in warnings))
    stop = "" if said["passed"].endswith((".", "!", "?", "…")) else "."
    warned = plural(len(warnings), "avertissement", "avertissements")
    return f"A passé outre {warned} ({rules}) : {quoted(said['passed'])}{stop}"


def _called(key: str) -> str:
    """What a rule is called inside a sentence; its key where the table has it no more."""
    label = BY_KEY[key].label if key in BY_KEY else key
    return label[:1].lower() + label[1:]
