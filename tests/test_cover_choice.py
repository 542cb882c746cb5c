"""What a cover shows is decided from the issue, and the reason is told."""

from dataclasses import replace

import pytest

from bot.errors import ArticleError
from bot.model import Issue, Look, Section
from bot.render.choice import Choice, choose
from bot.render.figure import Figure, strongest_figure
from bot.render.headline import choose_headline, headline
from tests.test_cover import ISSUE, ISSUES, SIXTY, TEMPLATES, entitled

PLAIN = Look()


def said(summary: str, *titles: str) -> Issue:
    sections = tuple(Section(str(number), title) for number, title in enumerate(titles, 1))
    return replace(ISSUE, summary=summary, sections=sections)


def decided(issue: Issue = ISSUE, look: Look = PLAIN, **settings: str) -> Choice:
    return choose(issue, look, TEMPLATES, **settings)


def figure(summary: str) -> str:
    found = strongest_figure(said(summary, "要闻"))
    return f"{found.label}|{found.number}|{found.unit}|{found.tail}" if found else ""


def test_the_headlines_of_the_samples_tell_their_news():
    assert [headline(issue) for issue in ISSUES] == [
        "新质生产力加速落地与区域协同",
        "一季度经济数据亮眼",
        "高质量行业数据集成为“人工智能+”底座",
        "国家数据局征集上合组织数字经济案例",
        "国家数据局推动行业高质量数据集建设",
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "《数字中国发展报告（2025 年）》发布，数字基础设施升级",
            "《数字中国发展报告（2025年）》发布",
        ),
        ("第 139 届广交会展现”智造”新版图，占比超五成", "第139届广交会展现“智造”新版图"),
        ("“数据要素 ×”进入收官攻坚，417 个案例", "“数据要素×”进入收官攻坚"),
        ("出口同比增长1,000倍：高技术产品走强", "出口同比增长1,000倍"),
        ("要闻，短讯", "要闻，短讯"),
        ("数", "数"),
        ("半个“引号", "半个引号"),
    ],
)
def test_a_headline_is_a_whole_clause_with_its_quotes_in_pairs(title, expected):
    assert headline(entitled(title)) == expected


@pytest.mark.parametrize("title", [SIXTY, f"“{SIXTY}”", "短，讯，" * 20])
def test_a_headline_without_a_stop_in_reach_is_cut_and_says_so(title):
    found = headline(entitled(title))
    assert found.endswith("…")
    assert len(found) <= 22
    assert found.count("“") == found.count("”")


def test_without_sections_the_summary_gives_the_headline():
    found = choose_headline(said("今天的主线是数据。国家数据局发布新方案，影响深远。"))
    assert found.text == "国家数据局发布新方案"
    assert "摘要" in found.reason


def test_without_sections_and_summary_the_newsletters_name_stands_in():
    found = choose_headline(said(""))
    assert found.text == "新质生产力每日动态"
    assert not found.whole


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("AI 日均 Token 调用量突破 140 万亿，多地跟进。", "AI日均Token调用量突破|140|万亿|"),
        (
            "国家数据局已累计发布 417 个典型案例和 760 个场景指引。",
            "国家数据局已累计发布|417|个|典型案例",
        ),
        ("加密货币市场超 18 万人爆仓。", "加密货币市场超|18|万人|爆仓"),
        ("装备制造业同比增长 12.5%；出口增长 3%。", "装备制造业同比增长|12.5|%|"),
        ("融资规模达到 3.2 亿美元。", "融资规模达到|3.2|亿美元|"),
        ("规划提出到 2028 年底建成。", ""),
        ("6 月 8 日发布第 139 届公告，5G 与 24 小时服务。", ""),
        ("两项指标分别增长 8.4%、9.2%。", ""),
        ("中科曙光 6 万卡国产算力集群在郑州国家超算互联网核心节点投用。", ""),
        ("没有数字。", ""),
    ],
)
def test_the_strongest_figure_says_what_it_counts(summary, expected):
    assert figure(summary) == expected


def test_a_figure_that_is_said_again_is_stronger():
    once = strongest_figure(said("出口增长 12.5%。", "要闻"))
    again = strongest_figure(said("出口增长 12.5%。", "出口增长 12.5%"))
    assert isinstance(once, Figure)
    assert isinstance(again, Figure)
    assert again.strength > once.strength


def test_the_samples_are_led_by_what_is_strongest_in_them():
    assert [decided(issue).layout.name for issue in ISSUES] == [
        "figure",
        "figure",
        "headline",
        "headline",
        "figure",
    ]


def test_an_issue_without_a_headline_is_led_by_its_date():
    found = decided(said("", SIXTY))
    assert found.layout.name == "date"
    assert "日期" in found.layout_reason


def test_every_choice_has_a_reason():
    for issue in ISSUES:
        found = decided(issue)
        assert all((found.headline.reason, found.layout_reason, found.palette_reason))


def test_the_editor_wins_over_the_settings_and_these_over_the_content():
    assert decided(layout="date").layout.name == "date"
    found = decided(look=Look(layout="headline", palette="paper"), layout="date", palette="red")
    assert (found.layout.name, found.palette.name) == ("headline", "paper")
    assert "编辑" in found.layout_reason
    assert "设置" in decided(palette="red").palette_reason


def test_a_layout_that_needs_a_figure_gives_way_where_there_is_none():
    found = decided(ISSUES[3], Look(layout="figure"))
    assert found.layout.name == "headline"
    assert "没有突出的数字" in found.layout_reason


def test_an_editors_headline_is_taken_as_it_is_but_for_its_quotes_and_spaces():
    assert decided(look=Look("  ”智造” 的 3 个样本 ")).headline.text == "“智造”的3个样本"


def test_colours_follow_the_weekday_or_the_words_of_the_titles():
    assert decided().palette.name == "amber"
    found = decided(said("", "电力与能源保供", "绿色低碳转型"), palette="theme")
    assert found.palette.name == "green"
    assert "能源" in found.palette_reason
    assert decided(said("", "要闻"), palette="theme").palette.name == "amber"


def test_every_weekday_has_a_palette():
    assert {palette.weekday for palette in TEMPLATES.palettes.values()} >= set(range(1, 8))


@pytest.mark.parametrize("settings", [{"layout": "nope"}, {"palette": "nope"}])
def test_an_unknown_name_in_the_settings_is_refused_with_the_known_ones(settings):
    with pytest.raises(ArticleError, match=r"nope.*headline|nope.*azure"):
        decided(**settings)
