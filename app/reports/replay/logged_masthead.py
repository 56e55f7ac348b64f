"""The masthead as the log tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.content.canonical import canonical, digest
from app.reports.text.revisions import MASTHEAD


@dataclass(frozen=True, slots=True)
class LoggedMasthead:
    """Its hash, empty where the log tells of none, and whether the hash of the text covers it."""

    hash: str = ""
    covered: bool = False

    def over(self, hashes: Mapping[str, str]) -> str:
        """The hash of the whole text, whose parts have these hashes."""
        return digest(canonical({**hashes, MASTHEAD: self.hash} if self.covered else hashes))
