"""What the sandbox pushes to the webhook, and how it takes the answers."""

import json
from pathlib import Path

import pytest

from bot.sandbox.answers import UNAVAILABLE
from bot.sandbox.crypto import Seal, sign
from bot.sandbox.envelope import write_xml
from tests.sandbox_caller import ACCOUNT, FOLLOWER, Json, open_sandbox, open_webhook, opened, say

VECTORS = Path(__file__).parent / "crypto-vectors.json"
CARD = {"Title": "动态", "Description": "", "PicUrl": "", "Url": "https://example.com/a"}


@pytest.fixture
def webhook():
    with open_webhook() as webhook:
        yield webhook


@pytest.fixture(params=["plain", "compatible", "secure"])
def caller(request, webhook):
    with open_sandbox(mode=request.param, webhook_url=webhook.url) as caller:
        caller.mode = request.param
        yield caller


@pytest.fixture
def secure(webhook):
    with open_sandbox(mode="secure", webhook_url=webhook.url) as caller:
        caller.mode = "secure"
        yield caller


@pytest.fixture
def plain(webhook):
    with open_sandbox(webhook_url=webhook.url) as caller:
        caller.mode = "plain"
        yield caller


def reply(**changes: object) -> str:
    """A plain text reply, with some fields changed."""
    fields = {
        "ToUserName": FOLLOWER,
        "FromUserName": ACCOUNT.original_id,
        "CreateTime": 1_781_300_000,
        "MsgType": "text",
        "Content": '第一行\n第二行 <a href="https://example.com">原文</a>',
    }
    return write_xml(fields | changes)


def news(*cards: object, count: int | None = None) -> str:
    """A news reply."""
    count = len(cards) if count is None else count
    return reply(MsgType="news", ArticleCount=count, Articles={"item": list(cards)})


def sealed(xml: str, token: str = ACCOUNT.token) -> str:
    """An encrypted reply."""
    cipher = Seal(ACCOUNT.aes_key, ACCOUNT.appid).close(xml)
    signature = sign(token, "1781300000", "7", cipher)
    envelope = {"Encrypt": cipher, "MsgSignature": signature, "TimeStamp": 1781300000, "Nonce": "7"}
    return write_xml(envelope)


def test_publishing_reports_the_end_of_the_job_and_uses_the_draft_up(caller, webhook):
    media_id = caller.draft()["media_id"]
    answer = caller.post("freepublish/submit", {"media_id": media_id})
    assert answer["errcode"] == 0
    event = opened(caller, webhook.received.get(timeout=5))
    assert event("Event") == "PUBLISHJOBFINISH"
    assert event("PublishEventInfo/publish_id") == answer["publish_id"]
    url = event("PublishEventInfo/article_detail/item/article_url")
    assert url.startswith(f"{caller.url}/s/")
    assert "国家数据局发文" in caller.session.get(url, timeout=5).content.decode()
    assert caller.post("draft/get", {"media_id": media_id})["errcode"] == 40007
    assert caller.post("freepublish/submit", {"media_id": media_id})["errcode"] == 40007
    status = caller.post("freepublish/get", {"publish_id": answer["publish_id"]})
    assert (status["publish_status"], status["article_id"]) == (
        0,
        event("PublishEventInfo/article_id").strip(),
    )
    assert caller.rules == []


def test_a_published_article_is_listed_read_and_deleted(plain):
    media_id = plain.draft()["media_id"]
    plain.post("freepublish/submit", {"media_id": media_id})
    page = plain.post("freepublish/batchget", {"offset": 0, "count": 1, "no_content": 0})
    asked = {"article_id": page["item"][0]["article_id"]}
    article = plain.post("freepublish/getarticle", asked)["news_item"][0]
    assert (article["title"], article["is_deleted"]) == ("每日动态", False)
    assert plain.post("freepublish/delete", asked)["errcode"] == 0
    assert "已被发布者删除" in plain.session.get(article["url"], timeout=5).content.decode()
    assert plain.post("freepublish/getarticle", asked)["errcode"] == 53600
    assert plain.post("freepublish/get", {"publish_id": "1"})["errcode"] == 53502


@pytest.mark.parametrize("status", [1, 2, 4])
def test_a_job_may_be_made_to_fail_or_to_take_forever(plain, webhook, status):
    plain.sandbox("faults", {"call": "freepublish/job", "kind": "status", "status": status})
    media_id = plain.draft()["media_id"]
    publish_id = plain.post("freepublish/submit", {"media_id": media_id})["publish_id"]
    answer = plain.post("freepublish/get", {"publish_id": publish_id})
    assert answer["publish_status"] == status
    assert answer["fail_idx"] == ([] if status == 1 else [1])
    assert plain.state["drafts"][0]["media_id"] == media_id


def test_a_follower_reads_a_text_answer(caller, webhook):
    webhook.answer = reply() if caller.mode == "plain" else sealed(reply())
    told = say(caller)
    assert (told["status"], told["tries"], told["violations"]) == (200, 1, [])
    assert told["answer"]["type"] == "text"
    assert told["answer"]["content"].startswith("第一行\n第二行")
    message = opened(caller, webhook.received.get(timeout=5))
    assert message("Content") == "最新"
    assert message("FromUserName") == FOLLOWER
    assert message("MsgId").isdigit()


def test_a_card_is_one_to_a_message_and_up_to_eight_to_an_event(plain, webhook):
    webhook.answer = news(CARD)
    assert say(plain)["answer"]["articles"][0]["url"] == CARD["Url"]
    webhook.answer = news(CARD, CARD)
    assert say(plain)["violations"][0]["rule"] == "answer_articles"
    assert len(say(plain, text="", event="subscribe")["answer"]["articles"]) == 2
    webhook.answer = news(*[CARD] * 9)
    assert say(plain, text="", event="CLICK", key="latest")["answer"]["type"] == "unavailable"


@pytest.mark.parametrize("answer", ["", "success"])
def test_silence_is_a_valid_answer_in_every_mode(caller, webhook, answer):
    webhook.answer = answer
    assert say(caller)["answer"]["type"] == "success"
    assert caller.rules == []


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("hello", "answer_xml"),
        ("<html/>", "answer_xml"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', "answer_xml"),
        (reply(ToUserName=ACCOUNT.original_id), "answer_users"),
        (reply(CreateTime="now"), "answer_time"),
        (reply(MsgType="poem"), "answer_type"),
        (reply(MsgType="image"), "answer_fields"),
        (reply(Content=""), "answer_fields"),
        (reply(Content="字" * 683), "answer_text"),
        (news(CARD, count=2), "answer_articles"),
        (news(CARD | {"Url": "javascript:alert(1)"}), "answer_fields"),
        (news(CARD | {"Title": ""}), "answer_fields"),
        (sealed(reply()), "answer_cipher"),
    ],
)
def test_a_follower_reads_nothing_if_the_answer(plain, webhook, answer, rule):
    webhook.answer = answer
    told = say(plain)
    assert told["answer"] == {"type": "unavailable", "content": UNAVAILABLE, "articles": []}
    assert [violation["rule"] for violation in told["violations"]] == [rule]
    assert plain.rules == [rule]


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (reply(), "answer_cipher"),
        (sealed(reply(), token="another"), "answer_signature"),
        (write_xml({"Encrypt": "AAAA"}), "answer_signature"),
    ],
)
def test_secure_mode_takes_only_what_is_encrypted_and_signed(secure, webhook, answer, rule):
    webhook.answer = answer
    assert say(secure)["violations"][0]["rule"] == rule


def test_an_error_is_tried_three_times_with_the_same_message_signed_anew(plain, webhook):
    webhook.status = 500
    told = say(plain)
    assert (told["status"], told["tries"]) == (500, 3)
    assert told["answer"]["content"] == UNAVAILABLE
    pushed = [webhook.received.get(timeout=5) for _ in range(3)]
    assert len({opened(plain, one)("MsgId") for one in pushed}) == 1
    assert len({query["nonce"] for query, _ in pushed}) == 3


def test_nobody_listening_is_no_answer(webhook):
    with open_sandbox(webhook_url="http://127.0.0.1:9/") as caller:
        told = say(caller)
    assert (told["status"], told["tries"], told["answer"]["type"]) == (0, 3, "unavailable")
    assert told["violations"][0]["rule"] == "answer_missing"


def test_a_remark_must_be_words_or_an_event(plain):
    url = f"{plain.url}/sandbox/say"
    assert plain.session.post(url, json={"openid": FOLLOWER}, timeout=5).status_code == 400
    assert plain.session.post(url, json=[], timeout=5).status_code == 400


def vectors(kind: str) -> list[Json]:
    return [
        vector for vector in json.loads(VECTORS.read_text())["vectors"] if vector["kind"] == kind
    ]


@pytest.mark.parametrize("vector", vectors("signature"), ids=lambda vector: vector["id"])
def test_signatures_agree_with_published_examples(vector):
    assert sign(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]


@pytest.mark.parametrize(
    "vector", [*vectors("decrypt"), *vectors("encrypt")], ids=lambda vector: vector["id"]
)
def test_the_cipher_opens_published_examples(vector):
    seal = Seal(vector["encoding_aes_key"], vector["receive_id"])
    plaintext = seal.open(vector["encrypt"])
    assert plaintext == vector.get("plaintext", plaintext)
