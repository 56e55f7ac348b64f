"""The tree of territories: a role given for one covers all below it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Level(StrEnum):
    REGION = "region"
    DISTRICT = "district"
    CIRCLE = "circle"
    COMMUNE = "commune"

    @property
    def label(self) -> str:
        return {"region": "Région", "district": "District", "circle": "Cercle", "commune": "Commune"}[self.value]


class Territory(Base):
    """`path` is the chain of identifiers from the root, "/3/17/": one prefix comparison answers "is below"."""

    __tablename__ = "territory"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    level: Mapped[Level]
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(120), unique=True)

    def covers(self, path: str) -> bool:
        """Whether the territory at `path` is this one or stands below it."""
        return path.startswith(self.path)
