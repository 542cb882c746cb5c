"""The first tables: issues, the sections searched in, deliveries, uploads."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything; written out, so that later changes of the tables do not change the past."""
    op.create_table(
        "issues",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("structure", sa.Text, nullable=False),
        sa.Column("source_name", sa.Text, nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("day", "edition"),
    )
    op.create_table(
        "sections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "issue_id",
            sa.String(16),
            sa.ForeignKey("issues.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("folded_heading", sa.Text, nullable=False),
        sa.Column("folded_body", sa.Text, nullable=False),
    )
    op.create_index("sections_of_issue", "sections", ["issue_id", "position"])
    op.create_table(
        "deliveries",
        sa.Column("issue_id", sa.String(16), sa.ForeignKey("issues.id"), primary_key=True),
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("media_id", sa.Text, nullable=False, server_default=""),
        sa.Column("fingerprint", sa.String(64), nullable=False, server_default=""),
        sa.Column("publish_id", sa.Text, nullable=False, server_default=""),
        sa.Column("url", sa.Text, nullable=False, server_default=""),
        sa.Column("cover_url", sa.Text, nullable=False, server_default=""),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
        sa.Column("leased_until", sa.DateTime),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
    op.create_index("deliveries_by_publish_id", "deliveries", ["account", "publish_id"])
    op.create_table(
        "outcomes",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("publish_id", sa.String(64), primary_key=True),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("noted_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "uploads",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("place", sa.String(8), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("media_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("uploaded_at", sa.DateTime, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _create_tsvectors()
    else:
        # Contentless: the stream of tokens is not stored twice. `ascii` leaves every non-ASCII
        # character alone, so the stream passes through as it is.
        op.execute(
            "CREATE VIRTUAL TABLE section_index"
            " USING fts5(title, body, content='', tokenize='ascii')"
        )


def _create_tsvectors() -> None:
    op.execute(
        "CREATE TABLE section_index (section_id integer PRIMARY KEY,"
        " heading tsvector NOT NULL, whole tsvector NOT NULL)"
    )
    for column in ("heading", "whole"):
        op.execute(f"CREATE INDEX section_index_{column} ON section_index USING gin ({column})")
