"""Who has an issue open in the editor, and what its article is to look like."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and some columns; nothing that is there changes."""
    op.create_table(
        "editing",
        sa.Column("issue_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )
    # What an editor wants different about an issue's article, as it was about its cover alone.
    op.add_column("covers", sa.Column("theme", sa.String(32), nullable=False, server_default=""))
    op.add_column("covers", sa.Column("author", sa.Text, nullable=False, server_default=""))
    op.add_column("covers", sa.Column("digest", sa.Text, nullable=False, server_default=""))
    op.add_column("covers", sa.Column("source_url", sa.Text, nullable=False, server_default=""))
