"""Editors in the chat, who approved what, and what was told to them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TRIGGER = """
    CREATE TRIGGER revision_{name} AFTER {change} ON editors
    BEGIN UPDATE revision SET number = number + 1; END
"""


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "editors",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("openid", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("bound_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("account", "name"),
    )
    op.create_table(
        "invitations",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(128), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("invited_by", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )
    op.create_table(
        "approvals",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("issue_id", sa.String(16), sa.ForeignKey("issues.id"), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("account", sa.String(128), primary_key=True),
        sa.Column("about", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("leased_until", sa.DateTime),
        sa.Column("told_at", sa.DateTime),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("notices_untold", "notices", ["account", "told_at"])
    _count_changes_of_editors()


def _count_changes_of_editors() -> None:
    """In the revision, as 0005 does for issues and deliveries: each message asks who the editors are."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER revision_editors AFTER INSERT OR UPDATE OR DELETE ON editors"
            " FOR EACH STATEMENT EXECUTE FUNCTION count_revision()"
        )
        return
    for change in ("INSERT", "UPDATE", "DELETE"):
        op.execute(_TRIGGER.format(name=f"{change.lower()}_editors", change=change))
