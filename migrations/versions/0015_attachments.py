"""Photographs and attachments."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
