"""The footer's codes: they must be read from a phone's screen after the platform's compression."""

import io
import random
import string
from collections.abc import Sequence

import pytest
import zxingcpp
from PIL import Image

from bot.errors import ArticleError, StartError
from bot.model import Picture
from bot.render.qr import Code, draw_footer
from bot.resources import directory

FONTS = directory("assets") / "fonts"
ACCOUNT = Code(
    "http://weixin.qq.com/r/mp/8xHqKzTEpQ2vrRZ29x3a", "新质生产力工作委员会", "官方公众号"
)
WEBSITE = Code("https://gyznsw.cn", "工业智能算网", "gyznsw.cn")
BOTH = (ACCOUNT, WEBSITE)
PHONE = 375
ALPHABET = string.ascii_letters + string.digits + "-._~:/?#@!$&'()*+,;=%"


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def on_phone(image: Image.Image) -> Image.Image:
    return image.resize(
        (PHONE, round(image.height * PHONE / image.width)), Image.Resampling.BILINEAR
    )


def compressed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return Image.open(file)


def said(image: Image.Image) -> list[str]:
    return sorted(code.text for code in zxingcpp.read_barcodes(image))


def contents(codes: Sequence[Code]) -> list[str]:
    return sorted(code.content for code in codes)


def addresses(seed: int) -> tuple[Code, Code]:
    """One address of any length up to 120 characters, and one of exactly that."""
    dice = random.Random(seed)
    lengths = (dice.randint(9, 120), 120)
    first, second = (
        "https://" + "".join(dice.choices(ALPHABET, k=length - 8)) for length in lengths
    )
    return Code(first, "公众号"), Code(second, "网站")


@pytest.mark.parametrize("seed", range(20))
def test_any_two_addresses_are_read_at_every_size_and_after_compression(seed):
    codes = addresses(seed)
    image = opened(draw_footer(codes, FONTS))
    for seen in (image, on_phone(image), compressed(on_phone(image))):
        assert said(seen) == contents(codes)


def test_the_account_and_the_website_are_read():
    assert said(opened(draw_footer(BOTH, FONTS))) == contents(BOTH)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_one_code_stands_alone_and_more_stand_two_abreast(count):
    codes = [Code(f"https://gyznsw.cn/{number}", "工业智能算网") for number in range(count)]
    assert said(opened(draw_footer(codes, FONTS))) == contents(codes)


def test_chinese_content_is_read():
    codes = [Code("新质生产力每日动态", "口令")]
    assert said(opened(draw_footer(codes, FONTS))) == contents(codes)


def test_the_picture_is_small_enough_for_the_platform_and_wide_enough_for_a_phone():
    picture = draw_footer(BOTH, FONTS)
    assert (picture.name, picture.width) == ("footer.png", 1080)
    assert len(picture.data) <= 100_000
    assert opened(picture).size == (picture.width, picture.height)


def test_the_plate_is_opaque_and_light_for_readers_in_dark_mode():
    image = Image.open(io.BytesIO(draw_footer(BOTH, FONTS).data))
    assert not image.has_transparency_data
    light = image.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert image.convert("L").getpixel((0, 0)) == 255
    assert isinstance(light, int)
    assert light > 190


def test_modules_are_pure_black_and_white_inside_a_quiet_zone_of_four():
    image = opened(draw_footer([WEBSITE], FONTS)).convert("L")
    corners = zxingcpp.read_barcodes(image)[0].position
    left, top = corners.top_left.x, corners.top_left.y
    right, bottom = corners.bottom_right.x, corners.bottom_right.y
    code = image.crop((left, top, right, bottom))
    assert {level for _, level in code.getcolors() or []} == {0, 255}
    # 17 characters at level Q make version 2, which is 25 modules wide.
    quiet = (right - left) // 25 * 4
    around = image.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    around.paste(255, (quiet - 2, quiet - 2, around.width - quiet + 2, around.height - quiet + 2))
    assert around.getextrema() == (255, 255)


def test_codes_of_unequal_length_are_of_one_size():
    found = zxingcpp.read_barcodes(opened(draw_footer(BOTH, FONTS)))
    widths = [code.position.top_right.x - code.position.top_left.x for code in found]
    assert max(widths) - min(widths) <= 2


def test_the_same_codes_give_the_same_bytes():
    assert draw_footer(BOTH, FONTS) == draw_footer(BOTH, FONTS)


def test_a_caption_that_is_too_long_is_cut_and_stays_in_its_half():
    long = Code("https://gyznsw.cn", "中国高技术产业发展促进会新质生产力工作委员会" * 3)
    plain = Code("https://gyznsw.cn", "")
    one, other = (opened(draw_footer([code, plain], FONTS)) for code in (long, plain))
    half = (540, 0, 1080, one.height)
    assert one.crop(half).tobytes() == other.crop(half).tobytes()


@pytest.mark.parametrize("content", ["https://gyznsw.cn/" + "a" * 200, "x" * 5000])
def test_an_address_too_long_to_be_read_is_refused_with_a_remedy(content):
    with pytest.raises(ArticleError, match=r"“网站”.*字节.*较短的地址"):
        draw_footer([Code(content, "网站")], FONTS)


@pytest.mark.parametrize("codes", [[], [Code(" ", "网站")]])
def test_a_footer_without_an_address_is_refused(codes):
    with pytest.raises(ArticleError, match="请在设置里填写"):
        draw_footer(codes, FONTS)


def test_a_missing_font_is_named(tmp_path):
    with pytest.raises(StartError, match=r"NotoSansSC-Bold\.otf.*不存在"):
        draw_footer(BOTH, tmp_path)
