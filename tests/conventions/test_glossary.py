"""What the glossary says is so: the tables and columns that it names exist, and so do its classes."""

from __future__ import annotations

import ast
import re

from flask import Flask

from app.db import db
from tests.conventions.source import ROOT, modules

ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| On the screen")
]
NAMED = re.compile(r"`([^`]+)`")


def test_every_table_and_column_of_the_glossary_exists(app: Flask) -> None:
    with app.app_context():
        known = {table.name for table in db.metadata.sorted_tables}
        known |= {f"{table.name}.{column.name}" for table in db.metadata.sorted_tables for column in table.columns}
    named = {name for row in ROWS if len(row) == 4 for name in NAMED.findall(row[2])}
    assert len(named) > 20
    assert named - known == set()


def test_every_class_of_the_glossary_exists() -> None:
    classes = {
        node.name for path in modules() for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)
    }
    named = {name for row in ROWS for name in NAMED.findall(row[1 if len(row) == 4 else 0]) if name[0].isupper()}
    assert len(named) > 20
    assert named - classes == set()
