"""Word files and spreadsheets."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
