"""Rectifying reports."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
