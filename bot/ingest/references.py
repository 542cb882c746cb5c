"""The end of an issue: the list of references, and the last page, which is no part of the issue."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ingest.block import Block
from bot.ingest.labels import opens_ending
from bot.ingest.number import read_mark
from bot.ingest.reference import lone_address, read_reference, without_number
from bot.ingest.sentence import ends_sentence, joined
from bot.model import Reference

_CAPTION_LENGTH = 25


@dataclass(slots=True)
class _Draft:
    pieces: list[str] = field(default_factory=list)
    address: str = ""

    @property
    def complete(self) -> bool:
        return ends_sentence(self.pieces[-1])

    def reference(self) -> Reference:
        return read_reference(" ".join(joined(self.pieces).split("\t")), self.address)


def read_references(blocks: Sequence[Block]) -> tuple[Reference, ...]:
    """Read the list up to where the last page begins, which need not have a title."""
    return tuple(draft.reference() for draft in _read_drafts(blocks)[0])


def references_length(blocks: Sequence[Block]) -> int:
    """How many of the blocks after the title 参考文献 are references; the others are the last page."""
    return _read_drafts(blocks)[1]


def _read_drafts(blocks: Sequence[Block]) -> tuple[list[_Draft], int]:
    drafts: list[_Draft] = []
    numbered = False
    stopped = True
    last_start = max((at for at, block in enumerate(blocks) if _starts(block)), default=-1)
    for at, block in enumerate(blocks):
        text, has_number = without_number(block.text)
        starts = has_number or block.bullet
        if opens_ending(block.text) and not (starts and numbered):
            return drafts, at
        if address := lone_address(text):
            _add_address(drafts, address)
        elif starts or not drafts:
            numbered = numbered or starts
            stopped = stopped and (not drafts or drafts[-1].complete)
            drafts.append(_Draft([text]))
        elif not numbered and _is_reference(text):
            drafts.append(_Draft([text]))
        elif at < last_start or _goes_on(drafts[-1], block, stopped=stopped):
            drafts[-1].pieces.append(text)
        else:
            return drafts, at
    return drafts, len(blocks)


def _starts(block: Block) -> bool:
    return block.bullet or without_number(block.text)[1]


def _add_address(drafts: list[_Draft], address: str) -> None:
    if not drafts:
        drafts.append(_Draft([address]))
    drafts[-1].address = drafts[-1].address or address


def _goes_on(last: _Draft, block: Block, *, stopped: bool) -> bool:
    """Whether an unnumbered line is the rest of a reference.

    After an empty line it is one only where references end in a stop and the last has none yet.
    """
    if block.marked:
        return False
    return not block.gap or (stopped and not last.complete)


def _is_reference(text: str) -> bool:
    reference = read_reference(text)
    return bool(reference.source and (reference.date or reference.title))


def ending_at(blocks: Sequence[Block]) -> int:
    """Where the last page begins in a body without references: after the last numbered line.

    A caption may stand before the words that show it.
    """
    numbered = max((at for at, block in enumerate(blocks) if read_mark(block.text)), default=0)
    tail = range(numbered + 1, len(blocks))
    at = next((at for at in tail if opens_ending(blocks[at].text)), len(blocks))
    while numbered + 2 < at < len(blocks) and _is_caption(blocks[at - 1], blocks[at - 2]):
        at -= 1
    return at


def _is_caption(block: Block, above: Block) -> bool:
    short = len(block.text) <= _CAPTION_LENGTH and not ends_sentence(block.text)
    return short and block.gap and ends_sentence(above.text)
