"""One line of 参考文献: what can be read out of it, and what is left as it stood."""

import pytest

from bot.ingest.file import read_text
from bot.ingest.reference import lone_address, read_reference, without_number

LINES = [
    (
        "来源：国家数据局；标题：《报告（2025 年）》发布；日期：2026-06-08；用途：核验报告。",
        {
            "source": "国家数据局",
            "title": "《报告（2025 年）》发布",
            "date": "2026-06-08",
            "note": "核验报告",
        },
    ),
    (
        "来源：Reuters; 标题：Oil; gas and risk; 日期：2026 年 6 月",
        {"source": "Reuters", "title": "Oil; gas and risk", "date": "2026-06"},
    ),
    ("来源：某报；标题：某事；日期：不详", {"source": "某报", "title": "某事"}),
    (
        "Reuters | Funds draw inflow | 2026-06-12 | 用于资金流向。",
        {
            "source": "Reuters",
            "title": "Funds draw inflow",
            "date": "2026-06-12",
            "note": "用于资金流向",
        },
    ),
    (
        "某网｜甲 | 乙｜2026年6月",
        {"source": "某网", "title": "甲 | 乙", "date": "2026-06"},
    ),
    ("某网 | 某事", {"source": "某网", "title": "某事"}),
    (
        "生态环境部. 扩围方案[EB/OL]. (2026-06-08)[2026-06-10].",
        {"source": "生态环境部", "title": "扩围方案", "date": "2026-06-08"},
    ),
    (
        "李明. 算力网络进展[N]. 人民日报, 2026-06-08(3).",
        {"source": "人民日报", "title": "算力网络进展", "date": "2026-06-08"},
    ),
    (
        "Smith J, Li W. Scaling laws[J]. Nature, 2026, 12(3): 1-9.",
        {"source": "Nature", "title": "Scaling laws", "date": "2026"},
    ),
    ("某院. 某报告[R]. [2026-06-10].", {"source": "某院", "title": "某报告"}),
    (
        "21 经济网 (2026 年 4 月 15 日), 6 万卡, 国内最大规模! 又有大动作。",
        {"source": "21 经济网", "title": "6 万卡, 国内最大规模! 又有大动作", "date": "2026-04-15"},
    ),
    (
        "某局（2026）：方案 (征求意见稿)。",
        {"source": "某局", "title": "方案 (征求意见稿)", "date": "2026"},
    ),
    (
        "科技部 / 北京市科委,《调研:构建集群》(2026 年 4 月 15 日)。",
        {"source": "科技部 / 北京市科委", "title": "调研:构建集群", "date": "2026-04-15"},
    ),
    (
        "国家数据局，《意见稿》（2026 年 4 月）。",
        {"source": "国家数据局", "title": "意见稿", "date": "2026-04"},
    ),
    ("IMF, 《报告》", {"source": "IMF", "title": "报告"}),
    (
        "新华社：《甲《乙》丙》，2026/4/15。",
        {"source": "新华社", "title": "甲《乙》丙", "date": "2026-04-15"},
    ),
    ("某处的一份材料。", {}),
    ("某局 (2026 年 13 月 40 日), 某事。", {}),
]


@pytest.mark.parametrize(("text", "fields"), LINES, ids=[text[:12] for text, _ in LINES])
def test_a_reference_is_read_in_the_ways_editors_write_it(text, fields):
    assert read_reference(text).structure() == {"text": text, **fields}


def test_an_address_is_found_in_the_line_or_given_with_it():
    assert read_reference("某报,《甲》(2026)。https://a.cn/b").structure() == {
        "text": "某报,《甲》(2026)。",
        "url": "https://a.cn/b",
        "source": "某报",
        "title": "甲",
        "date": "2026",
    }
    assert read_reference("某报,《[甲](https://a.cn)》(2026)。").text == "某报,《甲》(2026)。"
    assert read_reference("某报", "https://a.cn").url == "https://a.cn"


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("[www.a.cn](http://www.a.cn)", "http://www.a.cn"),
        ("<https://a.cn/b>", "https://a.cn/b"),
        ("链接：https://a.cn", "https://a.cn"),
        ("www.a.cn", "http://www.a.cn"),
        ("见 www.a.cn", ""),
        ("某报", ""),
    ],
)
def test_a_line_that_is_only_a_link_gives_its_address(line, address):
    assert lone_address(line) == address


@pytest.mark.parametrize(
    "number", ["1. ", "12.", "1、", "[3] ", "（4）", "(5) ", "6) ", "⑦", "［8］"]
)
def test_the_number_is_no_part_of_a_reference(number):
    assert without_number(f"{number}国家数据局") == ("国家数据局", True)


@pytest.mark.parametrize("text", ["21 经济网", "3.1% 的增长", "2026.4.15 公告", "国家数据局"])
def test_a_name_that_begins_with_digits_keeps_them(text):
    assert without_number(text) == (text, False)


HEAD = "每日动态\n2026-06-13\n摘要\n有新闻。\n一、甲\n有。\n\n参考文献\n\n"


def texts(lines: str) -> list[str]:
    return [reference.text for reference in read_text(HEAD + lines).references]


def test_a_reference_broken_by_a_page_is_one_and_captions_are_none():
    lines = "1. 甲网,《长标题》。\n2. 乙网,《很长\n\n的标题》。\n3. 丙网。\n\n高促会平台\n\n某某公众号\n"
    assert texts(lines) == ["甲网,《长标题》。", "乙网,《很长的标题》。", "丙网。"]


def test_a_list_without_stops_does_not_swallow_the_captions():
    assert texts("- 甲网 | 一 | 2026\n- 乙网 | 二 | 2026\n\n高促会平台\n") == [
        "甲网 | 一 | 2026",
        "乙网 | 二 | 2026",
    ]


def test_a_list_without_numbers_is_told_by_what_its_lines_say():
    lines = "甲网 (2026), 一。\n\n[a.cn](http://a.cn)\n\n乙网 (2026), 二。\n\n工业智能算网平台\n"
    references = read_text(HEAD + lines).references
    assert [(one.title, one.url) for one in references] == [("一", "http://a.cn"), ("二", "")]


def test_no_reference_is_lost_behind_a_stray_line():
    assert texts("1. 甲网。\n\n（续前页）\n\n2. 乙网。\n") == ["甲网。（续前页）", "乙网。"]
