"""The sandbox as a phone, read over HTTP and in a real browser."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.envelope import write_xml
from bot.sandbox.page import FOLLOWER
from tests.sandbox_caller import ACCOUNT, open_sandbox, open_webhook, picture

TEXT = '找到 1 处：\n<a href="https://example.com/a">低空经济</a>\n<script>alert(1)</script>'


@pytest.fixture(scope="module")
def webhook():
    with open_webhook() as webhook:
        yield webhook


@pytest.fixture(scope="module")
def sandbox(webhook):
    with open_sandbox(webhook_url=webhook.url) as caller:
        yield caller


@pytest.fixture(scope="module")
def media_id(sandbox):
    image = sandbox.upload("media/uploadimg", picture("jpeg"), "a.jpg", "image/jpeg")["url"]
    content = (
        '<section style="color:#333"><p style="background:#fff">正文</p>'
        f'<img src="{image}"><p>{"很长" * 400}</p></section>'
    )
    more = {"author": "工作委员会", "content_source_url": "https://example.com/issues/1"}
    return sandbox.draft(title="动态 <b>|</b> 6月13日", content=content, **more)["media_id"]


@pytest.fixture
def read(sandbox):
    return lambda path: sandbox.session.get(sandbox.url + path, timeout=5)


@pytest.fixture
def phone(browser, sandbox):
    """A page as wide as a phone; scripts that break fail the test."""
    page = browser.new_page(viewport={"width": 375, "height": 812}, base_url=sandbox.url)
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    yield page
    page.close()
    assert broken == []


def answer(content: str) -> str:
    fields = {
        "ToUserName": FOLLOWER,
        "FromUserName": ACCOUNT.original_id,
        "CreateTime": 1,
        "MsgType": "text",
        "Content": content,
    }
    return write_xml(fields)


def test_the_draft_box_shows_each_draft_and_leads_to_it(read, media_id):
    page = read("/").text
    assert f'href="/drafts/{media_id}"' in page
    assert "动态 &lt;b&gt;|&lt;/b&gt; 6月13日" in page
    assert "草稿 1 篇" in page


def test_an_article_is_complete_without_scripts(read, media_id):
    page = read(f"/drafts/{media_id}").text
    for words in ("工作委员会", "正文", ACCOUNT.name, "2026年6月13日", "阅读原文", "尚未发布"):
        assert words in page
    assert 'src="/mmbiz/' in page
    assert "data-src" not in page


def test_pages_bar_foreign_scripts_and_pictures(read, media_id):
    policy = read(f"/drafts/{media_id}").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "img-src 'self' data:;" in policy


def test_what_is_gone_is_said_in_words(read):
    assert "草稿不在草稿箱里" in read("/drafts/none").text
    assert "没有这篇文章" in read("/s/none").text
    assert read("/mmbiz/none/0").status_code == 404
    assert read("/files/page.html").status_code == 404


def test_the_record_names_calls_and_violations():
    with open_sandbox() as caller:
        assert "一切合规" in caller.session.get(caller.url, timeout=5).text
        caller.draft(title="")
        page = caller.session.get(caller.url, timeout=5).text
    assert "material/add_material" in page
    assert "45003 标题长度不对" in page


def test_the_chat_works_without_scripts(sandbox, webhook):
    webhook.answer = answer(TEXT)
    page = sandbox.session.post(f"{sandbox.url}/chat", data={"text": "低空经济"}, timeout=10).text
    assert '<a href="https://example.com/a">低空经济</a>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_article_fits_a_phone(phone, media_id):
    phone.goto(f"/drafts/{media_id}")
    assert phone.evaluate("document.documentElement.scrollWidth") == 375
    assert phone.evaluate("document.querySelector('.article-body').scrollWidth") <= 343
    assert phone.locator(".article-body img").evaluate("image => image.naturalWidth") == 235


def test_the_theme_button_darkens_the_article_and_back(phone, media_id):
    phone.goto(f"/drafts/{media_id}")
    paragraph = phone.locator(".article-body p").first

    def colours() -> object:
        return paragraph.evaluate(
            "p => [getComputedStyle(p).backgroundColor, getComputedStyle(p).color]"
        )

    light = colours()
    assert light == ["rgb(255, 255, 255)", "rgb(51, 51, 51)"]
    phone.locator(".theme").click()
    assert colours() == ["rgb(25, 25, 25)", "rgb(179, 179, 179)"]
    phone.locator(".theme").click()
    assert colours() == light


def test_typing_a_word_shows_the_answer(phone, webhook):
    webhook.answer = answer(
        '发<a href="weixin://bizmsgmenu?msgmenucontent=最新&msgmenuid=1">最新</a>'
    )
    phone.goto("/chat")
    phone.get_by_label("发消息").fill("你好")
    phone.get_by_label("发消息").press("Enter")
    expect(phone.locator(".mine .bubble").last).to_have_text("你好")
    offered = phone.get_by_role("button", name="最新")
    expect(offered).to_be_visible()
    webhook.answer = "oops"
    offered.click()
    expect(phone.locator(".mine .bubble").last).to_have_text("最新")
    expect(phone.locator(".when").last).to_have_text("该公众号暂时无法提供服务，请稍后再试")


def test_the_record_stands_beside_the_phone_where_there_is_room(phone):
    phone.goto("/")
    expect(phone.locator(".panel")).to_be_hidden()
    phone.set_viewport_size({"width": 1280, "height": 900})
    expect(phone.locator(".panel")).to_be_visible()
    assert phone.locator(".screen").evaluate("screen => screen.clientWidth") == 375
