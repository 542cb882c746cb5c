"""Who has approved which content of an issue: a correction has another fingerprint, and none."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete, select

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import approvals


class Approvals:
    """The approvals of one account's issues. Every method is one transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._account = account
        self._now = now

    def approve(self, issue_id: str, fingerprint: str, who: str) -> tuple[str, ...]:
        """Note that `who` approves that content; who has done so by now. Twice counts once."""
        with writing(self._engine) as connection:
            connection.execute(
                upsert(connection, approvals)
                .values(
                    account=self._account,
                    issue_id=issue_id,
                    fingerprint=fingerprint,
                    who=who,
                    at=self._now(),
                )
                .on_conflict_do_nothing()
            )
        return self.of(issue_id, fingerprint)

    def of(self, issue_id: str, fingerprint: str) -> tuple[str, ...]:
        """Who has approved that content (`editor:王芳`, `cli:ann`), the first first."""
        query = select(approvals.c.who).where(
            approvals.c.account == self._account,
            approvals.c.issue_id == issue_id,
            approvals.c.fingerprint == fingerprint,
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(approvals.c.at, approvals.c.who))
            return tuple(rows.scalars())

    def clear(self, issue_id: str) -> None:
        """Take back every approval of an issue, whatever its content was."""
        mine = (approvals.c.account == self._account) & (approvals.c.issue_id == issue_id)
        with writing(self._engine) as connection:
            connection.execute(delete(approvals).where(mine))
