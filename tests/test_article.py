"""What readers see of an issue, kept as golden files; and how little of it is markup."""

import re
from dataclasses import replace

import pytest

from bot.config import load_config
from bot.model import Reference, Section
from bot.render.article import compact, digest
from bot.render.lint.article import lint
from bot.render.notes import plain_address
from bot.render.trim import Part, Trim
from bot.services import open_services
from bot.shape import Prose, Run
from tests.conftest import write_config
from tests.galley import (
    DAYS,
    IMPRINT,
    THEMES,
    UPLOADED,
    is_whole,
    issue_of,
    sample,
    text_of,
    write,
)

TRIMS = (
    Trim(),
    Trim(ornaments=False),
    Trim(ornaments=False, contents=False),
    Trim(ornaments=False, contents=False, references="folded"),
)


def one_tag_a_line(html: str) -> str:
    """So that a change can be read in the diff."""
    return re.sub(r"(?<=>)(?=<)", "\n", html) + "\n"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("day", DAYS)
def test_an_article_looks_like_this(golden, day, theme):
    golden(f"{theme}/{day}.html", one_tag_a_line(write(sample(day), theme).html))


@pytest.mark.parametrize(
    ("day", "most"), [("2026-06-09", 1.9), ("2026-06-11", 1.9), ("2026-06-13", 1.8)]
)
def test_most_of_an_article_is_words(day, most):
    html = write(sample(day), footer_url=UPLOADED).html
    assert len(UPLOADED) == 130
    assert len(html) / len(text_of(html)) <= most


def test_the_longest_sample_stays_under_7500_characters():
    assert write(sample("2026-04-16"), footer_url=UPLOADED).characters < 7_500


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("trim", TRIMS)
def test_an_article_keeps_to_what_the_platform_takes(day, theme, trim):
    article = write(sample(day), theme, trim=trim)
    assert list(lint(article.html)) == []
    assert is_whole(article.html)
    assert not re.search(
        r"<(div|style|script|a)\b|\b(class|id|position)=|!important|font-family", article.html
    )
    assert set(re.findall(r'src="([^"]*)"', article.html)) == {"footer.png"}
    assert len(article.title) <= 32
    assert len(article.title.encode()) <= 64
    assert len(article.digest) <= 120


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("trim", TRIMS[:3])
@pytest.mark.parametrize("day", DAYS)
def test_every_word_of_the_issue_is_in_the_article(day, theme, trim):
    issue = sample(day)
    words = [issue.organisation, issue.partners, issue.summary]
    for section in issue.sections:
        for part in (section, *section.subsections):
            words += [part.title, *part.paragraphs]
    words += [reference.text for reference in issue.references]
    text = text_of(write(issue, theme, trim=trim).html)
    assert [each for each in words if re.sub(r"\s", "", each) not in text] == []


def test_the_spaces_of_the_issue_stay_as_written_in_the_sober_theme():
    issue = issue_of("6 月 8 日和6月9日，AI 与5G。")
    assert "6 月 8 日和6月9日，AI 与5G。" in write(issue).html


def test_markup_in_an_issue_is_text():
    hostile = Section("1", '<script>alert("x")</script>', ('</section><img src=x onerror="y">',))
    html = write(replace(issue_of(), sections=(hostile,))).html
    assert "<script" not in html
    assert html.count("<img") == 1
    assert is_whole(html)


def test_markup_in_an_address_is_text():
    hostile = Reference('"><script>', '"><script>alert(1)</script>')
    html = write(replace(issue_of(), references=(hostile,)), footer_url='"><script>').html
    assert "<script" not in html


def test_the_mark_names_the_issue_and_changes_with_its_words():
    issue = sample(DAYS[0])
    first, again = write(issue), write(issue)
    other = write(replace(issue, summary="别的"))
    assert first == again
    assert first.fingerprint != other.fingerprint
    assert f'data-rikan="2026-04-16:{first.fingerprint[:12]}"' in first.html


def test_the_mark_changes_with_the_theme():
    issue = sample(DAYS[0])
    assert write(issue, "warm").fingerprint != write(issue, "sober").fingerprint


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("day", DAYS)
def test_each_trim_makes_the_article_no_longer(day, theme):
    issue = sample(day)
    lengths = [write(issue, theme, trim=trim).characters for trim in TRIMS]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[1] > lengths[2]


def test_folded_references_stand_on_a_line_each_without_addresses():
    reference = Reference(
        "来源：新华社；标题：某事；日期：2026-06-08；用途：背景",
        "https://www.news.cn/a",
        "新华社",
        "某事",
        "2026-06-08",
        "背景",
    )
    issue = replace(issue_of(), references=(reference,))
    assert "www.news.cn/a" in write(issue).html
    folded = write(issue, trim=Trim(references="folded")).html
    assert "[1] 新华社，《某事》，2026-06-08" in folded
    assert "www.news.cn" not in folded


def test_an_issue_of_one_section_has_no_contents():
    assert text_of(write(issue_of("一段。")).html).count("01小节") == 1


def test_the_parts_of_an_issue_say_which_they_are():
    issue = sample(DAYS[0])
    first, last = (write(issue, part=Part(number, 2)) for number in (1, 2))
    assert first.title.endswith("（一）")
    assert last.title.endswith("（二）")
    assert "本期共 2 篇，这是第 1 篇" in first.html
    assert "本期共 2 篇，这是第 2 篇" in last.html
    assert "footer.png" not in first.html
    assert "footer.png" in last.html
    assert issue.organisation in first.html
    assert issue.organisation not in last.html
    assert is_whole(first.html)
    assert is_whole(last.html)


def test_a_long_title_leaves_room_for_the_number_of_its_part():
    issue = replace(sample(DAYS[0]), title="很长的标题" * 8)
    title = write(issue, part=Part(3, 8)).title
    assert len(title) == 32
    assert title.endswith("（三）")


@pytest.mark.parametrize("theme", THEMES)
def test_a_newsletter_that_names_nobody_has_no_empty_line_in_its_masthead(theme):
    html = write(issue_of(), theme, imprint=replace(IMPRINT, organisation="")).html
    assert list(lint(html)) == []
    assert not re.search(r"<p[^>]*>(<br>)?</p>|<br></p>", html)


def test_the_masthead_names_the_day_of_the_chinese_calendar_if_asked():
    issue = issue_of()
    assert "农历" not in write(issue).html
    lunar = replace(IMPRINT, lunar=True)
    assert "农历四月廿八" in write(issue, imprint=lunar).html
    leap = replace(issue, date=issue.date.replace(2025, 8, 1))
    assert "农历闰六月初八" in write(leap, imprint=lunar).html


def test_quotes_are_turned_to_their_side_if_asked():
    issue = issue_of(
        '展现”智造”新版图，"流动黄金"。',
        Prose((Run("前”半"), Run("句”", bold=True), Run('print("x")', code=True))),
    )
    assert "展现”智造”新版图" in write(issue).html
    html = write(issue, imprint=replace(IMPRINT, quotes=True)).html
    assert "展现“智造”新版图，“流动黄金”。" in html
    assert "前“半<strong>句”</strong>" in html
    assert 'print("x")' in html


def test_the_settings_choose_how_an_article_is_set(tmp_path, clock):
    path = write_config(tmp_path)
    path.write_text(path.read_text("utf-8") + '[article]\ntheme = "warm"\nlunar = true\n', "utf-8")
    with open_services(load_config(path, {}), clock) as services:
        studio = services.studio
        issue = sample(DAYS[0])
        html = studio.article(issue, studio.cover(issue), studio.footer.name).html
    assert studio.theme.label == "温润"
    assert "农历" in html


def test_a_digest_is_whole_sentences():
    long = "第一句话说的是今天最重要的事情，很长很长很长很长很长很长很长很长。" * 4
    assert digest(long).endswith("。")
    assert len(digest(long)) <= 120
    assert digest("很长的半句话，很长的半句话，很长的半句话；" * 9).endswith("句话…")
    assert digest("字" * 300) == "字" * 119 + "…"
    assert digest("短") == "短"


def test_addresses_are_shown_as_they_are_read():
    assert plain_address("https://www.zaobao.com.sg/finance/") == "www.zaobao.com.sg/finance"


def test_line_breaks_between_tags_do_not_count():
    assert compact("<p>\n  <b>字</b>\n</p>\n") == "<p><b>字</b></p>"
