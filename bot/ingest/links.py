"""Text with links, as PDF and Word have it: what is shown, and where it leads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.ingest.block import Block
from bot.ingest.labels import is_references_label
from bot.ingest.sentence import are_two_words
from bot.ingest.text import read_line

_WEB = re.compile(r"https?://\S", re.IGNORECASE)
_ADDRESS_END = re.compile(r"(?:https?://|www\.)[!-~]{0,500}$")
_HYPHENATED = re.compile(r"[a-z]{2}-$")
# What may stand in an address is left; a bracket or a space would end the link in our notation.
_SAFE = "%/:=&?~#+!$,;'@*[]|"
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and the address they lead to, if they do."""

    text: str
    link: str = ""


def shown(pieces: Sequence[Piece]) -> str:
    """The words alone."""
    return "".join(piece.text for piece in pieces)


def on_the_web(link: str) -> str:
    """A link's address if it is one of the web; nothing for a place in the file, or a mail."""
    return link if _WEB.match(link) else ""


def with_links(pieces: Sequence[Piece]) -> str:
    """The words with their addresses, in the notation of Markdown."""
    return "".join(_with_link(piece) for piece in _united(pieces))


def _united(pieces: Sequence[Piece]) -> list[Piece]:
    united: list[Piece] = []
    for piece in pieces:
        if united and united[-1].link == piece.link:
            united[-1] = Piece(united[-1].text + piece.text, piece.link)
        else:
            united.append(piece)
    return united


def _with_link(piece: Piece) -> str:
    label = piece.text.strip()
    if (
        not on_the_web(piece.link)
        or not label
        or len(label) > _LONGEST_LABEL
        or set("[]") & set(label)
    ):
        return piece.text
    # Word and browsers complete `http://a.cn` to `http://a.cn/`; the author wrote the former.
    link = piece.link.removesuffix("/") if piece.link.endswith(f"{label}/") else piece.link
    return piece.text.replace(label, f"[{label}]({quote(link, safe=_SAFE)})", 1)


def lines_joined(lines: Sequence[Sequence[Piece]], *, hyphenated: bool) -> list[Piece]:
    """The lines of a paragraph as one: Chinese without a space, Latin with one, addresses whole.

    Where words are `hyphenated`, a hyphen at a line's end is none of the word's own.
    """
    whole: list[Piece] = []
    for line in lines:
        if whole and line:
            _join(whole, line[0], hyphenated=hyphenated)
        whole.extend(line)
    return whole


def _join(whole: list[Piece], piece: Piece, *, hyphenated: bool) -> None:
    last, first = whole[-1], piece.text[:1]
    if hyphenated and _HYPHENATED.search(last.text[-3:]) and first.islower() and first.isascii():
        whole[-1] = Piece(last.text[:-1], last.link)
    elif are_two_words(last.text, first) and not _within_address(last, piece):
        whole[-1] = Piece(last.text + " ", last.link)


def _within_address(last: Piece, piece: Piece) -> bool:
    if last.link or piece.link:
        return last.link == piece.link and " " not in last.text.strip()
    return bool(_ADDRESS_END.search(last.text[-500:]))


def blocks_with_links(blocks: Sequence[tuple[Block, Sequence[Piece]]]) -> list[Block]:
    """The blocks, with addresses where they are wanted: among the references."""
    titles = [at for at, (block, _) in enumerate(blocks) if is_references_label(block.text)]
    begin = titles[-1] if titles else len(blocks)
    return [
        _linked(block, pieces) if at > begin and any(piece.link for piece in pieces) else block
        for at, (block, pieces) in enumerate(blocks)
    ]


def _linked(block: Block, pieces: Sequence[Piece]) -> Block:
    line = read_line(with_links(pieces), block.place)
    return replace(block, text=line.text) if line else block
