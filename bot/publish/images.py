"""Pictures on their way to the platform: each goes there once, however often it is used."""

from typing import Protocol

from bot.delivery import Upload
from bot.model import Picture

BODY, COVER = "body", "cover"


class Library(Protocol):
    """The platform, as far as pictures go."""

    def upload_picture(self, picture: Picture) -> Upload: ...

    def upload_cover(self, picture: Picture) -> Upload: ...


class UploadNotes(Protocol):
    """What is remembered of earlier uploads, by place and content."""

    def upload(self, place: str, digest: str) -> Upload | None: ...

    def note_upload(self, place: str, digest: str, upload: Upload) -> None: ...


def held(library: Library, notes: UploadNotes, place: str, picture: Picture) -> Upload:
    """Where the platform holds a picture, taking it there the first time.

    `place` is BODY, or COVER for one with a permanent media_id.
    """
    if known := notes.upload(place, picture.digest):
        return known
    take = library.upload_cover if place == COVER else library.upload_picture
    upload = take(picture)
    notes.note_upload(place, picture.digest, upload)
    return upload
