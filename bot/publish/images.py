"""Pictures on their way to the platform: each goes there once, however often it is used.

A cover whose answer was lost is found again in the account's library. Of the pictures of article bodies
(`media/uploadimg`) the platform keeps no list: of those, a lost answer is a lost picture.
"""

from typing import Protocol

from bot.delivery import Upload
from bot.errors import PlatformDenied, PlatformRefused
from bot.model import Picture

BODY, COVER = "body", "cover"


class Library(Protocol):
    """The platform, as far as pictures go."""

    def upload_picture(self, picture: Picture) -> Upload: ...

    def upload_cover(self, picture: Picture) -> Upload: ...

    def find_cover(self, picture: Picture) -> Upload | None: ...


class UploadNotes(Protocol):
    """What is remembered of earlier uploads, by place and content."""

    def upload(self, place: str, digest: str) -> Upload | None: ...

    def begin_upload(self, place: str, digest: str) -> bool: ...

    def note_upload(self, place: str, digest: str, upload: Upload) -> None: ...


def held(library: Library, notes: UploadNotes, place: str, picture: Picture) -> Upload:
    """Where the platform holds a picture, taking it there the first time.

    `place` is BODY, or COVER for one with a permanent media_id.
    """
    if known := notes.upload(place, picture.digest):
        return known
    upload = library.upload_picture(picture) if place == BODY else _cover(library, notes, picture)
    notes.note_upload(place, picture.digest, upload)
    return upload


def _cover(library: Library, notes: UploadNotes, picture: Picture) -> Upload:
    begun_before = notes.begin_upload(COVER, picture.digest)
    found = _found(library, picture) if begun_before else None
    return found or library.upload_cover(picture)


def _found(library: Library, picture: Picture) -> Upload | None:
    try:
        return library.find_cover(picture)
    except (PlatformDenied, PlatformRefused):
        return None  # where one may not look, a picture too many in the library is the lesser evil
