"""Invitations to sign by code, and second factors."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Filled with the work it belongs to."""


def downgrade() -> None:
    """Filled with the work it belongs to."""
