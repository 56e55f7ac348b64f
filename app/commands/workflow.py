"""The workflow and the incompatible offices, printed from their tables for the README."""

from __future__ import annotations

import click
from flask import Flask

from app import offices
from app.directory.models import ROLE_LABELS
from app.workflow import BY_KEY, diagram


def register(app: Flask) -> None:
    app.cli.add_command(workflow)


@click.command("workflow")
@click.option("--offices", "incompatible", is_flag=True, help="Les charges incompatibles (tableau Markdown).")
def workflow(incompatible: bool) -> None:
    """Imprime le circuit du rapport (diagramme Mermaid)."""
    click.echo(table() if incompatible else diagram(), nl=False)


def table() -> str:
    """The incompatible offices in Markdown, in the words of the screen."""
    roles = {role.value: label for role, label in ROLE_LABELS.items()}
    return offices.table(roles, {key: act.label for key, act in BY_KEY.items()})
