"""The cover: readable as a thumbnail, whole in its square, the same wherever it is drawn."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import groupby

import pytest
from PIL import Image, ImageChops, ImageFilter

from bot.errors import StartError
from bot.model import Cover, Issue, Picture, Section
from bot.render.cover import draw_cover
from bot.render.fonts import bold, regular
from bot.render.headline import headline
from bot.resources import directory

FONTS = directory("assets") / "fonts"
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
    "国家数据局发布行业高质量数据集建设行动方案征求意见",
]
CENTRE = (517, 0, 1283, 766)
HEADLINE_BOX = (517, 190, 1283, 660)
ORGANISATION_BOX = (549, 676, 1251, 722)


def entitled(title: str, issue: Issue = ISSUE) -> Issue:
    return replace(issue, sections=(Section("1", title),))


def wordless(issue: Issue) -> Issue:
    """The same day without anything to read but its date."""
    return replace(issue, title="", organisation="", summary="", sections=())


@cache
def cover(issue: Issue) -> Cover:
    return draw_cover(issue, FONTS)


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def ink(issue: Issue) -> Image.Image:
    """Where words were drawn: white; the compression's ripples are ignored."""
    with_words, without = (opened(cover(one).wide) for one in (issue, wordless(issue)))
    difference = ImageChops.difference(with_words, without).convert("L")
    return difference.point(lambda level: 255 if level > 60 else 0)


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    linear = [
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def levels(image: Image.Image) -> list[float]:
    """The luminance of every ninth pixel, from dark to light."""
    small = image.resize((image.width // 3, image.height // 3), Image.Resampling.NEAREST)
    found = small.getcolors(small.width * small.height) or []
    return sorted(
        luminance(colour)
        for count, colour in found
        for _ in range(count)
        if isinstance(colour, tuple)
    )


def contrast(issue: Issue, box: tuple[int, int, int, int]) -> float:
    """Between the solid part of the letters and the brightest of what lies behind them."""
    letters = levels(opened(cover(issue).wide).crop(box))
    behind = levels(opened(cover(wordless(issue)).wide).crop(box))
    return (letters[int(len(letters) * 0.97)] + 0.05) / (behind[int(len(behind) * 0.999)] + 0.05)


@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.id)
def test_a_cover_has_the_sizes_and_the_weight_that_the_platform_likes(issue):
    drawn = cover(issue)
    for picture, size in ((drawn.wide, (1800, 766)), (drawn.square, (500, 500))):
        image = opened(picture)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)
        assert (picture.width, picture.height) == size
        assert image.info.get("progressive")
        assert len(picture.data) <= 300_000
    assert (drawn.wide.name, drawn.square.name) == ("cover.jpg", "square.jpg")


def test_the_same_issue_gives_the_same_bytes():
    assert draw_cover(ISSUE, FONTS) == draw_cover(ISSUE, FONTS)


def test_the_crops_are_the_whole_picture_and_its_central_square():
    drawn = cover(ISSUE)
    left, top, right, bottom = map(float, drawn.crop_square.split("_"))
    assert drawn.crop_wide == "0_0_1_1"
    assert (right - left) * 1800 == pytest.approx((bottom - top) * 766, abs=0.01)
    assert left + right == pytest.approx(1)
    assert all(len(edge.partition(".")[2]) <= 6 for edge in drawn.crop_square.split("_"))


def test_the_square_is_what_the_platform_would_cut_out_of_the_wide_picture():
    drawn = cover(ISSUE)
    cut = opened(drawn.wide).crop(CENTRE).resize((500, 500), Image.Resampling.LANCZOS)
    difference = ImageChops.difference(cut, opened(drawn.square)).convert("L")
    assert max(difference.filter(ImageFilter.BoxBlur(4)).tobytes()) < 16


@pytest.mark.parametrize("issue", [*ISSUES, *map(entitled, HARD)], ids=headline)
def test_all_words_stand_in_the_central_square_with_a_margin(issue):
    left, top, right, bottom = ink(issue).getbbox() or (0, 0, 0, 0)
    assert CENTRE[0] + 24 <= left < right <= CENTRE[2] - 24
    assert 32 <= top < bottom <= 766 - 32


@pytest.mark.parametrize("issue", [*ISSUES, *map(entitled, HARD[1:])], ids=headline)
def test_a_headline_has_at_most_three_lines_of_nine_pixels_in_a_message_list(issue):
    area = ink(issue).crop(HEADLINE_BOX)
    rows = [area.crop((0, y, area.width, y + 1)).getbbox() is not None for y in range(area.height)]
    heights = [len(list(run)) for inked, run in groupby(rows) if inked]
    lines = [height for height in heights if height > 20]
    assert 1 <= len(lines) <= 3
    # Latin without capitals or descenders is three quarters of a hanzi's height.
    floor = 9 if not headline(issue).isascii() else 6
    assert all(height * 235 / 1800 >= floor for height in lines)


@pytest.mark.parametrize("day", range(7))
def test_words_stand_out_from_every_weekdays_ground(day):
    issue = replace(ISSUE, date=ISSUE.date + timedelta(days=day))
    assert contrast(issue, HEADLINE_BOX) >= 4.5
    assert contrast(issue, ORGANISATION_BOX) >= 4.5


def test_every_weekday_has_its_own_colour_and_every_day_its_own_pattern():
    week = [wordless(replace(ISSUE, date=ISSUE.date + timedelta(days=day))) for day in range(8)]
    small = [opened(cover(issue).wide).resize((1, 1), Image.Resampling.BOX) for issue in week]
    assert len({image.getpixel((0, 0)) for image in small[:7]}) == 7
    assert cover(week[0]).wide.digest != cover(week[7]).wide.digest


def test_a_second_edition_can_be_told_from_the_first():
    assert cover(replace(ISSUE, edition=2)).wide.digest != cover(ISSUE).wide.digest


def test_what_the_font_lacks_is_left_out_instead_of_drawn_as_a_box():
    rare = entitled("🚀智能算力\U0002a700网络新突破\u200b🔥")
    assert cover(rare).wide == cover(entitled("智能算力网络新突破")).wide


@pytest.mark.parametrize("face", [bold(FONTS), regular(FONTS)], ids=["bold", "regular"])
def test_the_fonts_have_every_character_of_gb2312_and_of_the_standard_table(face):
    rows = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    hanzi = "".join(row.decode("gb2312", errors="ignore") for row in rows)
    further = (FONTS / "beyond-gb2312.txt").read_text(encoding="utf-8").partition("\n")[2]
    standard = hanzi + "".join(further.split())
    assert len(standard) == 6763 + 1467
    assert face.clean(standard) == standard


def test_the_fonts_have_the_marks_that_reports_use():
    marks = "，。、：；！？“”‘’《》（）【】—…·×%‰¥€№℃±≥≤«»°–①⑳ⅠⅫ→←↑↓•▪■□★☆ＡＺ０９éÜ"
    assert bold(FONTS).clean(marks) == marks


def test_a_missing_font_is_named_with_what_to_do(tmp_path):
    with pytest.raises(StartError, match=r"NotoSansSC-Bold\.otf.*不存在.*请重新安装"):
        draw_cover(ISSUE, tmp_path)


def test_a_broken_font_is_named_with_what_to_do(tmp_path):
    for name in ("NotoSansSC-Bold.otf", "NotoSansSC-Regular.otf"):
        (tmp_path / name).write_bytes(b"not a font")
    with pytest.raises(StartError, match=r"NotoSansSC-Bold\.otf.*无法读取"):
        draw_cover(ISSUE, tmp_path)


def test_the_headlines_of_the_samples_tell_their_news():
    assert [headline(issue) for issue in ISSUES] == [
        "新质生产力加速落地与区域协同",
        "一季度经济数据亮眼",
        "高质量行业数据集成为“人工智能+”底座",
        "国家数据局征集上合组织数字经济案例",
        "国家数据局推动行业高质量数据集建设",
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "《数字中国发展报告（2025 年）》发布，数字基础设施升级",
            "《数字中国发展报告（2025年）》发布",
        ),
        ("第 139 届广交会展现”智造”新版图，占比超五成", "第139届广交会展现“智造”新版图"),
        ("“数据要素 ×”进入收官攻坚，417 个案例", "“数据要素×”进入收官攻坚"),
        ("出口同比增长1,000倍：高技术产品走强", "出口同比增长1,000倍"),
        ("要闻，短讯", "要闻，短讯"),
        ("数", "数"),
        ("半个“引号", "半个引号"),
        ("", "新质生产力每日动态"),
    ],
)
def test_a_headline_is_a_whole_clause_with_its_quotes_in_pairs(title, expected):
    assert headline(entitled(title)) == expected


@pytest.mark.parametrize("title", [SIXTY, f"“{SIXTY}”", "短，讯，" * 20])
def test_a_headline_without_a_stop_in_reach_is_cut_and_says_so(title):
    found = headline(entitled(title))
    assert found.endswith("…")
    assert len(found) <= 22
    assert found.count("“") == found.count("”")


def test_an_issue_without_sections_is_headed_by_its_own_title():
    assert headline(wordless(ISSUE)) == ""
    assert headline(replace(ISSUE, sections=())) == "新质生产力每日动态"
