"""What an editor is told before an issue goes out."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.ingest.check import check
from bot.ingest.file import read_text
from bot.ingest.proof.limits import DIGEST_LENGTH, TITLE_LENGTH
from bot.ingest.structure import read_report
from bot.ingest.text import read_blocks
from bot.model import (
    DIGEST_LIMIT,
    TITLE_LIMIT,
    Issue,
    Problem,
    Reference,
    Section,
    Severity,
)
from bot.render.article import digest

ISSUES = Path(__file__).parent / "issues"
GOOD = read_text(
    "每日动态\n2026-06-13\n摘要\n有新闻。\n\n## 一、甲\n有。\n## 二、乙\n有。\n"
    "参考文献\n1. 甲网 | 新闻 | 2026-06-12\n"
)
LONG = "国家数据局发布行业高质量数据集建设方案，部署强基扩容、标注攻坚、提质增效等六项行动。"

# Each of these was looked up in the sample by eye.
QUOTES = "请把前一个改成“，后一个改成”"
WEBSITE = "末页：网站写的是 gyznswn.cn，设置里是 gyznsw.cn。请核对哪一个是对的，再改报告，或改设置 newsletter.website"
TRUE_FINDINGS = {
    "2026-04-16": [
        "第 1.3 节标题：目录里写的是“香港特区政府与联合国工发组织联手推动工业数字转型”。请核对目录和标题，改成一致",
        f"第 1.1 节标题：引号方向不对：”智造”。{QUOTES}",
        f"第 1.1 节第 1 段：引号方向不对：”中国智造”、”晴雨表”、”风向标”。{QUOTES}",
        WEBSITE,
    ],
    "2026-04-20": [
        f"第 1.1 节标题：引号方向不对：” 四化”。{QUOTES}",
        f"第 1.1 节第 1 段：引号方向不对：” 四化”。{QUOTES}",
    ],
    "2026-06-09": [],
    "2026-06-11": [
        "摘要：公众号的摘要最多 120 个字，这里会断在半句。请让前一两句在 120 个字以内结束",
        "参考文献第 4 条：多了反斜杠：“gets \\$17.5 b”。请删去反斜杠",
        "参考文献第 6 条：多了反斜杠：“uance \\$570B；日”。请删去反斜杠",
        WEBSITE,
    ],
    "2026-06-13": [],
}


def report(day: str):
    text = (ISSUES / f"{day}.txt").read_text(encoding="utf-8")
    return read_report(read_blocks(text))


def paragraphs(issue: Issue) -> list[tuple[date, str]]:
    parts = [part for section in issue.sections for part in (section, *section.subsections)]
    return [(issue.date, paragraph) for part in parts for paragraph in part.paragraphs]


@pytest.mark.parametrize("day", TRUE_FINDINGS)
def test_the_real_issues_have_the_problems_that_they_have_and_no_other(day):
    read = report(day)
    others = [
        pair for name in TRUE_FINDINGS if name < day for pair in paragraphs(report(name).issue)
    ]
    found = check(
        read.issue,
        f"{day}.txt",
        contents=read.contents,
        tail=read.tail,
        website="https://gyznsw.cn",
        earlier=others,
    )
    assert [str(problem) for problem in found] == TRUE_FINDINGS[day]


def test_without_anything_to_compare_with_nothing_is_compared():
    assert check(GOOD) == ()


def sections(*numbers: str) -> tuple[Section, ...]:
    return tuple(Section(number, "甲", ("有。",)) for number in numbers)


def saying(*texts: str, summary: str = "有新闻。", title: str = "甲") -> Issue:
    return replace(GOOD, summary=summary, sections=(Section("1", title, texts),))


def told(issue: Issue, **more) -> list[str]:
    return [str(problem) for problem in check(issue, **more)]


LATER = ("2026-06-13", "2026-06-14", "2026-06", "2026-07", "2025", "2026")


@pytest.mark.parametrize(
    ("issue", "words"),
    [
        (replace(GOOD, summary=""), "摘要：没有摘要。请在目录前面补一段摘要"),
        (replace(GOOD, references=()), "参考文献：没有参考文献。请在文末补上“参考文献”和各条来源"),
        (
            replace(GOOD, sections=(Section("1", "甲"), *sections("2"))),
            "第 1 节：只有标题，没有内容。请补上正文，或删去这个标题",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", ("有。",), (Section("1.1", "乙"),)),)),
            "第 1.1 节：只有标题，没有内容。请补上正文，或删去这个标题",
        ),
        (
            replace(GOOD, sections=sections("1", "3", "4")),
            "第 3 节：编号不连续，缺第 2 节。请核对是否漏了一节",
        ),
        (
            replace(GOOD, sections=sections("1", "2", "2", "3")),
            "第 2 节：编号重复或倒退。请按顺序改正编号",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", (), sections("1.2")),)),
            "第 1.2 节：编号不连续，缺第 1.1 节。请核对是否漏了一节",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", (), sections("2.1")),)),
            "第 2.1 节：编号与所在的第 1 节不符。请改正编号",
        ),
        (
            replace(GOOD, summary="今年\ufffd月。"),
            "摘要：“今年”后面有乱码“\ufffd”，像是转换时丢了字。请对照原稿补上",
        ),
        (
            replace(GOOD, title="□日报"),
            "标题：开头有“□”，像是转换时丢了字。请对照原稿补上",
        ),
        (
            saying("建设平台\ue0a0。"),
            "第 1 节第 1 段：“建设平台”后面有字体里才有的字符，像是转换时丢了字。请对照原稿补上",
        ),
        (
            saying("建设&nbsp;平台。"),
            "第 1 节第 1 段：有网页的标记：“建设&nbsp;平台。”。请删去，或换成它代表的字",
        ),
        (saying("**建设平台。"), "第 1 节第 1 段：有排版的标记：“**建设平台。”。请删去"),
        (
            saying("⽣产⼒很快。"),
            "第 1 节第 1 段：有部首字符，看着像汉字却搜不到：“⽣产⼒很快。”。请重新输入这个字",
        ),
        (
            saying("建设\x07平台。"),
            "第 1 节第 1 段：有看不见的控制字符：“建设\x07平台。”。请删去后重新输入",
        ),
        (saying("有。", "- 3 -"), "第 1 节第 2 段：混进了页码：“- 3 -”。请删去页码"),
        (
            saying("建设 - 12 - 平台。"),
            "第 1 节第 1 段：混进了页码：“建设 - 12 - 平台。”。请删去页码",
        ),
        (saying("他说”很快”。"), f"第 1 节第 1 段：引号方向不对：”很快”。{QUOTES}"),
        (
            saying("他说“很快，也很好。"),
            "第 1 节第 1 段：“他说“很快，也很好”处的引号不成对。请补上另一半引号，或删去这一个",
        ),
        (
            saying("《方案提出六项行动。"),
            "第 1 节第 1 段：“《方案提出六项”处的书名号不成对。请补上或删去书名号",
        ),
        (
            saying("科学智能（AI4S集群投用。"),
            "第 1 节第 1 段：“科学智能（AI4S集群”处的括号不成对。请补上或删去括号",
        ),
        (
            saying("有新闻,也有数据。"),
            "第 1 节第 1 段：中文里用了半角标点：“有新闻,也有数”。请改成全角标点",
        ),
        (
            saying('他说"很快"。'),
            "第 1 节第 1 段：中文里用了半角标点：“他说\"很快\"”、“\"很快\"。”。请改成全角标点",
        ),
        (
            saying("占比 5%。", summary="占比首次突破 50%。"),
            "摘要：“50%”这个数，正文各节里没有。请对照正文核对这个数",
        ),
        (
            saying("有 417 个案例。", summary="已有 471 个典型案例。"),
            "摘要：“471 个”这个数，正文各节里没有。请对照正文核对这个数",
        ),
        (
            saying(LONG, "有。", LONG.replace("六项", "六大")),
            "第 1 节第 3 段：与第 1 节第 1 段相同或几乎相同。请删去重复的一段",
        ),
        (
            replace(GOOD, references=(Reference("甲网新闻"),)),
            "参考文献第 1 条：看不出来源和日期。请写明来源和日期，形如“国家数据局 | 标题 | 2026-06-08”",
        ),
        (
            replace(GOOD, references=(*GOOD.references, Reference("乙", source="乙网"))),
            "参考文献第 2 条：看不出日期。请写明日期，形如“国家数据局 | 标题 | 2026-06-08”",
        ),
        (
            replace(GOOD, references=tuple(Reference("甲", source="甲", date=day) for day in LATER)),
            "参考文献第 2、4 条：日期晚于本期的 2026-06-13。请核对这里的日期，或本期的日期",
        ),
        (
            replace(GOOD, title="新质生产力与数据要素和人工智能产业高质量发展每日动态"),
            "标题：文章标题“新质生产力与数据要素和人工智能产业高质量发展每日动态 | 6月13日”有 34 个字，公众号最多 32 个。请缩短刊名",
        ),
    ],
)  # fmt: skip
def test_a_problem_says_where_it_is_and_what_to_do(issue, words):
    (problem,) = check(issue)
    assert (str(problem), problem.severity) == (words, Severity.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        "数据要素×，17+1+1+1 赛道，3:1，1,000 个，5G 和 AI for Science。",
        "“数据飞轮”“十四五”《方案（2026）》（征求意见稿），‘很好’。",
        "1）建设平台；2）培育企业；a) 其他。",
        "(1) 建设平台。",
        "it’s Americans’ fears, e.g. (AI), “quoted”.",
        "详见 https://a.cn/b?c=1&d=2。",
        "国家数据局 (NDA) 发布。",
        "比例为 2-3 倍，2025-2026 年，第 3 页的图。",
    ],
)
def test_what_editors_write_on_purpose_is_no_problem(text):
    assert told(saying(text)) == []


def test_a_quotation_may_go_on_in_the_next_paragraph():
    assert told(saying("他说：“很快。", "“也很好。”")) == []
    assert len(told(saying("他说：“很快。", "也很好。”"))) == 2


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("增长 50％。", "增长50%。"),
        ("达 １２.5 亿元。", "达 12.5 亿元。"),
        ("投用 6 万卡集群。", "投用 60,000 卡集群。"),
        ("占比 50%。", "占比五成。"),
        ("有 6 个专项行动。", "部署六个专项行动。"),
        ("价格 4,800 美元。", "价格在 4800 至 4860 美元。"),
        ("2026 年 6 月 8 日，第 2 天发布《规划（2035 年）》，5G 和 AI4S 很快。", "第 2 天发布。"),
        ("下降 0.4 个百分点。", "下降 0.4%。"),
    ],
)
def test_a_figure_may_be_written_otherwise_in_the_section(summary, text):
    assert told(saying(text, summary=summary)) == []


def test_a_row_of_one_slip_is_told_once():
    slips = [f"有{number},也有{number}。" for number in "甲乙丙丁戊"]
    assert told(saying(*slips)) == [
        "第 1 节第 1 段等 5 处：中文里用了半角标点，如“有甲,也有甲”。请改成全角标点"
    ]


def test_an_issue_of_headings_only_is_an_error():
    (problem,) = check(replace(GOOD, sections=(Section("1", "甲"), Section("2", "乙"))))
    assert problem == Problem(
        Severity.ERROR, "正文", "各节都只有标题，没有一段内容", "请换成写好的日报，或补上正文"
    )


# --- The contents list -------------------------------------------------------------------------

TWO = replace(
    GOOD,
    sections=(
        Section("1", "平台建成投用", (), (Section("1.1", "机房很大", ("有。",)),)),
        Section("2", "企业纷纷前来", ("有。",)),
    ),
)


@pytest.mark.parametrize(
    "contents",
    [
        (),
        ("一、平台建成投用", "二、企业纷纷前来"),
        ("1 平台 建成投用", "1.1 机房很大", "2 企业纷纷前来"),
        ("平台“建成”投用", "企业纷纷前来"),
    ],
)
def test_contents_that_agree_are_no_problem(contents):
    assert check(TWO, contents=contents) == ()


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (("1 平台建成", "2 企业纷纷前来"), "第 1 节标题：目录里写的是“平台建成”。请核对目录和标题，改成一致"),
        (("1 平台建成投用", "1.1 机房很大"), "第 2 节标题：目录里没有这个标题。请核对目录和标题，改成一致"),
        (
            ("1 平台建成投用", "2 企业纷纷前来", "3 出口增长"),
            "目录：正文里没有“出口增长”这个标题。请核对目录和标题，改成一致",
        ),
        (("1 出口", "2 物价", "3 就业"), "目录：目录里的标题大多与正文对不上。请更新目录"),
    ],
)  # fmt: skip
def test_contents_that_disagree_are_named(contents, words):
    assert told(TWO, contents=contents) == [words]


# --- Other issues, the file's name, the last page ----------------------------------------------


def test_a_paragraph_of_an_earlier_issue_is_named_with_its_day():
    earlier = [(date(2026, 6, 9), LONG), (date(2026, 6, 11), LONG.replace("六", "五"))]
    assert told(saying("有。", LONG), earlier=earlier) == [
        "第 1 节第 2 段：与 2026-06-11 那一期的一段几乎相同：“国家数据局发布行业高质量…”。请核对是否误用了旧稿"
    ]


def test_an_issue_made_of_an_earlier_one_is_told_once():
    old = report("2026-06-09").issue
    (words,) = told(old, earlier=[(date(2026, 6, 8), text) for _, text in paragraphs(old)])
    assert words.startswith("第 1 节第 1 段等 14 处：与 2026-06-08 那一期的一段几乎相同，如")


def test_hundreds_of_earlier_paragraphs_are_compared_in_a_moment():
    old = report("2026-06-09").issue
    earlier = [
        (date(2026, 6, 8), f"{number}{text[::-1]}{number}")
        for number in range(60)
        for _, text in paragraphs(old)
    ]
    started = time.perf_counter()
    assert check(old, earlier=earlier) == ()
    assert time.perf_counter() - started < 1


def test_a_date_that_disagrees_with_the_file_name_is_a_problem():
    (problem,) = check(GOOD, "日报 2026年6月12日.txt")
    assert str(problem).startswith("日期：正文写的是 2026-06-13，文件名写的是 2026-06-12。")


@pytest.mark.parametrize(
    "name", ["", "今天.txt", "2026-06-13.txt", "20260613-2.md", "2026-99-99.txt"]
)
def test_a_file_name_without_another_date_is_none(name):
    assert check(GOOD, name) == ()


@pytest.mark.parametrize(
    "line", ["gyznswn.cn", "网站地址：<https://www.gyznswn.cn/>", "官网 GYZNSWN.cn"]
)
def test_another_website_on_the_last_page_is_named(line):
    assert told(GOOD, tail=["联系我们", line], website="https://gyznsw.cn") == [WEBSITE]


@pytest.mark.parametrize(
    ("line", "website"),
    [
        ("网站地址：https://www.gyznsw.cn/", "https://gyznsw.cn"),
        ("gyznsw.cn", "gyznsw.cn"),
        ("gyznswn.cn", ""),
        ("邮箱：a@gyznswn.cn", "https://gyznsw.cn"),
        ("本报告由 example.com 提供技术支持", "https://gyznsw.cn"),
        ("网站地址：见上", "https://[broken"),
    ],
)
def test_the_same_website_and_other_addresses_are_no_problem(line, website):
    assert check(GOOD, tail=[line], website=website) == ()


# --- The platform's limits ---------------------------------------------------------------------


def test_the_limits_are_those_that_the_article_is_made_by():
    assert (TITLE_LENGTH, DIGEST_LENGTH) == (TITLE_LIMIT, DIGEST_LIMIT)


@pytest.mark.parametrize("first", [2, 40, 41, 118, 119, 120, 121, 200])
@pytest.mark.parametrize("second", [0, 1, 77, 120])
def test_a_digest_that_would_end_in_the_middle_is_told(first, second):
    summary = "".join("字" * (length - 1) + "。" for length in (first, second) if length)
    cut = digest(summary).endswith("…")
    assert bool(told(replace(GOOD, summary=summary))) == cut
