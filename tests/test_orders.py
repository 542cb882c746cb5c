"""What an editor orders in the chat, read through by eye; whatever it is not is asked as a follower asks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.orders import COMMANDS, Command, Order, parse_code, parse_order

TODAY = date(2026, 6, 13)  # a Saturday
EVE, TOMORROW = date(2026, 6, 12), date(2026, 6, 14)
APPROVE, RETURN, COVER = Command.APPROVE, Command.RETURN, Command.COVER

ORDERS = {
    "状态": Order(Command.STATUS),
    " 状态。": Order(Command.STATUS),
    "进度 昨天": Order(Command.STATUS, EVE),
    "预览": Order(Command.PREVIEW),
    "预览2026-06-12": Order(Command.PREVIEW, issue_id="2026-06-12"),
    "通过": Order(APPROVE),
    "通过 6月13日": Order(APPROVE, TODAY),
    "通过6月13日": Order(APPROVE, TODAY),
    "通过\u30006 月 13 日": Order(APPROVE, TODAY),
    "通过：2026.6.12": Order(APPROVE, EVE),
    "通过 周五": Order(APPROVE, EVE),
    # An issue is prepared the evening before: the nearest 14 June is tomorrow, not a year ago.
    "通过 6月14日": Order(APPROVE, TOMORROW),
    "通过 明天": Order(APPROVE, TOMORROW),
    "通过 2026-06-13-2": Order(APPROVE, issue_id="2026-06-13-2"),
    "批准\n6月12日": Order(APPROVE, EVE),
    "通过 2月30日": Order(APPROVE, unread="2月30日"),
    "通过 6月": Order(APPROVE, unread="6月"),
    "通过 12、13日": Order(APPROVE, unread="12、13日"),
    "退回": Order(RETURN),
    "退回 第二节，数字有误": Order(RETURN, text="第二节，数字有误"),
    "退回：第二节": Order(RETURN, text="第二节"),
    "退回 昨天 第二节 有误": Order(RETURN, EVE, text="第二节 有误"),
    "退回 6月12日：第二节": Order(RETURN, EVE, text="第二节"),
    "退回 6月12日第二节": Order(RETURN, text="6月12日第二节"),
    "退回 6月12日": Order(RETURN, EVE),
    "退回6月12日 第二节": Order(RETURN, EVE, text="第二节"),
    "退回 2月30日 第二节": Order(RETURN, unread="2月30日"),
    "发布": Order(Command.PUBLISH),
    "发布 13号": Order(Command.PUBLISH, TODAY),
    "封面": Order(COVER),
    "封面 2": Order(COVER, number=2),
    "封面２": Order(COVER, number=2),
    "封面 第二个": Order(COVER, number=2),
    "封面 6月12日 3": Order(COVER, EVE, number=3),
    "封面 6月12日，3": Order(COVER, EVE, number=3),
    "封面 昨天": Order(COVER, EVE),
    "封面 自动": Order(COVER, automatic=True),
    "封面 昨天 自动": Order(COVER, EVE, automatic=True),
    "标题": Order(Command.HEADLINE),
    "标题 数据，成为“燃料”": Order(Command.HEADLINE, text="数据，成为“燃料”"),
    "标题 6月13日 大事": Order(Command.HEADLINE, text="6月13日 大事"),
    "标题 自动": Order(Command.HEADLINE, automatic=True),
    "封面标题 甲": Order(Command.HEADLINE, text="甲"),
    "帮助": Order(Command.HELP),
    "HELP": Order(Command.HELP),
    "解绑": Order(Command.UNBIND),
}
NONE = [
    "发布会",
    "发布 数据要素",
    "状态监测",
    "通过率",
    "封面设计",
    "标题党",
    "退回款项",
    "帮助中心",
    "解绑 手机号",
    "怎么发布",
    "数据要素",
    "6月13日",
    "",
    "绑定 手机号",
]


@pytest.mark.parametrize("text", ORDERS)
def test_an_order_is_understood(text):
    assert parse_order(text, TODAY) == ORDERS[text]


@pytest.mark.parametrize("text", NONE)
def test_other_words_are_no_order(text):
    assert parse_order(text, TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["绑定 K7M3PX9TQA", "绑定k7m3p-x9tqa", "绑定：K7M3P X9TQA", " 绑定　Ｋ７Ｍ３ＰＸ９ＴＱＡ "],
)
def test_a_code_is_read_however_it_is_typed(text):
    assert parse_code(text) == "K7M3PX9TQA"


@pytest.mark.parametrize(
    "text", ["绑定", "绑定 手机号", "绑定 K7M3", "K7M3PX9TQA", "绑定 " + "K" * 99]
)
def test_what_is_nothing_like_a_code_is_none(text):
    assert parse_code(text) == ""


@given(
    st.sampled_from([*COMMANDS, "绑定", ""]),
    st.text(max_size=40)
    | st.sampled_from(["6月13日", "昨天", "2026-99-99", "9999-12-31-2", "第十个"]),
    st.text(max_size=300),
    st.dates(),
)
def test_whatever_is_written_is_an_order_or_none_and_loses_no_reason(name, second, third, today):
    for text in (f"{name}{second}", f"{name} {second} {third}", f"{name}\n{third}"):
        order = parse_order(text, today)
        parse_code(text)
        if order is None:
            continue
        assert order.command in Command
        assert order.number in range(10)
        assert set(order.unread + order.text) <= {*text, " "}
        # One thing at most is said besides the date.
        assert sum(map(bool, (order.text, order.number, order.automatic, order.unread))) <= 1


@given(st.sampled_from(list(COMMANDS)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_full_date_is_that_day_whatever_day_it_is(name, day):
    order = parse_order(f"{name} {day.year}年{day.month}月{day.day}日", TODAY)
    if COMMANDS[name] in (Command.HELP, Command.UNBIND):
        assert order is None
    elif COMMANDS[name] is Command.HEADLINE:
        assert order
        assert order.day is None
    else:
        assert order == Order(COMMANDS[name], day)
