"""A table that is written only to find out whether the database takes a write (cds/audit/rows.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it, empty."""
    op.create_table(
        "room",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("filler", sa.LargeBinary(), nullable=False),
    )
