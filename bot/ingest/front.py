"""The head of an issue: title, organisation, partners and date, each a line of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import IngestError
from bot.ingest.block import Block, span
from bot.ingest.day import day_in, find_day
from bot.ingest.sentence import ends_sentence

# A title has room on a cover, and a line that holds the date holds little else.
_TITLE_LENGTH = 40
_LINE_LENGTH = 60
# Editors look for the date at the top; so do we.
FRONT_BLOCKS = 30
_TITLE_WORDS = re.compile(
    r"动态|日报|周报|月报|简报|快报|早报|晚报|要闻|速递|参考|观察|资讯|通讯|每日|Daily|News"
)
_PARTNER_WORDS = re.compile(r"[&＆×]|、|\\|协办|合作|支持|联合|伙伴")
_ROLE = re.compile(
    r"(?:主办|承办|协办|编制|编写|编辑|出品|发布|合作|支持|技术支持|联合发布|主编)(?:单位|机构|方|伙伴)?\s?[:：]\s*"
)
_ISSUE_NUMBER = re.compile(
    r"[（(【]?(?:总?第\s?\S{1,8}\s?期|内部(?:资料|参考).{0,12}|(?:vol|no)\.?\s?\d+)[)）】]?", re.I
)
_AROUND_DAY = re.compile(
    r"^(?:发布|出版|报告)?(?:日期|时间)\s?[:：]\s*|[（(]?\s?(?:星期|周|礼拜)[一二三四五六日天]\s?[)）]?|[（(【\[]\s*[)）】\]]"
)
_TRIMMINGS = " \t\u3000|｜·•—–-_/,，、:：（(【[)）】]"


@dataclass(frozen=True, slots=True)
class Front:
    """What the head of an issue says."""

    title: str
    organisation: str
    partners: str
    date: date


def find_date_line(blocks: Sequence[Block], name: str) -> int:
    """The block that gives the issue's date; a line of its own rather than one with other words."""
    with_day = []
    for at, block in enumerate(blocks[:FRONT_BLOCKS]):
        if is_of_head(block) and (found := _read_day(block)):
            with_day.append((bool(without_day(found[1], found[2])), at))
    if with_day:
        return min(with_day)[1]
    raise no_date(blocks[:FRONT_BLOCKS], name)


def is_of_head(block: Block) -> bool:
    """Whether a line is short enough to be there for its date, and no sentence."""
    return len(block.text) <= _LINE_LENGTH and not block.apart and not ends_sentence(block.text)


def no_date(blocks: Sequence[Block], name: str) -> IngestError:
    """The error of an issue whose head, these blocks, does not give its day."""
    problem = "没有找到日期，应有一行形如“2026 年 6 月 13 日”"
    return IngestError(span(blocks), problem, _date_remedy(name))


def _date_remedy(name: str) -> str:
    found = day_in(name)
    if not found:
        return "请在标题下面补上日期"
    day = found[0]
    return f"文件名里的日期不作数，请在标题下面补上“{day.year} 年 {day.month} 月 {day.day} 日”"


def _read_day(block: Block) -> tuple[date, str, str] | None:
    try:
        return find_day(block.text)
    except ValueError as error:
        raise IngestError(block.place, f"日期“{error}”不存在", "请改成真实的日期") from error


def without_day(before: str, after: str) -> str:
    """What a line says besides the day: nothing, or the title or organisation beside it."""
    rest = " ".join(part for part in (before.strip(_TRIMMINGS), after.strip(_TRIMMINGS)) if part)
    return _AROUND_DAY.sub("", rest + ("：" if rest.endswith(("日期", "时间")) else "")).strip(
        _TRIMMINGS
    )


def read_front(blocks: Sequence[Block], date_at: int) -> Front:
    """Read the head from its blocks, one of which gives the date."""
    found = _read_day(blocks[date_at])
    assert found  # noqa: S101  find_date_line has seen it
    day, before, after = found
    date_at -= sum(block.apart for block in blocks[:date_at])
    lines = [block for block in blocks if not block.apart]
    title_at, title = _find_title(lines, date_at, without_day(before, after))
    rest = [
        words
        for at, block in enumerate(lines)
        if at not in {title_at, date_at} and (words := block.text.strip(_TRIMMINGS))
        if not _ISSUE_NUMBER.fullmatch(words) and words != title
    ]
    return Front(title, *_read_names(rest), day)


def _bare(title: str) -> str:
    """`每日动态` where it is written `《每日动态》`."""
    title = title.strip()
    whole = title.startswith("《") and title.find("》") == len(title) - 1
    return title[1:-1].strip() if whole else title


def _find_title(blocks: Sequence[Block], date_at: int, beside_day: str) -> tuple[int, str]:
    """The title: the only `#`, or the line set as one, or that sounds like one, or else the first."""
    sole = [(at, _bare(block.text)) for at, block in enumerate(blocks) if block.level == 1]
    if len(sole) == 1 and sole[0][0] != date_at:
        return sole[0]
    titles = [
        (not (block.level or block.bold), not _TITLE_WORDS.search(words), at, words)
        for at, block in enumerate(blocks)
        if (words := beside_day if at == date_at else _bare(block.text))
        if len(words) <= _TITLE_LENGTH
        and not ends_sentence(words)
        and not _ISSUE_NUMBER.fullmatch(words)
    ]
    if not titles:
        raise IngestError(
            blocks[0].place,
            "没有找到标题，第一行应是刊名，形如“新质生产力每日动态”",
            "请在日期上面补上刊名",
        )
    *_, at, words = min(titles)
    return at, words


def _read_names(lines: Sequence[str]) -> tuple[str, str]:
    """Organisation and partners, told apart by their order and by what joins partners: & 、 ×."""
    plain = [line for line in lines if not _PARTNER_WORDS.search(line)]
    several = [line for line in lines if _PARTNER_WORDS.search(line)]
    organisation = plain[0] if plain else ""
    partners = [*several, *plain[1:]]
    names = [_ROLE.sub("", line, count=1) for line in (organisation, *partners)]
    return names[0], " ".join(names[1:])
