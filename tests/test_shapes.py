"""Lists, tables, quotes, code, pictures, links and footnotes as the platform takes them."""

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Placed, Reference
from bot.render.lint.article import lint
from bot.shape import Code, Figure, Item, Listing, Prose, Quote, Run, Table, said_by
from tests.galley import THEMES, html_of, is_whole, issue_of, text_of, write
from tests.test_article import one_tag_a_line

FAR = "https://example.com/a/very/long/path?with=query&and=more#frag"
NEAR = "https://mp.weixin.qq.com/s/abcdef"
BODY = re.compile(r"</h2>(.*?)(?:<section[^>]*border-top|<img src=\"footer)", re.S)


def body(*shapes, **more) -> str:
    found = BODY.search(html_of(*shapes, **more))
    assert found
    return found[1]


def prose(*runs: Run) -> Prose:
    return Prose(runs)


def cells(*texts: str) -> tuple:
    return tuple((Run(text),) for text in texts)


def torture():
    """One of everything that an editor's Markdown may bring."""
    linked = prose(
        Run("开头一段，含"),
        Run("加粗，", bold=True),
        Run("紧贴标点、"),
        Run("“引号加粗”", bold=True),
        Run("后接文字、"),
        Run("斜体", italic=True),
        Run("、"),
        Run("inline_code()", code=True),
        Run("、"),
        Run("删除线", struck=True),
        Run("和"),
        Run("外部链接", link=FAR),
        Run("，以及"),
        Run("公众号链接", link=NEAR),
        Run("。脚注引用", note="脚注内容，见 https://example.net/footnote。"),
        Run("，正文结束。A/B 测试：5G基站484万个，占比10.5%。"),
    )
    nested = Listing(
        (
            Item((Run("第一项"), Run("重点：", bold=True), Run("后续文字比较长，看看会不会拆开"))),
            Item((Run("第二项"),)),
            Item((Run("嵌套一"),), 1),
            Item((Run("三级编号"),), 2, 1),
            Item((Run("三级编号"),), 2, 2),
            Item((Run("第三项"), Run("链接", link="https://example.org/"))),
            Item((Run("第三项的另一段。"),), goes_on=True),
        )
    )
    head = cells("指标", "2023 年", "2024 年", "2025 年", "同比", "备注说明")
    rows = (
        cells("全国数据总量（ZB）", "1.01", "1.30", "1.67", "+28.46%", "包含活跃数据与归档数据"),
        cells("数据产品数量", "100", "129", "167", "+29.29%", "见附录 A"),
    )
    table = Table(("left", "right", "right", "right", "center", ""), head, rows)
    code = Code(f'def render(md: str) -> str:\n    # 一行很长的注释 {"-" * 60}\n    return ""\n')
    quote = Quote(((Run("引用第一段。"),), (Run("含"), Run("加粗", bold=True), Run("。"))))
    figure = Figure("chart.png", "一张图", "图一 题注")
    return issue_of(linked, nested, table, code, quote, figure, "最后一段。")


PICTURES = {"chart.png": Placed("https://mmbiz.qpic.cn/mmbiz_png/abc/0?wx_fmt=png", 1080, 607)}


@pytest.mark.parametrize("theme", THEMES)
def test_one_of_everything_looks_like_this(golden, theme):
    html = write(torture(), theme, pictures=PICTURES).html
    golden(f"{theme}/shapes.html", one_tag_a_line(html))
    assert list(lint(html)) == []
    assert is_whole(html)


def test_words_keep_their_forms():
    html = body(
        prose(
            Run("含"),
            Run("加粗，", bold=True),
            Run("斜体", italic=True),
            Run("删去", struck=True),
            Run("a<b", code=True),
        )
    )
    assert "含<strong>加粗，</strong><em>斜体</em>" in html
    assert '<span style="text-decoration:line-through">删去</span>' in html
    assert re.search(r"<span [^>]*background[^>]*>a&lt;b</span>", html)


def test_a_line_break_in_a_paragraph_stays():
    assert "上一行<br>下一行" in body(prose(Run("上一行\n下一行")))


def test_a_link_to_the_platform_stays_a_link():
    html = body(prose(Run("往期", link=NEAR), Run("旧址", link=NEAR.replace("https", "http"))))
    assert html.count(f'<a href="{NEAR}">') == 2


def test_other_links_become_words_and_a_note():
    html = html_of(prose(Run("来源", link=FAR), Run("。")))
    assert "<a" not in html
    assert "来源<sup>\u2060[1]</sup>。" in html
    notes = html.partition("注释")[2]
    assert "[1] example.com/a/very/long/path?with=query&amp;and=more#frag" in notes


def test_an_address_that_is_read_as_it_stands_needs_no_note():
    html = html_of(prose(Run("见 example.org/x", link="https://example.org/x/")))
    html += html_of(prose(Run("https://example.org/x", link="https://example.org/x")))
    assert "<sup>" in html_of(prose(Run("见", link="https://example.org/x/")))
    assert "注释" in html
    assert html.count("<sup>") == 1


def test_notes_count_on_after_the_references():
    issue = replace(
        issue_of(prose(Run("甲", note="注一"), Run("乙", link="https://b.example"))),
        references=(Reference("某处"), Reference("别处")),
    )
    html = write(issue).html
    assert "甲<sup>\u2060[3]</sup>乙<sup>\u2060[4]</sup>" in html
    assert "[3] 注一" in html
    assert "[4] b.example" in html


def test_the_same_address_is_one_note_and_a_reference_is_its_own():
    issue = replace(
        issue_of(
            prose(Run("一", link=FAR), Run("二"), Run("三", link=FAR)),
            prose(Run("四", link="http://a.example/")),
        ),
        references=(Reference("某处", "https://a.example"),),
    )
    html = write(issue).html
    assert html.count("<sup>\u2060[2]</sup>") == 2
    assert "四<sup>\u2060[1]</sup>" in html
    assert html.count("example.com/a/very") == 1


def test_a_link_of_several_forms_has_one_mark_at_its_end():
    html = body(prose(Run("半", link=FAR), Run("粗", bold=True, link=FAR), Run("。")))
    assert "半<strong>粗</strong><sup>\u2060[1]</sup>。" in html


def test_footnotes_of_the_summary_come_first():
    issue = replace(issue_of(prose(Run("后", note="二"))), shapes=(prose(Run("前", note="一")),))
    html = write(issue).html
    assert "前<sup>\u2060[1]</sup>" in html
    assert "后<sup>\u2060[2]</sup>" in html


def test_a_mark_cannot_begin_a_line():
    html = html_of(prose(Run("词", link=FAR), Run("，")))
    assert "词<sup>\u2060[" in html


def test_links_that_lead_nowhere_are_words():
    for link in ("#part", "javascript:alert(1)", "./file.md"):
        html = html_of(prose(Run("词", link=link)))
        assert "<sup>" not in html
        assert "<a" not in html
        assert "javascript" not in html


def test_a_list_hangs_on_its_markers_and_moves_in_what_is_nested():
    html = body(
        Listing(
            (
                Item((Run("甲"),)),
                Item((Run("乙"),), 1),
                Item((Run("丙"),), 2, 3),
                Item((Run("丁"),), 4),
                Item((Run("另段"),), goes_on=True),
            )
        )
    )
    deeper = re.escape('<section style="margin-left:1.4em">')
    assert re.search(
        f"<p>•\u2002甲</p>{deeper}<p>◦\u2002乙</p>{deeper}<p>3\\.\u2002丙</p><p>–\u2002丁</p></section></section>"
        '<p style="text-indent:0">另段</p></section>',
        html,
    )
    assert "text-indent:-1.4em" in html
    assert "<ul" not in html


def test_an_ordered_list_keeps_its_numbers():
    html = body(Listing(tuple(Item((Run("项"),), 0, number) for number in (9, 10))))
    assert "9.\u2002项" in html
    assert "10.\u2002项" in html


@pytest.mark.parametrize("columns", [1, 3, 8])
def test_a_table_is_as_wide_as_the_screen_and_no_wider(columns):
    row = cells(*["1,234.5"] * columns)
    html = body(Table(("right",) * columns, row, (row, row)))
    assert "table-layout:fixed;width:100%" in html
    shares = [int(share) for share in re.findall(r"<th[^>]*;width:(\d+)%", html)]
    assert sum(shares) <= 101
    assert "px;width" not in html
    assert list(lint(html_of(Table(("right",) * columns, row, (row, row))))) == []


def test_a_table_of_more_columns_is_set_smaller():
    def size(columns: int) -> int:
        row = cells(*["1,234.5"] * columns)
        return int(re.findall(r"font-size:(\d+)px", body(Table(("",) * columns, row, (row,))))[0])

    assert size(3) == 14
    assert size(3) > size(7) >= 11


def test_a_long_column_gets_more_room_than_a_short_one():
    table = Table(("", ""), cells("项", "说明"), (cells("一", "很长的一段说明文字" * 4),))
    short, long = re.findall(r"<th[^>]*;width:(\d+)%", body(table))
    assert int(long) > 2 * int(short)


def test_one_endless_word_leaves_the_other_columns_their_room():
    head = cells("项目", "数值", "来源")
    row = cells("数据产品", "1,234.5", "https://example.com/" + "a" * 200)
    html = body(Table(("", "", ""), head, (row,)))
    item, figure, _ = map(int, re.findall(r"<th[^>]*;width:(\d+)%", html))
    assert item >= 8
    assert figure >= 12


def test_code_without_a_line_is_nothing():
    assert "<code>" not in body(Code("\n  \n"))


def test_cells_stand_to_the_side_that_the_editor_chose():
    row = cells("甲", "1", "2", "3")
    html = body(Table(("left", "right", "right", "start"), row, (row,)))
    assert "start" not in html
    assert re.search(r'<td style="[^"]*px">甲</td>', html)
    assert re.search(r'<td style="[^"]*px;text-align:right">1</td>', html)


def test_no_cell_takes_over_what_the_platforms_page_gives_to_tables():
    html = body(Table(("", ""), cells("项", "值"), (cells("一", "二"),)))
    boxes = re.findall(r'<t[hd] style="([^"]*)"', html)
    assert len(boxes) == 4
    assert all("border:0;padding:" in box for box in boxes)
    assert ["background:0" in box for box in boxes] == [True, True, False, False]


def test_a_latin_word_behind_chinese_ones_in_a_cell_stays_whole():
    html = body(Table(("", ""), cells("项", "值"), (cells("总量（ZB）", "2025 年"),)))
    assert re.search(r'word-break:break-word">总量（ZB）</td>', html)
    assert re.search(r'px">2025 年</td>', html)


def test_code_keeps_its_lines_and_blanks():
    html = body(Code("if x:\n    return  1\n\nend <b>\n"))
    assert (
        "if x:<br>\u00a0\u00a0\u00a0\u00a0return\u00a0\u00a01<br><br>end &lt;b&gt;</code>" in html
    )
    assert "<pre" not in html


def test_a_quote_keeps_its_paragraphs():
    html = body(Quote(((Run("一"),), (Run("二", bold=True),))))
    assert re.search(
        r'<blockquote [^>]*><p>一</p><p style="margin-top:[^"]*"><strong>二</strong></p></blockquote>',
        html,
    )


def test_paragraphs_of_the_summary_stand_apart():
    html = write(issue_of("一段。", summary="甲。\n乙。")).html
    assert re.search(r'<p>甲。</p><p style="margin-top:[^"]*">乙。</p></section>', html)


def test_a_picture_is_shown_from_where_it_is_placed():
    html = body(Figure("a.png", "说明", "题注"), pictures={"a.png": Placed("b.jpg", 800, 600)})
    assert '<img src="b.jpg" alt="说明" data-w="800"' in html
    assert "max-width:100%" in html
    assert "题注</p>" in html


def test_a_picture_that_nobody_placed_is_shown_from_its_address():
    html = body(Figure('https://mmbiz.qpic.cn/x?a=1&b="', caption="题注"))
    assert 'src="https://mmbiz.qpic.cn/x?a=1&amp;b=&#34;" alt="题注" style' in html


def test_every_picture_has_words_for_those_who_cannot_see_it():
    assert re.search(r'alt="[^"]+"', body(Figure("a.png")))


# What an editor might write, markup's own signs included.
WORDS = st.text(alphabet="中文，。AbZ09 %<>&\"'*[]^_`~\n", min_size=1, max_size=12)
LINKS = st.sampled_from(["", "", "", FAR, NEAR, "#x"])
RUN = st.builds(Run, WORDS, st.booleans(), st.booleans(), st.booleans(), st.booleans(), LINKS)
RUNS = st.lists(RUN, min_size=1, max_size=4).map(tuple)
ITEM = st.builds(Item, RUNS, st.integers(0, 4), st.integers(0, 120), st.booleans())


@st.composite
def tables(draw) -> Table:
    columns = draw(st.integers(1, 8))
    row = st.lists(RUNS, min_size=columns, max_size=columns).map(tuple)
    sides = st.sampled_from(["left", "center", "right", ""])
    aligned = draw(st.lists(sides, min_size=columns, max_size=columns).map(tuple))
    return Table(aligned, draw(row), draw(st.lists(row, max_size=3).map(tuple)))


SHAPES = st.one_of(
    RUNS.map(Prose),
    st.lists(ITEM, min_size=1, max_size=5).map(tuple).map(Listing),
    tables(),
    st.lists(RUNS, min_size=1, max_size=3).map(tuple).map(Quote),
    WORDS.map(Code),
)


@given(st.lists(SHAPES, min_size=1, max_size=3), st.sampled_from(THEMES))
def test_no_shape_loses_a_word_or_leaves_a_tag_open(shapes, theme):
    html = html_of(*shapes, theme=theme)
    assert is_whole(html)
    for shape in shapes:
        marks = r"<sup>.*?</sup>|\u2060"
        text = unescape(re.sub(r"<[^>]*>", "", re.sub(marks, "", html)))
        words = re.sub(r"\s", "", text)
        for piece in said_by(shape).split():
            assert re.sub(r"\s", "", piece) in words or isinstance(shape, Listing)


@given(st.lists(ITEM, min_size=1, max_size=5).map(tuple))
def test_a_list_says_all_of_its_items(items):
    words = text_of(body(Listing(items)))
    for item in items:
        for run in item.runs:
            assert re.sub(r"\s", "", run.text) in words


def test_nothing_of_the_markup_is_left_to_read():
    text = text_of(write(torture(), pictures=PICTURES).html)
    assert not re.search(r"\*\*|\[\^|\]\(|~~|`", text)
