"""The Markdown that is understood: CommonMark with tables, struck words and footnotes.

Three things differ, because editors of Chinese write so: bold may stand next to any punctuation, a
heading needs no space after its `#`s, and a footnote may be cited that nobody has written yet.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote import footnote_plugin

# Nobody nests deeper on purpose; the parser calls itself for each level.
_DEEPEST = 40
# A line has a thousand characters, and a few links. In a longer one all signs are taken as they
# stand: each bracket may begin a link, and ten thousand of them would take a minute.
_LONGEST_LINE, _MOST_BRACKETS, _MOST_OPEN = 8_000, 100, 10
_CITED = re.compile(r"\[\^([^\s\[\]^]{1,60})\]")
_ENTITY = re.compile(r"&#x([\da-f]{1,6});")
_LOOSE_HEADING = re.compile(r"(?:#{1,6}|＃{1,6})(?![#＃])[ \t\u3000]*(\S.*)")
_TOPIC = re.compile(r"#[^#\s]{1,40}#")
_TITLE_LENGTH = 120
# A picture within the text is longer than the text; while this is read, a number stands for it.
_DATA = re.compile(r"data:[\w/+.;=-]{1,80},[\w+/=%-]{200,}")
_DATA_MARK = re.compile("data:\ue000([0-9]{1,6})\ue001")
_STAR = ord("*")


def read_tokens(text: str, *, exact: bool = False) -> list[Token]:
    """The blocks of a text, each with its words.

    `exact`: as in canonical Markdown, `#标题` is no heading and `&#x7;` is any character.
    """
    data = dict(enumerate(_DATA.findall(text)))
    numbers = iter(data)
    tokens = _parser(exact).parse(_DATA.sub(lambda _: f"data:\ue000{next(numbers)}\ue001", text))
    if data:
        _put_back(tokens, data)
    return tokens


def read_inline(text: str) -> list[Token]:
    """The words of some lines."""
    (block,) = _parser(False).parseInline(text)
    return block.children or []


@cache
def _parser(exact: bool) -> MarkdownIt:
    parser = _Markdown("commonmark")
    parser.inline = _Inline()
    parser.configure("commonmark", {"maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"])
    footnote_plugin(parser, inline=False, move_to_end=False)
    parser.inline.ruler.at("footnote_ref", _cite)
    parser.inline.ruler2.after("balance_pairs", "loose_bold", _pair_loose)
    if exact:
        parser.inline.ruler.at("entity", _entity)
    else:
        ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
        parser.block.ruler.before("heading", "loose_heading", _loose_heading, ends)
        parser.inline.ruler.before("escape", "dollar", _dollar)
    return parser


class _Markdown(MarkdownIt):
    """Addresses are kept as they were written; where one may lead is decided in `runs`."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url


def _put_back(tokens: Iterable[Token], data: dict[int, str]) -> None:
    def whole(words: str) -> str:
        return _DATA_MARK.sub(lambda mark: data.get(int(mark[1]), mark[0]), words)

    for token in tokens:
        token.content = whole(token.content)
        for name, value in token.attrs.items():
            token.attrs[name] = whole(value) if isinstance(value, str) else value
        _put_back(token.children or (), data)


class _Inline(ParserInline):
    """Words line by line where there are very many; and bold as Chinese needs it."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if _is_moderate(src):
            return self._parse(src, md, env, tokens)
        for at, line in enumerate(src.split("\n")):
            if at:
                tokens.append(Token("softbreak", "br", 0))
            if _is_moderate(line):
                tokens += self._parse(line, md, env, [])
            else:
                tokens.append(Token("text", "", 0, content=line))
        return tokens

    def _parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_moderate(words: str) -> bool:
    opened = words.count("[")
    closed = opened - words.count("]") <= _MOST_OPEN
    return len(words) <= _LONGEST_LINE and opened <= _MOST_BRACKETS and closed


class _State(StateInline):
    """CommonMark asks for a space between `。**` and the next word, which Chinese does not write.

    For `**` and `~~` only white space decides; for one star, punctuation as wide as a Chinese
    character counts as one.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        scanned = super().scanDelims(start, canSplitWord)
        if self.src[start] == "_":
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else ""
        after = self.src[end] if end < self.posMax else ""
        if scanned.length > 1:
            opens = bool(after) and (not after.isspace() or not before)
            closes = bool(before) and (not before.isspace() or not after)
            return Scanned(opens, closes, scanned.length)
        return Scanned(
            scanned.can_open or (_is_wide(after) or (_is_wide(before) and not _is_blank(after))),
            scanned.can_close or (_is_wide(before) or (_is_wide(after) and not _is_blank(before))),
            scanned.length,
        )


def _is_wide(letter: str) -> bool:
    return bool(letter) and unicodedata.east_asian_width(letter) in "WF" and not letter.isspace()


def _is_blank(letter: str) -> bool:
    return not letter or letter.isspace()


def _pair_loose(state: StateInline) -> None:
    """`词** 粗体 **词`: what is left over of `**` belongs together two by two."""
    if "**" not in state.src:
        return
    for delimiters in (
        state.delimiters,
        *(meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta),
    ):
        loose = list(_loose(delimiters))
        for first, last in zip(loose[::2], loose[1::2], strict=False):
            delimiters[first + 1].end, delimiters[first].end = last, last + 1


def _loose(delimiters: list[Delimiter]) -> Iterator[int]:
    """Where two stars stand that have found no others, and not alone between spaces."""
    taken = {each.end for each in delimiters if each.end >= 0}
    free = [
        each.marker == _STAR and each.length > 1 and each.end < 0 and at not in taken
        and (each.open or each.close)
        for at, each in enumerate(delimiters)
    ]  # fmt: skip
    at = 0
    while at + 1 < len(free):
        pair = free[at] and free[at + 1]
        pair = pair and delimiters[at].token + 1 == delimiters[at + 1].token
        if pair:
            yield at
        at += 2 if pair else 1


def _cite(state: StateInline, silent: bool) -> bool:
    """`[^1]`, whether there is such a footnote or not."""
    found = _CITED.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _entity(state: StateInline, silent: bool) -> bool:
    """`&#x7;`, as `bot.ingest.markdown` writes what cannot be seen; nothing else is one there."""
    found = _ENTITY.match(state.src, state.pos, state.posMax)
    code = int(found[1], 16) if found else 0
    if not found or code > 0x10FFFF or unicodedata.category(chr(code)) == "Cs":
        return False
    if not silent:
        state.push("text_special", "", 0).content = chr(code)
    state.pos = found.end()
    return True


def _dollar(state: StateInline, silent: bool) -> bool:
    """A backslash before a `$` stays: a `$` marks nothing here, and words are kept as written."""
    if not state.src.startswith("\\$", state.pos):
        return False
    if not silent:
        state.append_pending("\\$")
    state.pos += 2
    return True


def _loose_heading(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: ARG001, N803
    """`##标题` and `＃标题`; but `#话题#` is a topic."""
    line = state.src[state.bMarks[startLine] + state.tShift[startLine] : state.eMarks[startLine]]
    if line[:1] not in ("#", "＃") or state.is_code_block(startLine) or len(line) > _TITLE_LENGTH:
        return False
    found = _LOOSE_HEADING.fullmatch(line)
    if not found or _TOPIC.match(line) or line.endswith("。"):
        return False
    if not silent:
        state.line = startLine + 1
        level = f"h{len(line) - len(line.lstrip(line[0]))}"
        state.push("heading_open", level, 1).map = [startLine, state.line]
        words = state.push("inline", "", 0)
        words.content, words.map = found[1].rstrip(" \t\u3000#＃"), [startLine, state.line]
        words.children = []
        state.push("heading_close", level, -1)
    return True
