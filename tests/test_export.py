"""Issues as files to take along: whole, safe to open, the same again, and light on the machine."""

import csv
import os
import re
import threading
import zipfile
from dataclasses import replace
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import flow
from bot.archive.holdings import AT_ONCE
from bot.cli.main import main
from bot.errors import ArchiveError, StartError
from bot.export import printing
from bot.export.files import FORMS, export_issue, open_printer, pieces_of
from bot.export.names import FORBIDDEN, file_name
from bot.export.press import LARGEST, LONGEST
from bot.export.printing import Printer
from bot.export.sheet import Sheet
from bot.export.volume import name_of_volume, volume
from bot.ingest.file import read_issue
from bot.render.theme import load_theme
from bot.resources import directory
from bot.services import Services
from tests.conftest import ISSUES, SAMPLES

ISSUE = "2026-06-13"
# Everything that an issue may hold; its second picture is the platform's.
TORTURE = ISSUES / "torture.md"
MARKUP = '#set page(fill: red) $x$ *a* `b` @c <d> \\ // #read("/etc/passwd") </style><script>alert(1)</script>'


@pytest.fixture
def printer(services: Services) -> Printer:
    return open_printer(services)


@pytest.fixture
def archived(services: Services) -> str:
    return flow.add_issue(services, SAMPLES[-1]).issue.id


@pytest.fixture
def torture(services: Services) -> str:
    return flow.add_issue(services, TORTURE).issue.id


def text_of(data: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]
    return "".join("".join(pages).split())


# Names.


def test_a_file_is_called_after_its_day_and_its_headline():
    assert file_name(ISSUE, "数据：要素/市场?", ".md") == "2026-06-13 数据：要素市场.md"


@given(st.text())
def test_whatever_a_headline_says_its_name_is_one_for_every_system(headline):
    name = file_name(ISSUE, headline, ".html")
    assert name.startswith(ISSUE)
    assert name.endswith(".html")
    assert name.isprintable()
    assert not FORBIDDEN & set(name)
    assert len(name.encode()) < 255
    assert name.removesuffix(".html").strip(" .") == name.removesuffix(".html")


# One issue.


@pytest.mark.parametrize("source", [SAMPLES[-1], TORTURE], ids=lambda path: path.stem)
def test_the_text_opens_again_as_the_same_issue(services, printer, tmp_path, source):
    issue_id = flow.add_issue(services, source).issue.id
    made = export_issue(services, printer, issue_id, "md")
    path = tmp_path / made.name
    path.write_bytes(made.data)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as pack:
            pack.extractall(tmp_path / "out")
        [path] = (tmp_path / "out").glob("*.md")
        for picture in services.pictures.folder.iterdir():
            picture.unlink()  # as on another machine
    again, _ = read_issue(path)
    assert again == services.archive.issue(issue_id)
    gathered = flow.gather_pictures(services, again, path.parent)
    assert gathered.problems == ()
    assert len(gathered.pictures) == len(
        {each.address for each in again.figures if "/" not in each.address}
    )


def test_the_page_holds_all_that_it_shows(services, printer, torture):
    page = export_issue(services, printer, torture, "html").data.decode()
    sources = re.findall(r'src="([^"]{0,40})', page)
    away = [each for each in sources if not each.startswith("data:image/")]
    assert away == ["https://mmbiz.qpic.cn/mmbiz_png/abc/0?wx"]
    assert "<script" not in page
    assert not re.search(r"<link|@import|url\(", page)


def test_the_page_has_a_light_and_a_dark_side(services, printer, archived):
    page = export_issue(services, printer, archived, "html").data.decode()
    light, dark = page.split("@media (prefers-color-scheme:dark)", 1)
    assert 'style="' not in page
    assert "color:#1b3a6b" in light
    assert re.search(r"\.s\d+\{[^}]*color:", dark)
    names = set(re.findall(r'class="(s\d+)"', page))
    assert names
    assert names <= set(re.findall(r"\.(s\d+)\{", page))


def test_a_pdf_is_a4_with_its_own_fonts_numbers_and_text(services, printer, archived):
    made = export_issue(services, printer, archived, "pdf")
    document = pypdfium2.PdfDocument(made.data)
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    text = text_of(made.data)
    assert services.archive.issue(archived).headline.replace(" ", "") in text
    assert f"{len(document)}/{len(document)}" in text
    fonts = {each.get_font() for each in document[0].get_objects(filter=[1])}
    assert fonts
    assert all(font.is_embedded for font in fonts)


def test_a_pdf_leads_where_the_report_leads(services, printer, torture):
    data = export_issue(services, printer, torture, "pdf").data
    assert b"https://example.org/note" in data


def test_a_long_picture_is_as_wide_as_a_phone_and_no_platform_refuses_it(
    services, printer, torture
):
    pieces = pieces_of(services, printer, torture)
    assert len(pieces) > 1
    for piece in pieces:
        shown = Image.open(BytesIO(piece.data))
        assert shown.size == (piece.width, piece.height)
        assert piece.width == 1080
        assert piece.height <= LONGEST
        assert len(piece.data) <= LARGEST
    assert max(each.height for each in pieces) < 1.3 * min(each.height for each in pieces)


@pytest.mark.parametrize("theme", ["sober", "technology", "warm"])
def test_every_theme_can_be_printed(services, printer, archived, theme):
    look = replace(services.covers.look(archived), theme=theme)
    services.covers.choose(archived, look)
    assert "摘要" in text_of(export_issue(services, printer, archived, "pdf").data)


def test_what_looks_like_markup_is_printed_as_it_stands(services, printer, tmp_path):
    text = SAMPLES[-1].read_text(encoding="utf-8").replace("案例", MARKUP, 1)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    issue_id = flow.add_issue(services, tmp_path / "a.txt").issue.id
    shown = text_of(export_issue(services, printer, issue_id, "pdf").data)
    assert '#read("/etc/passwd")' in shown
    assert "root:" not in shown
    page = export_issue(services, printer, issue_id, "html").data.decode()
    assert "<script" not in page


def test_an_address_that_does_more_than_lead_somewhere_is_no_link(services):
    issue, _ = read_issue(TORTURE)
    section = issue.sections[0]
    wrong = [replace(each, url="javascript:alert(1)") for each in issue.references]
    sheet = Sheet(replace(issue, sections=(section,), references=tuple(wrong)), {})
    theme = load_theme(directory("templates") / "article" / "themes", "sober")
    assert all(not each["live"] for each in sheet.values(theme, [])["references"])


# Made once, by one at a time.


def test_what_was_printed_is_kept_until_the_issue_is_another(
    services, printer, archived, monkeypatch
):
    first = export_issue(services, printer, archived, "pdf").data
    monkeypatch.setattr(Printer, "_run", lambda *_: pytest.fail("printed again"))
    assert export_issue(services, open_printer(services), archived, "pdf").data == first
    services.covers.choose(archived, replace(services.covers.look(archived), theme="warm"))
    with pytest.raises(pytest.fail.Exception):
        export_issue(services, printer, archived, "pdf")


def test_what_nobody_wants_any_more_goes(services, printer, archived, clock):
    export_issue(services, printer, archived, "pdf")
    folder = services.config.paths.data / "exports"
    (folder / ".left-by-a-crash").mkdir()
    os.utime(folder / ".left-by-a-crash", (clock().timestamp(),) * 2)
    clock.forward(days=9)
    flow.add_issue(services, SAMPLES[0])
    export_issue(services, printer, services.archive.entries()[-1].issue_id, "pdf")
    [kept] = folder.iterdir()
    assert not kept.name.startswith(".")


def test_a_third_who_wants_something_printed_is_told_to_come_again(services, printer, archived):
    inside, leave, told = threading.Event(), threading.Event(), []

    def occupy() -> None:
        with printer._one_at_a_time():
            inside.set()
            leave.wait(10)

    def wait() -> None:
        told.append(export_issue(services, printer, archived, "pdf").name)

    first, second = threading.Thread(target=occupy), threading.Thread(target=wait)
    first.start()
    assert inside.wait(10)
    assert printer._room.acquire(blocking=False)  # as the second does
    with pytest.raises(StartError, match="几秒"):
        export_issue(services, printer, archived, "pdf")
    printer._room.release()
    second.start()
    leave.set()
    second.join(20)
    first.join(20)
    assert len(told) == 1


def test_a_typesetter_that_fails_is_told_with_another_way(
    services, printer, archived, monkeypatch, tmp_path
):
    broken = tmp_path / "press.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(printing, "PROGRAM", broken)
    with pytest.raises(StartError, match="HTML"):
        export_issue(services, printer, archived, "pdf")
    assert list((services.config.paths.data / "exports").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(services, archived):
    (services.config.paths.data / "exports").write_text("")
    with pytest.raises(ArchiveError, match="exports"):
        export_issue(services, open_printer(services), archived, "pdf")


# The whole archive.


def opened(services: Services) -> zipfile.ZipFile:
    pack = zipfile.ZipFile(BytesIO(b"".join(volume(services))))
    assert pack.testzip() is None
    return pack


def index_of(pack: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(pack.read("index.csv").decode("utf-8-sig"))))


def test_the_zip_holds_texts_sources_pictures_and_an_index(services, archived, torture):
    pack = opened(services)
    first, second = index_of(pack)
    assert (first["期次"], first["状态"]) == (ISSUE, "已收稿")
    assert pack.read(first["原件"]) == SAMPLES[-1].read_bytes()
    assert "rikan: 1" in pack.read(first["Markdown"]).decode()
    assert second["期次"] == torture
    [picture] = [name for name in pack.namelist() if name.endswith(".png")]
    assert picture.removeprefix("Markdown/") in pack.read(second["Markdown"]).decode()


def test_what_is_lost_is_told_in_the_index_and_stops_nothing(services, archived, torture):
    for path in (*services.sources.folder.iterdir(), *services.pictures.folder.iterdir()):
        path.unlink()
    first, second = index_of(opened(services))
    assert first["说明"] == "原件没有保存"
    assert "缺图片" in second["说明"]


def test_a_spreadsheet_takes_nothing_in_the_index_for_a_formula(services, tmp_path):
    issue, _ = read_issue(SAMPLES[-1])
    section = replace(issue.sections[0], title='=HYPERLINK("http://evil")')
    services.archive.add(replace(issue, sections=(section,)), "../../evil.txt", "0" * 64)
    pack = opened(services)
    [row] = index_of(pack)
    assert row["标题"].startswith("'=")
    assert not any(".." in name or name.startswith("/") for name in pack.namelist())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("新质生产力" * 20 + ".docx", "2026-06-13 " + "新质生产力" * 8 + ".docx"),
        ("2026-06-13.pdf", "2026-06-13 报告.pdf"),
        ("报告", "2026-06-13 报告"),
        ('../a?b.t"xt', "2026-06-13 ab.txt"),
    ],
)
def test_an_editors_file_keeps_the_end_by_which_a_system_opens_it(services, tmp_path, given, kept):
    issue, _ = read_issue(SAMPLES[-1])
    source = tmp_path / "source"
    source.write_bytes(b"as it came")
    digest = sha256(b"as it came").hexdigest()
    services.sources.keep(source, digest)
    services.archive.add(issue, given, digest)
    assert [row["原件"] for row in index_of(opened(services))] == [f"原件/{kept}"]


def test_pages_of_the_archive_join_without_a_gap(services):
    issue, _ = read_issue(SAMPLES[-1])
    for edition in range(1, 8):
        for day in range(1, 9):
            other = replace(issue, date=issue.date.replace(day=day), edition=edition)
            services.archive.add(other, "a.txt", "0" * 64)
    rows = index_of(opened(services))
    assert len(rows) > AT_ONCE
    assert len({row["期次"] for row in rows}) == len(rows) == 56


# The command.


def test_the_command_writes_each_form_under_its_name(services, archived, config_path, tmp_path):
    out = tmp_path / "out"
    for form in set(FORMS) - {"png"}:  # that one is looked at above
        words = ["--config", str(config_path), "export", ISSUE, "--as", form, "-o", str(out)]
        assert CliRunner().invoke(main, words).exit_code == 0
    suffixes = sorted(path.suffix for path in out.iterdir())
    assert suffixes == [".html", ".md", ".pdf"]
    assert all(path.name.startswith(f"{ISSUE} 国家数据局") for path in out.iterdir())


def test_the_command_writes_the_whole_archive(services, archived, config_path, tmp_path):
    words = ["--config", str(config_path), "export", "--all", "-o", str(tmp_path)]
    assert CliRunner().invoke(main, words).exit_code == 0
    [path] = tmp_path.glob("*.zip")
    assert "index.csv" in zipfile.ZipFile(path).namelist()
    assert path.name.startswith(name_of_volume(services)[:9])


def test_a_command_that_breaks_off_leaves_nothing_half_written(
    services, archived, config_path, tmp_path, monkeypatch
):
    def breaks(_services):
        yield b"PK"
        raise ArchiveError("数据库读不了。请再试一次")

    monkeypatch.setattr("bot.cli.export.volume", breaks)
    out = tmp_path / "out"
    words = ["--config", str(config_path), "export", "--all", "-o", str(out)]
    assert CliRunner().invoke(main, words).exit_code == 1
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    "words", [[], [ISSUE, "--all"], [ISSUE, "--as", "zip"], ["--all", "--as", "md"]]
)
def test_the_command_says_what_it_needs(config_path, words):
    result = CliRunner().invoke(main, ["--config", str(config_path), "export", *words])
    assert result.exit_code == 2
    assert "--all" in result.output


def test_an_issue_that_is_not_there_leaves_no_file(config_path, tmp_path, services):
    out = tmp_path / "out"
    words = ["--config", str(config_path), "export", "2020-01-01", "-o", str(out)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert not out.exists() or not list(Path(out).iterdir())


def test_a_word_that_is_too_long_stays_on_the_page(services, printer, tmp_path):
    text = TORTURE.read_text(encoding="utf-8")
    address = f"https://example.com/{'path' * 60}"
    (tmp_path / "a.md").write_text(text.replace("第二项", f"第二项 {address}", 1), encoding="utf-8")
    issue_id = flow.add_issue(services, tmp_path / "a.md").issue.id
    document = pypdfium2.PdfDocument(export_issue(services, printer, issue_id, "pdf").data)
    width = document[0].get_size()[0]
    words = document[0].get_textpage()
    boxes = [words.get_charbox(at) for at in range(words.count_chars())]
    assert max(right for _, _, right, _ in boxes) < width
