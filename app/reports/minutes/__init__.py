"""The minutes of a reading: who was there, who amended what, opinions, decisions, votes, and the result."""

from app.reports.minutes.setting import closing, document, provisional

__all__ = ["closing", "document", "provisional"]
