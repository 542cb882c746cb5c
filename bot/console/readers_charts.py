"""Charts, as far as they are numbers: where each bar stands. The template draws them, with a table behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STEP, HEIGHT = 10, 100  # of the drawing's units; from one bar to the next
THICK, THIN = 7, 3  # a bar's own; of a few bars none looks like a house
FEW = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """`value` stands above the line, `down` hangs below it."""

    label: str
    value: int
    down: int = 0


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A bar as it is drawn; `look` is up or down."""

    x: float
    y: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right. `what` says what is counted, `unit` in what."""

    what: str
    unit: str
    bars: tuple[Bar, ...]
    marks: tuple[int, ...] = ()  # the bars with a label below them; else three, or all of a few

    @property
    def width(self) -> int:
        """Of the drawing, whose height is HEIGHT."""
        return STEP * len(self.bars)

    @property
    def few(self) -> bool:
        """Whether each bar has room for its label."""
        return len(self.bars) <= FEW

    @property
    def thick(self) -> int:
        """How wide a bar is."""
        return THIN if self.few else THICK

    @property
    def highest(self) -> int:
        """Above the line."""
        return max((bar.value for bar in self.bars), default=0)

    @property
    def lowest(self) -> int:
        """Below the line."""
        return max((bar.down for bar in self.bars), default=0)

    @property
    def line(self) -> float:
        """How far from the top the line is."""
        whole = self.highest + self.lowest
        return round(HEIGHT * self.highest / whole, 2) if whole else HEIGHT

    @property
    def total(self) -> int:
        """Of what stands above the line."""
        return sum(bar.value for bar in self.bars)

    def rectangles(self) -> Iterator[tuple[Bar, list[Rectangle]]]:
        """Each bar with what is drawn of it; nothing of a bar that is 0."""
        scale, line = HEIGHT / ((self.highest + self.lowest) or 1), self.line
        margin = (STEP - self.thick) / 2
        for place, bar in enumerate(self.bars):
            x, up, down = place * STEP + margin, bar.value * scale, bar.down * scale
            drawn = [Rectangle(x, round(line - up, 2), round(up, 2), "up")] if up else []
            if down:
                drawn.append(Rectangle(x, line, round(down, 2), "down"))
            yield bar, drawn

    @property
    def told(self) -> str:
        """The whole in a sentence, for who does not see it."""
        if not self.bars:
            return f"{self.what}：没有"
        best = max(self.bars, key=lambda bar: bar.value)
        return f"{self.what}：共 {self.total:,} {self.unit}，最多是 {best.label}，{best.value:,} {self.unit}"

    @property
    def axis(self) -> Sequence[str]:
        """The labels below the line."""
        last = len(self.bars) - 1
        places = range(len(self.bars)) if self.few else self.marks or (0, last // 2, last)
        return [self.bars[place].label for place in places]
