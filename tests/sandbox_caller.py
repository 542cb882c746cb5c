"""A caller of the sandbox, and a webhook for it to push to: both over real HTTP."""

import contextlib
import io
import json
import queue
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from flask import Flask, Response, request
from PIL import Image

from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve

TEMPLATES = Path(__file__).parent.parent / "templates"
SECRET = "the-secret"
ACCOUNT = Account(
    appid="wx0123456789abcdef",
    appsecret=SECRET,
    token="the-token",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
CONTENT = "<section style='color:#333'><p>国家数据局发文。</p></section>"


class Clock:
    """Unix seconds that pass only when told to."""

    def __init__(self):
        self.at = 1_781_300_000.0

    def __call__(self):
        return self.at


@dataclass
class Caller:
    """Speaks to the sandbox as a careful client does."""

    url: str
    clock: Clock
    session: requests.Session
    token: str = ""

    def fetch_token(self, **more):
        body = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": SECRET}
        answer = self.post("stable_token", body | more, token=None)
        self.token = answer.get("access_token", "")
        return answer

    def post(self, call, body, *, token="", raw=None, **more):
        data = json.dumps(body, ensure_ascii=False).encode() if raw is None else raw
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self.send("POST", call, token=token, data=data, headers=headers, **more)

    def get(self, call, *, token="", **more):
        return self.send("GET", call, token=token, **more)

    def upload(self, call, data, name="a.png", kind="image/png", **params):
        return self.send("POST", call, params=params, files={"media": (name, data, kind)})

    def send(self, method, call, *, token="", params=None, timeout=5, **more):
        given = {} if token is None else {"access_token": token or self.token}
        response = self.session.request(
            method,
            f"{self.url}/cgi-bin/{call}",
            params=given | (params or {}),
            timeout=timeout,
            **more,
        )
        assert response.status_code == 200, response.text
        return json.loads(response.content)

    def sandbox(self, path, body=None):
        response = self.session.post(f"{self.url}/sandbox/{path}", json=body or {}, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    @property
    def state(self):
        return self.session.get(f"{self.url}/sandbox/state", timeout=5).json()

    @property
    def rules(self):
        return [violation["rule"] for violation in self.state["violations"]]

    def cover(self, shade=0):
        answer = self.upload("material/add_material", picture(shade=shade), type="image")
        return answer["media_id"]

    def article(self, **more):
        plain = {"title": "每日动态", "content": CONTENT, "thumb_media_id": self.cover_id}
        return plain | more

    @property
    def cover_id(self):
        found = self.state["materials"]
        return found[0]["media_id"] if found else self.cover()

    def draft(self, **more):
        return self.post("draft/add", {"articles": [self.article(**more)]})


def picture(form="png", size=(235, 100), shade=0):
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 140)).save(out, form)
    return out.getvalue()


@contextlib.contextmanager
def open_sandbox(**changes):
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
    received: queue.Queue = field(default_factory=queue.Queue)
    answer: object = "success"
    status: int = 200

    def take(self):
        self.received.put((dict(request.args), request.get_data(as_text=True)))
        body = self.answer() if callable(self.answer) else self.answer
        return Response(body, status=self.status)


@contextlib.contextmanager
def open_webhook():
    """A receiver on a free port."""
    webhook = Webhook()
    app = Flask("receiver")
    app.add_url_rule("/wechat", "take", webhook.take, methods=["POST"])
    server = serve(app, "127.0.0.1", 0)
    webhook.url = f"http://127.0.0.1:{server.port}/wechat"
    yield webhook
    server.close()
