"""An issue that is too long for one article loses what it can spare, then is split; nothing is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ArticleError
from bot.model import Issue, Reference, Section
from bot.render.portion import GOES_ON, portions
from bot.shape import Prose, Run

ROOM = 60  # characters of what a portion may say, in these tests

paragraphs = st.lists(st.text("数据要素", min_size=1, max_size=ROOM // 2), max_size=5).map(tuple)


def section(number: str, title: str, said: tuple[str, ...], parts: tuple = ()) -> Section:
    shapes = tuple(Prose((Run(each),)) if each[0] == "数" else None for each in said)
    return Section(number, title, said, parts, shapes if any(shapes) else ())


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    sections = [
        section(
            str(n),
            "节",
            draw(paragraphs),
            tuple(
                section(f"{n}.{m}", "小节", draw(paragraphs))
                for m in range(1, draw(st.integers(1, 3)))
            ),
        )
        for n in range(1, draw(st.integers(2, 6)))
    ]
    return issue_of(*sections, references=(Reference("来源"),) * draw(st.integers(0, 3)))


def issue_of(*sections: Section, references: tuple[Reference, ...] = ()) -> Issue:
    return Issue("日报", "", "", date(2026, 6, 13), "摘要", sections, references)


def parts_of(issue: Issue) -> list[Section]:
    return [part for whole in issue.sections for part in (whole, *whole.subsections)]


def said(issue: Issue) -> list[tuple[str, object]]:
    return [
        pair
        for part in parts_of(issue)
        for pair in zip(part.paragraphs, part.shapes or (None,) * len(part.paragraphs), strict=True)
    ]


def fits(issue: Issue) -> bool:
    return sum(len(words) for words, _ in said(issue)) + 2 * len(issue.references) <= ROOM


@given(issues())
def test_every_paragraph_and_its_shape_is_in_one_portion_and_in_order(issue):
    made = portions(issue, fits)
    assert [pair for portion in made for pair in said(portion)] == said(issue)


@given(issues())
def test_every_portion_fits_and_every_heading_is_there(issue):
    made = portions(issue, fits)
    assert all(map(fits, made))
    numbers = {part.number for portion in made for part in parts_of(portion)}
    assert numbers == {part.number for part in parts_of(issue)}


@given(issues())
def test_the_summary_opens_the_first_and_the_references_end_the_last(issue):
    first, *others = portions(issue, fits)
    assert first.summary == "摘要"
    assert not any(other.summary for other in others)
    assert [portion.references for portion in (first, *others)][-1] == issue.references
    assert sum(len(portion.references) for portion in (first, *others)) == len(issue.references)


def test_a_portion_ends_with_a_section_where_it_can():
    text = "数" * (ROOM // 2)
    issue = issue_of(*(section(str(n), "节", (text,)) for n in range(1, 5)))
    made = portions(issue, fits)
    assert [[part.number for part in portion.sections] for portion in made] == [
        ["1", "2"],
        ["3", "4"],
    ]
    assert not any(GOES_ON in part.title for portion in made for part in portion.sections)


def test_a_section_that_no_portion_can_hold_goes_on_in_the_next_and_says_so():
    text = "据" * (ROOM // 2)
    made = portions(issue_of(section("1", "节", (text,) * 4)), fits)
    assert [portion.sections[0].title for portion in made] == ["节", "节（续）"]


def test_a_paragraph_that_no_article_can_hold_is_named():
    with pytest.raises(ArticleError, match="第 1 节有一段太长"):
        portions(issue_of(section("1", "节", ("据" * (ROOM + 1),))), fits)
