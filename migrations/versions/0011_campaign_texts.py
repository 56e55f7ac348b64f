"""What a campaign's documents said, version by version."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
