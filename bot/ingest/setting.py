"""How a text is set: its size, font, margins and leading, told from its lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from bot.ingest.furniture import body_size
from bot.ingest.number import read_mark
from bot.ingest.page import Line, same_size
from bot.ingest.reference import opens_reference, without_number
from bot.ingest.sentence import ends_sentence

# Lengths below are in letters of the line's own size. Edges within this are one edge.
EDGE = 0.6
# No paragraph begins further to the right than this.
_DEEPEST = 6.0
_STOPS = "。！？”"
# Lines this much further apart than usual are not of one paragraph.
_APART = 1.3
# Lines are this far apart where nothing tells.
_LEADING = 1.9
# Larger than running text by this is a heading.
_LARGER = 1.06
# Text is justified if this part of the lines that are as long as running text reach the edge.
_RUNNING, _MOST, _REACH = 15, 0.8, 0.4
# Where lines end is told in such parts of a letter; where lines are stretched, this many of those
# with narrow letters end at one place, or half a letter beside it.
_ENDS, _EXACT, _AT_ONE, _FEW = 20, 0.85, 0.6, 8


@dataclass(frozen=True, slots=True)
class Measure:
    """The edges of running text, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Setting:
    """How the whole text is set; `measures` are those across the page and in columns.

    `indent` is in letters. `shows_paragraphs`: by an indent or a gap. `ends` are where stretched
    lines end, in twentieths of a letter before the edge; programs stretch all lines, or none but
    those with spaces.
    """

    size: float
    font: str
    measures: tuple[Measure, Measure]
    leading: dict[float, float]
    bold: bool = False
    indent: float = 0.0
    justified: bool = False
    ends: frozenset[int] = frozenset()
    stretches_all: bool = False
    shows_paragraphs: bool = False

    def measure(self, line: Line) -> Measure:
        return self.measures[line.column > 0]

    def is_heading(self, line: Line) -> bool:
        return line.size > _LARGER * self.size or self.is_bold(line)

    def is_cut_short(self, line: Line, room: float) -> bool:
        """Whether a line with so many letters' room after it ends where no stretched line does."""
        stretched = bool(self.ends) and (self.stretches_all or " " in line.text)
        return stretched and round(room * _ENDS) not in self.ends

    def is_bold(self, line: Line) -> bool:
        """Whether a line is bold where the text is not."""
        return line.bold and not self.bold


def read_setting(lines: Sequence[Line]) -> Setting:
    """How most of the text is set."""
    size = body_size([lines])
    body = [line for line in lines if same_size(line.size, size)]
    fonts: Counter[str] = Counter()
    for line in body:
        fonts[line.font] += len(line.text) if line.font else 0
    across = _measure([line for line in body if not line.column] or body)
    columns = [line for line in body if line.column]
    measures = (across, _measure(columns) if columns else across)
    return Setting(
        size,
        max(fonts, key=lambda font: fonts[font], default=""),
        measures,
        _leading(lines),
        bold=2 * sum(line.bold for line in body) > len(body),
        indent=_indent(body, measures),
    )


def _measure(lines: Sequence[Line]) -> Measure:
    return Measure(min((line.left for line in lines), default=0.0), _usual_right(lines))


def _indent(lines: Sequence[Line], measures: tuple[Measure, Measure]) -> float:
    """How many letters to the right paragraphs begin, where most of them do; 0 where they do not.

    A line after one that has ended its sentence well before the edge begins a paragraph.
    """
    begins = [
        (line.left - measures[line.column > 0].left) / line.size
        for last, line in pairwise(lines)
        if _begins_paragraph(last, line, measures[last.column > 0])
    ]
    indents = [shift for shift in begins if EDGE < shift < _DEEPEST]
    return median(indents) if 2 * len(indents) > len(begins) else 0.0


def _begins_paragraph(last: Line, line: Line, measure: Measure) -> bool:
    """Whether a line that follows the end of a text is certain to begin another, and no item."""
    ended = last.text[-1] in _STOPS and measure.right - last.right > 2 * last.size
    item = without_number(line.text)[1] or read_mark(line.text) or opens_reference(line.text)
    return ended and near(last, line) and len(line.text) > _RUNNING and not item


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


def right_edges(lines: Sequence[Line], setting: Setting) -> list[float]:
    """The right edge that each line could have reached: a quotation or a summary has its own."""
    edges: list[float] = []
    run: list[Line] = []
    for line in lines:
        if run and not (
            near(run[-1], line)
            and run[-1].column == line.column
            and not is_apart(run[-1], line, setting)
        ):
            edges += [_right_edge(run, setting)] * len(run)
            run = []
        run.append(line)
    return edges + [_right_edge(run, setting)] * len(run)


def _right_edge(run: Sequence[Line], setting: Setting) -> float:
    farthest = max(line.right for line in run)
    reaching = sum(farthest - line.right < EDGE * line.size for line in run)
    left = min(line.left for line in run)
    centred = len({round(line.left) for line in run}) == len(run) > 1
    usual = setting.measure(run[0])
    narrow = farthest - left < (usual.right - usual.left) / 2
    return farthest if reaching > 1 and not centred and not narrow else max(usual.right, farthest)


def with_ends(setting: Setting, lines: Sequence[Line], edges: Sequence[float]) -> Setting:
    """The setting with what is known of the ends of lines that must go on."""
    going_on = [
        (line, (edge - line.right) / line.size)
        for line, following, edge in zip(lines, lines[1:], edges, strict=False)
        if near(line, following) and len(line.text) > _RUNNING and not ends_sentence(line.text)
    ]
    justified = sum(room < _REACH for _, room in going_on) > _MOST * len(going_on)
    ends = _ends([room for line, room in going_on if " " in line.text])
    others = [round(room * _ENDS) in ends for line, room in going_on if " " not in line.text]
    return replace(
        setting,
        justified=justified,
        ends=ends,
        stretches_all=len(others) > _FEW and sum(others) > _EXACT * len(others),
        shows_paragraphs=setting.indent > 0 or _has_gaps(setting, lines),
    )


def _has_gaps(setting: Setting, lines: Sequence[Line]) -> bool:
    """Whether most paragraphs, told by lines that end well before the edge, have a gap below."""
    gaps = [
        is_apart(last, line, setting)
        for last, line in pairwise(lines)
        if _begins_paragraph(last, line, setting.measure(last))
    ]
    return 2 * sum(gaps) > len(gaps)


def _ends(rooms: Sequence[float]) -> frozenset[int]:
    """Where stretched lines end: at one place, however many narrow letters each has.

    A sign at the end may be as wide as a letter and stand in half of its room.
    """
    places = [round(room * _ENDS) for room in rooms]
    if len(places) < _FEW:
        return frozenset()
    usual, half = Counter(places).most_common(1)[0][0], _ENDS // 2
    ends = {at + step for at in (usual - half, usual, usual + half) for step in range(-2, 3)}
    at_usual = sum(abs(at - usual) < 3 for at in places)
    exact = sum(at in ends for at in places) > _EXACT * len(places)
    return frozenset(ends) if exact and at_usual > _AT_ONE * len(places) else frozenset()


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
