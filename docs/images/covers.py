"""The contact sheet of covers: every layout for every sample, and as small as in a message list.

Run by `make pictures` with the others, or alone: `python -m docs.images.covers`.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.ingest.file import read_issue
from bot.model import Issue, Look
from bot.render.cover import Style, draw_cover
from bot.render.layout import load_templates
from bot.resources import directory

SHEET = Path(__file__).parent / "covers.jpg"
LARGEST = 400_000  # bytes
QUALITIES = (85, 78, 70, 62, 54)
# Wide enough to judge the setting; then as in a message list, and as in a chat's preview (px).
SIZES = ((540, 230), (235, 100), (120, 51))
GAP = 20
CELL = (SIZES[0][0] + GAP, SIZES[0][1] + SIZES[1][1] + 2 * GAP)
WALL = "#e8e8e8"
# Where an issue has no figure to lead it, the editor's other means: a palette of their own choice.
SECOND_CHOICE = Look(layout="headline", palette="paper")


def main() -> None:
    """Draw the sheet."""
    rows = [list(row(read_issue(path)[0])) for path in sorted(directory("examples").glob("*.txt"))]
    sheet = Image.new("RGB", (len(rows[0]) * CELL[0] + GAP, len(rows) * CELL[1] + GAP), WALL)
    for down, covers in enumerate(rows):
        for across, cover in enumerate(covers):
            hang(sheet, cover, (GAP + across * CELL[0], GAP + down * CELL[1]))
    SHEET.write_bytes(compressed(sheet))


def row(issue: Issue) -> Iterator[Image.Image]:
    """The issue in every layout."""
    style = Style(directory("assets") / "fonts", directory("templates") / "cover")
    for name in load_templates(style.templates).layouts:
        look = Look(layout=name)
        if style.choose(issue, look).layout.name != name:
            look = SECOND_CHOICE
        yield Image.open(BytesIO(draw_cover(issue, style, look).wide.data))


def hang(sheet: Image.Image, cover: Image.Image, at: tuple[int, int]) -> None:
    """Put a cover on the sheet in all sizes, the small ones below the large one."""
    left, top = at
    for number, size in enumerate(SIZES):
        sheet.paste(cover.resize(size, Image.Resampling.LANCZOS), (left, top))
        left, top = (
            (at[0], at[1] + size[1] + GAP // 2) if number == 0 else (left + size[0] + GAP, top)
        )


def compressed(sheet: Image.Image) -> bytes:
    """The best quality within the bound."""
    for quality in QUALITIES:
        file = BytesIO()
        sheet.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


if __name__ == "__main__":
    main()
