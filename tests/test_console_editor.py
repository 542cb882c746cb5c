"""The words of an issue in the console: looked over, mended, saved, saved by two people, restored."""

import html
import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bot import delivering, flow, revising
from bot.archive.accounts import Role
from bot.archive.versions import mark_of
from bot.delivery import Deed
from bot.errors import ArticleError, IngestError, Overtaken
from bot.ingest.markdown import write_markdown
from bot.services import Services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.console import KEY, Person, signed_in

ISSUE = "2026-06-13"
SCRIPT = "<script>alert(1)</script>"
OTHERS = ["/issues/new", f"/issues/{ISSUE}", f"/issues/{ISSUE}/versions", f"/issues/{ISSUE}/versions/1"]  # fmt: skip
POSTS = ["text", "mend", "here", "paper/", "versions/1/restore"]


@pytest.fixture
def config_path(tmp_path: Path, sandbox) -> Path:
    return write_config(tmp_path, sandbox.url, web=f'secret_key = "{KEY}"')


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


def opened(person: Person, path: str = f"/issues/{ISSUE}") -> dict[str, str]:
    """What the editor's form holds."""
    page = person.get(path).text
    [text] = re.findall(r'<textarea name="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    fields = {name: re.search(rf'name="{name}" value="(\w*)"', page)[1] for name in ("base", "begun")}  # type: ignore[index]  # fmt: skip
    return {"text": html.unescape(text), **fields}


def save(person: Person, form: dict[str, str], issue_id: str = ISSUE):
    return person.post(f"/issues/{issue_id}/text", **form)


def looked_over(person: Person, text: str, issue_id: str = ISSUE) -> Any:
    accepts = {"Accept": "application/json"}
    form = {"csrf_token": person.token(), "text": text}
    answer = person.browser.post(f"/console/issues/{issue_id}/paper/", data=form, headers=accepts)
    assert answer.status_code == 200
    return answer.json


# Writing.


def test_the_editor_holds_the_issue_as_it_is_kept_with_its_count(wang, services, archived):
    form = opened(wang)
    kept = services.archive.issue(ISSUE)
    assert form["text"] == write_markdown(kept)
    assert form["base"] == mark_of(kept)
    size = flow.foreseen_bundle(services, kept).characters
    assert f"<b>{size:,}</b> / 20,000" in wang.get(f"/issues/{ISSUE}").text


def test_what_is_saved_is_a_version_of_the_same_issue_and_stands_in_the_record(
    wang, services, archived
):
    form = opened(wang)
    form["text"] = form["text"].replace("主线", "重点", 1)
    page = wang.follow(save(wang, form))
    assert "已保存" in page
    assert "重点" in services.archive.issue(ISSUE).summary
    [version] = services.archive.versions(ISSUE)
    assert "主线" in version.issue.summary
    noted = [each for each in services.ledger.timeline(ISSUE) if each.what == Deed.NOTED]
    assert [(each.who, each.detail) for each in noted] == [("console:王芳", "改了文字")]
    assert f'data-saved-over="{form["base"]}"' in page
    assert "data-saved-over" not in wang.get(f"/issues/{ISSUE}").text


def test_a_form_sent_twice_is_saved_once(wang, services, archived):
    form = opened(wang)
    form["text"] = form["text"].replace("主线", "重点", 1)
    assert save(wang, form).status_code == 303
    assert "什么也没有变" in wang.follow(save(wang, form))
    assert len(services.archive.versions(ISSUE)) == 1


def test_saving_what_is_kept_already_changes_nothing(wang, services, archived):
    assert "什么也没有变" in wang.follow(save(wang, opened(wang)))
    assert services.archive.versions(ISSUE) == []
    assert services.ledger.timeline(ISSUE) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("date: 2026-06-13", "date: 2026-06-14", "会变成另一期"),
        ("date: 2026-06-13", "date: 2026-06-13\nedition: 2", "会变成另一期"),
        ("title: 新质生产力每日动态", "", "没有刊名"),
        ("## 1 ", "## 一", "编号或级别不对"),
        ("## ", "", "不属于任何一节"),
    ],
)
def test_what_is_no_issue_or_another_one_is_refused_and_the_text_stays(
    wang, services, archived, old, new, told
):
    form = opened(wang)
    form["text"] = form["text"].replace(old, new)
    answer = save(wang, form)
    assert answer.status_code == 422
    assert told in answer.text
    assert html.escape(form["text"], quote=False)[:300] in html.unescape(answer.text).replace(
        "&", "&amp;"
    )
    assert services.archive.versions(ISSUE) == []
    assert len(services.archive.entries()) == 1


def test_after_readers_have_it_saving_says_that_they_keep_what_they_have(wang, services, archived):
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/x")
    assert "已经交给读者" in wang.get(f"/issues/{ISSUE}").text
    form = opened(wang)
    form["text"] = form["text"].replace("主线", "重点", 1)
    page = wang.follow(save(wang, form))
    assert "公众号里的文章已经交给读者，不会跟着变" in page
    assert services.archive.search("重点", date(2026, 6, 13), published_only=True)


def test_what_was_approved_and_then_changed_is_not_published_before_it_is_approved_again(
    wang, services, archived
):
    flow.push_issue(services, ISSUE)
    delivering.approve_issue(services, ISSUE, "editor:李明")
    form = opened(wang)
    save(wang, {**form, "text": form["text"].replace("主线", "重点", 1)})
    assert "内容改过了，请更新草稿" in wang.get(f"/?day={ISSUE}").text
    with pytest.raises(ArticleError, match="改过"):
        flow.publish_issue(services, ISSUE, approvals=1)
    flow.push_issue(services, ISSUE)
    with pytest.raises(ArticleError, match="批准"):
        flow.publish_issue(services, ISSUE, approvals=1)


# Looking over.


def test_a_text_that_is_not_saved_is_shown_as_readers_would_see_it(wang, services, archived):
    text = opened(wang)["text"].replace("主线", "重点词", 1)
    seen = looked_over(wang, text)
    assert "重点词" in seen["preview"]
    draft = flow.foreseen_bundle(services, revising.read(text, services.archive.issue(ISSUE)))
    assert seen["characters"] == draft.characters
    assert "重点词" not in services.archive.issue(ISSUE).summary


def test_findings_stand_at_their_line_with_a_button_for_what_is_mechanical(wang, archived):
    text = opened(wang)["text"].replace("“人工智能+”", "”人工智能+“", 1)
    notes = looked_over(wang, text)["notes"]
    line = next(at for at, each in enumerate(text.split("\n")) if "”人工智能+“" in each)
    assert re.search(rf'<li class="warning" data-line="{line}">.*引号方向不对', notes)
    assert f'name="mend" value="quotes:{line}"' in notes


def test_a_mend_gives_the_text_back_and_saves_nothing(wang, services, archived):
    right = opened(wang)["text"]
    wrong = right.replace("“人工智能+”", "”人工智能+“", 1)
    page = wang.post(f"/issues/{ISSUE}/mend", text=wrong, mend="quotes", base="x", begun="x").text
    assert right.strip() in html.unescape(page)
    assert services.archive.versions(ISSUE) == []


def test_a_mend_at_a_line_beyond_all_numbers_is_one_of_the_whole_text(wang, archived):
    right = opened(wang)["text"]
    wrong = right.replace("“人工智能+”", "”人工智能+“", 1)
    mend = f"quotes:{'9' * 5000}"
    page = wang.post(f"/issues/{ISSUE}/mend", text=wrong, mend=mend, base="x", begun="x").text
    assert right.strip() in html.unescape(page)


def test_a_text_that_is_no_issue_is_told_of_at_its_line(wang, archived):
    text = opened(wang)["text"].replace("## 3 ", "## 三 ")
    seen = looked_over(wang, text)
    line = next(at for at, each in enumerate(text.split("\n")) if each.startswith("## 三"))
    assert seen["preview"] == ""
    assert f'data-line="{line}"' in seen["notes"]
    assert 'value="numbers"' in seen["notes"]


def test_nothing_is_fetched_for_a_preview(wang, archived, monkeypatch):
    monkeypatch.setattr("bot.ingest.remote.Remote.fetch", lambda *_: pytest.fail("fetched"))
    text = opened(wang)["text"] + "\n![](https://example.com/a.png)\n"
    assert looked_over(wang, text)["preview"]


def test_the_page_in_the_frame_runs_nothing_and_is_shown_in_the_console_only(wang, archived):
    answer = wang.get(f"/issues/{ISSUE}/paper/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    page = wang.get(f"/issues/{ISSUE}").text
    assert 'sandbox="allow-same-origin"' in page
    assert wang.get(f"/issues/{ISSUE}/paper/cover.jpg").mimetype == "image/jpeg"
    for name in ("x.jpg", "..%2f..%2fconfig.toml", "0123456789abcdef.jpg"):
        assert wang.get(f"/issues/{ISSUE}/paper/{name}").status_code == 404


def test_markup_in_a_text_is_text_wherever_it_is_shown(wang, services, archived):
    form = opened(wang)
    form["text"] = form["text"].replace("主线", f"主线</textarea>{SCRIPT}".replace("<", "\\<"), 1)
    assert SCRIPT not in looked_over(wang, form["text"])["preview"]
    clash = save(wang, {**form, "base": "0" * 64})
    assert save(wang, form).status_code == 303
    pages = [clash.text, *(wang.get(path).text for path in OTHERS), wang.get(f"/issues/{ISSUE}/paper/").text]  # fmt: skip
    assert SCRIPT in services.archive.issue(ISSUE).summary
    for shown in pages:
        assert SCRIPT not in shown
        assert "</textarea>\\<script" not in shown


# Two at once.


def test_whoever_saves_second_gets_both_texts_and_overwrites_nothing(wang, li, services, archived):
    first, second = opened(wang), opened(li)
    first["text"] = first["text"].replace("主线", "重点", 1)
    second["text"] = second["text"].replace("417 个典型案例", "418 个典型案例", 1)
    save(wang, first)
    answer = save(li, second)
    assert answer.status_code == 409
    assert "王芳先保存了" in answer.text
    assert "<del>重点</del><ins>主线</ins>" in answer.text
    assert "<del>417</del><ins>418</ins>" in answer.text
    kept = services.archive.issue(ISSUE)
    assert "重点" in kept.summary
    assert html.escape(write_markdown(kept), quote=False)[:400] in answer.text
    # Merged by hand, it is saved over what was seen.
    base = re.search(r'name="base" value="(\w+)"', answer.text)[1]  # type: ignore[index]
    assert base == mark_of(kept)
    merged = {**second, "text": second["text"].replace("主线", "重点", 1), "base": base}
    page = li.follow(save(li, merged))
    assert f'data-saved-over="{second["begun"]}"' in page
    assert "418" in services.archive.issue(ISSUE).summary
    assert len(services.archive.versions(ISSUE)) == 2


def test_who_saved_first_is_whoever_wrote_and_not_who_did_something_later(
    wang, li, services, archived, clock
):
    first, second = opened(wang), opened(li)
    save(wang, {**first, "text": first["text"].replace("主线", "重点", 1)})
    services.ledger.by("editor:赵强").remark(ISSUE, Deed.ASKED, "推送")
    answer = save(
        li, {**second, "text": second["text"].replace("417 个典型案例", "418 个典型案例", 1)}
    )
    assert "王芳先保存了" in answer.text
    clock.forward(minutes=5)
    # Nobody is named where the record names nobody: another report was dropped.
    text = revising.text_of(services.archive.issue(ISSUE)).replace("重点", "要点", 1)
    services.archive.add(
        revising.read(text, services.archive.issue(ISSUE)), "x.md", "0" * 64, replace=True
    )
    assert "别人先保存了" in save(li, second).text


def test_of_two_tabs_each_names_its_own_copy_and_that_one_may_go(wang, services, archived):
    form = opened(wang)
    form["text"] = form["text"].replace("主线", "重点", 1)
    copy = f"{form['base']}.a1b2c3d4"
    assert f'data-saved-over="{copy}"' in wang.follow(save(wang, {**form, "begun": copy}))


def test_a_page_says_whether_what_it_holds_is_saved(wang, services, archived):
    form = opened(wang)
    assert "data-unsaved" not in wang.get(f"/issues/{ISSUE}").text
    assert "data-unsaved" not in wang.get("/issues/new?day=2026-06-15").text
    form["text"] = form["text"].replace("## 1 ", "## 一 ", 1)
    refused, late = save(wang, form), save(wang, {**opened(wang), "base": "0" * 64, "text": "---"})
    form["text"] = form["text"].replace("## 一 ", "## 1 又", 1)
    clash = save(wang, {**form, "base": "0" * 64})
    assert [each.status_code for each in (refused, late, clash)] == [422, 422, 409]
    for each in (refused, late, clash):
        assert "data-unsaved" in each.text


def test_a_report_that_has_the_words_of_a_blank_page_of_its_own_can_be_saved(
    wang, services, archived
):
    kept = services.archive.issue(ISSUE)
    for words in ("（来源）", "（在这里写正文）"):
        text = revising.text_of(kept).replace("主线", f"主线{words}", 1)
        with pytest.raises(IngestError, match="还没有写"):
            revising.save(services, text, kept, over=kept)
    services.archive.add(revising.read(text, kept), "x.md", "0" * 64, replace=True)
    form = opened(wang)
    form["text"] = form["text"].replace("主线", "重点", 1)
    assert save(wang, form).status_code == 303
    assert "重点（在这里写正文）" in services.archive.issue(ISSUE).summary


@pytest.mark.parametrize("odd", ["\0", "\r\n", "\ufeff", "\u202e", "😀", "\x07", "\u2028", "&#0;"])
def test_whatever_signs_are_pasted_what_was_looked_over_can_be_saved(wang, services, archived, odd):
    form = opened(wang)
    form["text"] = form["text"].replace("主线", f"重点{odd}", 1)
    assert looked_over(wang, form["text"])["preview"]
    page = wang.follow(save(wang, form))
    assert "已保存" in page
    assert "重点" in services.archive.issue(ISSUE).summary
    assert "什么也没有变" in wang.follow(save(wang, opened(wang)))


def test_of_many_who_save_at_the_same_time_one_does(app, services, archived):
    standing = services.archive.issue(ISSUE)
    text, told = write_markdown(standing), list[str]()

    def try_it(number: int) -> None:
        mine = text.replace("主线", f"重点{number}", 1)
        try:
            revising.save(services, mine, standing, over=standing)
            told.append("saved")
        except Overtaken:
            told.append("overtaken")

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["overtaken"] * 5 + ["saved"]
    assert len(services.archive.versions(ISSUE)) == 1


def test_who_else_has_it_open_is_told_for_two_minutes(wang, li, archived, clock):
    assert "也打开着" not in wang.post(f"/issues/{ISSUE}/here").text
    assert "王芳 也打开着这一期" in li.post(f"/issues/{ISSUE}/here").text
    assert "李明 也打开着这一期" in wang.get(f"/issues/{ISSUE}").text
    assert "也打开着" not in wang.post("/issues/2026-06-12/here").text
    clock.forward(seconds=121)
    assert "也打开着" not in li.get(f"/issues/{ISSUE}").text


# From a blank page.


def test_an_issue_is_written_from_a_blank_page_and_kept_only_when_it_is_saved(
    wang, services, archived
):
    form = opened(wang, "/issues/new?day=2026-06-15")
    assert "date: 2026-06-15" in form["text"]
    assert "title: 新质生产力每日动态" in form["text"]
    assert looked_over(wang, form["text"], "2026-06-15")["preview"]
    assert len(services.archive.entries()) == 1
    assert "还没有写：（在这里写摘要）" in save(wang, form, "2026-06-15").text
    for left in revising.TO_WRITE:
        form["text"] = form["text"].replace(left, "新写的，")
    page = wang.follow(save(wang, form, "2026-06-15"))
    assert "已保存" in page
    assert services.archive.issue("2026-06-15").summary == "新写的，"
    assert services.ledger.timeline("2026-06-15")[-1].detail == "新建了这一期"


def test_a_day_that_has_an_issue_is_not_begun_anew(wang, services, archived):
    answer = wang.get(f"/issues/new?day={ISSUE}")
    assert answer.location == f"/console/issues/{ISSUE}"
    form = {**opened(wang), "base": "", "begun": ""}
    assert save(wang, {**form, "text": form["text"].replace("主线", "重点")}).status_code == 409
    assert services.archive.versions(ISSUE) == []


def test_today_leads_to_the_editor(wang, archived):
    assert f'href="/console/issues/{ISSUE}"' in wang.get(f"/?day={ISSUE}").text
    assert 'href="/console/issues/new?day=2026-06-15"' in wang.get("/?day=2026-06-15").text


# Versions.


def test_versions_tell_what_changed_and_who_did_it_and_an_old_one_comes_back(
    wang, li, services, archived, clock
):
    for person, words in ((wang, "重点"), (li, "要点")):
        clock.forward(minutes=5)
        form = opened(person)
        form["text"] = re.sub("主线|重点", words, form["text"], count=1)
        save(person, form)
    listed = wang.get(f"/issues/{ISSUE}/versions").text
    assert listed.index("第 3 版") < listed.index("第 2 版") < listed.index("第 1 版")
    assert listed.index("李明（电脑）") < listed.index("王芳（电脑）")
    page = wang.get(f"/issues/{ISSUE}/versions/2").text
    assert "<del>主线</del><ins>重点</ins>" in page
    base = re.search(r'name="base" value="(\w+)"', page)[1]  # type: ignore[index]
    assert "刚刚有人改过" in wang.follow(
        wang.post(f"/issues/{ISSUE}/versions/1/restore", base="0" * 64)
    )
    assert "已保存" in wang.follow(wang.post(f"/issues/{ISSUE}/versions/1/restore", base=base))
    assert "主线" in services.archive.issue(ISSUE).summary
    assert len(services.archive.versions(ISSUE)) == 3
    assert services.ledger.timeline(ISSUE)[-1].detail == "恢复了旧版本"


# Who may not.


@pytest.mark.parametrize("issue_id", ["1999-01-01", "x", "2026-02-30", "2026-06-13-0", "%3Cscript"])
def test_what_is_not_there_is_not_found(wang, archived, issue_id):
    for path in ("", "/versions", "/versions/1"):
        assert wang.get(f"/issues/{issue_id}{path}").status_code == 404
    assert wang.get(f"/issues/{ISSUE}/versions/9").status_code == 404
    assert wang.post(f"/issues/{ISSUE}/versions/9/restore", base="").status_code == 404


def test_nobody_writes_without_being_signed_in_or_without_meaning_it(app, wang, archived, services):
    stranger = Person(app)
    for path in OTHERS:
        assert stranger.get(path).status_code == 303
    for path in POSTS:
        assert stranger.browser.post(f"/console/issues/{ISSUE}/{path}").status_code == 303
        assert wang.browser.post(f"/console/issues/{ISSUE}/{path}").status_code == 400
    asked = {"HX-Request": "true"}
    answer = stranger.browser.post(f"/console/issues/{ISSUE}/here", headers=asked)
    assert answer.status_code == 401
    assert services.archive.versions(ISSUE) == []


def test_the_editor_is_light(wang, archived):
    page = wang.get(f"/issues/{ISSUE}")
    addresses = re.findall(r'(?:href|src)="(/console/assets/[^"]+)"', page.text)
    loaded = [wang.browser.get(address, buffered=True) for address in addresses]
    assert len(loaded) == 5
    assert len(page.data) + sum(len(each.data) for each in loaded) < 150_000
