"""Where a Chinese sentence ends, and how its halves are put together again."""

_STOPS = "。！？!?…"
_CLOSERS = "”’」』》】\"'*"
_BRACKETS = {"）": "（", ")": "(", "]": "[", "】": "【"}
# Programs put them between letters: a place where a line may be broken, a mark of the byte order.
INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")
# A note in brackets after the last stop, "……。（新华社）", is looked for this far back.
_NOTE_LENGTH = 60


def ends_sentence(text: str) -> bool:
    """Whether a paragraph may end here: a stop, a colon before a list, or a note after a stop."""
    words = text[-_NOTE_LENGTH:].rstrip().rstrip(_CLOSERS)
    if not words:
        return False
    if opener := _BRACKETS.get(words[-1]):
        note_at = words.rfind(opener)
        inside = words[:-1].rstrip(_CLOSERS)[-1:]
        before = words[:note_at].rstrip().rstrip(_CLOSERS) if note_at > 0 else ""
        return before[-1:] in tuple(_STOPS) or inside in tuple(_STOPS)
    if words[-1] == ".":
        return words[-2:-1].isascii() and words[-2:-1].isalpha()
    return words[-1] in _STOPS or words[-1] in "：:"


def stops(text: str) -> bool:
    """Whether a sentence ends here, and announces no list."""
    return ends_sentence(text) and not text.endswith(("：", ":"))


def joined(pieces: list[str]) -> str:
    """The pieces of one paragraph in one line: Chinese without a space, Latin with one."""
    parts: list[str] = []
    for piece in pieces:
        if parts and are_two_words(parts[-1], piece[:1]):
            parts.append(" ")
        parts.append(piece)
    return "".join(parts)


def are_two_words(text: str, first: str) -> bool:
    """Whether a space stood between two pieces: not within 2026-06, 4.6, high-tech or a bracket."""
    last = text[-1:]
    if not last.isascii() or not first.isascii():
        return False
    if first.isdigit() and (last.isdigit() or (last in ".," and text[-2:-1].isdigit())):
        return False
    return last not in "-/([*" and first not in "-/)],.;:%*"
