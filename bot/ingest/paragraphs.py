"""Blocks in, paragraphs out: their words, and the shapes of those that say more than words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.ingest.block import Block
from bot.ingest.number import read_mark
from bot.ingest.prose import appended, prose
from bot.ingest.sentence import ends_sentence, joined
from bot.ingest.wrap import unwrapped
from bot.model import Shapes
from bot.shape import Item, Listing, Prose, Quote, Run, Runs, Shape, said_by

# The heading of a passage within a sub-section, which nothing else shows.
_TITLE_LENGTH = 20
_SMALL_MARK = re.compile(
    r"(?:\d{1,2}[.．]){2}\d{1,2}[\s、.．]*\D|\d{1,2}[、.．)）]\s?\D|[（(]\d|[①-⑳]"
)
# Below a quotation they stand before its author.
_DASHES = ("—", "–", "--")
_LIST_STARTS = (*(f"{numeral}是" for numeral in "一二三四五六七八"), "其一", "其二", "其三")


@dataclass(frozen=True, slots=True)
class Passages:
    """Paragraphs, and for each its shape or null; no shapes at all where there is none."""

    paragraphs: tuple[str, ...]
    shapes: Shapes


def read_passages(blocks: Sequence[Block], *, whole: bool = False) -> Passages:
    """Put paragraphs together again: one that does not end its sentence goes on in the next block.

    `whole` paragraphs are not cut by pages, so that an empty line ends one.
    """
    return _told_apart([_passage(pieces, whole=whole) for pieces in grouped(blocks, whole=whole)])


def grouped(blocks: Sequence[Block], *, whole: bool = False) -> list[list[Block]]:
    """The blocks that each paragraph is made of."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and _goes_on(groups, block, whole=whole):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def rewrapped(lines: Sequence[Block]) -> list[Block]:
    """Lines that a fixed width has broken, put together again with the marks in them."""
    kept = unwrapped([replace(line, place=str(at)) for at, line in enumerate(lines)])
    starts = [*(int(block.place) for block in kept), len(lines)]
    blocks: list[Block] = []
    for whole, (start, end) in zip(kept, pairwise(starts), strict=True):
        pieces = lines[start:end]
        if len(pieces) == 1 or any(piece.framed or piece.follows for piece in pieces):
            blocks += pieces
        else:
            shape = Prose(_one_run(pieces)) if any(piece.shape for piece in pieces) else None
            blocks.append(replace(whole, place=pieces[0].place, shape=shape))
    return blocks


def _told_apart(passages: Sequence[tuple[str, Shape | None]]) -> Passages:
    shapes = tuple(shape for _, shape in passages)
    return Passages(tuple(words for words, _ in passages), shapes if any(shapes) else ())


def _goes_on(groups: Sequence[Sequence[Block]], block: Block, *, whole: bool) -> bool:
    """Whether a block is the rest of the last paragraph, which a page's or line's end has cut."""
    first, last = groups[-1][0], groups[-1][-1]
    if block.follows and first.framed and not first.apart:
        return not isinstance(block.shape, Listing | Quote) or type(first.shape) is type(
            block.shape
        )
    if first.framed or block.framed or (whole and block.gap):
        return False
    if block.broken and not (last.level or block.level):
        return True
    if _is_shown(last) or _is_shown(block) or ends_sentence(last.text) or _is_item(block):
        return False
    if last.text.endswith(("；", ";")) and block.text.startswith(_LIST_STARTS):
        return False
    # Two items without a stop are a list that has none; what follows it is no rest of the last.
    bare = len(groups) > 1 and all(_is_bare_item(pieces) for pieces in groups[-2:])
    return not bare and not (last is first and _is_small_title(last, block))


def _is_small_title(line: Block, block: Block) -> bool:
    """Whether a short numbered line stands by itself above a paragraph, `1. 背景` or `1.1.1 背景`."""
    apart = line.gap and block.gap and len(line.text) <= _TITLE_LENGTH < len(block.text)
    return apart and line.text[-1].isalnum() and bool(_SMALL_MARK.match(line.text))


def _is_shown(block: Block) -> bool:
    """Whether a line is set apart as a whole, as headings are."""
    bold = isinstance(block.shape, Prose) and all(run.bold for run in block.shape.runs)
    return bool(block.level) or block.bold or bold


def _is_item(block: Block) -> bool:
    mark = read_mark(block.text)
    return block.bullet or (mark is not None and mark.listed)


def _is_bare_item(pieces: Sequence[Block]) -> bool:
    only = len(pieces) == 1 and not pieces[0].framed
    return only and _is_item(pieces[0]) and not ends_sentence(pieces[0].text)


def _passage(pieces: Sequence[Block], *, whole: bool) -> tuple[str, Shape | None]:
    shape = _shape(pieces)
    if shape:
        return said_by(shape), shape
    words = joined([piece.text for piece in pieces])
    return words if whole else words.replace("\t", " "), None


def _shape(pieces: Sequence[Block]) -> Shape | None:
    first = pieces[0]
    match first.shape:
        case Listing():
            return _listing(pieces)
        case Quote():
            return _quote(pieces)
        case Prose() | None:
            plain = not any(piece.shape or piece.broken or piece.level for piece in pieces)
            return None if plain else Prose(_one_run(pieces))
    return first.shape


def _one_run(pieces: Sequence[Block]) -> Runs:
    runs: Runs = ()
    for piece in pieces:
        runs = appended(runs, runs_of(piece), broken=piece.broken)
    return runs


def runs_of(block: Block) -> Runs:
    """A block's words as they are set; a heading that opens no section is bold."""
    runs = block.shape.runs if isinstance(block.shape, Prose) else (Run(block.text),)
    return tuple(replace(run, bold=True) for run in runs) if block.level else runs


def _listing(pieces: Sequence[Block]) -> Shape | None:
    items: list[Item] = []
    for piece in pieces:
        if isinstance(piece.shape, Listing):
            items += piece.shape.items
        else:
            runs = appended(items[-1].runs, runs_of(piece), broken=piece.broken)
            items[-1] = replace(items[-1], runs=runs)
    if all(item.goes_on for item in items):
        return prose(tuple(run for item in items for run in item.runs))
    return Listing(tuple(_from_outermost(items)))


def _from_outermost(items: Sequence[Item]) -> list[Item]:
    """The items of a list that something else has cut in two: it begins anew, at its outermost."""
    depth = -1
    kept: list[Item] = []
    outermost = min(item.depth for item in items)
    for item in items:
        goes_on = item.goes_on and bool(kept)
        depth = min(item.depth - outermost, depth if goes_on else depth + 1)
        kept.append(replace(item, depth=depth, goes_on=goes_on))
    return kept


def _is_quoted_item(piece: Block) -> bool:
    """Whether a line of a quotation opens an item of a list in it."""
    return piece.text.startswith("• ") or _is_item(piece)


def _quote(pieces: Sequence[Block]) -> Quote:
    paragraphs: list[Runs] = []
    for at, piece in enumerate(pieces):
        runs = piece.shape.paragraphs[0] if isinstance(piece.shape, Quote) else runs_of(piece)
        ended = ends_sentence(pieces[at - 1].text) or piece.text.startswith(_DASHES)
        goes_on = piece.broken or not (ended or _is_quoted_item(piece))
        if at and not piece.gap and goes_on:
            paragraphs[-1] = appended(paragraphs[-1], runs, broken=piece.broken)
        else:
            paragraphs.append(runs)
    return Quote(tuple(paragraphs))
