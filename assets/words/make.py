"""Makes fold.txt: what each character becomes before it is indexed or looked for.

    python assets/words/make.py TSCharacters.txt > assets/words/fold.txt

TSCharacters.txt is OpenCC's table of traditional characters, for instance out of the package
opencc-python-reimplemented. Three things are folded, always one character to one character, so
that a position in folded text is the same position in the text as written: compatibility forms
(NFKC: full-width letters, circled digits, unusual spaces), upper case and the accents of Latin
letters, and traditional characters.
"""

import sys
import unicodedata
from pathlib import Path

SURROGATES = range(0xD800, 0xE000)


def traditional(table: Path) -> dict[str, str]:
    """Each traditional character's first simplified one."""
    rows = (line.split() for line in table.read_text("utf-8").splitlines() if line.strip())
    return {row[0]: row[1] for row in rows if len(row[0]) == len(row[1]) == 1}


def without_accent(character: str) -> str:
    """`é` is `e`; kana and Hangul, which also come apart, stay whole."""
    base, *marks = unicodedata.normalize("NFKD", character)
    bare = base.isascii() and base.isalpha() and all(map(unicodedata.combining, marks))
    return base if bare else character


def folded(character: str, simplified: dict[str, str]) -> str:
    """The character after all three foldings; itself where a folding would change the length."""
    for change in (
        lambda one: unicodedata.normalize("NFKC", one),
        str.lower,
        without_accent,
        lambda one: simplified.get(one, one),
    ):
        changed = change(character)
        character = changed if len(changed) == 1 else character
    return character


def settled(character: str, simplified: dict[str, str]) -> str:
    """Folded until nothing changes, so that folding twice is folding once."""
    while (after := folded(character, simplified)) != character:
        character = after
    return character


def main() -> None:
    """Write the two lines to standard output."""
    simplified = traditional(Path(sys.argv[1]))
    every = (chr(number) for number in range(sys.maxunicode + 1) if number not in SURROGATES)
    pairs = [(one, settled(one, simplified)) for one in every]
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    text = "".join("".join(line) + "\n" for line in zip(*changed, strict=True))
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
