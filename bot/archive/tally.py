"""How many deliveries stand where: one query, for whoever watches over the whole."""

from collections.abc import Mapping

from sqlalchemy import Engine, func, select

from bot.archive.database import reading
from bot.archive.tables import deliveries
from bot.delivery import State


def deliveries_by_state(engine: Engine, account: str) -> Mapping[State, int]:
    """Of that account's; a state that none is in is there with 0."""
    query = select(deliveries.c.state, func.count()).where(deliveries.c.account == account)
    with reading(engine) as connection:
        found = {State(state): n for state, n in connection.execute(query.group_by("state"))}
    return {state: found.get(state, 0) for state in State}
