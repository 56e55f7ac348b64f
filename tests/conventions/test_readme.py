"""What the README says is so: the diagram it shows is printed from the table."""

from __future__ import annotations

import re

from flask import Flask

from app import workflow
from tests.conventions.source import ROOT


def test_the_readme_shows_the_workflow_as_the_table_has_it() -> None:
    shown = re.search(r"```mermaid\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown, "the README has no diagram: put what `flask workflow` prints between ```mermaid and ```"
    assert shown[1] == workflow.diagram()


def test_flask_workflow_prints_that_diagram(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["workflow"]).output == workflow.diagram()


def test_the_readme_shows_the_incompatible_offices_as_flask_workflow_prints_them(app: Flask) -> None:
    shown = re.search(r"<!-- offices -->\n(.*?)<!-- end of offices -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown, "the README has no offices: put what `flask workflow --offices` prints between the two comments"
    assert shown[1] == app.test_cli_runner().invoke(args=["workflow", "--offices"]).output


def test_every_address_the_readme_leads_to_exists() -> None:
    text = (ROOT / "README.md").read_text()
    links = [place for place in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in place]
    assert [place for place in links if not (ROOT / place).exists()] == []
