"""What was found in, what the follower reads out. Every text keeps within the platform's limits."""

from collections.abc import Sequence
from datetime import date

from bot.delivery import Entry
from bot.dialogue import Card, Hit, Query, Reply, Wish

# The platform gives no figure; texts above about 2,048 bytes are reported to fail.
TEXT_BYTES = 1800
LISTED = 5  # issues in one answer; more than a screenful is not read
SIMILAR = 3  # search steps from here on found something alike, not the words themselves
DESCRIPTION = 100  # characters of a card that a phone shows


def reply_with_newest(newest: Entry | None, newsletter: str) -> Reply:
    """The newest issue as a card."""
    if newest is None:
        return Reply("none", f"《{newsletter}》还没有发布过。请过几天再来看看")
    return _entry_card(newest)


def reply_with_days(
    query: Query, entries: Sequence[Entry], nearest: Entry | None, newsletter: str
) -> Reply:
    """The issues of a day or of some days; where there is none, the nearest."""
    if len(entries) == 1:
        return _entry_card(entries[0])
    if entries:
        return _listed(f"{_days(query)}共 {len(entries)} 期：", entries)
    if nearest is None:
        return reply_with_newest(None, newsletter)
    return Reply(
        "none",
        f"{_days(query)}没有找到已发布的内容。\n\n离得最近的一期：\n{_line(nearest)}\n\n也可以发“最新”或一个关键词",
    )


def reply_with_contents(entries: Sequence[Entry], newsletter: str) -> Reply:
    """The newest issues as a list."""
    if not entries:
        return reply_with_newest(None, newsletter)
    return _listed("最近几期：", entries, "\n\n发日期（如 6月9日）或关键词，可以查找更早的内容")


def reply_with_hits(query: Query, hits: Sequence[Hit], newest: Entry | None) -> Reply:
    """The issues that say the words; where none does, that, and where to go on."""
    if not hits:
        return _nothing(query, newest)
    room = TEXT_BYTES - len(_opening(query, hits, LISTED).encode())
    blocks = _fitting([_hit_block(hit) for hit in hits[:LISTED]], room)
    text = "\n".join([_opening(query, hits, len(blocks)), *blocks])
    return Reply("text", text.rstrip(), hits=tuple(hits))


def reply_with_help(newsletter: str, newest: Entry | None) -> Reply:
    """What can be asked."""
    lines = [
        f"这里是《{newsletter}》。可以这样问：",
        "",
        "· 最新：看最近一期",
        "· 6月9日、昨天、上周五：看那天的一期",
        "· 数据要素、5G基站：找写到它的各期",
        "· 目录：最近几期的列表",
    ]
    if newest:
        lines += ["", f"最近一期：\n{_line(newest)}"]
    return Reply("help", "\n".join(lines))


def reply_to_newcomer(newsletter: str, newest: Entry | None) -> Reply:
    """The greeting of a new follower."""
    return Reply("text", f"谢谢关注！\n\n{reply_with_help(newsletter, newest).text}")


def reply_to_picture(newsletter: str) -> Reply:
    """A hint for what we cannot read: pictures, places, videos."""
    return Reply("help", f"暂时只看得懂文字。发“最新”看最近一期《{newsletter}》，或发一个关键词")


def _nothing(query: Query, newest: Entry | None) -> Reply:
    text = f"没有找到与“{_said(query)}”有关的内容。换个说法，或只发一个词试试"
    if newest:
        text += f"\n\n最近一期：\n{_line(newest)}"
    return Reply("none", text)


def _opening(query: Query, hits: Sequence[Hit], shown: int) -> str:
    if hits[0].step >= SIMILAR:
        return f"没有完全一致的内容，以下是与“{_said(query)}”相近的结果："
    more = f"，先看最相关的 {shown} 期" if shown < len(hits) else ""
    return f"“{_said(query)}”，找到 {len(hits)} 期{more}："


def _said(query: Query) -> str:
    return _plain(_short(query.text.strip('“”"'), 30))


def _hit_block(hit: Hit) -> str:
    sentence = _plain(hit.sentence.rstrip("；，"))
    return f"\n{_linked(hit.section, hit.url)}\n{_day(hit.day)}｜{sentence}"


def _fitting(blocks: Sequence[str], room: int) -> list[str]:
    """As many of the blocks, from the first, as fit into `room` bytes with a line break each."""
    fitting = []
    for block in blocks:
        room -= len(block.encode()) + 1
        if room < 0:
            break
        fitting.append(block)
    return fitting


def _entry_card(entry: Entry) -> Reply:
    hit = Hit(entry.issue_id, entry.day, entry.name, entry.headline, "", entry.url)
    description = _short(entry.headline, DESCRIPTION)
    text = f"{entry.name}\n{description}\n{entry.url}"
    card = Card(entry.name, description, entry.cover_url, entry.url) if entry.url else None
    return Reply("news" if card else "text", text, card, (hit,))


def _listed(opening: str, entries: Sequence[Entry], closing: str = "") -> Reply:
    room = TEXT_BYTES - len((opening + closing).encode())
    blocks = _fitting([f"\n{_line(entry)}" for entry in entries[:LISTED]], room)
    hits = tuple(Hit(e.issue_id, e.day, e.name, e.headline, "", e.url) for e in entries)
    return Reply("text", "\n".join([opening, *blocks]) + closing, hits=hits)


def _line(entry: Entry) -> str:
    return f"{_day(entry.day)}｜{_linked(_short(entry.headline, 60), entry.url)}"


def _linked(label: str, url: str) -> str:
    address = url.replace('"', "%22")
    return f'<a href="{address}">{_plain(label)}</a>' if url else _plain(label)


def _plain(text: str) -> str:
    # A phone reads <a …> in a text as a link and shows &lt; as it stands, so the sign is replaced.
    return text.replace("<", "＜").replace(">", "＞")


def _days(query: Query) -> str:
    assert query.wish is Wish.DAY and query.days  # noqa: S101, PT018 - what a day's query is
    first, last = query.days
    return _day(first) if first == last else f"{_day(first)}至{_day(last)}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
