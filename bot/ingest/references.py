"""The end of an issue: the list of references, and the last page, which is no part of the issue."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ingest.block import Block
from bot.ingest.labels import opens_ending
from bot.ingest.number import read_mark
from bot.ingest.reference import lone_address, read_reference, without_number
from bot.ingest.sentence import ends_sentence, joined
from bot.model import Reference
from bot.shape import Listing, Prose, Quote, Runs, words_of

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
        text, has_number = without_number(_cited(block))
        starts = has_number or (block.bullet and not block.goes_on)
        if opens_ending(block.text) and not (starts and numbered):
            return drafts, at
        alone = has_number or (block.bullet and text.startswith("["))
        if (address := lone_address(text)) and not alone:
            _add_address(drafts, address)
        elif starts or not drafts:
            numbered = numbered or starts
            stopped = stopped and (not drafts or drafts[-1].complete)
            drafts.append(_Draft([text]))
        elif not numbered and _is_reference(text):
            drafts.append(_Draft([text]))
        elif block.goes_on or at < last_start or _goes_on(drafts[-1], block, stopped=stopped):
            drafts[-1].pieces.append(text)
        else:
            return drafts, at
    return drafts, len(blocks)


def _cited(block: Block) -> str:
    """A line of the list as it is written, with the addresses that its words lead to."""
    match block.shape:
        case Prose(runs):
            return _linked(block.text, runs)
        case Listing((item, *_)):
            return _linked(block.text, item.runs)
        case Quote((runs, *_)):
            return _linked(block.text, runs)
    return block.text


def _linked(text: str, runs: Runs) -> str:
    linked = (f"[{run.text}]({run.link})" if run.link else run.text for run in runs)
    return text.replace(words_of(runs), "".join(linked), 1)


def _starts(block: Block) -> bool:
    return without_number(block.text)[1] or (block.bullet and not block.goes_on)


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


def ending_at(body: Sequence[Block]) -> int:
    """Where the last page begins in a body without references: after the last numbered line.

    A caption may stand before the words that show it.
    """
    titles = [at for at, block in enumerate(body) if block.level]
    closing = next((at for at in titles if opens_ending(body[at].text)), len(body))
    marked = (at for at, each in enumerate(body) if read_mark(each.text) or each.level > 0)
    last = max((at for at in marked if at < closing or read_mark(body[at].text)), default=0)
    tail = range(last + 1, len(body))
    at = next((at for at in tail if opens_ending(body[at].text)), len(body))
    while last + 2 < at < len(body) and _is_caption(body[at - 1], body[at - 2]):
        at -= 1
    return at


def _is_caption(block: Block, above: Block) -> bool:
    short = len(block.text) <= _CAPTION_LENGTH and not ends_sentence(block.text)
    short = short and not block.framed and not block.level
    return short and block.gap and ends_sentence(above.text)
