"""The webhook, with the platform's own envelopes: everything that comes is answered, or refused."""

import io
import logging
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from bot import flow
from bot.config import load_config
from bot.delivery import Delivery, State
from bot.errors import ArchiveError
from bot.sandbox.account import Account
from bot.sandbox.crypto import Seal, sign
from bot.sandbox.envelope import Envelope, seal_envelope
from bot.services import Services, open_services
from bot.web import create_app
from bot.webhook.letterbox import BODY_LIMIT
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, Clock, write_config

ISSUE = "2026-06-13"
URL = "https://mp.weixin.qq.com/s/first"
OPENID = "oFollower1"
SECRETS = (APPSECRET, TOKEN, AES_KEY)
BUSY = "系统正忙，请稍后再发一次"


class Platform:
    """The other side: seals what followers say, and opens what they are answered."""

    def __init__(self, client: FlaskClient, clock: Clock, mode: str) -> None:
        self.client = client
        self.clock = clock
        self.account = Account(APPID, APPSECRET, TOKEN, AES_KEY, mode)

    def envelope(self, fields: dict[str, object], late: float = 0) -> Envelope:
        now = self.clock().timestamp()
        frame = {"ToUserName": self.account.original_id, "FromUserName": OPENID}
        return seal_envelope(self.account, frame | {"CreateTime": int(now)} | fields, now - late)

    def push(self, fields: dict[str, object], late: float = 0, **query: str) -> TestResponse:
        envelope = self.envelope(fields, late)
        return self.post(envelope.body.encode(), envelope.query | query)

    def post(self, body: bytes, query: dict[str, str]) -> TestResponse:
        return self.client.post("/wechat", query_string=query, data=body)

    def say(self, text: str) -> TestResponse:
        return self.push({"MsgType": "text", "Content": text, "MsgId": secrets.randbits(62)})

    def happen(self, event: str, **more: object) -> TestResponse:
        return self.push({"MsgType": "event", "Event": event, **more})

    def finish(self, publish_id: str, status: int = 0) -> TestResponse:
        detail = {"count": 1, "item": {"idx": 1, "article_url": URL}}
        info = {"publish_id": publish_id, "publish_status": status, "article_detail": detail}
        return self.happen("PUBLISHJOBFINISH", PublishEventInfo=info)

    def signed(self, *more: str) -> dict[str, str]:
        """A query that is the platform's, for a body that it would not send."""
        timestamp, nonce = str(int(self.clock().timestamp())), str(secrets.randbits(32))
        query = {"timestamp": timestamp, "nonce": nonce}
        query["signature"] = sign(TOKEN, timestamp, nonce)
        return query | {"msg_signature": sign(TOKEN, timestamp, nonce, *more)}

    def opened(self, response: TestResponse) -> ET.Element:
        """The answer out of its envelope, if it is in one that the platform takes."""
        assert response.status_code == 200
        root, account = ET.fromstring(response.text), self.account
        if account.mode == "plain":
            return root
        cipher, when = root.findtext("Encrypt", ""), root.findtext("TimeStamp", "")
        signature = sign(account.token, when, root.findtext("Nonce", ""), cipher)
        assert root.findtext("MsgSignature") == signature
        return ET.fromstring(Seal(account.aes_key, APPID).open(cipher))

    def read(self, response: TestResponse) -> ET.Element:
        """The answer, if it is to the follower whom these tests are about."""
        root = self.opened(response)
        assert root.findtext("ToUserName") == OPENID
        assert root.findtext("FromUserName") == self.account.original_id
        return root


@pytest.fixture
def mode() -> str:
    """Overridden where another is wanted."""
    return "secure"


@pytest.fixture
def services(tmp_path: Path, clock: Clock, mode: str) -> Iterator[Services]:
    path = write_config(tmp_path, wechat=f'mode = "{mode}"')
    with path.open("a", encoding="utf-8") as settings:
        settings.write("[followers]\nper_minute = 1000\n")
    with open_services(load_config(path, {}), clock) as opened:
        yield opened


@pytest.fixture
def platform(services: Services, clock: Clock, mode: str) -> Platform:
    return Platform(create_app(services).test_client(), clock, mode)


@pytest.fixture
def published(services: Services) -> Services:
    """The archive with one published issue."""
    flow.add_issue(services, SAMPLES[-1])
    flow.note_published(services, ISSUE, URL)
    return services


every_mode = pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
of_each_mode = pytest.mark.parametrize("mode", ["plain", "secure"])


# The handshake.


@every_mode
def test_the_handshake_is_answered_byte_for_byte(platform):
    query = platform.signed() | {"echostr": "4375120948345356249"}
    response = platform.client.get("/wechat", query_string=query)
    assert (response.status_code, response.data) == (200, b"4375120948345356249")


def test_a_handshake_that_is_not_the_platforms_is_refused(platform, clock):
    query = platform.signed() | {"echostr": "<script>"}
    assert platform.client.get("/wechat").status_code == 403
    assert platform.client.get("/wechat", query_string=query | {"nonce": "8"}).status_code == 403
    clock.forward(minutes=6)
    assert platform.client.get("/wechat", query_string=query).status_code == 403


# What followers say.


@every_mode
def test_words_are_answered_in_the_accounts_mode(platform, published):
    root = platform.read(platform.say("帮助"))
    assert root.findtext("MsgType") == "text"
    assert "目录" in root.findtext("Content", "")


def test_the_newest_issue_is_a_card(platform, published):
    root = platform.read(platform.say("最新"))
    assert root.findtext("MsgType") == "news"
    assert root.findtext("Articles/item/Url") == URL


def test_words_that_break_out_of_elements_are_only_words(platform, published):
    root = platform.read(platform.say("]]></Content><MsgType>news</MsgType>\u2028😀&<a"))
    assert [element.tag for element in root].count("MsgType") == 1
    assert "没有找到与“]]" in root.findtext("Content", "")


def test_an_issue_that_is_not_published_is_not_found(platform, services):
    flow.add_issue(services, SAMPLES[-1])
    assert ISSUE not in platform.read(platform.say("6月13日")).findtext("Content", "")


def test_a_picture_is_answered_with_a_hint(platform):
    response = platform.push({"MsgType": "image", "PicUrl": "http://a", "MediaId": "m", "MsgId": 1})
    assert "看不懂图片" in platform.read(response).findtext("Content", "")


def test_a_message_sent_again_gets_the_same_answer(platform, published):
    fields = {"MsgType": "text", "Content": "目录", "MsgId": 7}
    answers = [platform.read(platform.push(fields)).findtext("Content") for _ in range(2)]
    assert answers[0] == answers[1]


# Events.


@of_each_mode
def test_a_new_follower_is_greeted(platform, published):
    root = platform.read(platform.happen("subscribe", EventKey=""))
    assert "谢谢关注" in root.findtext("Content", "")


def test_a_menu_key_is_answered_like_words(platform, published):
    root = platform.read(platform.happen("CLICK", EventKey="最新"))
    assert root.findtext("MsgType") == "news"


@of_each_mode
@pytest.mark.parametrize("event", ["unsubscribe", "VIEW", "LOCATION", "guide_qrcode", "没有"])
def test_an_event_that_asks_nothing_gets_the_bare_word(platform, event):
    response = platform.happen(event, EventKey="http://a")
    assert (response.status_code, response.data) == (200, b"success")


def handed_over(services: Services, publish_id: str) -> Delivery:
    """An issue whose draft waits to be published."""
    flow.add_issue(services, SAMPLES[-1])
    with services.ledger.lease(ISSUE) as delivery:
        taken_back = [State.WITHDRAWN] if delivery.state is State.PUBLISHED else []
        for state in (*taken_back, State.DRAFTING, State.DRAFTED):
            services.ledger.record(replace(delivery, state=state, media_id="m"))
        waiting = replace(delivery, state=State.PUBLISHING, media_id="m", publish_id=publish_id)
        services.ledger.record(waiting)
    return waiting


@of_each_mode
def test_a_finished_publication_makes_an_issue_published(platform, services):
    handed_over(services, "100")
    assert platform.finish("100").data == b"success"
    delivery = services.ledger.delivery(ISSUE)
    assert (delivery.state, delivery.url) == (State.PUBLISHED, URL)


def test_a_failed_publication_is_told_to_the_editor(platform, services):
    handed_over(services, "100")
    assert platform.finish("100", status=4).data == b"success"
    delivery = services.ledger.delivery(ISSUE)
    assert delivery.state is State.FAILED
    assert "审核" in delivery.problem


def test_an_outcome_that_comes_twice_or_of_something_else_changes_nothing(platform, services):
    waiting = handed_over(services, "100")
    assert platform.finish("999").data == b"success"
    assert services.ledger.delivery(ISSUE) == waiting
    platform.finish("100")
    first = services.ledger.delivery(ISSUE)
    platform.finish("100")
    assert services.ledger.delivery(ISSUE) == first


# What is not the platform's.


@every_mode
@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
def test_a_forged_query_is_refused(platform, mode, name):
    name = "msg_signature" if name == "signature" and mode != "plain" else name
    assert platform.push({"MsgType": "text", "Content": "最新"}, **{name: "0"}).status_code == 403


@every_mode
@pytest.mark.parametrize("late", [301, -301])
def test_a_message_of_another_time_is_refused(platform, late):
    assert platform.push({"MsgType": "text", "Content": "最新"}, late).status_code == 403


def test_a_plain_message_is_refused_where_they_are_to_be_encrypted(platform):
    body = b"<xml><MsgType>text</MsgType><Content>hi</Content></xml>"
    assert platform.post(body, platform.signed()).status_code == 403


@every_mode
def test_without_a_query_nothing_is_read(platform):
    assert platform.post(b"<xml/>", {}).status_code == 403
    assert platform.post(b"", {}).status_code == 403


# Too much.


def test_a_body_over_the_limit_is_refused(platform):
    assert platform.post(b"a" * BODY_LIMIT, {}).status_code == 403
    assert platform.post(b"a" * (BODY_LIMIT + 1), {}).status_code == 413


class Endless(io.RawIOBase):
    """A body that never ends; counts what is taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.taken += len(buffer)
        assert self.taken < 10 * BODY_LIMIT
        buffer[:] = b"a" * len(buffer)
        return len(buffer)


def streamed(body: io.IOBase) -> dict[str, object]:
    """A chunked body, as gunicorn and the development server hand it over."""
    return {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(platform):
    body = Endless()
    response = platform.client.post("/wechat", environ_overrides=streamed(body))
    assert response.status_code == 413
    assert body.taken <= 2 * BODY_LIMIT


def test_a_body_of_unknown_length_within_the_limit_is_answered(platform):
    envelope = platform.envelope({"MsgType": "text", "Content": "帮助", "MsgId": 7})
    body = io.BytesIO(envelope.body.encode())
    response = platform.client.post(
        "/wechat", query_string=envelope.query, environ_overrides=streamed(body)
    )
    assert platform.read(response).findtext("MsgType") == "text"


# Trouble on our side.


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": ""},
        {"MsgType": "text", "CreateTime": "yesterday"},
        {"MsgType": ["text", "event"]},
        {"MsgType": "text", "Content": {"b": "a"}},
        {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": {"publish_id": "1"}},
    ],
    ids=str,
)
@of_each_mode
def test_what_the_platform_signed_and_we_cannot_read_is_not_sent_again(platform, fields):
    response = platform.push(fields)
    assert (response.status_code, response.data) == (200, b"success")


def break_archive(services: Services, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise error

    for part, name in ((services.archive, "entries"), (type(services.ledger), "note_outcome")):
        monkeypatch.setattr(part, name, broken)


BROKEN = [ArchiveError("数据库用不了"), RuntimeError("a bug that quotes 数据要素")]


@pytest.mark.parametrize("error", BROKEN, ids=["archive", "bug"])
@pytest.mark.parametrize("fields", [{"MsgType": "text", "Content": "数据要素"}, None])
def test_a_follower_is_answered_whatever_breaks(
    platform, services, monkeypatch, caplog, error, fields
):
    break_archive(services, monkeypatch, error)
    response = platform.push(fields or {"MsgType": "event", "Event": "subscribe"})
    assert platform.read(response).findtext("Content") == BUSY
    assert "no answer" in caplog.text
    assert "数据要素" not in caplog.text


def test_a_bug_is_logged_with_its_place(platform, services, monkeypatch, caplog):
    break_archive(services, monkeypatch, BROKEN[1])
    platform.say("数据要素")
    assert "RuntimeError" in caplog.text
    assert "in broken" in caplog.text


def test_a_bug_outside_of_an_answer_is_told_by_its_place_and_watched(
    platform, services, monkeypatch, caplog
):
    def broken(*_args: object) -> None:
        raise BROKEN[1]

    monkeypatch.setattr(services.envelope, "open", broken)
    response = platform.say("数据要素")
    assert (response.status_code, len(response.headers["X-Request-ID"])) == (500, 8)
    assert "in broken" in caplog.text
    assert "/wechat answered 500" in caplog.text
    assert "数据要素" not in caplog.text + response.text


def test_of_a_value_that_comes_twice_the_first_counts(platform):
    envelope = platform.envelope({"MsgType": "text", "Content": "帮助", "MsgId": 7})
    query = [*envelope.query.items(), *((name, "0") for name in envelope.query)]
    response = platform.client.post("/wechat", query_string=urlencode(query), data=envelope.body)
    assert platform.read(response).findtext("MsgType") == "text"


def test_neither_another_path_nor_another_verb_is_the_webhooks(platform):
    assert platform.client.post("/wechat/").status_code == 404
    assert platform.client.put("/wechat").status_code == 404


def test_an_outcome_that_cannot_be_kept_is_to_be_said_again(platform, services, monkeypatch):
    """The platform tries three times in all, and nobody else ever tells."""
    break_archive(services, monkeypatch, BROKEN[0])
    assert platform.finish("100").status_code == 503


def test_a_database_that_is_gone_is_an_apology(platform, services, tmp_path):
    services.archive.entries(limit=1)
    for file in (tmp_path / "data").glob("rikan.db*"):
        file.write_bytes(b"not a database" * 1000)
    assert platform.read(platform.say("数据要素")).findtext("Content") == BUSY


# Whatever comes.

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCRAPS = ("<xml>", "</xml>", "<![CDATA[", "]]>", "&", "<a>")
XML = st.lists(st.sampled_from(SCRAPS) | ANY_TEXT)
BODIES = st.binary() | XML.map("".join).map(str.encode)
within_one_test = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_nothing_secret(response: TestResponse, caplog: pytest.LogCaptureFixture) -> None:
    for secret in SECRETS:
        assert secret not in caplog.text
        assert secret not in response.text


@every_mode
@within_one_test
@given(body=BODIES, signature=st.booleans(), query=st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_a_wild_body_is_refused_or_taken(platform, caplog, body, signature, query):
    caplog.set_level(logging.DEBUG)
    response = platform.post(body, query | (platform.signed() if signature else {}))
    assert response.status_code in (200, 403)
    assert_nothing_secret(response, caplog)


@within_one_test
@given(inside=BODIES)
def test_a_wild_message_in_a_good_envelope_is_refused_or_taken(platform, caplog, inside):
    caplog.set_level(logging.DEBUG)
    cipher = Seal(AES_KEY, APPID).close(inside.decode("utf-8", "replace"))
    response = platform.post(
        f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode(), platform.signed(cipher)
    )
    assert response.status_code in (200, 403)
    assert_nothing_secret(response, caplog)


@of_each_mode
@within_one_test
@given(words=ANY_TEXT)
def test_whatever_a_follower_says_is_answered_and_not_logged(platform, caplog, mode, words):
    caplog.set_level(logging.DEBUG)
    response = platform.say(f"数据{words}") if legal(words) else platform.say("数据")
    content = platform.read(response).findtext("Content", "")
    assert content
    assert content != BUSY
    assert_nothing_secret(response, caplog)
    assert OPENID not in caplog.text


def legal(words: str) -> bool:
    """Whether the platform could say it in XML."""
    return all(sign >= " " and sign not in "\ufffe\uffff" for sign in words)


@pytest.mark.parametrize("mode", ["plain"])
@within_one_test
@given(
    words=st.text(st.characters() | st.sampled_from("\0\ud800\"'*():^-+%_")),
    key=st.sampled_from(["Content", "EventKey", "Recognition", "FromUserName", "MsgId"]),
)
def test_whatever_a_json_message_holds_is_answered(platform, words, key):
    frame = {"ToUserName": "gh", "FromUserName": OPENID, "CreateTime": 1, "Content": "数据"}
    fields = frame | {"MsgType": "event" if key == "EventKey" else "text", "Event": "CLICK"}
    response = platform.client.post(
        "/wechat", query_string=platform.signed(), json=fields | {key: words}
    )
    assert response.status_code == 200
    assert f"[{BUSY}]" not in response.text  # the whole text, not a quotation of it
