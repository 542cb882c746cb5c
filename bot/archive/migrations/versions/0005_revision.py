"""A number that grows with every change of an issue or of a delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WATCHED = ("issues", "deliveries")
CHANGES = ("INSERT", "UPDATE", "DELETE")
_TRIGGER = """
    CREATE TRIGGER revision_{name} AFTER {change} ON {table}
    BEGIN UPDATE revision SET number = number + 1; END
"""


def upgrade() -> None:
    """The database counts by itself: nobody who writes to these tables can forget it."""
    number = op.create_table("revision", sa.Column("number", sa.BigInteger, nullable=False))
    op.bulk_insert(number, [{"number": 1}])
    if op.get_bind().dialect.name == "sqlite":
        _count_on_sqlite()
    else:
        _count_on_postgresql()


def _count_on_sqlite() -> None:
    for table in WATCHED:
        for change in CHANGES:
            op.execute(
                _TRIGGER.format(name=f"{change.lower()}_{table}", change=change, table=table)
            )


def _count_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN UPDATE revision SET number = number + 1; RETURN NULL; END $$"
    )
    for table in WATCHED:
        op.execute(
            f"CREATE TRIGGER revision_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION count_revision()"
        )
