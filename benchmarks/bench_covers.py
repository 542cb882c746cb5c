"""What covers and the QR footer cost in this process, and whether any two addresses are read back.

A cover with its square and a footer together are to take under 250 ms and under 150 MB; both codes
of a footer are to be read from 375 px of JPEG at quality 60 for 200 pairs of addresses.
"""

import random
import resource
import statistics
import string
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.ingest.file import read_issue
from bot.model import Issue, Look
from bot.render.cover import Style, draw_cover, draw_square, draw_thumbnail
from bot.render.footer import draw_footer
from bot.render.layout import load_templates
from bot.render.qr import Code, as_on_phone, read_codes
from bot.resources import directory

ISSUES = Path(__file__).parents[1] / "tests" / "issues"
ROUNDS = 9
PAIRS = 200
LONGEST = 120
ALPHABET = string.ascii_letters + string.digits + "-._~:/?#@!$&'()*+,;=%"
FONTS = directory("assets") / "fonts"
STYLE = Style(FONTS, directory("templates") / "cover")
CODES = (
    Code("http://weixin.qq.com/r/mp/8xHqKzTEpQ2vrRZ29x3a", "新质生产力工作委员会", "官方公众号"),
    Code("https://gyznsw.cn", "工业智能算网", "gyznsw.cn"),
)


def milliseconds(work: Callable[[], object]) -> float:
    """The median of ROUNDS, after one that opens the fonts."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def row(issue: Issue, layout: str) -> str:
    """One sample in one layout: milliseconds of each picture, bytes of the widest."""
    look = Look(layout=layout)
    cover = milliseconds(lambda: draw_cover(issue, STYLE, look))
    footer = milliseconds(lambda: draw_footer(CODES, FONTS))
    square = milliseconds(lambda: draw_square(issue, STYLE, look))
    thumbnail = milliseconds(lambda: draw_thumbnail(issue, STYLE, look))
    size = len(draw_cover(issue, STYLE, look).wide.data)
    return (
        f"{issue.id:12}{layout:10}{cover:9.0f}{footer:9.0f}{cover + footer:9.0f}"
        f"{square:9.0f}{thumbnail:11.0f}{size:12,}"
    )


def address(dice: random.Random) -> str:
    length = dice.randint(9, LONGEST)
    return "https://" + "".join(dice.choices(ALPHABET, k=length - 8))


def read_back() -> int:
    """How many of PAIRS footers say both their addresses on a phone."""
    dice, read = random.Random(1), 0
    for _ in range(PAIRS):
        pair = [Code(address(dice), "公众号"), Code(address(dice), "网站")]
        drawn = draw_footer(pair, FONTS)
        with Image.open(BytesIO(drawn.data)) as image:
            read += sorted(read_codes(as_on_phone(image))) == sorted(one.content for one in pair)
    return read


def main() -> None:
    heads = ("cover", "footer", "both", "square", "thumbnail", "bytes")
    widths = (9, 9, 9, 9, 11, 12)
    print(
        f"{'issue':12}{'layout':10}"
        + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))
    )
    for path in sorted(ISSUES.glob("*.txt")):
        for layout in load_templates(STYLE.templates).layouts:
            print(row(read_issue(path)[0], layout))
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB ({sys.platform})"
    )
    print(f"addresses read back {read_back()} of {PAIRS}")


if __name__ == "__main__":
    main()
