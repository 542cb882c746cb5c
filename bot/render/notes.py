"""The notes at an article's end: where links led to, and what footnotes said. One address, one note."""

from collections.abc import Sequence

from bot.model import Reference


class Notes:
    """Counts on after the references; an address that a reference gives already is that reference."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._numbers = {
            plain_address(each.url): number
            for number, each in reversed(list(enumerate(references, 1)))
            if each.url
        }
        self._after = len(references)
        self.lines: list[tuple[int, str]] = []

    def number(self, text: str) -> int:
        """The number of the note that says `text`."""
        if text not in self._numbers:
            self.lines.append((self._after + len(self.lines) + 1, text))
            self._numbers[text] = self.lines[-1][0]
        return self._numbers[text]


def plain_address(url: str) -> str:
    """An address as it is read: links do not survive in drafts."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
