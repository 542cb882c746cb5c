"""By which rules the search index was made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What every index was made by before this was written down.
FIRST = "1"


def upgrade() -> None:
    """Add the table with its one row; the index itself is made anew by `rikan db reindex`."""
    state = op.create_table(
        "index_state",
        sa.Column("tokenizer", sa.String(16), primary_key=True),
        sa.Column("rebuilding", sa.String(16)),
        sa.Column("rebuilt_to", sa.Integer),
    )
    op.bulk_insert(state, [{"tokenizer": FIRST}])
