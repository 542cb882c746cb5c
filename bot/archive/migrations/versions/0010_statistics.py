"""What the platform counted of each article, day by day; and the synonyms that editors add."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TRIGGER = """
    CREATE TRIGGER revision_{name} AFTER {change} ON synonyms
    BEGIN UPDATE revision SET number = number + 1; END
"""


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "article_reads",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("issue_id", sa.String(16), sa.ForeignKey("issues.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("reads", sa.Integer, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("favourites", sa.Integer, nullable=False),
    )
    op.create_table(
        "follower_changes",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("gained", sa.Integer, nullable=False),
        sa.Column("lost", sa.Integer, nullable=False),
    )
    op.create_table(
        "statistics_asked",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("asked_on", sa.Date, nullable=False),
    )
    op.create_table(
        "statistics_rounds",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("tried_at", sa.DateTime, nullable=False),
        sa.Column("done_on", sa.Date),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "synonyms",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("removed_by", sa.String(64), nullable=False, server_default=""),
        sa.Column("removed_at", sa.DateTime),
    )
    _count_changes_of_synonyms()


def _count_changes_of_synonyms() -> None:
    """In the revision, as 0005 does for issues: another synonym, other answers."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER revision_synonyms AFTER INSERT OR UPDATE OR DELETE ON synonyms"
            " FOR EACH STATEMENT EXECUTE FUNCTION count_revision()"
        )
        return
    for change in ("INSERT", "UPDATE", "DELETE"):
        op.execute(_TRIGGER.format(name=f"{change.lower()}_synonyms", change=change))
