"""The sandbox as a platform: pictures, drafts, quotas and permissions."""

import json
import socket

import pytest
import requests

from bot.errors import StartError
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from tests.sandbox_caller import ACCOUNT, SECRET, TEMPLATES, open_sandbox, picture


@pytest.fixture
def caller():
    with open_sandbox() as caller:
        yield caller


@pytest.fixture
def unverified():
    with open_sandbox(kind="unverified") as caller:
        yield caller


@pytest.mark.parametrize(
    ("data", "name", "errcode"),
    [
        (picture(), "a.txt", 40113),
        (picture(), "a", 40113),
        (picture("gif"), "a.gif", 40005),
        (picture("webp"), "a.webp", 40005),
        (picture("jpeg"), "a.png", 40113),
        (picture("gif"), "a.png", 40137),
        (b"not a picture", "a.png", 40137),
        (picture("png", (16385, 1)), "a.png", 40137),
        (picture() + bytes(1024 * 1024), "a.png", 40009),
        (b"", "a.png", 44001),
    ],
)
def test_a_body_image_is_refused_for(caller, data, name, errcode):
    assert caller.upload("media/uploadimg", data, name)["errcode"] == errcode
    assert caller.rules == [str(errcode)]


def test_a_body_image_gets_an_address_where_it_can_be_seen(caller):
    answer = caller.upload("media/uploadimg", picture("jpeg"), "a.jpg", "image/jpeg")
    assert set(answer) == {"url"}
    assert answer["url"].startswith(f"{caller.url}/mmbiz/")
    seen = caller.session.get(answer["url"], timeout=5)
    assert seen.content == picture("jpeg")
    assert seen.headers["Content-Type"] == "image/jpeg"
    assert caller.state["images"] == 1


def test_permanent_materials_are_counted_listed_and_deleted(caller):
    first, second = caller.cover(1), caller.cover(2)
    assert caller.get("material/get_materialcount")["image_count"] == 2
    listed = caller.post("material/batchget_material", {"type": "image", "offset": 0, "count": 1})
    assert (listed["total_count"], listed["item"][0]["media_id"]) == (2, second)
    assert caller.post("material/del_material", {"media_id": first})["errcode"] == 0
    assert caller.post("material/del_material", {"media_id": first})["errcode"] == 40007
    assert caller.rules == []


def test_materials_have_their_own_limits(caller):
    large = picture("jpeg") + bytes(10 * 1024 * 1024)
    assert caller.upload("material/add_material", large, "a.jpg", type="image")["errcode"] == 40009
    thumb = picture("jpeg") + bytes(64 * 1024)
    assert caller.upload("material/add_material", thumb, "a.jpg", type="thumb")["errcode"] == 40009
    assert caller.upload("material/add_material", thumb, "a.jpg", type="film")["errcode"] == 40004
    many = {"type": "image", "offset": 0, "count": 21}
    assert caller.post("material/batchget_material", many)["errcode"] == 47003


def test_the_same_picture_twice_is_a_violation_unless_the_first_answer_was_lost(caller):
    fault = {"call": "media/uploadimg", "kind": "timeout_after", "seconds": 1}
    caller.sandbox("faults", fault)
    files = {"media": ("a.png", picture(), "image/png")}
    with pytest.raises(requests.Timeout):
        caller.send("POST", "media/uploadimg", files=files, timeout=0.1)
    caller.upload("media/uploadimg", picture())
    assert caller.rules == []
    caller.upload("media/uploadimg", picture())
    assert caller.rules == ["same_picture"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"title": "a" * 33}, 45003),
        ({"title": "动" * 22}, 45003),
        ({"title": ""}, 45003),
        ({"author": "a" * 17}, 45110),
        ({"digest": "要" * 121}, 45004),
        ({"content": "a" * 20_000}, 45002),
        ({"content": ""}, 44004),
        ({"content_source_url": "https://example.com/" + "a" * 1010}, 45005),
        ({"content_source_url": "http://localhost/a"}, 41039),
        ({"content_source_url": "http://127.0.0.1:8000/a"}, 41039),
        ({"content_source_url": "ftp://example.com/a"}, 41039),
        ({"thumb_media_id": "somebody-elses"}, 40007),
        ({"need_open_comment": 2}, 47003),
        ({"pic_crop_1_1": "0_0_1_1"}, 47003),
        ({"cover_info": {"crop_percent_list": [{"ratio": "16_9"}]}}, 47003),
        ({"article_type": "poem"}, 40008),
        ({"article_type": "newspic"}, 45008),
    ],
)
def test_an_article_is_refused_for(caller, changes, errcode):
    assert caller.draft(**changes)["errcode"] == errcode
    assert caller.rules == [str(errcode)]
    assert caller.state["drafts"] == []


def test_an_article_at_every_limit_is_taken(caller):
    answer = caller.draft(
        title="动" * 21 + "a",
        author="作" * 16,
        digest="要" * 120,
        content="文" * 19_999,
        content_source_url="https://example.com/issues/2026-06-13",
        pic_crop_235_1="0_0_1_1",
        cover_info={
            "crop_percent_list": [
                {"ratio": "1_1", "x1": "0.287234", "y1": "0", "x2": "0.712766", "y2": "1"}
            ]
        },
    )
    assert set(answer) == {"media_id", "item"}
    assert caller.rules == []


@pytest.mark.parametrize(
    ("articles", "errcode"),
    [([], 44003), ({}, 44003), (None, 44003), ([[{"title": "a"}]], 44003), ([{}], 44003)],
)
def test_articles_must_be_a_list_of_objects(caller, articles, errcode):
    assert caller.post("draft/add", {"articles": articles})["errcode"] == errcode


def test_a_draft_has_at_most_eight_articles(caller):
    articles = [caller.article(content=f"<p>{n}</p>") for n in range(9)]
    assert caller.post("draft/add", {"articles": articles})["errcode"] == 45008
    assert "media_id" in caller.post("draft/add", {"articles": articles[:8]})


@pytest.mark.parametrize(
    ("raw", "errcode"), [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b"\xff", 47001)]
)
def test_a_body_must_be_a_json_object(caller, raw, errcode):
    assert caller.post("draft/add", None, raw=raw)["errcode"] == errcode


def test_the_method_must_be_the_documented_one(caller):
    assert caller.get("draft/add")["errcode"] == 43002
    assert caller.post("draft/count", {})["errcode"] == 43001
    assert caller.get("nothing/here")["errcode"] == 40066


def test_escaped_text_is_stored_as_it_stands_and_soon_too_long(caller):
    body = {"articles": [caller.article(title="动态")]}
    media_id = caller.post("draft/add", None, raw=json.dumps(body).encode())["media_id"]
    stored = caller.post("draft/get", {"media_id": media_id})["news_item"][0]
    assert stored["title"] == "\\u52a8\\u6001"
    assert "escaped_json" in caller.rules
    body["articles"][0]["title"] = "新质生产力动"
    assert caller.post("draft/add", None, raw=json.dumps(body).encode())["errcode"] == 45003
    menu = {"button": [{"type": "click", "name": "最新", "key": "latest"}]}
    assert caller.post("menu/create", None, raw=json.dumps(menu).encode())["errcode"] == 40033


def test_json_must_say_that_it_is_utf8(caller):
    caller.send("POST", "draft/batchget", json={"offset": 0, "count": 1})
    assert caller.rules == ["charset"]


def test_an_update_takes_one_whole_article(caller):
    media_id = caller.draft()["media_id"]

    def update(articles: object, index: int = 0) -> object:
        body = {"media_id": media_id, "index": index, "articles": articles}
        return caller.post("draft/update", body)["errcode"]

    whole = caller.article(title="更正")
    assert update([whole]) == 47001
    assert update({"title": "更正"}) == 40007
    assert update(whole, index=1) == 40114
    assert update(whole) == 0
    assert caller.state["drafts"][0]["articles"][0]["title"] == "更正"


def test_drafts_are_listed_newest_first_counted_and_deleted(caller):
    first = caller.draft()["media_id"]
    caller.clock.at += 60
    second = caller.draft(content="<p>另一期</p>")["media_id"]
    page = caller.post("draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    assert [item["media_id"] for item in page["item"]] == [second, first]
    assert page["item"][0]["content"]["news_item"][0]["content"] == ""
    assert caller.post("draft/delete", {"media_id": first})["errcode"] == 0
    assert caller.post("draft/get", {"media_id": first})["errcode"] == 40007
    assert caller.get("draft/count") == {"total_count": 1}
    assert caller.rules == []


def test_the_same_draft_twice_is_a_violation(caller):
    caller.draft()
    caller.draft()
    assert caller.rules == ["same_draft"]


def test_a_quota_ends_and_can_be_reset(caller):
    for _ in range(10):
        caller.post("freepublish/delete", {"article_id": "x"})
    assert caller.post("freepublish/delete", {"article_id": "x"})["errcode"] == 45009
    asked = {"cgi_path": "/cgi-bin/freepublish/delete"}
    quota = caller.post("openapi/quota/get", asked)["quota"]
    assert quota == {"daily_limit": 10, "used": 10, "remain": 0}
    assert caller.post("openapi/quota/get", {"cgi_path": "/x"})["errcode"] == 76021
    assert caller.post("clear_quota", {"appid": ACCOUNT.appid})["errcode"] == 0
    assert caller.post("freepublish/delete", {"article_id": "x"})["errcode"] == 53600


def test_an_unverified_account_may_draft_but_not_publish_send_or_set_a_menu(unverified):
    media_id = unverified.draft()["media_id"]
    for call in (
        "freepublish/submit",
        "message/mass/preview",
        "message/custom/send",
        "menu/create",
    ):
        assert unverified.post(call, {"media_id": media_id})["errcode"] == 48001
    assert unverified.get("get_current_selfmenu_info")["is_menu_open"] == 0
    assert unverified.rules == []


def test_the_log_names_calls_and_holds_no_secret(caller):
    caller.draft()
    log = caller.state["log"]
    assert [(entry["n"], entry["call"], entry["changes"]) for entry in log] == [
        (1, "stable_token", False),
        (2, "material/add_material", True),
        (3, "draft/add", True),
    ]
    everything = json.dumps(caller.state)
    assert caller.token not in everything
    assert SECRET not in everything


def test_errors_carry_a_request_id(caller):
    answer = caller.post("draft/get", {"media_id": "x"})
    assert answer["errmsg"].split()[-2] == "rid:"
    assert [len(part) for part in answer["errmsg"].split()[-1].split("-")] == [8, 8, 8]


def test_a_busy_port_is_explained():
    app = create_sandbox(ACCOUNT, templates=TEMPLATES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"{port}.*换一个端口"):
            serve(app, "127.0.0.1", port)
