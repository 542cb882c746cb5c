"""Today, the page of a delivery, and what their buttons do."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot import delivering, flow
from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.console.upload import LONGEST_KIND, LONGEST_NAME, file_name
from bot.delivery import Deed, Hand, State
from bot.errors import StartError
from bot.jobs.queue import ORDERED, PROOF, PUSH
from bot.render.qr import read_codes
from bot.services import Services
from bot.services.acting import acting
from bot.web import create_app
from tests.conftest import ISSUES, SAMPLES, write_config
from tests.console import KEY, Person, signed_in

ISSUE = "2026-06-13"
SEEN = re.compile(r'name="seen" value="([^"]+)"')
PUBLIC = "http://daily.example.cn"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def config_path(tmp_path: Path, sandbox, queue_url: str) -> Path:
    web = f'secret_key = "{KEY}"\npublic_url = "{PUBLIC}"'
    return write_config(tmp_path, sandbox.url, web=web, queue=f'url = "{queue_url}"')


@pytest.fixture
def more() -> str:
    """Further settings."""
    return ""


@pytest.fixture
def config(config_path: Path, more: str) -> Config:
    with config_path.open("a", encoding="utf-8") as file:
        file.write(more)
    return load_config(config_path, {})


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, "王芳", Role.EDITOR)


@pytest.fixture
def li(app, services) -> Person:
    return signed_in(app, services, "李明", Role.APPROVER)


@pytest.fixture
def archived(services: Services) -> str:
    return flow.add_issue(services, SAMPLES[-1]).issue.id


@pytest.fixture
def drafted(services: Services, archived: str) -> str:
    flow.push_issue(services, archived)
    return archived


def state(services: Services) -> State:
    return services.ledger.delivery(ISSUE).state


def steps(services: Services, *whats: Deed) -> list[tuple[str, str]]:
    timeline = services.ledger.timeline(ISSUE)
    return [(each.who, each.what) for each in timeline if each.what in whats]


def asked(services: Services) -> list[tuple[str, ...]]:
    """The jobs that wait: task, issue, and for whom."""
    return [(str(job.func_name), *job.args) for job in services.queue.queue.jobs]


# Dropping a report.


@pytest.mark.parametrize("name", ["2026-06-09.pdf", "2026-04-16.docx", "2026-06-13.txt"])
def test_a_dropped_report_is_taken_in_and_its_day_is_shown(wang, services, name):
    answer = wang.drop(name, ISSUES / name)
    day = name[:10]
    assert answer.location == f"/console/?day={day}"
    page = wang.follow(answer)
    assert f"收下了 {name}" in page
    assert services.archive.issue(day).headline in page
    assert "推送成草稿" in page
    [step] = services.ledger.timeline(day)
    assert (step.who, step.detail) == ("console:王芳", f"收到 {name}")


def test_the_same_report_again_changes_nothing(wang, services, archived):
    page = wang.follow(wang.drop(SAMPLES[-1].name, SAMPLES[-1]))
    assert "什么也没有变" in page
    assert services.archive.versions(ISSUE) == []


def test_a_corrected_report_replaces_the_one_before_and_that_is_kept(wang, services, drafted):
    text = SAMPLES[-1].read_text(encoding="utf-8").replace("案例", "事例", 1)
    page = wang.follow(wang.drop("改.txt", text.encode()))
    assert "更新草稿" in page
    assert len(services.archive.versions(ISSUE)) == 1


def test_a_correction_of_what_readers_have_is_not_taken(wang, services, archived):
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/x")
    text = SAMPLES[-1].read_text(encoding="utf-8").replace("案例", "事例", 1)
    answer = wang.drop("改.txt", text.encode())
    assert answer.status_code == 422
    assert "来得太晚" in answer.text
    assert services.archive.versions(ISSUE) == []


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", b"hello", "错"),
        ("a.exe", b"MZ", "不认识 .exe"),
        ("a.pdf", b"%PDF-1.7 broken", "PDF"),
        ("a.docx", b"PK\x03\x04broken", "docx"),
        ("a.txt", b"", "空"),
        ("图.docx", b"\x89PNG\r\n", "图片"),
    ],
)
def test_what_is_no_report_is_told_with_a_remedy_and_changes_nothing(
    wang, services, archived, name, data, told
):
    answer = wang.drop(name, data)
    assert answer.status_code == 422
    assert "没有收进来" in answer.text
    assert "请" in answer.text
    assert len(services.archive.entries()) == 1
    assert services.archive.versions(ISSUE) == []


def test_a_word_file_that_unpacks_to_gigabytes_is_refused(wang):
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", b"<w>" + b" " * 300_000_000)
    answer = wang.drop("报告.docx", bomb.getvalue())
    assert answer.status_code == 422
    assert "没有收进来" in answer.text


def test_a_file_larger_than_any_report_is_refused(wang):
    answer = wang.drop("大.pdf", b"%PDF-" + b"0" * (34 * 1024 * 1024))
    assert answer.status_code == 413
    assert "最多 32 MB" in answer.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\x.txt", "/abs/x.txt", "C:\\x.txt", ".bashrc", ".."]
)
def test_a_files_name_leads_to_no_other_folder(name):
    kept = file_name(name)
    assert kept == Path(kept).name
    assert not kept.startswith(".")


@given(st.text())
def test_whatever_a_file_is_called_it_has_a_name(name):
    kept = file_name(name)
    assert kept
    assert kept == Path(kept).name
    assert kept not in (".", "..")
    assert len(kept.encode()) <= LONGEST_NAME + LONGEST_KIND
    assert kept.isprintable()


def test_no_part_of_an_upload_is_left_behind(wang, monkeypatch, tmp_path):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    wang.drop("a.txt", b"hello")
    wang.drop(SAMPLES[-1].name, SAMPLES[-1])
    assert list((tmp_path / "tmp").iterdir()) == []


# What somebody wrote is text, wherever it is shown.


def test_markup_in_a_report_and_in_its_name_is_shown_as_text(wang, li, services):
    text = SAMPLES[-1].read_text(encoding="utf-8")
    headline = services_headline(text)
    evil = text.replace(headline, f"{headline}{SCRIPT}")
    page = wang.follow(wang.drop(f"{SCRIPT}.txt".replace("/", "∕"), evil.encode()))
    assert SCRIPT in services.archive.issue(ISSUE).headline
    for shown in (page, wang.get("/delivery").text, wang.get(f"/issues/{ISSUE}/delivery").text):
        assert SCRIPT not in shown
        assert "&lt;script&gt;" in shown


def services_headline(text: str) -> str:
    return "国家数据局" if "国家数据局" in text else text.splitlines()[0]


def test_markup_in_a_refused_file_is_shown_as_text(wang):
    page = wang.drop('"><img src=x onerror=alert(1)>.exe', SCRIPT.encode()).text
    assert "<img" not in page
    assert SCRIPT not in page


def test_markup_in_a_reason_is_shown_as_text(li, services, drafted):
    li.post(f"/issues/{ISSUE}/return", reason=SCRIPT)
    for path in ("/", f"/issues/{ISSUE}/delivery", "/delivery"):
        page = li.get(path).text
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=40))
def test_any_day_can_be_asked_for(wang, words):
    for path in ("/", "/card"):
        answer = wang.get(path, query_string={"day": words, "month": words})
        # NUL is refused at the door: no database takes it.
        assert answer.status_code == (400 if "\0" in words else 200)
        assert "<script>" not in answer.text


@pytest.mark.parametrize("issue_id", ["1999-01-01", "x", "..%2f..", "2026-06-13-9", SCRIPT[:8]])
@pytest.mark.parametrize("deed", ["push", "preview", "look", "skip", "approve", "publish"])
def test_what_is_not_there_is_not_acted_upon(li, services, drafted, issue_id, deed):
    before = services.ledger.timeline(ISSUE)
    answer = li.post(f"/issues/{issue_id}/{deed}")
    assert answer.status_code == 404
    assert SCRIPT[:8] not in answer.text
    assert services.ledger.timeline(ISSUE) == before


# The card, and its buttons.


def test_an_empty_day_asks_for_the_report(wang):
    assert "今天不出刊" in wang.get().text
    page = wang.get("/?day=2026-06-15").text  # a Monday
    assert "放入6月15日的报告" in page
    assert 'type="file"' in page


def test_pushing_is_asked_of_the_queue_and_seen_as_going_on(wang, services, archived):
    page = wang.follow(wang.post(f"/issues/{ISSUE}/push"))
    assert asked(services) == [(PUSH, ISSUE)]
    assert steps(services, Deed.ASKED) == [("console:王芳", Deed.ASKED)]
    assert "正在推送" in page
    assert 'hx-trigger="every 2s"' in page
    assert 'hx-trigger="every 2s"' in wang.get(f"/card?day={ISSUE}").text


def test_pressing_twice_asks_once(wang, services, archived):
    for _ in range(2):
        wang.post(f"/issues/{ISSUE}/push")
    assert asked(services) == [(PUSH, ISSUE)]


def test_a_worker_that_does_not_answer_is_told_of(wang, services, archived, clock):
    wang.post(f"/issues/{ISSUE}/push")
    clock.forward(seconds=90)
    page = wang.get(f"/?day={ISSUE}").text
    assert "后台还没有回应" in page
    assert f"/issues/{ISSUE}/push" in page


def test_a_queue_that_is_down_is_told_and_nothing_is_noted(wang, services, archived, monkeypatch):
    def down(_: object) -> None:
        raise StartError("队列没有运行。请先启动 rikan worker")

    monkeypatch.setattr(type(services), "queue", property(down))
    assert "队列没有运行" in wang.follow(wang.post(f"/issues/{ISSUE}/push"))
    assert steps(services, Deed.ASKED) == []


def test_what_went_wrong_stands_on_the_card_with_its_remedy(wang, services, archived, sandbox):
    sandbox.fault("draft/add", "errcode", errcode=40164, times=1)
    with pytest.raises(Exception, match="白名单"):
        flow.push_issue(services, ISSUE)
    page = wang.get().text
    assert 'role="alert"' in page
    assert "白名单" in page


def test_an_editor_waits_and_an_approver_approves(wang, li, services, drafted):
    assert "等人批准" in wang.get().text
    assert f"/issues/{ISSUE}/approve" not in wang.get().text
    assert wang.post(f"/issues/{ISSUE}/approve").status_code == 403
    page = li.follow(li.post(f"/issues/{ISSUE}/approve"))
    assert state(services) is State.APPROVED
    assert "可以发布了" in page
    assert steps(services, Deed.APPROVED) == [("console:李明", Deed.APPROVED)]


@pytest.mark.parametrize("more", ['[schedule]\napproval = "two"\n'])
def test_two_people_are_two_people(app, services, sandbox, li, drafted):
    editors = services.editors
    openid = "oLiMing0000000000000000000000"[:28]
    editors.bind(openid, editors.invite("李明", timedelta(hours=1)))
    services.accounts.set_role("李明", Role.APPROVER, openid)
    page = li.follow(li.post(f"/issues/{ISSUE}/approve"))
    assert "还差 1 人" in page
    assert "等人批准" in page
    # The same person, in the chat.
    assert delivering.approve_issue(services, ISSUE, "editor:李明").lacking == 1
    assert "还没有发布" in li.follow(li.post(f"/issues/{ISSUE}/publish"))
    assert asked(services) == []
    zhao = signed_in(app, services, "赵强", Role.ADMIN)
    assert "要 2 个人批准" not in zhao.get().text
    page = zhao.follow(zhao.post(f"/issues/{ISSUE}/approve"))
    # Might be the other's second account: an admin is to say who it is.
    assert page.count("请管理员在“账号”里绑定") == 2
    assert "还差 1 人" in page
    assert "还没有发布" in zhao.follow(zhao.post(f"/issues/{ISSUE}/publish"))
    theirs = "oZhaoQiang00000000000000000000"[:28]
    editors.bind(theirs, editors.invite("赵强", timedelta(hours=1)))
    services.accounts.set_role("赵强", Role.ADMIN, theirs)
    zhao.post(f"/issues/{ISSUE}/approve")
    assert state(services) is State.APPROVED


@pytest.mark.parametrize("more", ['[schedule]\napproval = "two"\n'])
def test_whose_editor_left_the_chat_does_not_approve_as_somebody_else(services, li, drafted):
    openid = "oLiMing0000000000000000000000"[:28]
    services.editors.bind(openid, services.editors.invite("李明", timedelta(hours=1)))
    services.accounts.set_role("李明", Role.APPROVER, openid)
    li.post(f"/issues/{ISSUE}/approve")
    services.editors.leave(openid)
    assert "已不在公众号里" in li.follow(li.post(f"/issues/{ISSUE}/approve"))
    assert state(services) is State.DRAFTED


def test_what_changed_since_the_page_was_opened_is_not_approved(services, li, drafted):
    [seen] = set(SEEN.findall(li.get(f"/issues/{ISSUE}/delivery").text))
    li.drop(SAMPLES[-1].name, SAMPLES[-1].read_bytes().replace("数据".encode(), "资料".encode(), 1))
    flow.push_issue(services, ISSUE)
    assert "刚刚改过" in li.follow(li.post(f"/issues/{ISSUE}/approve", seen=seen))
    assert state(services) is State.DRAFTED
    assert "刚刚改过" in li.follow(li.post(f"/issues/{ISSUE}/publish", seen=seen))


def test_an_editor_does_not_skip_what_was_returned(services, wang, li, drafted):
    li.post(f"/issues/{ISSUE}/return", reason="标题不对")
    assert "被退回" in wang.follow(wang.post(f"/issues/{ISSUE}/skip"))
    assert state(services) is State.RETURNED
    li.post(f"/issues/{ISSUE}/skip")
    assert state(services) is State.SKIPPED


def test_publishing_is_asked_of_the_queue(li, services, drafted):
    li.post(f"/issues/{ISSUE}/approve")
    page = li.follow(li.post(f"/issues/{ISSUE}/publish"))
    assert asked(services) == [(ORDERED, ISSUE)]
    assert "正在发布" in page


def test_a_published_issue_shows_its_address(li, services, drafted):
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/x")
    page = li.get().text
    assert 'href="https://mp.weixin.qq.com/s/x"' in page
    assert "已发布" in page


@pytest.mark.parametrize("more", ['[publish]\nmode = "mass"\n'])
def test_a_message_to_everybody_is_asked_about_once_more(li, services, drafted):
    li.post(f"/issues/{ISSUE}/approve")
    page = li.get(f"/issues/{ISSUE}/delivery").text
    assert f'href="/console/issues/{ISSUE}/publish"' in page
    li.post(f"/issues/{ISSUE}/publish")
    assert asked(services) == []
    assert "不能收回" in li.get(f"/issues/{ISSUE}/publish").text
    li.post(f"/issues/{ISSUE}/publish", sure="1")
    assert asked(services) == [(ORDERED, ISSUE)]


@pytest.mark.parametrize("more", ['[publish]\nmode = "draft"\n'])
def test_where_a_person_publishes_the_card_says_how(li, services, drafted):
    li.post(f"/issues/{ISSUE}/approve")
    page = li.get().text
    assert "mp.weixin.qq.com" in page
    li.post(f"/issues/{ISSUE}/look")
    assert [task for task, *_ in asked(services)] == ["bot.jobs.tasks.look_at_issue"]


@pytest.mark.parametrize("more", ["[schedule]\nenabled = true\nextra = ['2026-06-13']\n"])
def test_what_happens_by_itself_is_told_beside_the_card(li, services, drafted, clock):
    clock.forward(minutes=-10)
    li.post(f"/issues/{ISSUE}/approve")
    page = li.get().text
    assert "已批准，07:30 自动发布" in page
    assert page.count('<li class="past"><time>') == 1


def test_a_draft_goes_to_the_phones_that_were_chosen(wang, services, drafted):
    for name in ("王芳", "李明"):
        openid = f"o{name.encode().hex():0<27}"[:28]
        services.editors.bind(openid, services.editors.invite(name, timedelta(hours=1)))
    page = wang.get().text
    assert 'name="to" value="李明"' in page
    answer = wang.post(f"/issues/{ISSUE}/preview", to="外人")
    assert "至少一位编辑" in wang.follow(answer)
    wang.post(f"/issues/{ISSUE}/preview", to="李明")
    assert asked(services) == [(PROOF, ISSUE, "李明")]


@pytest.mark.parametrize("taken", [True, False])
def test_whether_the_draft_came_to_the_phone_is_said(
    wang, services, drafted, sandbox, clock, taken
):
    openid = f"o{'a' * 27}"
    services.editors.bind(openid, services.editors.invite("李明", timedelta(hours=1)))
    if not taken:
        sandbox.fault("message/mass/preview", "errcode", errcode=43004)
    assert "的手机" not in wang.get().text
    wang.post(f"/issues/{ISSUE}/preview", to="李明")
    assert "正在预览" in wang.get().text
    delivering.preview_issue(acting(services, Hand.WORKER, "platform"), ISSUE, [openid])
    for page in (wang.get().text, wang.get(f"/issues/{ISSUE}/delivery").text):
        assert ("已发到李明的手机（07:30）" in page) is taken
        assert ("预览没有发到手机：" in page) is not taken
        assert openid not in page


def test_the_code_opens_the_preview_on_a_phone(wang, app, services, archived):
    page = wang.get().text
    found = re.search(r'src="(/console/issues/[^"]+code\.svg)"', page)
    assert found
    drawing = wang.browser.get(found[1])
    assert drawing.mimetype == "image/svg+xml"
    [address] = read_codes(drawn(drawing.text))
    assert address.startswith(f"{PUBLIC}/preview/")
    phone = app.test_client()
    assert phone.get(address.removeprefix(PUBLIC)).status_code == 200


def drawn(svg: str) -> Image.Image:
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    picture = Image.new("RGB", (size, size), "white")
    for x, y in re.findall(r"M(\d+) (\d+)h1v1", svg):
        picture.putpixel((int(x), int(y)), (0, 0, 0))
    return picture.resize((size * 6, size * 6), Image.Resampling.NEAREST)


def test_the_frame_shows_the_preview_of_this_issue(wang, app, archived):
    found = re.search(r'<iframe src="(/preview/[^"]+)"', wang.get().text)
    assert found
    assert "国家数据局" in app.test_client().get(found[1]).text
    assert app.test_client().get(f"{found[1][:-2]}/").status_code == 404


# The page of a delivery.


def test_the_record_says_who_did_what(li, services, drafted):
    li.post(f"/issues/{ISSUE}/approve")
    page = li.get(f"/issues/{ISSUE}/delivery").text
    record = page[page.index("record-name") :]
    assert record.index("批准发布") < record.index("草稿已建好") < record.index("开始新建草稿")
    assert "李明（电脑）" in record


def test_every_button_says_what_it_will_do(li, services, drafted):
    page = li.get(f"/issues/{ISSUE}/delivery").text
    assert "记下批准，平台上没有变化" in page
    assert "记下退回和原因，已有的批准作废" in page
    assert "记下跳过" in page


def test_returning_takes_a_reason_and_skipping_can_be_undone(li, services, drafted):
    assert "要写明原因" in li.follow(li.post(f"/issues/{ISSUE}/return", reason=" "))
    li.post(f"/issues/{ISSUE}/return", reason="第二节有误")
    assert state(services) is State.RETURNED
    assert "第二节有误" in li.get().text
    li.post(f"/issues/{ISSUE}/skip")
    assert state(services) is State.SKIPPED
    assert steps(services, Deed.SKIPPED) == [("console:李明", Deed.SKIPPED)]
    li.post(f"/issues/{ISSUE}/resume")
    assert state(services) is State.DRAFTED


def test_only_an_admin_takes_a_published_issue_back_and_only_when_sure(
    app, li, services, sandbox, drafted
):
    flow.publish_issue(services, ISSUE)
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/x")
    assert li.post(f"/issues/{ISSUE}/withdraw", sure="1").status_code == 403
    zhao = signed_in(app, services, "赵强", Role.ADMIN)
    assert "不能恢复" in zhao.get(f"/issues/{ISSUE}/withdraw").text
    zhao.post(f"/issues/{ISSUE}/withdraw")
    assert state(services) is State.PUBLISHED
    zhao.post(f"/issues/{ISSUE}/withdraw", sure="1", by_hand="1")
    assert state(services) is State.WITHDRAWN
    assert ("console:赵强", Deed.WITHDRAWN) in steps(services, Deed.WITHDRAWN)


def test_acts_from_the_page_of_a_delivery_lead_back_to_it(wang, services, archived):
    answer = wang.post(f"/issues/{ISSUE}/push", **{"from": "delivery"})
    assert answer.location == f"/console/issues/{ISSUE}/delivery"


def test_all_pages_are_light(wang, services, archived):
    page = wang.get()
    addresses = re.findall(r'(?:href|src)="(/console/assets/[^"]+)"', page.text)
    assert len(addresses) == 3
    loaded = [wang.browser.get(address, buffered=True) for address in addresses]
    assert all("max-age=31536000" in each.headers["Cache-Control"] for each in loaded)
    assert len(page.data) + sum(len(each.data) for each in loaded) < 80_000


def test_an_issue_that_is_not_there_is_told_within_the_console(app, services):
    person = signed_in(app, services, "王芳", Role.EDITOR)
    answer = person.get("/issues/2026-01-01/delivery")
    assert answer.status_code == 404
    assert "没有 2026-01-01 这一期" in answer.text
    assert 'href="/console/"' in answer.text
