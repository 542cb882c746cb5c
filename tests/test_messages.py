"""A pushed message's fields in, a Message out; a Reply in, XML that cannot be broken out of."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Outcome
from bot.dialogue import Card, Message, Reply
from bot.errors import MessageError
from bot.wechat.messages import FORBIDDEN, read_message, write_reply

NOW = datetime(2026, 6, 13, 7, 30, tzinfo=UTC)
SENT = 1_781_335_700
FRAME = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": str(SENT)}
ASKED = Message("text", "o1", "gh_1", NOW, text="最新")
URL = "https://mp.weixin.qq.com/s/first"


def read(**fields: object) -> Message:
    return read_message(FRAME | fields)


def finished(**more: object) -> Message:
    """The event that ends a publication."""
    info = {"publish_id": "100", "publish_status": "0", **more}
    return read(MsgType="event", Event="PUBLISHJOBFINISH", PublishEventInfo=info)


def pushed(xml: str) -> Message:
    frame = "".join(f"<{name}>{value}</{name}>" for name, value in FRAME.items())
    return read_message(xmltodict.parse(f"<xml>{frame}{xml}</xml>")["xml"])


# In.


def test_words_are_read():
    message = read(MsgType="text", Content=" 数据要素 \n", MsgId="6054768590064713728")
    assert message == Message(
        kind="text",
        sender="o1",
        recipient="gh_1",
        sent_at=datetime.fromtimestamp(SENT, UTC),
        id="6054768590064713728",
        text="数据要素",
    )


def test_the_recognised_words_of_a_voice_are_its_text():
    assert read(MsgType="voice", MediaId="m", Recognition="最新。").text == "最新。"
    assert read(MsgType="voice", MediaId="m", Recognition=None).text == ""


def test_a_picture_has_no_text():
    message = read(MsgType="image", PicUrl="http://mmbiz.qpic.cn/1", MediaId="m", MsgId="1")
    assert (message.kind, message.text) == ("image", "")


@pytest.mark.parametrize("name", ["subscribe", "SUBSCRIBE"])
def test_an_event_is_read_in_lower_case(name):
    message = read(MsgType="event", Event=name, EventKey="qrscene_7")
    assert (message.kind, message.event, message.event_key) == ("event", "subscribe", "qrscene_7")


def test_a_click_keeps_the_case_of_its_key():
    message = read(MsgType="event", Event="CLICK", EventKey="Latest")
    assert (message.event, message.event_key) == ("click", "Latest")


def test_an_empty_element_is_an_empty_text():
    message = pushed("<MsgType>event</MsgType><Event>subscribe</Event><EventKey></EventKey>")
    assert message.event_key == ""


def test_numbers_of_a_json_message_are_read():
    plain = {**FRAME, "CreateTime": SENT, "MsgType": "text", "Content": 2026, "MsgId": 7}
    message = read_message(plain)
    assert (message.text, message.id) == ("2026", "7")
    assert message.sent_at == datetime.fromtimestamp(SENT, UTC)


def test_the_outcome_of_a_publication_is_read():
    detail = {"count": "1", "item": {"idx": "1", "article_url": URL}}
    assert finished(article_detail=detail).outcome == Outcome("100", 0, URL)


def test_of_several_published_articles_the_first_counts():
    items = [{"idx": 1, "article_url": URL}, {"idx": 2, "article_url": f"{URL}/2"}]
    message = finished(publish_status=0, article_detail={"count": 2, "item": items})
    assert message.outcome == Outcome("100", 0, URL)


def test_the_platforms_own_xml_of_one_and_of_several_articles_is_read():
    item = f"<item><idx>1</idx><article_url><![CDATA[{URL}]]></article_url></item>"
    for items in (item, f"{item}<item><idx>2</idx><article_url>x</article_url></item>"):
        info = (
            "<PublishEventInfo><publish_id>100</publish_id><publish_status>0</publish_status>"
            f"<article_detail><count>1</count>{items}</article_detail></PublishEventInfo>"
        )
        message = pushed(f"<MsgType>event</MsgType><Event>PUBLISHJOBFINISH</Event>{info}")
        assert message.outcome == Outcome("100", 0, URL)


@pytest.mark.parametrize("detail", [None, "", {}, {"item": []}, {"item": [1]}, {"item": {"x": 1}}])
def test_a_failed_publication_has_no_address(detail):
    assert finished(publish_status=3, article_detail=detail).outcome == Outcome("100", 3, "")


def test_an_address_that_is_no_text_is_none():
    assert finished(article_detail={"item": {"article_url": {"a": 1}}}).outcome == Outcome(
        "100", 0, ""
    )


@pytest.mark.parametrize(
    "info",
    [
        {"publish_status": ""},
        {"publish_status": "done"},
        {"publish_status": "-1"},
        {"publish_status": "9" * 30},
        {"publish_status": ["0", "1"]},
        {"publish_id": None},
        {"publish_id": {"a": "1"}},
    ],
)
def test_an_outcome_without_number_or_status_is_unreadable(info):
    with pytest.raises(MessageError):
        finished(**info)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"MsgType": None},
        {"MsgType": ""},
        {"MsgType": ["text", "event"]},
        {"MsgType": {"b": "text"}},
        {"MsgType": "text", "Content": ["a", "b"]},
        {"MsgType": "text", "Content": {"b": "a"}},
        {"MsgType": "text", "Content": True},
        {"MsgType": "text", "Content": 1.5},
        {"MsgType": "text", "FromUserName": ["o1", "o2"]},
        {"MsgType": "text", "CreateTime": None},
        {"MsgType": "text", "CreateTime": "yesterday"},
        {"MsgType": "text", "CreateTime": "-1"},
        {"MsgType": "text", "CreateTime": "²"},
        {"MsgType": "text", "CreateTime": "99999999999"},
    ],
    ids=str,
)
def test_a_field_that_is_missing_repeated_or_no_text_makes_a_message_unreadable(fields):
    with pytest.raises(MessageError):
        read(**fields)


def test_a_repeated_element_makes_a_message_unreadable():
    with pytest.raises(MessageError, match="MsgType"):
        pushed("<MsgType>text</MsgType><MsgType>event</MsgType>")


def test_a_nested_element_makes_a_message_unreadable():
    with pytest.raises(MessageError, match="Content"):
        pushed("<MsgType>text</MsgType><Content><b>a</b></Content>")


def test_half_a_character_and_control_characters_are_left_out():
    assert read(MsgType="text", Content="数\ud800据\0").text == "数据"


# Half a character as well: JSON can carry it.
ANY_TEXT = st.text(st.characters() | st.sampled_from("\ud800\0\x0b\uffff"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inside: st.lists(inside) | st.dictionaries(ANY_TEXT, inside),
    max_leaves=5,
)
NAMES = ["MsgType", "Content", "FromUserName", "CreateTime", "MsgId", "Event", "PublishEventInfo"]


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_any_fields_give_a_message_or_a_sentence(fields):
    try:
        message = read_message(FRAME | fields)
    except MessageError:
        return
    message.text.encode()
    assert message.kind


# Out.


def written(reply: Reply, message: Message = ASKED) -> ET.Element:
    return ET.fromstring(write_reply(reply, message, NOW))


def cleaned(text: str) -> str:
    """What is left of a text in XML; a parser turns every kind of line end into one."""
    return FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def test_an_answer_goes_back_to_whom_it_came_from():
    root = written(Reply("text", "好"))
    assert {element.tag: element.text for element in root} == {
        "ToUserName": "o1",
        "FromUserName": "gh_1",
        "CreateTime": str(int(NOW.timestamp())),
        "MsgType": "text",
        "Content": "好",
    }


def test_silence_is_the_word_the_platform_wants():
    assert write_reply(Reply("silence"), ASKED, NOW) == "success"


@pytest.mark.parametrize("kind", ["text", "none", "help"])
def test_every_answer_in_words_is_a_text(kind):
    assert written(Reply(kind, "好")).findtext("MsgType") == "text"


@pytest.mark.parametrize(
    "text",
    [
        "]]>",
        "a]]]]>b",
        "]]",
        "]]\0>",
        "]]></Content><MsgType>news</MsgType><Content><![CDATA[",
        "\x0b\x1f\ufffe\ud800",
        "👨‍👩‍👧 🌏 龘𠮷",
        '<a href="https://mp.weixin.qq.com/s/1">第 1 期</a>\n&amp;',
    ],
)
def test_no_text_breaks_out_of_an_answer(text):
    root = written(Reply("text", text))
    assert len(root) == 5
    assert root.findtext("Content") == cleaned(text)


def test_an_emoji_is_kept_as_it_is():
    assert "👨‍👩‍👧" in write_reply(Reply("text", "👨‍👩‍👧"), ASKED, NOW)


@given(text=ANY_TEXT, sender=ANY_TEXT)
def test_whatever_is_said_the_answer_is_whole(text, sender):
    message = Message("text", sender, "gh_1", NOW)
    root = written(Reply("text", text), message)
    assert [element.tag for element in root] == [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Content",
    ]
    assert root.findtext("Content") == cleaned(text)
    assert root.findtext("ToUserName") == cleaned(sender)


@given(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT))
def test_a_card_is_one_article(words):
    root = written(Reply("news", card=Card(*words)))
    [item] = root.findall("Articles/item")
    assert root.findtext("MsgType") == "news"
    assert root.findtext("ArticleCount") == "1"
    assert root.find("Content") is None
    assert [element.tag for element in item] == ["Title", "Description", "PicUrl", "Url"]
    assert [element.text or "" for element in item] == [cleaned(word) for word in words]
