"""An issue of the usual length with one of everything that Markdown may bring, from the file to the article."""

import re

import pytest

from bot.ingest.file import read_issue
from bot.model import Issue, Placed
from bot.render.lint.article import lint
from tests.conftest import ISSUES
from tests.galley import THEMES, UPLOADED, is_whole, text_of, write

PLACE = Placed("https://mmbiz.qpic.cn/mmbiz_png/abc/0?wx_fmt=png", 1080, 540)


@pytest.fixture(scope="module")
def issue() -> Issue:
    return read_issue(ISSUES / "torture.md")[0]


def html_of(issue: Issue, theme: str) -> str:
    pictures = {figure.address: PLACE for figure in issue.figures}
    return write(issue, theme, UPLOADED, pictures=pictures).html


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_in_it_is_refused_or_shown_badly(issue, theme):
    html = html_of(issue, theme)
    assert list(lint(html, sent=True)) == []
    assert is_whole(html)


@pytest.mark.parametrize("theme", THEMES)
def test_no_sign_of_markdown_is_left_to_read(issue, theme):
    words = text_of(re.sub(r"<code>.*?</code>", "", html_of(issue, theme)))
    assert not re.search(r"\*\*|~~|`|\[\^|\]\(|!\[|\|", words.partition("参考文献")[0])


@pytest.mark.parametrize("theme", THEMES)
def test_fewer_than_two_and_a_half_characters_are_sent_for_each_that_is_read(issue, theme):
    html = html_of(issue, theme)
    assert len(html) < 2.5 * len(text_of(html))
