"""Editors' own pictures on covers: whatever they are, words stay readable and mistakes are named."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.errors import ArticleError
from bot.model import Look
from bot.render.backdrop import open_picture
from bot.render.cover import draw_cover
from tests.test_cover import ISSUE, READABLE, STYLE, TEMPLATES, levels, opened

SIZE = (2400, 1200)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.effect_noise(size, 120).convert("RGB")


PICTURES = {
    "white": Image.new("RGB", SIZE, "white"),
    "black": Image.new("RGB", SIZE, "black"),
    "noise": noise(),
    "halves": Image.linear_gradient("L").resize(SIZE).point(lambda x: 255 * (x > 128)),
    "transparent": Image.new("RGBA", SIZE, (255, 255, 255, 40)),
    "tall": noise((400, 3000)),
    "small": noise((60, 40)),
    "palette": noise().quantize(16),
    "sixteen": Image.new("I;16", SIZE, 40000),
}


def drawn(picture: bytes, **look: str) -> Image.Image:
    return opened(draw_cover(ISSUE, STYLE, Look(picture=picture, **look)).wide)


@pytest.mark.parametrize("name", PICTURES)
def test_words_stand_out_from_any_picture(name):
    image = drawn(encoded(PICTURES[name]), layout="headline")
    brightest = levels(image.crop((549, 150, 1251, 660)))
    palette = STYLE.choose(ISSUE, Look()).palette
    limit = levels(Image.new("RGB", (9, 9), palette.light))[0] + 0.02
    behind = [level for level in brightest if level < limit]
    assert (1.05) / (behind[int(len(behind) * 0.999)] + 0.05) >= READABLE


def test_words_stand_out_from_a_picture_on_the_light_palette_too():
    image = drawn(encoded(PICTURES["halves"].convert("RGB")), layout="headline", palette="paper")
    darkest_allowed = levels(Image.new("RGB", (9, 9), TEMPLATES.palettes["paper"].dark))[0]
    found = [level for level in levels(image.crop((549, 120, 1251, 140))) if level > 0.2]
    assert found[0] >= darkest_allowed - 0.08


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_of_picture_that_is_promised_is_drawn(kind):
    assert drawn(encoded(noise(), kind)).size == (1800, 766)


def test_a_photograph_is_turned_upright_as_its_camera_says():
    upright = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    assert open_picture(encoded(upright, "JPEG", exif=exif), "图", (99, 99)).size == (20, 40)


def test_the_settings_picture_stands_behind_every_cover_and_the_issues_own_before_it(tmp_path):
    common, own = tmp_path / "common.png", encoded(PICTURES["halves"].convert("RGB"))
    common.write_bytes(encoded(PICTURES["noise"]))
    style = replace(STYLE, background=common)
    plain, shared = draw_cover(ISSUE, STYLE), draw_cover(ISSUE, style)
    assert plain != shared
    look = Look(picture=own)
    assert draw_cover(ISSUE, style, look) == draw_cover(ISSUE, STYLE, look)


def test_a_logo_stands_before_the_title_and_keeps_its_colour(tmp_path):
    path = tmp_path / "logo.png"
    logo = Image.new("RGBA", (300, 300))
    logo.paste((255, 220, 0, 255), (50, 50, 250, 250))
    path.write_bytes(encoded(logo))
    image = opened(draw_cover(ISSUE, replace(STYLE, logo=path)).wide)
    red, green, blue = image.crop((549 + 20, 44 + 20, 549 + 40, 44 + 40)).split()
    assert min(red.tobytes()) > 220
    assert min(green.tobytes()) > 180
    assert max(blue.tobytes()) < 60
    assert max(image.crop((549 + 79, 44, 1043, 104)).tobytes()) > 240


def test_a_very_wide_logo_leaves_room_for_the_title(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(encoded(Image.new("RGB", (2000, 40), "white")))
    assert draw_cover(ISSUE, replace(STYLE, logo=path)).wide.width == 1800


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "不是图片"),
        (b"", "不是图片"),
        (encoded(noise())[:5000], "已损坏"),
        (encoded(Image.new("1", (5000, 5000))), "太大"),
        (encoded(Image.new("1", (12000, 9000))), "像素太多"),
        (encoded(Image.new("RGB", (3, 3))), "太小"),
        (b"x" * 20_000_001, "超过 20 MB"),
        (encoded(Image.new("RGB", (300, 300)), "GIF"), "不是图片"),
    ],
    ids=["words", "nothing", "torn", "large", "bomb", "tiny", "heavy", "gif"],
)
def test_a_picture_that_cannot_be_used_is_named_with_the_remedy(data, words):
    with pytest.raises(ArticleError, match=f"封面背景图.*({words}).*请"):
        open_picture(data, "封面背景图", (1800, 766))


@pytest.mark.parametrize("name", ["background", "logo"])
def test_a_file_that_is_not_there_is_named(tmp_path, name):
    style = replace(STYLE, **{name: tmp_path / "none.png"})
    with pytest.raises(ArticleError, match=r"none\.png 读不了.*请检查路径"):
        draw_cover(ISSUE, style)


def test_a_logo_without_anything_on_it_is_named(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(encoded(Image.new("RGBA", (90, 90))))
    with pytest.raises(ArticleError, match=r"封面标志是全透明的"):
        draw_cover(ISSUE, replace(STYLE, logo=path))


WHOLE = {kind: encoded(noise((120, 80)), kind) for kind in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(WHOLE)), st.data())
def test_a_damaged_picture_is_opened_or_named_but_never_a_fault(kind, data):
    torn = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        torn[data.draw(st.integers(0, len(torn) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = open_picture(bytes(torn[: data.draw(st.integers(1, len(torn)))]), "图", (99, 99))
    except ArticleError:
        return
    assert picture.mode == "RGBA"
