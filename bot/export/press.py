"""Sets one issue: a program of its own, `python press.py FOLDER FONTS`, with the sheet in FOLDER.

What an editor wrote could keep any typesetter busy for ever. So it runs in a process that may only use
so much, and keeps nobody waiting who shares a process with it. It imports nothing of this package.
"""

import contextlib
import json
import math
import resource
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

import typst
from PIL import Image, ImageChops

MEMORY = 1536 * 1024 * 1024  # of addresses; a long issue took 160 MB of memory
SECONDS = 20  # a long issue took one
PIXELS_PER_INCH = 216  # the page is 360 points wide: 1080 pixels
LONGEST = 16_000  # pixels, which phones still show sharply
FOOT = 30  # points below the last line of a page that is as long as it has to be
SPARE = 150  # points that a piece may be longer than its share: no line is cut in two
LARGEST = 10_000_000  # bytes: the platform takes pictures of 10 MB (material/add_material)
MARGIN = 72  # pixels of white below the last line


def main() -> None:
    """Write `issue.pdf`, or `1.png`, `2.png` …, into the folder; an error is for the log."""
    folder, fonts = Path(sys.argv[1]), Path(sys.argv[2])
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a stricter limit stays
            resource.setrlimit(what, (most, most))
    sheet = json.loads((folder / "sheet.json").read_text(encoding="utf-8"))
    if sheet["form"] == "phone":
        for number, piece in enumerate(_pieces(folder, fonts), start=1):
            (folder / f"{number}.png").write_bytes(piece)
    else:
        moment = datetime.fromisoformat(sheet["made"]).replace(tzinfo=UTC)
        [data] = _set(_compiler(folder, fonts, "0"), "pdf", moment)
        (folder / "issue.pdf").write_bytes(data)


def _pieces(folder: Path, fonts: Path) -> list[bytes]:
    """The whole in as few pictures, about equally long, as a platform takes."""
    compiler = _compiler(folder, fonts, "0")
    told = json.loads(compiler.query("<end>", field="value", one=True))
    longest = LONGEST * 72 / PIXELS_PER_INCH
    pieces: list[bytes] = []
    at_least = 1 if told + FOOT <= longest else math.ceil(told / (longest - SPARE))
    for finer in (1, 2, 4):
        count = at_least * finer
        height = told / count + SPARE if count > 1 else 0
        pieces = _set(_compiler(folder, fonts, str(height)), "png")
        pieces = [*pieces[:-1], _cropped(pieces[-1])] if count > 1 else pieces
        if max(map(len, pieces)) <= LARGEST:
            break
    return pieces


def _compiler(folder: Path, fonts: Path, height: str) -> typst.Compiler:
    """`height` of a phone's page in points; 0: as long as it has to be."""
    return typst.Compiler(
        folder / "issue.typ",
        root=folder,
        font_paths=typst.Fonts(include_embedded_fonts=False, font_paths=_in_order(folder, fonts)),
        sys_inputs={"height": height},
    )


def _set(
    compiler: typst.Compiler, form: Literal["png", "pdf"], moment: datetime | None = None
) -> list[bytes]:
    made = compiler.compile(format=form, ppi=PIXELS_PER_INCH, timestamp=moment)
    return made if isinstance(made, list) else [made or b""]


def _in_order(folder: Path, fonts: Path) -> list[Path]:
    """The fonts in folders of their own: the first of a weight is asked first, and the rare one lacks figures."""
    places = [folder / "common", folder / "rare"]
    for place in places:
        place.mkdir(exist_ok=True)
    for path in fonts.glob("*.otf"):
        place = places["Rare" in path.name]
        with contextlib.suppress(FileExistsError):
            (place / path.name).symlink_to(path.resolve())
    return places


def _cropped(piece: bytes) -> bytes:
    """The last picture ends where its words do."""
    picture = Image.open(BytesIO(piece)).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    end = min(picture.height, (box[3] if box else 0) + MARGIN)
    cropped = BytesIO()
    picture.crop((0, 0, picture.width, end)).save(cropped, "PNG")
    return cropped.getvalue()


if __name__ == "__main__":
    main()
