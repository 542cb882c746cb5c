"""The record of every step of a delivery, and what the further steps need to remember."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REMEMBERED = ("article_id", "msg_data_id", "findings")


def upgrade() -> None:
    """Deliveries that exist keep their state; their record begins with the next step."""
    op.add_column("deliveries", sa.Column("way", sa.String(8), nullable=False, server_default=""))
    op.add_column(
        "deliveries", sa.Column("checked", sa.String(64), nullable=False, server_default="")
    )
    for name in REMEMBERED:
        op.add_column("deliveries", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("outcomes", sa.Column("article_id", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("issue_id", sa.String(16), sa.ForeignKey("issues.id"), nullable=False),
        sa.Column("account", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("steps_of_delivery", "steps", ["account", "issue_id", "id"])
    op.create_index("deliveries_by_state", "deliveries", ["account", "state"])
