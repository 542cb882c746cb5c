"""An issue's looks in the console: tried without being kept, kept as the chat keeps them, seen as on a phone."""

import re
from dataclasses import asdict
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import delivering, flow
from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.console.looks_form import LONGEST_HEADLINE, read_wishes, wrong_address
from bot.delivery import Deed, State
from bot.jobs.queue import PUSH
from bot.model import ADDRESS_LIMIT, AUTHOR_LIMIT, DIGEST_LIMIT, Look
from bot.services import Services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.console import KEY, Person, signed_in
from tests.test_console_pages import asked, state, steps

ISSUE = "2026-06-13"
LOOKS = f"/issues/{ISSUE}/looks"
SOURCE = "https://example.org/原文"
SCRIPT = "<script>alert(1)</script>"
KNOWN = {"layout": ("date", "headline"), "palette": ("red",), "theme": ("warm",)}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def config(tmp_path: Path, sandbox, queue_url: str) -> Config:
    queue = f'url = "{queue_url}"'
    path = write_config(tmp_path, sandbox.url, web=f'secret_key = "{KEY}"', queue=queue)
    return load_config(path, {})


@pytest.fixture
def app(services: Services) -> Flask:
    flow.add_issue(services, SAMPLES[-1])
    return create_app(services)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, "王芳", Role.EDITOR)


@pytest.fixture
def drafted(app, services) -> None:
    flow.push_issue(services, ISSUE)


def photo(size: tuple[int, int] = (1200, 900), kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind)
    return file.getvalue()


def fields(person: Person) -> dict[str, str]:
    """The page's form as it stands."""
    page = person.get(LOOKS).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    chosen = dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w*)" checked>', page))
    return {name: unescape(value) for name, value in (hidden | chosen).items()}


def save(person: Person, **wishes):
    return person.browser.post(f"/console{LOOKS}", data=fields(person) | wishes)


def draw(person: Person, **wishes):
    """What the page asks for while somebody is typing."""
    address = f"/console{LOOKS}/cover"
    return person.browser.post(address, data=fields(person) | wishes, headers=HTMX)


def covers_in(text: str) -> list[str]:
    return re.findall(r'src="(data:image/jpeg;base64,[^"]+)"', text)


# Tried.


def test_the_cover_is_redrawn_without_anything_being_kept(wang, services):
    before, after = (
        draw(wang),
        draw(wang, headline="数据成为新燃料", layout="headline", palette="red"),
    )
    assert "<html" not in after.text
    assert "数据成为新燃料" in after.text
    assert set(covers_in(before.text)).isdisjoint(covers_in(after.text))
    assert services.covers.look(ISSUE) == Look()
    assert services.ledger.timeline(ISSUE) == []


def test_a_cover_is_as_wide_as_a_phone_and_its_other_crop_is_square(wang):
    page = wang.get(LOOKS).text
    addresses = re.findall(r'<img src="([^"]+(?:cover|square)\.jpg[^"]*)"', page)
    sizes = {Image.open(BytesIO(wang.browser.get(each).data)).size for each in addresses}
    assert sizes == {(900, 383), (200, 200)}


def test_without_scripts_the_same_button_shows_the_whole_page(wang, services):
    data = fields(wang) | {"headline": "数据成为新燃料", "digest": "一句话"}
    page = wang.browser.post(f"/console{LOOKS}/cover", data=data).text
    assert 'value="数据成为新燃料"' in page
    assert ">一句话</textarea>" in page
    assert covers_in(page)
    assert services.covers.look(ISSUE) == Look()


def test_the_cards_show_title_digest_and_sender_as_they_are_sent(wang):
    page = draw(wang, digest="今天只说一件事").text
    assert page.count("新质生产力每日动态 | 6月13日") == 2
    assert "<p>今天只说一件事</p>" in page


def test_the_frame_is_loaded_anew_only_when_something_in_it_changed(wang):
    assert "<iframe" not in draw(wang, headline="别的标题").text
    assert "theme=warm" in draw(wang, theme="warm").text


# Kept.


def test_what_is_saved_is_what_the_chat_and_the_article_know(wang, services):
    look = Look("数据成为新燃料", "headline", "red", b"", "warm", "编辑部", "一句话", SOURCE)
    wishes = {name: wish for name, wish in asdict(look).items() if wish}
    assert "已保存" in wang.follow(save(wang, **wishes))
    assert services.covers.look(ISSUE) == look
    [article] = flow.foreseen_bundle(services, services.archive.issue(ISSUE)).articles
    said = (article.author, article.digest, article.source_url)
    assert said == ("编辑部", "一句话", SOURCE)
    assert services.studio.themes["warm"].colours.heading in article.html
    [step] = services.ledger.timeline(ISSUE)
    assert (step.who, step.what) == ("console:王芳", Deed.ASKED)
    assert step.detail.startswith("封面标题 数据成为新燃料，封面版式 标题为主，封面颜色 朱红")


def test_saving_twice_keeps_it_once(wang, services):
    form = fields(wang) | {"headline": "数据成为新燃料"}
    for _ in range(2):
        page = wang.follow(wang.browser.post(f"/console{LOOKS}", data=form))
    assert "什么也没有变" in page
    assert len(steps(services, Deed.ASKED)) == 1


def test_everything_goes_back_to_automatic_with_one_button(wang, services):
    save(wang, headline="数据成为新燃料", author="编辑部")
    assert "已保存" in wang.follow(save(wang, headline="别的", reset="1"))
    assert services.covers.look(ISSUE) == Look()


def test_a_changed_look_brings_the_draft_up_to_date_and_voids_the_approval(wang, services, drafted):
    delivering.approve_issue(services, ISSUE, "console:李明")
    assert "草稿正在更新" in wang.follow(save(wang, digest="一句话"))
    assert asked(services) == [(PUSH, ISSUE)]
    flow.push_issue(services, ISSUE)
    assert state(services) is State.DRAFTED
    assert delivering.approved_by(services, services.ledger.delivery(ISSUE)) == ()


def test_what_is_in_the_draft_already_asks_for_nothing(wang, services, drafted):
    layout = services.studio.choice(services.archive.issue(ISSUE), Look()).layout.name
    assert "和草稿里的一样" in wang.follow(save(wang, layout=layout))
    assert asked(services) == []


def test_what_readers_have_keeps_its_looks(wang, services):
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/x")
    assert "外观不再改了" in wang.get(LOOKS).text
    assert save(wang, headline="太晚了").status_code == 422
    assert services.covers.look(ISSUE) == Look()


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(wang, services):
    opened = fields(wang)
    services.covers.choose(ISSUE, Look(layout="date"))  # in the chat, meanwhile
    answer = wang.browser.post(f"/console{LOOKS}", data=opened | {"headline": "我的标题"})
    assert answer.status_code == 409
    assert "刚被别人改过" in answer.text
    assert "封面标题、封面版式和这里不同" in answer.text
    assert 'value="我的标题"' in answer.text
    assert services.covers.look(ISSUE) == Look(layout="date")
    again = dict(re.findall(r'name="(since)" value="(\w+)"', answer.text))
    wang.browser.post(f"/console{LOOKS}", data=opened | again | {"headline": "我的标题"})
    assert services.covers.look(ISSUE) == Look("我的标题")


# What is refused.


def test_all_that_is_wrong_is_said_where_it_belongs_and_nothing_is_kept(wang, services):
    wishes = {"digest": "长" * 121, "author": "名" * 17, "source_url": "http://localhost/x"}
    answer = save(wang, headline="好标题", **wishes)
    assert answer.status_code == 422
    for sentence in ("摘要有 121 个字，最多 120 个", "作者有 17 个字", "读者打不开阅读原文"):
        assert sentence in answer.text
    assert 'value="好标题"' in answer.text
    assert services.covers.look(ISSUE) == Look()
    shown = draw(wang, **wishes)
    assert shown.status_code == 200
    assert covers_in(shown.text)


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "//example.org/", "example.org", "ftp://example.org/", "https://"),
        *("http://127.0.0.1/", "http://[::1]/", "http://10.0.0.8/x", "http://169.254.169.254/"),
        *("http://2130706433/", "http://127.1/", "http://printer.local/", "http://localhost:80/"),
        *("https://user:secret@example.org/", "https://example.org:99999/", "https://a b.org/"),
        f"https://example.org/{'x' * ADDRESS_LIMIT}",
    ],
)
def test_an_address_that_readers_cannot_open_is_refused(address):
    assert "请" in wrong_address(address)


@pytest.mark.parametrize(
    "address", ["", "https://example.org/a?b=c", "http://新华网.中国/", "https://8.8.8.8/x"]
)
def test_a_public_address_is_taken(address):
    assert wrong_address(address) == ""


@given(st.dictionaries(st.sampled_from(["headline", "author", "digest", "source_url"]), st.text()))
def test_whatever_is_typed_is_either_refused_or_fit_to_be_sent(form):
    wishes = read_wishes(form, b"", KNOWN)
    look = wishes.look
    assert all("请" in sentence for sentence in wishes.wrong.values())
    assert "headline" in wishes.wrong or len(look.headline) <= LONGEST_HEADLINE
    assert "author" in wishes.wrong or len(look.author) <= AUTHOR_LIMIT
    assert "digest" in wishes.wrong or len(look.digest) <= DIGEST_LIMIT
    assert "source_url" in wishes.wrong or look.source_url[:4] in ("", "http", "HTTP", "Http")
    assert all(each.isprintable() for each in (look.headline, look.author, look.digest))


@given(st.text(max_size=20), st.sampled_from(["layout", "palette", "theme"]))
def test_only_what_there_is_can_be_chosen(words, name):
    wrong = read_wishes({name: f"{words}/x"}, b"", KNOWN).wrong
    assert list(wrong) == [name]
    assert not read_wishes({name: KNOWN[name][0]}, b"", KNOWN).wrong


def test_a_theme_is_a_name_and_no_way_to_a_file(wang):
    for theme in ("../../../etc/passwd", "sober.toml", SCRIPT):
        assert save(wang, theme=theme).status_code == 422
        frame = wang.get(f"/issues/{ISSUE}/seen", query_string={"theme": theme, "author": SCRIPT})
        assert frame.status_code == 200
        assert SCRIPT not in frame.text


def test_markup_is_shown_as_text(wang):
    save(wang, headline=SCRIPT, author="<b>", digest=SCRIPT)
    for page in (
        wang.get(LOOKS),
        draw(wang, headline=SCRIPT),
        wang.get(f"/issues/{ISSUE}/delivery"),
    ):
        assert SCRIPT not in page.text


def test_a_forged_or_foreign_request_changes_nothing(wang, services, app):
    form = fields(wang) | {"headline": "假的"}
    assert wang.browser.post(f"/console{LOOKS}", data=form | {"csrf_token": "x"}).status_code == 400
    assert app.test_client().post(f"/console{LOOKS}", data=form).status_code == 303
    assert services.covers.look(ISSUE) == Look()


def test_of_an_issue_that_is_not_there_nothing_is_shown(wang):
    for path in ("/looks", "/seen", "/seen/cover.jpg"):
        assert wang.get(f"/issues/1999-01-01{path}").status_code == 404
    for path in ("/looks", "/looks/cover"):
        assert wang.post(f"/issues/1999-01-01{path}").status_code == 404
    assert wang.get(f"/issues/{ISSUE}/seen/rikan.db").status_code == 404


# The editor's own picture.


def test_a_picture_is_sent_once_and_called_by_its_name_until_it_is_saved(wang, services):
    shown = draw(wang, picture=(BytesIO(photo()), "照片.png"))
    [kept] = re.findall(r'name="kept" value="(\w{64})"', shown.text)
    assert covers_in(shown.text) != covers_in(draw(wang).text)
    assert services.covers.look(ISSUE) == Look()
    save(wang, kept=kept)
    assert services.covers.look(ISSUE).picture == photo()
    assert "用的是自己的图片" in wang.get(LOOKS).text
    save(wang, without_picture="1")
    assert services.covers.look(ISSUE) == Look()


def bomb() -> bytes:
    file = BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    return file.getvalue()


BAD_PICTURES = {
    "an empty file": (lambda: b"", "不是图片"),
    "a drawing with scripts": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是图片"),
    "half a picture": (lambda: photo()[:900], "不是图片，或已损坏"),
    "another kind": (lambda: photo(kind="GIF"), "不是图片"),
    "a dot": (lambda: photo((8, 8)), "太小"),
    "a bomb": (bomb, "太大"),
    "too many bytes": (lambda: b"0" * 20_000_001, "超过 20 MB"),
}


def test_what_is_no_fit_picture_is_refused_by_its_content(wang, services):
    for data, told in BAD_PICTURES.values():
        answer = save(wang, headline="留着", picture=(BytesIO(data()), "照片.jpg"))
        answer.request.environ["wsgi.input"].close()  # a large one lies in a file
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="留着"' in answer.text
    assert services.covers.look(ISSUE) == Look()
    assert not services.covers.folder.exists()


def test_a_pictures_name_leads_to_no_other_file(wang, services):
    for name in ("../rikan.db", "0" * 64, SCRIPT):
        save(wang, headline="标题", kept=name)
        assert services.covers.look(ISSUE) == Look("标题")


# In the frame.


def test_the_dark_article_has_the_computed_colours(wang, services):
    light, dark = (wang.get(f"/issues/{ISSUE}/seen?tone={tone}") for tone in ("light", "dark"))
    [article] = flow.foreseen_bundle(services, services.archive.issue(ISSUE)).articles
    colour = services.studio.theme.colours.heading
    assert f"color:{colour}" in light.text
    assert f"color:{colour}" not in dark.text
    assert "invert" not in dark.text
    computed = re.findall('color:([^;"]+)', services.studio.darkened(article.html))
    assert len(set(computed)) > 3
    assert all(each in dark.text for each in computed)


def test_the_article_may_do_nothing_and_is_framed_by_us_alone(wang):
    frame = wang.get(f"/issues/{ISSUE}/seen")
    policy = frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    [picture] = set(re.findall(rf'"(/console/issues/{ISSUE}/seen/[^"]+)"', frame.text))
    assert wang.browser.get(picture).mimetype == "image/png"
    assert "sandbox=" in wang.get(LOOKS).text
