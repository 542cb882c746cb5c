"""A caller of the sandbox, and a webhook for it to push to: both over real HTTP."""

import contextlib
import io
import json
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import requests
from flask import Flask, Response, request
from PIL import Image

from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.crypto import Seal, sign
from bot.sandbox.server import serve

Json = dict[str, Any]
TEMPLATES = Path(__file__).parent.parent / "templates"
SECRET = "the-secret"
ACCOUNT = Account(
    appid="wx0123456789abcdef",
    appsecret=SECRET,
    token="the-token",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
FOLLOWER = "oFollower1"
CONTENT = "<section style='color:#333'><p>国家数据局发文。</p></section>"


class Clock:
    """Unix seconds that pass only when told to."""

    def __init__(self) -> None:
        self.at = 1_781_300_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Caller:
    """Speaks to the sandbox as a careful client does."""

    url: str
    clock: Clock
    session: requests.Session
    token: str = ""
    mode: str = ""

    def fetch_token(self, **more: Any) -> Json:
        body = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": SECRET}
        answer = self.post("stable_token", body | more, token=None)
        self.token = answer.get("access_token", "")
        return answer

    def post(
        self, call: str, body: Any, *, token: str | None = "", raw: bytes | None = None, **more: Any
    ) -> Json:
        data = json.dumps(body, ensure_ascii=False).encode() if raw is None else raw
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self.send("POST", call, token=token, data=data, headers=headers, **more)

    def get(self, call: str, *, token: str | None = "", **more: Any) -> Json:
        return self.send("GET", call, token=token, **more)

    def upload(
        self, call: str, data: bytes, name: str = "a.png", kind: str = "image/png", **params: str
    ) -> Json:
        return self.send("POST", call, params=params, files={"media": (name, data, kind)})

    def send(
        self,
        method: str,
        call: str,
        *,
        token: str | None = "",
        params: Json | None = None,
        timeout: float = 5,
        **more: Any,
    ) -> Json:
        given = {} if token is None else {"access_token": token or self.token}
        response = self.session.request(
            method,
            f"{self.url}/cgi-bin/{call}",
            params=given | (params or {}),
            timeout=timeout,
            **more,
        )
        assert response.status_code == 200, response.text
        answer: Json = json.loads(response.content)
        return answer

    def sandbox(self, path: str, body: Json | None = None) -> Json:
        response = self.session.post(f"{self.url}/sandbox/{path}", json=body or {}, timeout=10)
        assert response.status_code == 200, response.text
        answer: Json = response.json()
        return answer

    @property
    def state(self) -> Json:
        state: Json = self.session.get(f"{self.url}/sandbox/state", timeout=5).json()
        return state

    @property
    def rules(self) -> list[str]:
        return [violation["rule"] for violation in self.state["violations"]]

    def cover(self, shade: int = 0) -> str:
        answer = self.upload("material/add_material", picture(shade=shade), type="image")
        return str(answer["media_id"])

    def article(self, **more: Any) -> Json:
        plain = {"title": "每日动态", "content": CONTENT, "thumb_media_id": self.cover_id}
        return plain | more

    @property
    def cover_id(self) -> str:
        found = self.state["materials"]
        return str(found[0]["media_id"]) if found else self.cover()

    def draft(self, **more: Any) -> Json:
        return self.post("draft/add", {"articles": [self.article(**more)]})


def picture(form: str = "png", size: tuple[int, int] = (235, 100), shade: int = 0) -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 140)).save(out, form)
    return out.getvalue()


@contextlib.contextmanager
def open_sandbox(**changes: Any) -> Iterator[Caller]:
    """A sandbox on a free port, with a caller that has a token."""
    clock = Clock()
    app = create_sandbox(replace(ACCOUNT, **changes), templates=TEMPLATES, now=clock)
    server = serve(app, "127.0.0.1", 0)
    with requests.Session() as session:
        session.trust_env = False
        caller = Caller(f"http://127.0.0.1:{server.port}", clock, session)
        caller.fetch_token()
        yield caller
    server.close()


@dataclass
class Webhook:
    """Keeps what is pushed to it, and answers what `answer` says."""

    url: str = ""
    received: queue.Queue[tuple[dict[str, str], str]] = field(default_factory=queue.Queue)
    answer: str = "success"
    status: int = 200

    def take(self) -> Response:
        self.received.put((dict(request.args), request.get_data(as_text=True)))
        return Response(self.answer, status=self.status)


@contextlib.contextmanager
def open_webhook() -> Iterator[Webhook]:
    """A receiver on a free port."""
    webhook = Webhook()
    app = Flask("receiver")
    app.add_url_rule("/wechat", "take", webhook.take, methods=["POST"])
    server = serve(app, "127.0.0.1", 0)
    webhook.url = f"http://127.0.0.1:{server.port}/wechat"
    yield webhook
    server.close()


def say(caller: Caller, **remark: str) -> Json:
    return caller.sandbox("say", {"openid": FOLLOWER, "text": "最新"} | remark)


def opened(caller: Caller, pushed: tuple[dict[str, str], str]) -> Callable[[str], str]:
    """What a receiver reads at each path, the signatures checked."""
    query, body = pushed
    parts = (ACCOUNT.token, query["timestamp"], query["nonce"])
    assert query["signature"] == sign(*parts)
    root = ET.fromstring(body)
    if caller.mode != "plain":
        cipher = root.findtext("Encrypt", "")
        assert query["encrypt_type"] == "aes"
        assert query["msg_signature"] == sign(*parts, cipher)
        root = ET.fromstring(Seal(ACCOUNT.aes_key, ACCOUNT.appid).open(cipher))
    return lambda path: root.findtext(path, "")
