"""The pieces that a text to a follower is made of. Nothing in a piece can become markup by itself."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

# The platform gives no figure; texts above about 2,048 bytes are reported to fail.
TEXT_BYTES = 1800
# A tap on such a link sends its words, as if the follower had typed them.
_TAPPED = "weixin://bizmsgmenu?msgmenucontent={words}&msgmenuid=1"
_WORD = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{2,}")


def plain(text: str) -> str:
    """As it is read: a phone takes <a …> for a link and shows &lt; as it stands."""
    return text.replace("<", "＜").replace(">", "＞")


def short(text: str, length: int) -> str:
    """At most so many characters."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def cut(text: str, most: int) -> str:
    """At most so many bytes."""
    return (
        text
        if size(text) <= most
        else text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
    )


def linked(label: str, url: str) -> str:
    """A label that leads somewhere; just the label where there is no address."""
    address = quote(url, safe="!#$%&'()*+,/:;=?@[]~")
    return f'<a href="{address}">{plain(label)}</a>' if url else plain(label)


def tapped(words: str) -> str:
    """Words that are sent by a tap."""
    kept = re.sub(r"[\"<>&?#=\s]", "", words)
    return f'<a href="{_TAPPED.format(words=kept)}">{plain(words)}</a>'


def marked(sentence: str, words: str) -> str:
    """The sentence with the words found in it, the first time each, between 【 and 】."""
    for word in dict.fromkeys(_WORD.findall(words)):
        found = re.search(re.escape(word), sentence, re.IGNORECASE)
        if found and "【" not in sentence[max(0, found.start() - 20) : found.end()]:
            sentence = f"{sentence[: found.start()]}【{found[0]}】{sentence[found.end() :]}"
    return sentence


def fitting(blocks: Iterable[Sequence[str]], room: int) -> list[str]:
    """As many blocks, from the first, as fit into `room` bytes with a line break each.

    Of each the first wording that fits is taken; a shorter one may follow a longer.
    """
    taken: list[str] = []
    for wordings in blocks:
        block = next((each for each in wordings if size(each) < room), None)
        if block is None:
            break
        room -= size(block) + 1
        taken.append(block)
    return taken


def size(text: str) -> int:
    """In bytes; half a character counts as one that is whole."""
    return len(text.encode("utf-8", "replace"))


def day_name(day: date, today: date) -> str:
    """`6月13日`, with its year where that is not this one."""
    year = f"{day.year}年" if day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日"


def days_name(days: tuple[date, date], today: date) -> str:
    """One day, or from the first to the last."""
    first, last = days
    if first == last:
        return day_name(first, today)
    # The year once, where both are of the same.
    return (
        f"{day_name(first, today)}至{day_name(last, first if first.year == last.year else today)}"
    )
