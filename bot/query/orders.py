"""What an editor orders in the chat. Whatever is none of it is asked as any follower would ask.

An order is its name alone, or with what belongs to it: `通过`, `通过 6月13日`, `封面2`, `退回 昨天 第二节有误`.
Words that merely begin like an order (`发布会`) are none.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.model import is_issue_id
from bot.query.dates import is_impossible, parse_days
from bot.query.numerals import number
from bot.query.parse import plain


class Command(StrEnum):
    """What an editor may have done."""

    STATUS = "status"
    PREVIEW = "preview"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    COVER = "cover"
    HEADLINE = "headline"
    HELP = "help"
    UNBIND = "unbind"


@dataclass(frozen=True, slots=True)
class Order:
    """An editor's order: about the issue `issue_id`, or the one of `day`, or (neither) the one at hand.

    `text` is a reason or a headline, `number` the layout chosen (0: none), `automatic` what takes a
    choice back. `unread` was said where a date was expected.
    """

    command: Command
    day: date | None = None
    issue_id: str = ""
    text: str = ""
    number: int = 0
    automatic: bool = False
    unread: str = ""


_NAMES = {
    Command.STATUS: "状态 进度 进展",
    Command.PREVIEW: "预览",
    Command.APPROVE: "通过 批准 同意",
    Command.RETURN: "退回 打回",
    Command.PUBLISH: "发布 发表",
    Command.COVER: "封面",
    Command.HEADLINE: "标题 封面标题",
    Command.HELP: "帮助 help 命令 指令",
    Command.UNBIND: "解绑 解除绑定",
}
COMMANDS = {name: command for command, names in _NAMES.items() for name in names.split()}
# The longest first: 封面标题 before 封面.
_NAMED = re.compile("|".join(sorted(COMMANDS, key=len, reverse=True)), re.IGNORECASE)
# Nothing that is said is altered, so a gap may be of either width.
_GAP = re.compile(r"[\s:：,，。.、;；!！]+")
# What is written like a date of some kind, though perhaps not like one that there is.
_DATELIKE = re.compile(r"[0-9]|[月日号天]|周|星期|礼拜")
_AUTOMATIC = frozenset({"自动", "恢复", "恢复自动", "默认", "auto"})
_CHOICE = re.compile(r"第?(?P<number>[0-9]|[一二两三四五六七八九])(?:[种个款号])?")
# A day of the calendar, named without its year: the coming one is as likely as the last one.
_OF_THE_CALENDAR = re.compile(r"[0-9一二三四五六七八九十](?:[月号日./-]|$)")
AHEAD = timedelta(days=7)  # how long beforehand an issue is worked on
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
LONGEST_CODE, SHORTEST_CODE = 32, 8
_BINDING = re.compile(r"\s*绑定[\s:]*(?P<code>[A-Za-z0-9\s-]+?)\s*")


def parse_code(text: str) -> str:
    """The code of a `绑定 CODE`, upper case and without gaps; empty where it is nothing like it."""
    found = _BINDING.fullmatch(unicodedata.normalize("NFKC", text[: 4 * LONGEST_CODE]))
    code = re.sub(r"[\s-]", "", found["code"]).upper() if found else ""
    return code if SHORTEST_CODE <= len(code) <= LONGEST_CODE and code.isascii() else ""


def parse_order(text: str, today: date) -> Order | None:
    """An editor's words as an order; None where they ask like a follower's."""
    said = _visible(text)
    named = _NAMED.match(said)
    if named is None:
        return None
    command, rest = COMMANDS[named[0].lower()], said[named.end() :]
    gap = _GAP.match(rest)
    given = rest[gap.end() :] if gap else rest
    if not given:
        return Order(command)
    return _READERS[command](command, given, bool(gap), today)


def _visible(text: str) -> str:
    """Without what nobody sees, in one line."""
    line = re.sub(r"\s+", " ", text)
    return "".join(sign for sign in line if unicodedata.category(sign) not in _UNSEEN).strip()


def _bare(_command: Command, _given: str, _apart: bool, _today: date) -> Order | None:
    """帮助 and 解绑 take nothing: with more behind them they are words to look for."""
    return None


def _dated(command: Command, given: str, apart: bool, today: date) -> Order | None:
    """A date behind the name, and nothing else."""
    if found := _target(command, given, today):
        return found
    written = plain(given)
    unreadable = is_impossible(written, today) or (apart and _DATELIKE.search(written))
    return Order(command, unread=given) if unreadable else None


def _explained(command: Command, given: str, apart: bool, today: date) -> Order | None:
    """A reason behind the name, perhaps behind a date from which it stands apart."""
    if found := _target(command, given, today):
        return found
    first, gap, rest = _cut(given)
    target = _target(command, first, today) if gap else None
    if target:
        return Order(command, target.day, target.issue_id, text=rest)
    if not apart:
        return None
    if gap and is_impossible(plain(first), today):
        return Order(command, unread=first)
    return Order(command, text=given)


def _chosen(command: Command, given: str, apart: bool, today: date) -> Order | None:
    """A layout's number behind the name, or behind a date."""
    if choice := _choice(given):
        return Order(command, number=choice[0], automatic=choice[1])
    first, _, rest = _cut(given)
    choice = _choice(rest) if rest else None
    target = _target(command, first if choice else given, today)
    if target is None:
        return _dated(command, given, apart, today)
    chosen = choice or (0, False)
    return Order(command, target.day, target.issue_id, number=chosen[0], automatic=chosen[1])


def _worded(command: Command, given: str, apart: bool, _today: date) -> Order | None:
    """A headline behind the name. It may begin with a date itself, so it is of the issue at hand."""
    if plain(given) in _AUTOMATIC:
        return Order(command, automatic=True)
    return Order(command, text=given) if apart else None


_READERS = {
    Command.STATUS: _dated,
    Command.PREVIEW: _dated,
    Command.APPROVE: _dated,
    Command.RETURN: _explained,
    Command.PUBLISH: _dated,
    Command.COVER: _chosen,
    Command.HEADLINE: _worded,
    Command.HELP: _bare,
    Command.UNBIND: _bare,
}


def _target(command: Command, given: str, today: date) -> Order | None:
    if is_issue_id(given):
        return Order(command, issue_id=given)
    day = _day(plain(given), today)
    return Order(command, day) if day else None


def _day(written: str, today: date) -> date | None:
    """The one day that a date means; without a year the nearest, which may be to come."""
    days = {_only(parse_days(written, today))}
    if _OF_THE_CALENDAR.search(written):
        days.add(_only(parse_days(written, today + AHEAD)))
    possible = [day for day in days if day]
    return min(possible, key=lambda day: (abs(day - today), day), default=None)


def _only(days: tuple[date, date] | None) -> date | None:
    return days[0] if days and days[0] == days[1] else None


def _choice(given: str) -> tuple[int, bool] | None:
    written = plain(given)
    if written in _AUTOMATIC:
        return 0, True
    found = _CHOICE.fullmatch(written)
    return (number(found["number"]), False) if found else None


def _cut(given: str) -> tuple[str, str, str]:
    """What stands before the first gap, the gap, and what stands behind it."""
    gap = _GAP.search(given)
    if gap is None:
        return given, "", ""
    return given[: gap.start()], gap[0], given[gap.end() :]
