"""Pictures on their way to the platform: each goes there once, however often it is used."""

from typing import Protocol

from bot.model import Picture, Upload

BODY, COVER = "body", "cover"


class Library(Protocol):
    """The platform, as far as pictures go."""

    def upload_picture(self, picture: Picture) -> Upload: ...

    def upload_cover(self, picture: Picture) -> Upload: ...


class UploadNotes(Protocol):
    """What is remembered of earlier uploads, by place and content."""

    def upload(self, place: str, digest: str) -> Upload | None: ...

    def note_upload(self, place: str, digest: str, upload: Upload) -> None: ...


def body_picture(library: Library, notes: UploadNotes, picture: Picture) -> Upload:
    """Where the platform holds a picture of the article's body."""
    if known := notes.upload(BODY, picture.digest):
        return known
    upload = library.upload_picture(picture)
    notes.note_upload(BODY, picture.digest, upload)
    return upload


def cover_picture(library: Library, notes: UploadNotes, picture: Picture) -> Upload:
    """Where the platform holds a cover; it has a permanent media_id."""
    if known := notes.upload(COVER, picture.digest):
        return known
    upload = library.upload_cover(picture)
    notes.note_upload(COVER, picture.digest, upload)
    return upload
