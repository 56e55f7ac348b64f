"""Ways of signing."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
