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
from bot.render.footer import draw_footer
from bot.render.qr import Code, Mark
from bot.resources import directory

FONTS = directory("assets") / "fonts"
ACCOUNT = Code(
    "http://weixin.qq.com/r/mp/8xHqKzTEpQ2vrRZ29x3a", "新质生产力工作委员会", "官方公众号"
)
WEBSITE = Code("https://gyznsw.cn", "工业智能算网", "gyznsw.cn")
BOTH = (ACCOUNT, WEBSITE)
PHONE = 375
# Between a code's modules, other kinds of code may be found by chance.
ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
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
    return sorted(code.text for code in zxingcpp.read_barcodes(image, formats=ONLY_QR))


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


def picture_of(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


BUSY = picture_of(Image.effect_noise((300, 300), 120).convert("RGB"))


@pytest.mark.parametrize("seed", range(30))
def test_any_two_addresses_are_read_at_every_size_and_after_compression(seed):
    codes = addresses(seed)
    image = opened(draw_footer(codes, FONTS))
    for seen in (image, on_phone(image), compressed(on_phone(image))):
        assert said(seen) == contents(codes)


@pytest.mark.parametrize("seed", range(5))
def test_a_busy_logo_in_the_middle_leaves_them_readable(seed):
    codes = addresses(seed)
    image = opened(draw_footer(codes, FONTS, Mark(BUSY, 0.28)))
    assert said(compressed(on_phone(image))) == contents(codes)


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
    # 17 characters at level H make version 3, which is 29 modules wide.
    module = (right - left) // 29
    code.paste(255, (11 * module, 11 * module, 18 * module, 18 * module))
    assert {level for _, level in code.getcolors() or []} == {0, 255}
    quiet = module * 4
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


def middle(picture: Picture) -> Image.Image:
    """The inside of the only code's mark."""
    corners = zxingcpp.read_barcodes(opened(picture), formats=ONLY_QR)[0].position
    x = (corners.top_left.x + corners.bottom_right.x) // 2
    y = (corners.top_left.y + corners.bottom_right.y) // 2
    return opened(picture).crop((x - 12, y - 12, x + 12, y + 12))


def test_the_first_character_of_the_name_stands_in_the_middle_where_there_is_no_logo():
    one, other = (draw_footer([Code(WEBSITE.content, name)], FONTS) for name in ("甲社", "乙社"))
    assert middle(one).tobytes() != middle(other).tobytes()
    colours = {colour for _, colour in middle(one).getcolors() or []}
    assert (255, 255, 255) in colours
    assert (14, 63, 143) in colours or (15, 66, 148) in colours


def test_a_logo_stands_in_the_middle_in_its_own_colours():
    red = picture_of(Image.new("RGB", (200, 100), (220, 0, 0)))
    drawn = draw_footer([WEBSITE], FONTS, Mark(red))
    assert drawn.name == "footer.png"
    assert middle(drawn).getcolors() == [(24 * 24, (220, 0, 0))]


@pytest.mark.parametrize("share", [0.05, 0.35, 0.5])
def test_a_logo_larger_than_the_code_can_bear_is_refused(share):
    with pytest.raises(ArticleError, match=r"占宽度的 \d+%.*wechat\.qr_logo_size"):
        draw_footer([WEBSITE], FONTS, Mark(BUSY, share))


@pytest.mark.parametrize("data", [b"", b"words", BUSY[:400]])
def test_a_logo_that_is_no_picture_is_named(data):
    with pytest.raises(ArticleError, match="二维码中间的标志不是图片"):
        draw_footer([WEBSITE], FONTS, Mark(data or b" "))


def platform_picture(content: str) -> Image.Image:
    """A code as the platform gives it: another size, another margin, a logo in its middle."""
    code = opened(draw_footer([Code(content, "号")], FONTS))
    return code.crop((240, 100, 840, 700)).resize((430, 430))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_platforms_own_picture_takes_the_accounts_place(kind):
    given = picture_of(platform_picture(ACCOUNT.content), kind)
    account = Code("", ACCOUNT.caption, ACCOUNT.note, given)
    drawn = draw_footer([account, WEBSITE], FONTS)
    assert said(compressed(on_phone(opened(drawn)))) == contents(BOTH)
    assert len(drawn.data) <= 100_000


def test_a_picture_taken_at_an_angle_is_straightened():
    crooked = platform_picture(ACCOUNT.content).rotate(7, expand=True, fillcolor="white")
    drawn = draw_footer([Code("", "号", "", picture_of(crooked)), WEBSITE], FONTS)
    found = zxingcpp.read_barcodes(opened(drawn), formats=ONLY_QR)
    assert all(abs(code.orientation) <= 1 for code in found)
    assert said(opened(drawn)) == contents(BOTH)


def test_a_photographic_picture_still_makes_a_light_footer():
    noisy = platform_picture(ACCOUNT.content).resize((1100, 1100))
    noisy = Image.blend(noisy, Image.effect_noise(noisy.size, 90).convert("RGB"), 0.25)
    drawn = draw_footer([Code("", "号", "", picture_of(noisy))], FONTS)
    assert drawn.name == "footer.jpg"
    assert len(drawn.data) <= 100_000
    assert said(compressed(on_phone(opened(drawn)))) == [ACCOUNT.content]


def test_a_picture_that_says_something_else_than_the_settings_is_refused():
    given = picture_of(platform_picture("http://weixin.qq.com/r/other"))
    with pytest.raises(ArticleError, match=r"weixin\.qq\.com/r/other.*不同"):
        draw_footer([Code(ACCOUNT.content, "号", "", given)], FONTS)


@pytest.mark.parametrize("count", [0, 2])
def test_a_picture_without_exactly_one_code_is_refused(count):
    picture = opened(draw_footer(BOTH, FONTS)) if count else Image.new("RGB", (300, 300), "white")
    with pytest.raises(ArticleError, match=f"认出 {count} 个二维码"):
        draw_footer([Code("", "号", "", picture_of(picture))], FONTS)


def test_a_code_that_cannot_be_read_back_stops_the_build(monkeypatch):
    monkeypatch.setattr("bot.render.footer.read_codes", lambda picture: [WEBSITE.content])
    with pytest.raises(ArticleError, match="“新质生产力工作委员会”画好后识别不出来"):
        draw_footer(BOTH, FONTS)
