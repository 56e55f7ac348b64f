"""Attendance lists apart from the log."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
