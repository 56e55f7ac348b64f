"""Forms already received: the same key is answered with the same place, and has no second effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment, now


class Once(Base):
    """`key` is drawn when the form is made; `place` is where its sender was led."""

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=now)
