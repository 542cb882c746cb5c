"""What a follower's message asks for. Whatever it is not, it is words to look for."""

import re
import unicodedata
from datetime import date

from bot.dialogue import Query, Wish
from bot.query.dates import parse_days

# Longer messages are pasted texts; the search reads less of them still.
LONGEST = 100

_WORDS = {
    Wish.LATEST: """
        最新 最新一期 最新期 最新动态 最新日报 最近一期 今日 今日动态 今日日报 latest newest
    """,
    Wish.CONTENTS: "目录 往期 往期目录 往期内容 往期回顾 列表 历史 历史消息 contents list",
    Wish.HELP: """
        帮助 help 菜单 menu 你好 你好啊 你好呀 您好 早上好 hi hello 嗨 在吗 谢谢 谢谢你 谢谢您 多谢 thanks
    """,
}
WISHES = {word: wish for wish, words in _WORDS.items() for word in words.split()}

# The traditional characters of the words above and of dates.
_SIMPLIFIED = str.maketrans(
    "號週禮這個從錄歷幫單謝嗎動態報聞內", "号周礼这个从录历帮单谢吗动态报闻内"
)
_UNSEEN = {"Cc", "Cf", "Cs"}
_LAST_MARKS = "!。.~,、;…"


def parse_query(text: str, today: date) -> Query:
    """A message as sent, understood; `today` is the day in Asia/Shanghai."""
    said = _visible(text)
    asked = plain(said)
    if not said or (asked and not asked.strip("?")):
        return Query(Wish.HELP, said)
    asked = asked.rstrip(_LAST_MARKS + "?")
    if wish := WISHES.get(asked):
        return Query(wish, said)
    if days := parse_days(asked, today):
        return Query(Wish.DAY, said, days)
    return Query(Wish.WORDS, said)


def _visible(text: str) -> str:
    """The text in one line, without what nobody sees, at most a hundred characters of it."""
    line = re.sub(r"\s+", " ", text[: 10 * LONGEST])
    seen = "".join(sign for sign in line if unicodedata.category(sign) not in _UNSEEN)
    return seen.strip()[:LONGEST].rstrip()


def plain(text: str) -> str:
    """Half-width, lower case, simplified, without spaces: as commands and dates are written."""
    half_width = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)
    return re.sub(r"\s+", "", half_width)
