"""What the account may send on its own accord, and its menu."""

import pytest

from tests.sandbox_caller import FOLLOWER, Caller, Json, open_sandbox, open_webhook, opened, say


@pytest.fixture
def webhook():
    with open_webhook() as webhook:
        yield webhook


@pytest.fixture
def plain(webhook):
    with open_sandbox(webhook_url=webhook.url) as caller:
        caller.mode = "plain"
        yield caller


def custom(caller: Caller, **message: object) -> object:
    body = {"touser": FOLLOWER, "msgtype": "text", "text": {"content": "您好"}} | message
    return caller.post("message/custom/send", body)["errcode"]


def test_five_messages_may_follow_a_followers_words_within_two_days(plain):
    assert custom(plain) == 45015
    say(plain)
    assert [custom(plain) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    say(plain)
    plain.clock.at += 48 * 3600
    plain.fetch_token()
    assert custom(plain) == 45015


def test_three_messages_may_follow_a_tap_within_a_minute(plain):
    say(plain, text="", event="CLICK", key="latest")
    assert [custom(plain) for _ in range(4)] == [0, 0, 0, 45047]
    say(plain, text="", event="subscribe")
    plain.clock.at += 60
    assert custom(plain) == 45015


def test_a_customer_message_is_refused_for(plain):
    say(plain)
    card = {"title": "动态", "url": "https://example.com"}
    assert custom(plain, msgtype="news", news={"articles": [card, card]}) == 45008
    assert custom(plain, text={"content": "字" * 683}) == 45002
    assert custom(plain, text={}) == 44004
    assert custom(plain, msgtype="poem") == 40008
    assert custom(plain, touser="") == 40003
    assert custom(plain, msgtype="news", news={"articles": [card]}) == 0


def send_all(caller: Caller, media_id: str, **more: object) -> Json:
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    return caller.post("message/mass/sendall", body | more)


def test_a_message_to_all_is_sent_once_and_reported(plain, webhook):
    media_id = plain.draft()["media_id"]
    sent = send_all(plain, media_id, clientmsgid="2026-06-13")
    assert sent["errcode"] == 0
    event = opened(plain, webhook.received.get(timeout=5))
    assert event("Event") == "MASSSENDJOBFINISH"
    assert event("MsgID") == str(sent["msg_id"])
    assert "/s/" in event("ArticleUrlResult/ResultList/item/ArticleUrl")
    other = plain.draft(content="<p>另一期</p>")["media_id"]
    again = send_all(plain, other, clientmsgid="2026-06-13")
    assert (again["errcode"], again["msg_id"]) == (45065, sent["msg_id"])
    assert send_all(plain, other, clientmsgid="b")["errcode"] == 45028
    assert send_all(plain, other, clientmsgid="x" * 33)["errcode"] == 45067
    assert send_all(plain, media_id)["errcode"] == 40007


def test_a_preview_goes_to_one_person_and_keeps_the_draft(plain):
    media_id = plain.draft()["media_id"]
    body = {"touser": FOLLOWER, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert plain.post("message/mass/preview", body)["errcode"] == 0
    assert plain.state["previews"][0]["to"] == FOLLOWER
    say(plain, text="", event="unsubscribe")
    assert plain.post("message/mass/preview", body)["errcode"] == 43004
    assert plain.get("draft/count") == {"total_count": 1}


def menu(**changes: object) -> Json:
    return {"type": "click", "name": "最新", "key": "latest"} | changes


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([menu()] * 4, 40016),
        ([menu(type="poem")], 40017),
        ([menu(name="五个汉字多")], 0),
        ([menu(name="六个汉字太多")], 40018),
        ([menu(key="k" * 129)], 40019),
        ([{"type": "view", "name": "网站", "url": "https://e.cn/" + "a" * 1020}], 40020),
        ([{"type": "view", "name": "网站", "url": "example.com"}], 40055),
        ([{"name": "往期", "sub_button": [menu()] * 6}], 40023),
        ([{"name": "往期", "sub_button": [menu(name="字" * 21)]}], 40025),
        ([menu(sub_button=[menu()])], 40017),
    ],
)
def test_a_menu_is_judged_by_size_and_kind(plain, buttons, errcode):
    assert plain.post("menu/create", {"button": buttons})["errcode"] == errcode


def test_a_menu_is_set_shown_and_deleted(plain):
    assert plain.get("menu/get")["errcode"] == 46003
    plain.post("menu/create", {"button": [menu()]})
    assert plain.get("menu/get") == {"menu": {"button": [menu()]}}
    assert plain.get("get_current_selfmenu_info")["is_menu_open"] == 1
    plain.get("menu/delete")
    assert plain.state["menu"] is None
