"""What an account's library holds already: the same picture is uploaded once."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, select, update

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import uploads
from bot.delivery import Upload

NOWHERE = Upload("")  # about to go there, or in doubt


class Uploads:
    """Pictures of one account, by place and content."""

    engine: Engine
    account: str
    _now: Callable[[], datetime]

    def upload(self, place: str, digest: str) -> Upload | None:
        """Where the platform holds that picture, if it does."""
        query = select(uploads.c.url, uploads.c.media_id).where(
            uploads.c.account == self.account, uploads.c.place == place, uploads.c.digest == digest
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return Upload(row.url, row.media_id) if row and (row.url or row.media_id) else None

    def begin_upload(self, place: str, digest: str) -> bool:
        """A picture is about to go there. Whether that was written before, and no answer since."""
        key = {"account": self.account, "place": place, "digest": digest}
        with writing(self.engine) as connection:
            first = connection.execute(
                upsert(connection, uploads)
                .values(**key, **asdict(NOWHERE), uploaded_at=self._now())
                .on_conflict_do_nothing()
                .returning(uploads.c.digest)  # of an INSERT on PostgreSQL no rowcount is kept
            ).all()
        return not first

    def note_upload(self, place: str, digest: str, upload: Upload) -> None:
        """Remember where the platform holds a picture."""
        values = asdict(upload) | {"uploaded_at": self._now()}
        with writing(self.engine) as connection:
            connection.execute(
                upsert(connection, uploads)
                .values(account=self.account, place=place, digest=digest, **values)
                .on_conflict_do_update(index_elements=["account", "place", "digest"], set_=values)
            )

    def doubt_upload(self, place: str, digest: str) -> None:
        """The platform may not hold that picture any more: it is as if no answer had come."""
        own = (uploads.c.account == self.account) & (uploads.c.place == place)
        with writing(self.engine) as connection:
            connection.execute(
                update(uploads).where(own, uploads.c.digest == digest).values(**asdict(NOWHERE))
            )
