"""Cut the fonts of covers and footers out of Noto Sans CJK SC.

Only needed when the set of characters changes; the results are kept in the repository.

    apt-get install fonts-noto-cjk && pip install fonttools
    python assets/fonts/subset.py [FOLDER OF NotoSansCJK-*.ttc]

The same collection and the same fontTools give the same bytes: the time stamp is the source's own.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
# Where Debian's fonts-noto-cjk puts them.
COLLECTIONS = Path("/usr/share/fonts/opentype/noto")
FAMILY = "Noto Sans CJK SC"
WEIGHTS = ("Bold", "Regular")
# Where both stop: traditional, Japanese and rarer hanzi, in one weight, opened only when met.
RARE = "Rare"

PUNCTUATION = range(0x3000, 0x3020)
FULL_WIDTH = range(0xFF01, 0xFFE7)
LATIN = range(0x20, 0x180)
HANZI = range(0x4E00, 0xA000)
GENERAL_PUNCTUATION = range(0x2010, 0x2040)
NUMBER_FORMS = range(0x2150, 0x2180)
CIRCLED = range(0x2460, 0x2474)
SYMBOLS = "€№℃℉™Ωµ←↑→↓−≈≠≤≥×÷±∞√•·▪■□▲△▼▽◆◇○●★☆✓㎡㎥㎏㎞"

# Lines are set by `bot.render.typeset`, so the fonts keep their outlines and widths and no more.
DROPPED = ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]


def gb2312() -> Iterator[str]:
    """Every character of GB2312: 6,763 hanzi, and its symbols, kana, Greek and Cyrillic."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield bytes((row, cell)).decode("gb2312", errors="ignore")


def beyond_gb2312() -> str:
    """What 通用规范汉字表 has and GB2312 has not: names of people, places and elements."""
    lines = (HERE / "beyond-gb2312.txt").read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith("#"))


def characters() -> set[int]:
    """The code points to keep."""
    ranges = (PUNCTUATION, FULL_WIDTH, LATIN, GENERAL_PUNCTUATION, NUMBER_FORMS, CIRCLED)
    text = "".join(gb2312()) + beyond_gb2312() + SYMBOLS
    return {ord(character) for character in text}.union(*ranges)


def face(collection: Path) -> TTFont:
    """The simplified Chinese face out of a collection of ten."""
    faces = TTCollection(collection, recalcTimestamp=False).fonts
    return next(one for one in faces if one["name"].getDebugName(1) == FAMILY)


def options() -> Options:
    """Outlines and widths without hints; the names, copyright and licence stay."""
    chosen = Options()
    chosen.drop_tables += DROPPED
    chosen.hinting = False
    chosen.notdef_outline = True
    chosen.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    chosen.recalc_timestamp = False
    return chosen


def cut(collection: Path, target: Path, kept: set[int]) -> None:
    """Write the subset of one weight."""
    font = face(collection)
    subsetter = Subsetter(options())
    subsetter.populate(unicodes=kept)
    subsetter.subset(font)
    font.save(target)


def main() -> None:
    """Cut both weights, and what neither has."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else COLLECTIONS
    parts = [(weight, weight, characters()) for weight in WEIGHTS]
    for name, weight, kept in [*parts, (RARE, WEIGHTS[0], set(HANZI) - characters())]:
        target = HERE / f"NotoSansSC-{name}.otf"
        cut(folder / f"NotoSansCJK-{weight}.ttc", target, kept)
        sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
