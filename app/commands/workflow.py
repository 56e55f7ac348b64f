"""The workflow printed from its table, for the README."""

from __future__ import annotations

import click
from flask import Flask

from app.workflow import diagram


def register(app: Flask) -> None:
    app.cli.add_command(workflow)


@click.command("workflow")
def workflow() -> None:
    """Imprime le circuit du rapport (diagramme Mermaid)."""
    click.echo(diagram(), nl=False)
