"""What an editor wants different about an issue's cover."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; every cover stays as the issue itself asks for it."""
    op.create_table(
        "covers",
        sa.Column(
            "issue_id",
            sa.String(16),
            sa.ForeignKey("issues.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("headline", sa.Text, nullable=False, server_default=""),
        sa.Column("layout", sa.String(32), nullable=False, server_default=""),
        sa.Column("palette", sa.String(32), nullable=False, server_default=""),
        sa.Column("picture", sa.String(64), nullable=False, server_default=""),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
