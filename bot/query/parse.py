"""What a follower's message asks for. Whatever it is not, it is words to look for."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from bot.dialogue import Query, Wish
from bot.query.dates import is_impossible, parse_days
from bot.query.wishes import bare, number_of, wish_of

# Longer messages are pasted texts; the search reads less of them still.
LONGEST = 100
# A date in words has this many characters at most: 二〇二六年十二月二十三日到十二月三十一日.
LONGEST_DATE = 30

# The traditional characters of the names in `wishes` and of dates.
_SIMPLIFIED = str.maketrans(
    "號週禮這個從錄歷幫單謝嗎動態報聞內後兩過裡來間舊願請問麼給發查詢尋會說還關於們誰紹聯繫簡測試點讚厲棒總結續頁換"
    "應該體檔彙種條項讓開當時為與無價對經濟長門東車馬題類學實現樣機關",
    "号周礼这个从录历帮单谢吗动态报闻内后两过里来间旧愿请问么给发查询寻会说还关于们谁绍联系简测试点赞厉棒总结续页换"
    "应该体档汇种条项让开当时为与无价对经济长门东车马题类学实现样机关",
)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_ORNAMENT = {"So", "Sk", "Mn", "Me"}
_LAST_MARKS = "!。.~,、;…:"
# WeChat writes its own emoticons as [微笑], [Smile] or /::).
_EMOTICON = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,10}\]|/:[^\s\u4e00-\u9fff]{1,8}")
_WITHOUT = re.compile(r"(?<!\S)(?:不要|不含|不包括|不看|除了|排除|去掉)(?=\S)")
_SPOKEN_START = re.compile(
    r"\s*(?:的|里的?|中的?|内的?|关于|有关|，|,|、|:|：)?\s*(?:关于|有关)?\s*"
)
_SPOKEN_END = re.compile(r"\s*(?:的|，|,|、)?\s*$")
# Only what says of itself that it is a date may stand beside words: 4.1 is a version as well.
_DATED = re.compile(
    "[年月日号天周季]|星期|礼拜|最近|近期|近来|近日|(?:19|20)[0-9]{2}[-/.]?[0-9]{2}[-/.]?[0-9]{2}"
)
_NUMERIC = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}")
_SHORTEST = 2  # characters of a word that stands right beside a date


def parse_query(text: str, today: date) -> Query:
    """A message as sent, understood; `today` is the day in Asia/Shanghai."""
    said = _visible(text)
    asked = _unadorned(plain(said)).strip(_LAST_MARKS + "?")
    if not _says_something(asked):
        return Query(Wish.HELP, said)
    if query := _named(said, asked, today) or _named(said, bare(asked), today):
        return query
    if is_impossible(asked, today):
        return Query(Wish.NO_DAY, said)
    return _dated_words(said, today) or Query(Wish.WORDS, said, words=searched(said))


def _named(said: str, asked: str, today: date) -> Query | None:
    if wish := wish_of(asked):
        return Query(wish, said)
    if chosen := number_of(asked):
        return Query(Wish.NUMBER, said, number=chosen)
    days = parse_days(asked, today)
    return Query(Wish.DAY, said, days) if days else None


def _unadorned(asked: str) -> str:
    """Without emoji and emoticons."""
    signs = _EMOTICON.sub("", asked)
    return "".join(sign for sign in signs if unicodedata.category(sign) not in _ORNAMENT)


def _says_something(asked: str) -> bool:
    """Anything but emoji, emoticons and punctuation."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in asked)


def _dated_words(said: str, today: date) -> Query | None:
    """Words with a date before or after them."""
    for dated, words in (*_led(said), *_trailed(said)):
        written = plain(dated)
        if days := parse_days(written, today):
            return Query(Wish.WORDS, said, days, searched(words))
        if is_impossible(written, today):
            return Query(Wish.NO_DAY, said)
    return None


def _led(said: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a date off the beginning, the longest first, and the words after it."""
    for end in range(min(LONGEST_DATE, len(said) - 1), 1, -1):
        dated, rest = said[:end].rstrip(), said[end:]
        words = _SPOKEN_START.sub("", rest, count=1)
        apart = words != rest or dated != said[:end]
        if _stands_apart(words, apart=apart) and (
            _DATED.search(plain(dated)) or (apart and _NUMERIC.fullmatch(plain(dated)))
        ):
            yield dated, words


def _trailed(said: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a date off the end."""
    for start in range(max(1, len(said) - LONGEST_DATE), len(said) - 1):
        rest, dated = said[:start], said[start:]
        words = _SPOKEN_END.sub("", rest, count=1)
        if _stands_apart(words, apart=words != rest) and _DATED.search(plain(dated)):
            yield dated, words


def _stands_apart(words: str, *, apart: bool) -> bool:
    asked = plain(words)
    return _says_something(_unadorned(asked)) and (apart or len(asked) >= _SHORTEST)


def searched(said: str) -> str:
    """The words as the archive reads them: `-词` is what is not wanted."""
    return _WITHOUT.sub("-", _EMOTICON.sub(" ", said)).strip() or said


def _visible(text: str) -> str:
    """The text in one line, without what nobody sees, at most a hundred characters of it."""
    line = re.sub(r"\s+", " ", text[: 10 * LONGEST])
    seen = "".join(sign for sign in line if unicodedata.category(sign) not in _UNSEEN)
    return seen.strip()[:LONGEST].rstrip()


def plain(text: str) -> str:
    """Half-width, lower case, simplified, without spaces: as commands and dates are written."""
    half_width = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)
    return re.sub(r"\s+", "", half_width)
