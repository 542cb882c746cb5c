"""An issue with pictures on its way: kept, shown, and uploaded once each, whatever happens."""

import os
import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bot import flow
from bot.cli.main import main
from bot.errors import ArchiveError, IngestError
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import Sandbox

ISSUE = "2026-06-13"
DEAD = 9
COLOURS = ("red", "lime", "blue")
ON_PLATFORM = "https://mmbiz.qpic.cn/mmbiz_png/abc/640"


def write_report(folder: Path, name: str = "report.md", word: str = "三张") -> Path:
    """A report with three pictures beside it, one used twice, and one that the platform holds."""
    folder.mkdir(exist_ok=True)
    for number, colour in enumerate(COLOURS):
        Image.new("RGB", (1200, 300 + number), colour).save(folder / f"{number}.png")
    path = folder / name
    path.write_text(
        f"""# 新质生产力每日动态

2026 年 6 月 13 日

## 摘要

今天有{word}图。

## 1 第一节

第一段话。

![零](0.png "第零张")

![一](1.png)

### 1.1 小节

又一段话。

![二](2.png)

![零](0.png)

![平台]({ON_PLATFORM})
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return write_report(tmp_path / "editor")


@pytest.fixture
def services(services: Services, report: Path) -> Services:
    """The report is in the archive, and the editor's folder is gone."""
    flow.add_issue(services, report)
    shutil.rmtree(report.parent)
    return services


def shown(html: str) -> list[str]:
    """From where an article shows its pictures, the footer last."""
    return re.findall(r'<img[^>]* src="([^"]+)"', html)


def content(sandbox: Sandbox) -> str:
    [draft] = sandbox.state["drafts"]
    return draft["articles"][0]["content"]


def test_the_archive_keeps_the_pictures_when_the_editors_folder_is_gone(services):
    names = [figure.address for figure in services.archive.issue(ISSUE).figures]
    assert names[0] == names[3]
    assert names[4] == ON_PLATFORM
    kept = [services.pictures.read(name) for name in names[:3]]
    colours = [Image.open(BytesIO(picture.data)).getpixel((0, 0)) for picture in kept if picture]
    assert colours == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]


def test_the_same_report_again_changes_nothing(services, tmp_path):
    again = write_report(tmp_path / "another")
    assert not flow.add_issue(services, again).new


def test_each_picture_is_uploaded_once_and_shown_from_there(services, sandbox):
    [sent] = flow.push_issue(services, ISSUE).bundle.articles
    assert sandbox.changes == ["media/uploadimg"] * 4 + ["material/add_material", "draft/add"]
    sources = shown(sent.html)
    assert sources[0] == sources[3]
    assert sources[4] == ON_PLATFORM
    assert len(set(sources)) == 5
    assert all(source.startswith(f"{sandbox.url}/") for source in {*sources} - {ON_PLATFORM})
    assert content(sandbox).count(' data-w="1080"') == 5


def test_a_second_push_makes_no_call(services, sandbox):
    flow.push_issue(services, ISSUE)
    calls = services.platform.calls
    flow.push_issue(services, ISSUE)
    assert services.platform.calls == calls


def test_a_correction_takes_no_picture_to_the_platform_again(services, sandbox, tmp_path):
    flow.push_issue(services, ISSUE)
    corrected = write_report(tmp_path / "another", word="四张")
    assert flow.add_issue(services, corrected, replace_old=True).new
    flow.push_issue(services, ISSUE)
    assert sandbox.changes[6:] == ["draft/update"]
    assert "四张" in content(sandbox)


@pytest.mark.parametrize("uploaded", range(5))
def test_a_crash_between_two_uploads_uploads_nothing_twice(
    services, sandbox, clock, monkeypatch, uploaded
):
    child = os.fork()
    if not child:
        try:
            with open_services(services.config, clock) as own:
                die_after(own, uploaded, monkeypatch)
                flow.push_issue(own, ISSUE)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DEAD
    assert sandbox.changes == ["media/uploadimg"] * uploaded
    clock.forward(minutes=6)
    flow.push_issue(services, ISSUE)
    assert sandbox.changes.count("media/uploadimg") == 4
    assert not [each for each in sandbox.state["violations"] if each["rule"] == "same_picture"]


def die_after(services: Services, uploaded: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the process without a word where it would call the platform once more."""
    platform = services.platform
    upload, left = platform.upload_picture, iter(range(uploaded))

    def upload_or_die(picture):
        return upload(picture) if next(left, None) is not None else os._exit(DEAD)

    monkeypatch.setattr(platform, "upload_picture", upload_or_die)
    monkeypatch.setattr(platform, "upload_cover", upload_or_die)


def test_a_lost_picture_keeps_the_issue_from_being_sent(services, sandbox):
    shutil.rmtree(services.pictures.folder)
    with pytest.raises(ArchiveError, match="add --replace"):
        flow.push_issue(services, ISSUE)
    assert sandbox.changes == []


def test_a_report_whose_picture_is_missing_is_not_kept(config, clock, tmp_path):
    report = write_report(tmp_path / "editor")
    (report.parent / "2.png").unlink()
    with open_services(config, clock) as services:
        with pytest.raises(IngestError, match=r"第 1\.1 节第 2 段的图片 2\.png：没有这个文件"):
            flow.add_issue(services, report)
        assert services.archive.entries() == []
        assert not services.pictures.folder.exists()


def test_its_markdown_comes_back_from_any_folder(services, config_path, tmp_path):
    run = CliRunner().invoke
    written = run(main, ["--config", str(config_path), "show", ISSUE, "--markdown"]).stdout
    path = tmp_path / "corrected.md"
    path.write_text(written.replace("三张", "五张"), encoding="utf-8")
    added = run(main, ["--config", str(config_path), "add", "--replace", str(path)])
    assert "已替换" in added.stdout
    assert len(services.pictures.of(services.archive.issue(ISSUE))) == 3


@pytest.mark.parametrize("what", ["file", "archive"])
def test_rendered_pictures_stand_beside_the_article(services, config_path, tmp_path, what):
    out = tmp_path / "out"
    name = ISSUE if what == "archive" else str(write_report(tmp_path / "editor"))
    options = ["--config", str(config_path)] if what == "archive" else []
    done = CliRunner().invoke(main, [*options, "render", name, "-o", str(out)])
    assert done.exit_code == 0, done.output
    sources = shown((out / "article.html").read_text(encoding="utf-8"))
    assert len(sources) == 6
    assert [source for source in sources if not (out / source).is_file()] == [ON_PLATFORM]


def test_the_public_page_shows_the_pictures(services):
    flow.note_published(services, ISSUE, "")
    with create_app(services).test_client() as browser:
        page = browser.get(f"/issues/{ISSUE}")
        sources = [source for source in shown(page.text) if source.startswith("/issues/")]
        assert len(set(sources)) == 5  # the cover, the three, and the footer
        assert all(browser.get(source).status_code == 200 for source in sources)
        assert "https://mmbiz.qpic.cn" in page.headers["Content-Security-Policy"]
        assert browser.get(f"/issues/{ISSUE}/0123456789abcdef.png").status_code == 404
