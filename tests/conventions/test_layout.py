"""How the source is laid out: imports that point down, files that stay short, one door for stages and for commits."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.source import APP, ROOT, modules, tracked

NAMES = [str(path.relative_to(ROOT)) for path in modules()]
LONGEST_FILE = 300
LONGER_FILES = {
    "app/template.py": "the official template is one table",
    "app/workflow.py": "so is the workflow",
    "app/audit/standalone/seben_audit.py": "one file, for whoever checks the log without us",
}
LONGEST_VIEW = 20
SWAMPS = {"utils", "util", "helpers", "helper", "common", "services", "service", "manager", "managers", "misc"}
# Nobody else ends a transaction: these are where a request or a command does, or what is written once the answer has left.
COMMITTING = re.compile(
    r"app/__init__\.py|app/anchoring\.py|app/commands/\w+\.py|app/demo/\w+\.py|app/web/(afterwards|account/sessions)\.py"
)
STAGE_SETTERS = {"app/reports/steps.py"}
COMPOSING = {"app/__init__.py", "app/db.py", "app/cli.py"}
NO_WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def source(name: str) -> str:
    return (ROOT / name).read_text()


def tree(name: str) -> ast.Module:
    return ast.parse(source(name))


def views(name: str) -> Iterator[ast.FunctionDef]:
    """The functions that a blueprint serves."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef) and any("blueprint." in ast.unparse(each) for each in node.decorator_list):
            yield node


def test_imports_point_down_and_only_the_web_knows_flask() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_module_says_in_one_line_what_lives_there(name: str) -> None:
    if not source(name).strip():
        pytest.fail("an empty module says nothing")
    said = ast.get_docstring(tree(name))
    assert said and len(said.splitlines()[0]) <= 125


@pytest.mark.parametrize("name", NAMES)
def test_a_file_stays_short_enough_to_be_read_in_one_go(name: str) -> None:
    if name in LONGER_FILES:
        assert source(name).count("\n") > LONGEST_FILE, f"{name} has become short: it needs no exception"
    else:
        assert source(name).count("\n") <= LONGEST_FILE


def test_a_view_does_no_more_than_twenty_lines() -> None:
    long = [
        f"{name}: {view.name}"
        for name in NAMES
        if name.startswith("app/web/")
        for view in views(name)
        if (view.end_lineno or 0) - view.body[0].lineno + 1 > LONGEST_VIEW
    ]
    assert long == []


def test_nobody_commits_but_the_request_and_the_commands() -> None:
    committing = {name for name in NAMES if re.search(r"session\.commit\(", source(name))}
    assert "app/__init__.py" in committing
    assert [name for name in committing if not COMMITTING.fullmatch(name)] == []


def test_nothing_but_the_one_door_assigns_a_stage() -> None:
    """A report is opened with its first stage; from then on only `steps.take` moves it."""
    setters = {
        name
        for name in NAMES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "stage" and ast.unparse(target.value) != "past"
    }
    assert setters == STAGE_SETTERS
    built = {name for name in NAMES if re.search(r"\bReport\(.*stage=", source(name))}
    assert built == {"app/reports/drafting.py"}
    assert not [name for name in NAMES if re.search(r"setattr\([^)]*stage|update\(Report\)", source(name))]


def test_no_domain_function_reads_who_is_signed_in() -> None:
    """The actor is an argument: a global one could be somebody else's in a threaded server."""
    readers = [name for name in NAMES if "current_user" in source(name) or re.search(r"\bme\(\)", source(name))]
    assert readers
    assert [name for name in readers if not name.startswith("app/web/")] == []


def test_no_class_name_stands_twice() -> None:
    """The verifier in one file shares nothing with the application, its names neither."""
    homes: dict[str, list[str]] = {}
    for name in NAMES:
        if "/standalone/" not in name:
            for node in tree(name).body:
                if isinstance(node, ast.ClassDef):
                    homes.setdefault(node.name, []).append(name)
    assert {each: where for each, where in homes.items() if len(where) > 1} == {}


def test_there_is_no_swamp_to_put_things_in() -> None:
    names = {part for path in tracked() for part in (path.relative_to(ROOT).with_suffix("")).parts}
    assert not names & SWAMPS


def test_nothing_is_left_for_later() -> None:
    text = {path for path in tracked() if path.suffix in {".py", ".html", ".js", ".css", ".typ", ".md", ".toml"}}
    left = [str(path.relative_to(ROOT)) for path in text if NO_WORDS.search(path.read_text())]
    assert [name for name in left if name != "tests/conventions/test_layout.py"] == []


def test_the_five_stages_have_the_same_name_on_every_floor() -> None:
    for stage in ("drafting", "editing", "amending", "validating", "signing"):
        room = APP / "reports" / stage
        assert (room.is_dir() or room.with_suffix(".py").exists()) and (APP / "web" / "report" / f"{stage}.py").exists()
