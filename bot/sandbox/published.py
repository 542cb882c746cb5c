"""Published articles and the jobs that published them."""

import secrets
from dataclasses import dataclass
from typing import Any

# publish_status of "Get publish status": 0 done, 1 under way, 2–4 failed, 5 deleted, 6 banned.
DONE, UNDER_WAY, DELETED = 0, 1, 5


@dataclass(slots=True)
class Piece:
    """One published article; `path` is where its page is."""

    fields: dict[str, Any]
    path: str
    deleted: bool = False


@dataclass(slots=True)
class Publication:
    """A publishing job and, once done, its articles. `way` is freepublish or mass."""

    publish_id: str
    media_id: str
    article_id: str
    status: int
    pieces: list[Piece]
    origin: str
    update_time: int
    way: str = "freepublish"

    def urls(self) -> list[str]:
        """Permanent addresses, on the host by which the caller knew the sandbox."""
        return [self.origin + piece.path for piece in self.pieces]

    def delete(self, index: int) -> None:
        """Delete one article (from 1), or all of them (0)."""
        for number, piece in enumerate(self.pieces, 1):
            piece.deleted = piece.deleted or index in (0, number)
        if all(piece.deleted for piece in self.pieces):
            self.status = DELETED


class Published:
    """Publications by publish_id, oldest first."""

    def __init__(self) -> None:
        self.jobs: dict[str, Publication] = {}

    def add(
        self, media_id: str, articles: list[dict[str, Any]], origin: str, at: float
    ) -> Publication:
        """A new job, under way."""
        pieces = [Piece(dict(fields), f"/s/{secrets.token_urlsafe(16)}") for fields in articles]
        number = str(2247483600 + len(self.jobs) + 1)
        article_id = secrets.token_urlsafe(48)
        job = Publication(number, media_id, article_id, UNDER_WAY, pieces, origin, int(at))
        self.jobs[number] = job
        return job

    def by_article_id(self, article_id: object) -> Publication | None:
        """The finished publication with this article_id."""
        return next((job for job in self.done() if job.article_id == article_id), None)

    def done(self, way: str = "freepublish") -> list[Publication]:
        """What can be read by followers, newest first."""
        jobs = [job for job in self.jobs.values() if job.status == DONE and job.way == way]
        return jobs[::-1]

    def page(self, path: str) -> tuple[Publication, Piece] | None:
        """The article whose page this is, deleted or not."""
        for job in self.jobs.values():
            for piece in job.pieces:
                if piece.path == path and job.status in {DONE, DELETED}:
                    return job, piece
        return None
