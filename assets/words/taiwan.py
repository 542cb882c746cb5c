"""Makes taiwan.txt: what Taiwan calls otherwise, as a follower there would write it.

    python assets/words/taiwan.py TWPhrasesRev.txt > assets/words/taiwan.txt

TWPhrasesRev.txt is OpenCC's table of Taiwan's words, for instance out of the package
opencc-python-reimplemented. Only whole words of Chinese are taken, folded as the archive is; what
folding alone makes equal is left out.
"""

import re
import sys
from pathlib import Path

CHINESE_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")


def fold_table(path: Path) -> dict[int, str]:
    """The table of `fold.txt`."""
    characters, becomes, _ = path.read_bytes().decode().split("\n")
    return str.maketrans(dict(zip(characters, becomes, strict=True)))


def main() -> None:
    """Write a line for each word to standard output."""
    table = fold_table(Path(__file__).with_name("fold.txt"))
    rows = (line.split() for line in Path(sys.argv[1]).read_text("utf-8").splitlines())
    pairs = {row[0].translate(table): row[1].translate(table) for row in rows if len(row) > 1}
    print("# 台湾用语 > 大陆用语；由 taiwan.py 生成，见 README.md", end="\n")  # noqa: T201
    for there, here in sorted(pairs.items()):
        if there != here and CHINESE_WORD.fullmatch(there) and CHINESE_WORD.fullmatch(here):
            print(f"{there} > {here}")  # noqa: T201


if __name__ == "__main__":
    main()
