"""What an account's library holds already: the same picture is uploaded once."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, delete, select

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import uploads
from bot.delivery import Upload


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
        return Upload(row.url, row.media_id) if row else None

    def note_upload(self, place: str, digest: str, upload: Upload) -> None:
        """Remember where the platform holds a picture."""
        values = asdict(upload) | {"uploaded_at": self._now()}
        with writing(self.engine) as connection:
            connection.execute(
                upsert(connection, uploads)
                .values(account=self.account, place=place, digest=digest, **values)
                .on_conflict_do_update(index_elements=["account", "place", "digest"], set_=values)
            )

    def forget_upload(self, place: str, digest: str) -> None:
        """The platform does not hold that picture any more."""
        own = (uploads.c.account == self.account) & (uploads.c.place == place)
        with writing(self.engine) as connection:
            connection.execute(delete(uploads).where(own, uploads.c.digest == digest))
