"""The far side of a group chat's robot, over real HTTP: it answers as it is told and keeps what it got."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, request

from bot.sandbox.server import serve


@dataclass
class Room:
    """A group chat. `status` and `answer` are what its robot says to the next message."""

    url: str = ""
    status: int = 200
    answer: object = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    got: list[dict] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # the addresses, as they came

    @property
    def said(self) -> list[str]:
        """What stands in the chat."""
        return [str(body.get("text", body.get("content", body))) for body in self.got]


@contextmanager
def open_room() -> Iterator[Room]:
    """A room for a while."""
    room, app = Room(), Flask("room")

    @app.post("/<path:_>")
    def take(_: str) -> Response:
        room.asked.append(request.full_path)
        room.got.append(json.loads(request.get_data()))
        body = room.answer if isinstance(room.answer, str) else json.dumps(room.answer)
        return Response(body, status=room.status, mimetype="application/json")

    server = serve(app, "127.0.0.1", 0)
    room.url = f"http://127.0.0.1:{server.port}"
    try:
        yield room
    finally:
        server.close()
