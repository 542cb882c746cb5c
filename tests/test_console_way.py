"""The way of an editor's morning in a real browser, with a real worker and the sandbox behind it."""

import re
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.archive.accounts import Role
from bot.cli.cast import free_port
from bot.config import Config
from bot.delivery import State
from bot.model import Look
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import Services, now_in_shanghai, open_services
from bot.web import create_app
from tests.browser_day import DESK, PHONE, Hands, at_work, fits, opened
from tests.conftest import AES_KEY, APPID, APPSECRET, ISSUES, TOKEN, Sandbox, write_config
from tests.console import KEY, make_account
from tests.machine import let_leases_end, lives, machine, until

ISSUE = "2026-06-09"
WANG = "oEditorWangFang"
LOUD = "数据成为新燃料"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def sandbox(port: int) -> Iterator[Sandbox]:
    """It tells our web process of its own accord what became of a publication."""
    events = f"http://127.0.0.1:{port}/wechat"
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", webhook_url=events)
    server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
    yield Sandbox(f"http://127.0.0.1:{server.port}")
    server.close()


@pytest.fixture
def config_path(tmp_path: Path, sandbox: Sandbox, queue_url: str) -> Path:
    web, queue = f'secret_key = "{KEY}"', f'url = "{queue_url}"'
    return write_config(tmp_path, sandbox.url, web=web, queue=queue)


class Ahead:
    """The clock on the wall, which can be put on."""

    by = timedelta()

    def __call__(self) -> datetime:
        return now_in_shanghai() + self.by


@pytest.fixture
def clock() -> Ahead:
    return Ahead()


@pytest.fixture
def services(config: Config, clock: Ahead) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        opened.editors.bind(WANG, opened.editors.invite("王芳", timedelta(hours=1)))
        make_account(opened, "王芳", Role.EDITOR, WANG)
        make_account(opened, "李明", Role.APPROVER)
        yield opened


@pytest.fixture
def address(services: Services, port: int) -> Iterator[str]:
    server = serve(create_app(services), "127.0.0.1", port)
    yield f"http://127.0.0.1:{port}"
    server.close()


def drop(her: Hands) -> None:
    """The report, on the page of today."""
    her.hand_in(her.page.locator("input[type=file]").first, ISSUES / f"{ISSUE}.pdf")
    her.reads("看一看预览，再推送成草稿")


def mend_a_quote(her: Hands) -> None:
    """A word is put in with its quotes the wrong way round, and they are turned with one button."""
    her.link("改文字")
    her.write("这份文件的意义在于，", "它是一张”施工图“，")
    her.button("改好引号")
    expect(text_of(her)).to_have_value(re.compile("它是一张“施工图”，"))
    her.show("预览")
    phone = her.page.frame_locator("iframe").locator(".light .content")
    expect(phone.get_by_text("它是一张“施工图”")).to_be_visible()
    fits(her.page)
    her.button("保存")
    expect(her.page.get_by_text("已保存。")).to_be_visible()


def text_of(her: Hands) -> Locator:
    return her.page.locator("textarea[name=text]")


def change_the_cover(her: Hands) -> None:
    """It is drawn anew while she types; the article is looked at in dark."""
    her.link("外观")
    her.fill(her.page.get_by_label("封面标题"), LOUD)
    expect(her.page.locator("#why")).to_contain_text(LOUD)
    expect(her.page.locator(".push img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    expect(her.page.get_by_text("还没有保存")).to_be_visible()
    her.choose("layout", "headline")
    her.choose("theme", "warm")
    framed = her.page.locator("iframe.dark")
    expect(framed).to_have_attribute("src", re.compile("theme=warm"))
    her.choose("view", "article")
    her.choose("tone", "dark")
    body = her.page.frame_locator("iframe.dark").locator("body")
    expect(body).to_have_css("background-color", "rgb(25, 25, 25)")
    keep_the_looks(her)


def keep_the_looks(her: Hands) -> None:
    her.button("保存外观")
    expect(her.page.get_by_text("已保存", exact=True)).to_be_visible()
    fits(her.page)


def push(her: Hands) -> None:
    """The draft is made by the worker, while she looks on."""
    her.press(her.page.locator(".back a"))
    her.press(her.page.locator(".phone summary"))
    inside = her.page.frame_locator("iframe")
    expect(inside.get_by_text("符合平台的规定").or_(inside.get_by_text("处要看"))).to_be_visible()
    her.button("推送成草稿")
    her.reads("等人批准")
    expect(her.page.get_by_role("button", name="批准")).to_have_count(0)


def to_the_phone(her: Hands) -> None:
    """The draft is sent to her own phone."""
    her.tick(her.page.get_by_label("王芳"))
    her.button("发到手机")
    expect(her.page.get_by_text("已发到王芳的手机")).to_be_visible()
    her.reads("等人批准")


def approve_and_publish(him: Hands, address: str, draft: str = "草稿已建好") -> None:
    """The second person."""
    him.page.goto(f"{address}/console/?day={ISSUE}")
    him.reads("在手机上看一遍，没有问题就批准")
    him.button("批准")
    him.reads("已批准，可以发布了")
    him.button("现在发布")
    him.reads("6月9日的日报已发布")
    expect(him.page.locator(".address a")).to_be_visible()
    him.link("这一期的经过和其他操作")
    for done in ("批准发布", draft, "已提交发布"):
        expect(him.page.locator(".record").get_by_text(done, exact=True)).to_be_visible()
    fits(him.page)


def published(services: Services, sandbox: Sandbox) -> None:
    """One draft, one article."""
    assert services.ledger.delivery(ISSUE).state is State.PUBLISHED
    assert sandbox.changes.count("draft/add") == sandbox.changes.count("freepublish/submit") == 1
    assert len(sandbox.state["published"]) == 1


@pytest.mark.parametrize(("width", "keys"), [(PHONE, False), (DESK, True)])
def test_the_whole_day_of_an_editor(browser, address, services, sandbox, config_path, width, keys):
    with machine(config_path, "worker"):
        with at_work(browser, address, "王芳", width, keys=keys) as page:
            her = Hands(page, keys)
            drop(her)
            mend_a_quote(her)
            change_the_cover(her)
            push(her)
            to_the_phone(her)
        with at_work(browser, address, "李明", width, keys=keys) as page:
            approve_and_publish(Hands(page, keys), address)
    published(services, sandbox)
    assert services.covers.look(ISSUE) == Look(LOUD, layout="headline", theme="warm")
    with opened(browser, width, sandbox.url, address) as (context, wrong):
        follower = Hands(context.new_page(), keys)
        follower.page.goto(f"{sandbox.url}/chat")
        follower.fill(follower.page.get_by_label("发消息"), "施工图")
        follower.button("发送")
        expect(follower.page.get_by_role("link", name="数据")).to_be_visible()
    assert wrong == []


def write_through_a_cut(her: Hands) -> None:
    """The network is cut while she writes, and comes back."""
    phone = her.page.frame_locator("iframe").locator(".light .content")
    her.link("改文字")
    her.write("这份文件的意义在于，", "第一次写的，")
    her.show("预览")
    expect(phone.get_by_text("第一次写的，")).to_be_visible()
    her.show("文字")
    her.page.context.set_offline(True)
    her.write("第一次写的，", "断网时写的，")
    expect(her.page.get_by_text("连不上服务器")).to_be_visible()
    her.button("保存")
    expect(her.page.get_by_text("连不上服务器")).to_be_visible()
    her.page.context.set_offline(False)
    her.show("预览")
    expect(phone.get_by_text("第一次写的，断网时写的，")).to_be_visible()
    her.show("文字")


def close_the_tab(her: Hands) -> Hands:
    """In the next one her text is offered, and not put there unasked."""
    address, tab = her.page.url, her.page.context.new_page()
    her.page.close()
    tab.goto(address)
    again = Hands(tab, her.keys)
    expect(tab.get_by_text("没有保存的文字")).to_be_visible()
    expect(text_of(again)).not_to_have_value(re.compile("第一次写的"))
    again.button("接着写")
    return again


def save_without_a_session(her: Hands, services: Services) -> None:
    """It has ended: she signs in again, is where she was, and so is her text."""
    services.accounts.sessions.end_of("王芳")
    her.button("保存")
    her.link("重新登录后接着写")
    her.sign_in("王芳")
    her.button("接着写")
    her.button("保存")
    expect(her.page.get_by_text("已保存。")).to_be_visible()
    her.page.reload()
    expect(her.page.locator("#unsaved")).to_be_hidden()
    assert her.page.evaluate("localStorage.length") == 0


def look_through_a_cut(her: Hands, services: Services) -> None:
    """The cover is not drawn while the network is cut; then the session ends, and she goes on choosing."""
    her.link("外观")
    her.page.context.set_offline(True)
    her.fill(her.page.get_by_label("封面标题"), LOUD)
    expect(her.page.get_by_text("没有连上，画面还是旧的")).to_be_visible()
    her.page.context.set_offline(False)
    her.choose("layout", "headline")
    expect(her.page.locator("#why")).to_contain_text(LOUD)
    services.accounts.sessions.end_of("王芳")
    her.choose("theme", "warm")
    her.reads("登录")
    her.sign_in("王芳")
    her.reads("国家数据局发文")
    expect(her.page.locator("#why")).to_contain_text(LOUD)
    services.accounts.sessions.end_of("王芳")
    her.button("保存外观")
    her.reads("登录")
    her.sign_in("王芳")
    keep_the_looks(her)


def push_with_a_dying_worker(her: Hands, sandbox: Sandbox, config_path: Path, clock: Ahead) -> None:
    """It is killed when the draft is there and it does not know yet."""
    her.press(her.page.locator(".back a"))
    sandbox.fault("draft/add", "timeout_after", seconds=0.7)
    with machine(config_path, "worker") as first:
        her.button("推送成草稿")
        her.reads("正在推送")
        until(lambda: "draft/add" in sandbox.changes)
        first.tell(signal.SIGKILL)
        until(lambda: not lives(first.process.pid))
    clock.by = timedelta(minutes=2)
    her.reads("后台还没有回应")
    clock.by = timedelta()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_same_day_with_the_network_cut_the_session_ended_and_the_worker_killed(
    browser, address, services, sandbox, config_path, clock, width
):
    with at_work(browser, address, "王芳", width, cut=True) as page:
        her = Hands(page)
        drop(her)
        write_through_a_cut(her)
        her = close_the_tab(her)
        save_without_a_session(her, services)
        look_through_a_cut(her, services)
        push_with_a_dying_worker(her, sandbox, config_path, clock)
        let_leases_end(services.config)
        with machine(config_path, "worker"):
            her.button("推送成草稿")
            her.reads("等人批准")
            with at_work(browser, address, "李明", width) as second:
                approve_and_publish(Hands(second), address, "在草稿箱里认出了上次的草稿")
    published(services, sandbox)
    assert "断网时写的" in services.archive.issue(ISSUE).sections[0].paragraphs[2]
    assert services.covers.look(ISSUE) == Look(LOUD, layout="headline", theme="warm")
