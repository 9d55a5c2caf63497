"""The DPoP proofs that were used (cds/auth/replay.py): beside the ledger, and no part of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. One that an earlier service made without migrations is kept: its lines still count."""
    op.create_table(
        "used_proofs",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("expires", sa.Integer(), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_used_proofs_expires", "used_proofs", ["expires"], if_not_exists=True)
