"""The cover: readable as a thumbnail, whole in its square, the same wherever it is drawn."""

import io
import json
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from bot.errors import ArticleError, StartError
from bot.model import Cover, Issue, Look, Picture, Section
from bot.render.cover import Style, cover_problems, draw_cover, draw_square, draw_thumbnail
from bot.render.fonts import bold, regular
from bot.render.layout import load_templates
from bot.resources import directory

FONTS = directory("assets") / "fonts"
STYLE = Style(FONTS, directory("templates") / "cover")
TEMPLATES = load_templates(STYLE.templates)
LAYOUTS = list(TEMPLATES.layouts)
SAMPLES = sorted((directory("examples") / "structure").glob("*.json"))
ISSUES = [Issue.from_record(json.loads(path.read_text(encoding="utf-8"))) for path in SAMPLES]
ISSUE = ISSUES[-1]
SIXTY = "这份报告的标题写了整整六十个字而没有一个标点可供停顿" * 3
HARD = [
    "数",
    SIXTY[:60],
    "OpenAI releases GPT-6 with native agents",
    "Pneumonoultramicroscopicsilicovolcanoconiosis",
    "《数字中国发展报告（2025 年）》发布，数字基础设施进入复盘与升级阶段",
    "🚀智能算力网络新突破🔥",
    "臺灣半導體產業與𪜀數據",
]
CENTRE = (517, 0, 1283, 766)
# Light enough that Latin letters and thin strokes count, heavy enough that ripples do not.
INKED = 60
# What WCAG 2.2 asks of small text.
READABLE = 4.5


def entitled(title: str) -> Issue:
    return replace(ISSUE, sections=(Section("1", title), *ISSUE.sections[1:]))


@cache
def bare() -> Style:
    """The same templates without a slot for words: what is left is what stands behind them."""
    folder = Path(tempfile.mkdtemp(prefix="rikan-covers-"))
    for path in STYLE.templates.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        rest = text[text.index("[[palettes]]") :] if "[[palettes]]" in text else ""
        head = text.split("[[slots]]")[0]
        (folder / path.name).write_text(f"{head}\nslots = []\n{rest}", encoding="utf-8")
    return replace(STYLE, templates=folder)


@cache
def cover(issue: Issue, look: Look) -> Image.Image:
    return opened(draw_cover(issue, STYLE, look).wide).convert("RGB")


@cache
def ground(issue: Issue, look: Look) -> Image.Image:
    layout = STYLE.choose(issue, look).layout.name
    return opened(draw_cover(issue, bare(), replace(look, layout=layout)).wide).convert("RGB")


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def ink(issue: Issue, look: Look) -> Image.Image:
    """Where words were drawn: white; the compression's ripples are ignored."""
    difference = ImageChops.difference(cover(issue, look), ground(issue, look)).convert("L")
    return difference.point(lambda level: 255 if level > INKED else 0)


def box_of(issue: Issue, look: Look, holds: str) -> tuple[int, int, int, int]:
    """Where the layout keeps room for something; letters may reach a little below their em box."""
    slots = STYLE.choose(issue, look).layout.slots
    slot = next(slot for slot in slots if slot.holds == holds)
    return slot.left, slot.top, slot.left + slot.width, slot.top + slot.height + 6


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    linear = [
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def levels(image: Image.Image) -> list[float]:
    """The luminance of every fourth pixel, from dark to light."""
    small = image.resize((image.width // 2, image.height // 2), Image.Resampling.NEAREST)
    found = small.getcolors(small.width * small.height) or []
    return sorted(
        luminance(colour)
        for count, colour in found
        for _ in range(count)
        if isinstance(colour, tuple)
    )


def contrast(issue: Issue, look: Look, holds: str) -> float:
    """Between the solid part of the letters and the nearest to them of what lies behind them."""
    left, top, right, bottom = box_of(issue, look, holds)
    inked = ink(issue, look).crop((left, top, right, bottom)).getbbox() or (0, 0, 0, 0)
    box = (left + inked[0], top + inked[1], left + inked[2], top + inked[3])
    letters, behind = levels(cover(issue, look).crop(box)), levels(ground(issue, look).crop(box))
    if STYLE.choose(issue, look).palette.name == "paper":
        return (behind[int(len(behind) * 0.001)] + 0.05) / (
            letters[int(len(letters) * 0.03)] + 0.05
        )
    return (letters[int(len(letters) * 0.97)] + 0.05) / (behind[int(len(behind) * 0.999)] + 0.05)


def lines(issue: Issue, look: Look) -> list[int]:
    """The height (px) of each line of the headline, as it is inked."""
    area = ink(issue, look).crop(box_of(issue, look, "headline"))
    rows = [area.crop((0, y, area.width, y + 1)).getbbox() is not None for y in range(area.height)]
    return [len(list(run)) for inked, run in groupby(rows) if inked]


CASES = pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.id)
IN_EVERY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS)


@CASES
@IN_EVERY_LAYOUT
def test_a_cover_has_the_sizes_and_the_weight_that_the_platform_likes(issue, layout):
    drawn = draw_cover(issue, STYLE, Look(layout=layout))
    for picture, size in ((drawn.wide, (1800, 766)), (drawn.square, (500, 500))):
        image = opened(picture)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)
        assert (picture.width, picture.height) == size
        assert image.info.get("progressive")
        assert "sRGB".encode("utf-16-be") in image.info["icc_profile"]
        assert len(picture.data) <= 300_000
    assert (drawn.wide.name, drawn.square.name) == ("cover.jpg", "square.jpg")


@IN_EVERY_LAYOUT
def test_the_same_issue_gives_the_same_bytes(layout):
    look = Look(layout=layout)
    assert draw_cover(ISSUE, STYLE, look) == draw_cover(ISSUE, STYLE, look)


def test_the_crops_are_the_whole_picture_and_its_central_square():
    drawn: Cover = draw_cover(ISSUE, STYLE)
    left, top, right, bottom = map(float, drawn.crop_square.split("_"))
    assert drawn.crop_wide == "0_0_1_1"
    assert (right - left) * 1800 == pytest.approx((bottom - top) * 766, abs=0.01)
    assert left + right == pytest.approx(1)
    assert all(len(edge.partition(".")[2]) <= 6 for edge in drawn.crop_square.split("_"))


def test_the_square_is_what_the_platform_would_cut_out_of_the_wide_picture():
    drawn = draw_cover(ISSUE, STYLE)
    cut = opened(drawn.wide).crop(CENTRE).resize((500, 500), Image.Resampling.LANCZOS)
    difference = ImageChops.difference(cut, opened(drawn.square)).convert("L")
    assert max(difference.filter(ImageFilter.BoxBlur(4)).tobytes()) < 16


def test_the_square_can_be_had_alone_and_is_the_same():
    assert draw_square(ISSUE, STYLE) == draw_cover(ISSUE, STYLE).square


def test_a_thumbnail_is_the_wide_cover_made_small():
    thumbnail = draw_thumbnail(ISSUE, STYLE)
    assert (thumbnail.width, thumbnail.height) == opened(thumbnail).size == (470, 200)
    assert len(thumbnail.data) < 60_000


@CASES
@IN_EVERY_LAYOUT
def test_all_words_stand_in_the_central_square_with_a_margin(issue, layout):
    left, top, right, bottom = ink(issue, Look(layout=layout)).getbbox() or (0, 0, 0, 0)
    assert CENTRE[0] + 24 <= left < right <= CENTRE[2] - 24
    assert 32 <= top < bottom <= 766 - 32


@pytest.mark.parametrize("title", HARD)
@IN_EVERY_LAYOUT
def test_a_hard_headline_stands_there_too(title, layout):
    for look in (Look(title, layout), Look(layout=layout)):
        issue = ISSUE if look.headline else entitled(title)
        left, top, right, bottom = ink(issue, look).getbbox() or (0, 0, 0, 0)
        assert CENTRE[0] + 24 <= left < right <= CENTRE[2] - 24
        assert 32 <= top < bottom <= 766 - 32


@pytest.mark.parametrize("headline", ["", *HARD[1:]])
@IN_EVERY_LAYOUT
def test_a_headline_has_at_most_three_lines_of_nine_pixels_in_a_message_list(headline, layout):
    heights = [height for height in lines(ISSUE, Look(headline, layout)) if height > 20]
    assert 1 <= len(heights) <= 3
    # Latin without capitals or descenders is three quarters of a hanzi's height.
    floor = 9 if not headline.isascii() or not headline else 5.5
    assert all(height * 235 / 1800 >= floor for height in heights)


@CASES
@IN_EVERY_LAYOUT
def test_all_words_stand_out_from_what_is_behind_them(issue, layout):
    look = Look(layout=layout)
    held = [slot.holds for slot in STYLE.choose(issue, look).layout.slots]
    found = {name: contrast(issue, look, name) for name in held}
    assert all(ratio >= READABLE for ratio in found.values()), found


@pytest.mark.parametrize("palette", list(TEMPLATES.palettes))
@IN_EVERY_LAYOUT
def test_words_stand_out_in_every_palette(palette, layout):
    look = Look(layout=layout, palette=palette)
    held = [slot.holds for slot in STYLE.choose(ISSUE, look).layout.slots]
    found = {name: contrast(ISSUE, look, name) for name in held}
    assert all(ratio >= READABLE for ratio in found.values()), found


def test_every_weekday_has_its_own_colour_and_every_day_its_own_pattern():
    week = [replace(ISSUE, date=ISSUE.date + timedelta(days=day)) for day in range(8)]
    small = [ground(issue, Look()).resize((1, 1), Image.Resampling.BOX) for issue in week]
    assert len({image.getpixel((0, 0)) for image in small[:7]}) == 7
    assert ground(week[0], Look()).tobytes() != ground(week[7], Look()).tobytes()


def test_every_layout_can_be_told_from_the_others_as_a_thumbnail():
    small = [cover(ISSUE, Look(layout=layout)).resize((120, 51)) for layout in LAYOUTS]
    for number, one in enumerate(small):
        for other in small[number + 1 :]:
            difference = ImageChops.difference(one, other).convert("L")
            different = sum(
                count for level, count in enumerate(difference.histogram()) if level > 24
            )
            assert different > 0.05 * 120 * 51


def test_a_second_edition_can_be_told_from_the_first():
    assert draw_cover(replace(ISSUE, edition=2), STYLE) != draw_cover(ISSUE, STYLE)


def test_an_editors_headline_layout_and_colours_are_drawn():
    plain = draw_cover(ISSUE, STYLE).wide
    for look in (Look("另起一个标题"), Look(layout="date"), Look(palette="paper")):
        assert draw_cover(ISSUE, STYLE, look).wide != plain


def test_what_the_font_lacks_is_left_out_instead_of_drawn_as_a_box():
    rare = Look("🚀智能算力\U0002a700网络新突破\u200b🔥")
    plain = Look("智能算力网络新突破")
    assert draw_cover(ISSUE, STYLE, rare) == draw_cover(ISSUE, STYLE, plain)


def test_what_was_left_out_is_told_with_a_remedy():
    [problem] = cover_problems(ISSUE, STYLE, Look("🚀智能\u200b算力𪜀"))
    assert "“🚀𪜀”" in problem.text
    assert "rikan cover 2026-06-13 --headline" in problem.remedy
    assert cover_problems(ISSUE, STYLE) == ()


def test_a_headline_that_had_to_be_cut_is_told():
    [problem] = cover_problems(ISSUE, STYLE, Look(SIXTY))
    assert "…" in problem.text


def test_a_headline_of_which_nothing_can_be_drawn_gives_way_to_the_title():
    look, title = Look("🚀🔥", "headline"), Look(ISSUE.title, "headline")
    assert draw_cover(ISSUE, STYLE, look) == draw_cover(ISSUE, STYLE, title)


@pytest.mark.parametrize("face", [bold(FONTS), regular(FONTS)], ids=["bold", "regular"])
def test_the_fonts_have_every_character_of_gb2312_and_of_the_standard_table(face):
    rows = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    hanzi = "".join(row.decode("gb2312", errors="ignore") for row in rows)
    further = (FONTS / "beyond-gb2312.txt").read_text(encoding="utf-8").partition("\n")[2]
    standard = hanzi + "".join(further.split())
    assert len(standard) == 6763 + 1467
    assert face.clean(standard) == standard


def test_traditional_and_japanese_hanzi_fall_back_to_a_font_that_has_them():
    face = bold(FONTS)
    assert face.clean("臺灣數據與辻") == "臺灣數據與辻"
    shapes = {bytes(face.at(40, one).getmask(one)) for one in "臺灣數據與辻\uffff"}
    assert len(shapes) == 7


def test_the_fonts_have_the_marks_that_reports_use():
    marks = "，。、：；！？“”‘’《》（）【】—…·×%‰¥€№℃±≥≤«»°–①⑳ⅠⅫ→←↑↓•▪■□★☆ＡＺ０９éÜ"
    assert bold(FONTS).clean(marks) == marks


def test_a_missing_font_is_named_with_what_to_do(tmp_path):
    with pytest.raises(StartError, match=r"NotoSansSC-Bold\.otf.*不存在.*请重新安装"):
        draw_cover(ISSUE, replace(STYLE, fonts=tmp_path))


def test_a_broken_font_is_named_with_what_to_do(tmp_path):
    for name in ("NotoSansSC-Bold.otf", "NotoSansSC-Regular.otf"):
        (tmp_path / name).write_bytes(b"not a font")
    with pytest.raises(StartError, match=r"NotoSansSC-Bold\.otf.*无法读取"):
        draw_cover(ISSUE, replace(STYLE, fonts=tmp_path))


@pytest.mark.parametrize("text", [None, "[[slots", "slots = 3", "[[slots]]\nholds = 'title'"])
def test_a_template_that_cannot_be_used_is_named(tmp_path, text):
    if text is not None:
        (tmp_path / "identity.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StartError, match="封面模板"):
        draw_cover(ISSUE, replace(STYLE, templates=tmp_path))


@pytest.mark.parametrize("look", [Look(layout="nope"), Look(palette="nope")])
def test_an_unknown_name_is_refused_with_the_known_ones(look):
    with pytest.raises(ArticleError, match=r"nope.*请从这些里选"):
        draw_cover(ISSUE, STYLE, look)
