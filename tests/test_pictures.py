"""Pictures, from wherever an editor has them to what the platform takes."""

import base64
import os
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from bot.archive.pictures import Pictures
from bot.errors import ArchiveError, IngestError
from bot.ingest.pictures import Album
from bot.model import Issue, Picture, Section
from bot.render import pictures as darkroom
from bot.render.pictures import fit, measure
from bot.shape import Code, Figure

DAY = date(2026, 6, 13)


def saved(image: Image.Image, form: str = "PNG", **how: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **how)
    return file.getvalue()


def plain(width: int = 40, height: int = 30, colour: Any = "navy", mode: str = "RGB"):
    return Image.new(mode, (width, height), colour)


def opened(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.data))
    image.load()
    return image


def pixel(picture: Picture, place: tuple[int, int] = (0, 0)) -> tuple[int, int, int]:
    """Its red, green and blue there."""
    found: Any = opened(picture).convert("RGB").getpixel(place)
    return found


def issue_with(*addresses: str) -> Issue:
    """An issue with a picture in its summary, one in 1.1, and the rest in section 2."""
    figures = [Figure(address, alt="图") for address in addresses]
    first, second, rest = figures[:1], figures[1:2], figures[2:]
    below = Section("1.1", "小节", ("图",) * len(second), shapes=tuple(second))
    sections = (
        Section("1", "第一节", ("话",), (below,)),
        Section("2", "第二节", ("话", *"图" * len(rest)), shapes=(Code("x"), *rest)),
    )
    return Issue("日报", "", "", DAY, "图", sections, shapes=tuple(first))


class Shelf:
    """Pictures that are kept already, and what was asked of the web."""

    def __init__(self, folder: Path) -> None:
        self.pictures = Pictures(folder / "data" / "pictures", measure)
        self.asked: list[str] = []
        self.album = Album(folder / "report", self.fetch, fit, self.pictures.read)
        self.album.folder.mkdir()

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        return saved(plain(colour="red"))

    def beside(self, name: str, data: bytes) -> None:
        path = self.album.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def refusal(self, *addresses: str) -> str:
        [problem] = self.album.gather(issue_with(*addresses)).problems
        return str(problem)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


# Where pictures come from.


def test_pictures_of_every_kind_get_names_of_our_own(shelf):
    shelf.beside("图 1.png", saved(plain()))
    data = f"data:image/png;base64,{base64.b64encode(saved(plain(colour='lime'))).decode()}"
    gathered = shelf.album.gather(issue_with("图 1.png", data, "https://a.example/b.png?c=d"))
    issue, pictures = gathered.issue, gathered.pictures
    names = [figure.address for figure in issue.figures]
    assert names == [picture.name for picture in pictures]
    colours = [pixel(picture) for picture in pictures]
    assert colours == [(0, 0, 128), (0, 255, 0), (255, 0, 0)]
    assert shelf.asked == ["https://a.example/b.png?c=d"]
    assert issue.sections[1].shapes[0] == Code("x")


def test_a_picture_used_twice_is_had_once(shelf):
    address = "https://a.example/b.png"
    gathered = shelf.album.gather(issue_with(address, address, address))
    issue, pictures = gathered.issue, gathered.pictures
    assert len(pictures) == len(shelf.asked) == 1
    assert {figure.address for figure in issue.figures} == {pictures[0].name}


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_what_the_platform_holds_already_stays_there(shelf, scheme):
    address = "mmbiz.qpic.cn/sz_mmbiz_png/abc/640?wx_fmt=png"
    gathered = shelf.album.gather(issue_with(f"{scheme}://{address}"))
    assert (shelf.asked, gathered.pictures) == ([], ())
    assert gathered.issue.figures[0].address == f"https://{address}"


def test_a_host_that_only_looks_like_the_platforms_is_any_other(shelf):
    shelf.album.gather(issue_with("https://mmbiz.qpic.cn.evil.example/a.png"))
    assert len(shelf.asked) == 1


def test_a_picture_that_is_kept_is_found_by_its_name(shelf):
    shelf.beside("a.png", saved(plain()))
    gathered = shelf.album.gather(issue_with("a.png"))
    [picture] = gathered.pictures
    shelf.pictures.keep(picture)
    (shelf.album.folder / "a.png").unlink()
    assert shelf.album.gather(gathered.issue) == gathered


@pytest.mark.parametrize("written", ["图/表 1.png", "%E5%9B%BE/%E8%A1%A8%201.png", "图\\表 1.png"])
def test_a_file_is_found_however_its_address_is_written(shelf, written):
    shelf.beside("图/表 1.png", saved(plain()))
    assert len(shelf.album.gather(issue_with(written)).pictures) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/etc/hostname.png",
        "../secret.png",
        "a/../../secret.png",
        "..%2fsecret.png",
        "..\\secret.png",
        "C:\\Users\\secret.png",
        "\\\\server\\share\\secret.png",
        "%2fetc%2fsecret.png",
    ],
)
def test_a_file_outside_the_reports_folder_is_refused(shelf, address):
    (shelf.album.folder.parent / "secret.png").write_bytes(saved(plain()))
    assert "报告旁边" in shelf.refusal(address)


def test_a_link_that_leads_out_of_the_folder_is_refused(shelf):
    secret = shelf.album.folder.parent / "secret.png"
    secret.write_bytes(saved(plain()))
    (shelf.album.folder / "a.png").symlink_to(secret)
    (shelf.album.folder / "up").symlink_to("..")
    for address in ("a.png", "up/secret.png"):
        assert "文件夹之外" in shelf.refusal(address)


def test_a_pipe_is_no_picture(shelf):
    os.mkfifo(shelf.album.folder / "a.png")
    assert "没有这个文件" in shelf.refusal("a.png")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("b.png", "没有这个文件"),
        ("", "没有这个文件"),
        ("a\0b.png", "没有这个文件"),
        ("很" * 300 + ".png", "打不开"),
        ("note.txt", "不是能用的图片"),
        ("large.png", "超过 10 MB"),
        ("http://a.example/b.png", "https://"),
        ("//a.example/b.png", "https://"),
        ("file:///etc/hostname", "https://"),
        ("blob:https://a.example/1-2", "https://"),
        ("data:text/html;base64,PGI+", "不是图片"),
        ("data:image/png;base64,iVBORw0K!!", "不完整"),
        ("data:image/png;base64,iVBORw0K", "不是能用的图片"),
        ("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E", "SVG"),
        ("data:image/png", "不是图片"),
        ("http://[a", "https://"),
    ],
)
def test_what_cannot_be_had_is_a_sentence_with_the_place(shelf, address, words):
    shelf.beside("note.txt", b"some words")
    shelf.beside("large.png", bytes(10_000_001))
    shelf.beside("first.png", saved(plain()))
    told = shelf.refusal("first.png", address)
    assert told.startswith("第 1.1 节第 1 段的图片")
    assert words in told
    assert "请" in told
    assert len(told) < 200


def test_an_address_is_told_without_its_secrets(shelf):
    told = shelf.refusal("http://user:pass@a.example/b.png?token=1234#5678")
    assert "http://a.example/b.png" in told
    assert not any(secret in told for secret in ("pass", "1234", "5678"))


def test_every_picture_in_trouble_is_told(shelf):
    gathered = shelf.album.gather(issue_with("a.png", "https://a.example/b", "c.png", "c.png"))
    assert len(gathered.pictures) == 1
    assert [problem.place.split("的")[0] for problem in gathered.problems] == [
        "摘要第 1 段",
        "第 2 节第 2 段",
    ]


def test_an_issue_of_a_thousand_pictures_is_refused_before_the_first_is_had(shelf):
    addresses = [f"https://a.example/{number}" for number in range(1000)]
    assert "超过 50 张" in shelf.refusal(*addresses)
    assert shelf.asked == []


# What keeps them.


def test_a_kept_picture_comes_back_as_it_was(shelf):
    picture = fit("图", saved(plain()))
    shelf.pictures.keep(picture)
    shelf.pictures.keep(replace(picture, data=b"another"))
    assert shelf.pictures.read(picture.name) == picture


@pytest.mark.parametrize("name", ["../../config.toml", "0" * 16, "x.png", f"{'0' * 16}.png/..", ""])
def test_only_names_of_pictures_are_looked_for(shelf, name):
    assert shelf.pictures.read(name) is None


def test_a_lost_picture_is_told_with_the_remedy(shelf):
    with pytest.raises(ArchiveError, match=r"rikan add --replace"):
        shelf.pictures.of(issue_with("0123456789abcdef.png"))


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "pictures").write_text("a file")
    pictures = Pictures(tmp_path / "pictures", measure)
    with pytest.raises(ArchiveError, match="磁盘空间"):
        pictures.keep(fit("图", saved(plain())))


# What the platform takes.


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "AVIF"])
def test_every_usual_format_becomes_jpeg_or_png(form):
    picture = fit("图", saved(plain(), form))
    with opened(picture) as image:
        assert image.format == {".jpg": "JPEG", ".png": "PNG"}[picture.name[16:]]
        assert image.size == (picture.width, picture.height) == (40, 30)


def test_the_same_bytes_give_the_same_picture_under_the_name_of_its_source():
    data = saved(plain(2000, 1000), "JPEG")
    assert fit("一", data) == fit("二", data)
    assert fit("一", data).name != fit("一", saved(plain(2000, 1001), "JPEG")).name


def test_a_wide_picture_is_made_as_narrow_as_a_phone_needs_it():
    picture = fit("图", saved(plain(4000, 3000), "JPEG"))
    assert (picture.width, picture.height) == (1080, 810)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_heavy_picture_is_made_light_enough(form):
    noise = Image.effect_noise((1400, 2400), 120).convert("RGB")
    data = saved(noise, form, **({"quality": 100} if form == "JPEG" else {}))
    assert len(data) > 3_000_000
    picture = fit("图", data)
    assert len(picture.data) < 1_000_000
    assert picture.width == 1080


def test_where_no_quality_is_enough_the_picture_gets_smaller(monkeypatch):
    monkeypatch.setattr(darkroom, "HEAVIEST", 20_000)
    picture = fit("图", saved(Image.effect_noise((1000, 1000), 120)))
    assert len(picture.data) < 20_000
    assert picture.width < 1000


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_transparent_ground_becomes_white(form):
    ink = plain(colour=(0, 0, 0, 0), mode="RGBA")
    ink.putpixel((5, 5), (20, 30, 40, 255))
    more = {"lossless": True} if form == "WEBP" else {}
    picture = fit("图", saved(ink, form, **more))
    assert opened(picture).mode == "RGB"
    assert pixel(picture, (35, 25)) == (255, 255, 255)
    assert sum(pixel(picture, (5, 5))) < 400


def test_transparency_by_palette_becomes_white_too():
    image = plain(colour=1, mode="P")
    image.putpalette([200, 0, 0, 10, 10, 10])
    assert pixel(fit("图", saved(image, transparency=1))) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "colour", "grey"),
    [("1", 1, 255), ("L", 90, 90), ("I;16", 0x8080, 128), ("LA", (90, 255), 90)],
)
def test_greys_of_any_depth_keep_their_brightness(mode, colour, grey):
    picture = fit("图", saved(plain(colour=colour, mode=mode)))
    assert pixel(picture) == (grey,) * 3


def test_a_picture_for_print_is_turned_into_one_for_screens():
    picture = fit("图", saved(plain(colour=(0, 255, 255, 0), mode="CMYK"), "JPEG"))
    red, green, blue = pixel(picture)
    assert opened(picture).mode == "RGB"
    assert red > 200
    assert max(green, blue) < 60


def test_a_photograph_held_upright_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, to be turned back
    photograph = plain(60, 20, "white")
    photograph.paste("black", (0, 0, 30, 20))
    picture = fit("图", saved(photograph, "JPEG", exif=exif, quality=95))
    assert (picture.width, picture.height) == opened(picture).size == (20, 60)
    assert max(pixel(picture, (10, 5))) < 40
    assert min(pixel(picture, (10, 55))) > 215


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_and_by_whom_it_was_taken_is_left_out(form):
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "SecretCamera", "SecretName"
    exif.get_ifd(0x8825)[1] = "N"
    more = {"comment": b"SecretWords"} if form == "JPEG" else {}
    data = saved(plain(), form, exif=exif, xmp=b"<x>SecretPlace</x>", **more)
    assert b"Secret" in data
    picture = fit("图", data)
    assert b"Secret" not in picture.data
    assert not opened(picture).getexif()


def test_the_first_of_moving_pictures_is_taken():
    frames = [plain(colour="red"), plain(colour="blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert pixel(fit("图", data)) == (255, 0, 0)


def swapped_profile() -> bytes:
    """Colours in which what is called red is green, and the other way round."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = (profile.index(tag) for tag in (b"rXYZ", b"gXYZ"))
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "Odd ".encode("utf-16-be"))


def test_colours_are_shown_as_they_were_meant():
    picture = fit("图", saved(plain(colour=(250, 0, 0)), icc_profile=swapped_profile()))
    red, green, _ = pixel(picture)
    assert (red < 30, green > 220) == (True, True)
    assert "icc_profile" not in opened(picture).info


@pytest.mark.parametrize(
    "profile",
    [
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        b"no profile at all",
    ],
    ids=["usual", "useless", "broken"],
)
def test_a_colour_profile_that_says_nothing_changes_nothing(profile):
    picture = fit("图", saved(plain(colour=(120, 130, 140)), icc_profile=profile))
    assert pixel(picture) == (120, 130, 140)
    assert "icc_profile" not in opened(picture).info


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是能用的图片"),
        (b"<html>", "不是能用的图片"),
        (b"\n<?xml version='1.0'?><!-- x --><svg/>", "SVG"),
        (b"\xef\xbb\xbf<SVG viewBox='0 0 1 1'>", "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (saved(plain(400, 300), "JPEG")[:700], "已损坏"),
        (saved(plain(20, 9000))[:200], "已损坏"),
        (saved(plain(1, 20_000)), "太长"),
    ],
    ids=["nothing", "page", "svg", "bom", "heic", "half", "broken", "long"],
)
def test_what_is_no_picture_is_a_sentence(data, words):
    with pytest.raises(IngestError, match=words) as caught:
        fit("图.png", data)
    assert caught.value.place == "图.png"


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(width, height):
    small = bytearray(saved(plain(1, 1)))
    small[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    small[29:33] = zlib.crc32(small[12:29]).to_bytes(4, "big")
    with pytest.raises(IngestError, match="像素"):
        fit("图", bytes(small))


WHOLE = [saved(plain(9, 9), form) for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "AVIF")]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture with some bytes changed, and perhaps its end missing."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(1, len(data)))])


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), damaged()))
def test_any_bytes_are_a_picture_or_a_sentence(data):
    with suppress(IngestError):
        picture = fit("图", data)
        assert len(picture.data) < 1_000_000
        assert picture.width <= 1080
