"""Scans of reports signed on paper."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
