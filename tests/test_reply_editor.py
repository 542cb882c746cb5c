"""What editors read in the chat: whatever the state, it says what comes next and fits."""

import re
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Delivery, Entry, State
from bot.reply.editor import AT_ONCE, Editorial, Situation, person
from bot.reply.pieces import TEXT_BYTES, size
from bot.resources import directory

TODAY = date(2026, 6, 13)
PATH = directory("templates") / "reply" / "editor.toml"
LINK = "https://daily.example.cn/preview/" + "x" * 60 + "/"


@pytest.fixture(scope="module")
def editorial() -> Editorial:
    return Editorial.load(PATH, TODAY)


def situation(state: State, **more: Any) -> Situation:
    delivery = Delivery("2026-06-13", state, problem=more.pop("problem", ""))
    headline, url = more.pop("headline", "大事一件"), more.pop("url", "")
    entry = Entry("2026-06-13", TODAY, "日报", headline, state, url, "")
    known: dict[str, Any] = {"link": LINK, "needed": 1, "fresh": True} | more
    return Situation(entry, delivery, **known)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_every_state_has_a_next_step(editorial, state):
    assert "下一步：" in editorial.status(situation(state)).text


def test_a_published_issue_has_its_address_and_nothing_to_do(editorial):
    said = editorial.status(situation(State.PUBLISHED, url="https://mp.weixin.qq.com/s/a")).text
    assert "https://mp.weixin.qq.com/s/a" in said
    assert "下一步" not in said


def test_two_who_may_be_one_person_are_told_apart_by_an_admin(editorial):
    by = ("console:李明", "editor:王芳")
    told = editorial.status(situation(State.DRAFTED, needed=2, by=by)).text
    assert "李明（电脑）" in told
    assert "请管理员" in told
    assert "还需要 1 个人" in told
    for enough in ({"needed": 1, "by": by}, {"needed": 2, "by": (*by, "editor:赵强")}):
        assert "请管理员" not in editorial.status(situation(State.DRAFTED, **enough)).text


NEXT = [
    ({"fresh": False}, "改过"),
    ({}, "通过2026-06-13"),
    ({"needed": 2, "by": ("editor:王芳",)}, "还需要 1 个人"),
    ({"by": ("editor:王芳",), "automatic": "07:30"}, "07:30 自动发布"),
    ({"by": ("editor:王芳",), "automatic": AT_ONCE}, "几分钟内会自动发布"),
    ({"by": ("editor:王芳",)}, "不会自动发布"),
    ({"needed": 0, "automatic": "07:30"}, "07:30 自动发布"),
    ({"by": ("editor:王芳",), "by_hand": True, "automatic": "07:30"}, "按“发表”"),
]


@pytest.mark.parametrize(("known", "said"), NEXT)
def test_the_next_step_of_a_draft_is_what_is_still_missing(editorial, known, said):
    assert said in editorial.status(situation(State.DRAFTED, **known)).text.splitlines()[-1]


def test_a_second_edition_is_called_one_and_tapped_as_one(editorial):
    at = situation(State.DRAFTED)
    second = Entry("2026-06-13-2", TODAY, "日报", "大事", State.DRAFTED, "", "")
    said = editorial.status(Situation(second, at.delivery, fresh=True, needed=1)).text
    assert said.startswith("6月13日第 2 版《大事》")
    assert "通过2026-06-13-2" in said
    assert "退回 2026-06-13-2 原因" in said


def test_of_the_others_that_wait_it_is_said_how_to_ask_for_one(editorial):
    second = Entry("2026-06-13-2", TODAY, "日报", "大事", State.DRAFTED, "", "")
    said = editorial.status(situation(State.DRAFTED), [second]).text
    assert "6月13日第 2 版（草稿已就绪）。要问哪一期，后面写上，如“状态 2026-06-13-2”" in said


def test_without_an_address_of_our_own_it_is_said_how_to_get_links(editorial):
    assert "web.public_url" in editorial.looked_at(situation(State.DRAFTED, link="")).text


@pytest.mark.parametrize(
    ("who", "named"), [("editor:王芳", "王芳"), ("cli:ann", "ann（电脑）"), ("cli", "cli（电脑）")]
)
def test_people_are_called_by_name(who, named):
    assert person(who) == named


@given(st.sampled_from(State), st.text(max_size=3000), st.text(max_size=3000), st.integers(0, 9))
def test_whatever_is_filled_in_fits_and_is_no_markup(state, headline, problem, waiting):
    editorial = Editorial.load(PATH, TODAY)
    at = situation(state, headline=headline, problem=problem, by=("editor:" + problem[:16],))
    said = [
        editorial.status(at, [at.entry] * waiting).text,
        editorial.did("returned", at, problem=problem).text,
        editorial.sentence("no_such_day", said=problem).text,
        editorial.alone(problem).text,
    ]
    assert state is State.PUBLISHED or "下一步：" in said[0]
    for text in said:
        assert size(text) <= TEXT_BYTES
        without_ours = re.sub(r'<a href="(?:weixin:|https://daily)[^"<>]*">[^<>]*</a>', "", text)
        assert "<" not in without_ours


def test_every_sentence_is_used():
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (directory("templates").parent / "bot").rglob("*.py")
        if path.name in ("editor.py", "orders.py", "editing.py")
    )
    unused = [name for name in tomllib.loads(PATH.read_text(encoding="utf-8")) if name not in code]
    assert unused == []
