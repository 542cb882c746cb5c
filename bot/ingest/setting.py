"""How a text is set: its size, font, margins and leading, told from its lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bot.ingest.furniture import body_size
from bot.ingest.page import Line
from bot.ingest.sentence import ends_sentence

# Lengths below are in letters of the line's own size. Edges within this are one edge.
EDGE = 0.6
# Lines this much further apart than usual are not of one paragraph.
_APART = 1.3
# Lines are this far apart where nothing tells.
_LEADING = 1.9
# Larger than running text by this is a heading.
_LARGER = 1.06
# Sizes that differ by less than this part are one.
_SAME_SIZE = 0.04
# Text is justified if this part of the lines that are as long as running text reach the edge.
_RUNNING, _MOST, _REACH = 15, 0.8, 0.4


@dataclass(frozen=True, slots=True)
class Setting:
    """How the whole text is set."""

    size: float
    font: str
    right: float
    width: float
    leading: dict[float, float]
    justified: bool = False

    def is_heading(self, line: Line) -> bool:
        return line.size > _LARGER * self.size or line.bold


def read_setting(lines: Sequence[Line]) -> Setting:
    """How most of the text is set."""
    size = body_size([lines])
    body = [line for line in lines if same_size(line.size, size)]
    fonts: Counter[str] = Counter()
    for line in body:
        fonts[line.font] += len(line.text) if line.font else 0
    right = _usual_right(body)
    left = min((line.left for line in body), default=0.0)
    return Setting(
        size,
        max(fonts, key=lambda font: fonts[font], default=""),
        right,
        right - left,
        _leading(lines),
    )


def _usual_right(lines: Sequence[Line]) -> float:
    """The right edge of running text: where most long lines end; a picture's caption may go further."""
    ends = sorted(line.right for line in lines)
    edges = Counter(round(end) for end in ends)
    shared = [edge for edge, count in edges.items() if count > 1 and count >= len(ends) / 10]
    return max(shared, default=ends[-1])


def _leading(lines: Sequence[Line]) -> dict[float, float]:
    """How far apart lines of each size usually are."""
    steps: dict[float, list[float]] = {}
    for line, following in pairwise(lines):
        step = line.baseline - following.baseline
        if near(line, following) and step < 4 * line.size:
            steps.setdefault(line.size, []).append(step)
    usual = {}
    for size, found in steps.items():
        common = Counter(round(step * 2) / 2 for step in found).most_common(1)[0]
        usual[size] = common[0] if common[1] > 1 else min(median(found), _LEADING * size)
    return usual


def near(line: Line, following: Line) -> bool:
    """Whether a line stands below another, in its size."""
    return (
        line.page == following.page
        and line.baseline > following.baseline
        and same_size(line.size, following.size)
    )


def same_size(size: float, other: float) -> bool:
    """Whether two sizes are meant to be one."""
    return abs(size - other) <= _SAME_SIZE * max(size, other)


def right_edges(lines: Sequence[Line], setting: Setting) -> list[float]:
    """The right edge that each line could have reached: a quotation or a summary has its own."""
    edges: list[float] = []
    run: list[Line] = []
    for line in lines:
        if run and not (near(run[-1], line) and not is_apart(run[-1], line, setting)):
            edges += [_right_edge(run, setting)] * len(run)
            run = []
        run.append(line)
    return edges + [_right_edge(run, setting)] * len(run)


def _right_edge(run: Sequence[Line], setting: Setting) -> float:
    farthest = max(line.right for line in run)
    reaching = sum(farthest - line.right < EDGE * line.size for line in run)
    left = min(line.left for line in run)
    centred = len({round(line.left) for line in run}) == len(run) > 1
    narrow = farthest - left < setting.width / 2
    return farthest if reaching > 1 and not centred and not narrow else max(setting.right, farthest)


def is_justified(lines: Sequence[Line], edges: Sequence[float]) -> bool:
    """Whether lines that must go on reach the right edge, all but a few."""
    reaches = [
        edge - line.right < _REACH * line.size
        for line, following, edge in zip(lines, lines[1:], edges, strict=False)
        if near(line, following) and len(line.text) > _RUNNING and not ends_sentence(line.text)
    ]
    return sum(reaches) > _MOST * len(reaches)


def is_apart(line: Line, following: Line, setting: Setting) -> bool:
    """Whether there is more room between two lines than within a paragraph."""
    step = line.baseline - following.baseline
    return step > _APART * setting.leading.get(line.size, _LEADING * line.size)


def heading_sizes(lines: Sequence[Line], setting: Setting) -> list[float]:
    """The sizes of headings, the largest first."""
    sizes: list[float] = []
    for size in sorted({line.size for line in lines}, reverse=True):
        if size > _LARGER * setting.size and not (sizes and same_size(sizes[-1], size)):
            sizes.append(size)
    return sizes
