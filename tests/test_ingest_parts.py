"""What belongs to which part of an issue, and what the editor reads when it cannot be told."""

from pathlib import Path

import pytest

from bot.errors import IngestError
from bot.ingest.file import read_issue, read_text
from bot.model import Issue

HEAD = "新质生产力每日动态\n某某委员会\n甲 & 乙\n2026 年 6 月 13 日\n\n摘要\n\n今天有新闻。\n\n"
ENOUGH = HEAD + "一、标题\n\n有一段话。\n"


def outline(issue: Issue) -> dict[str, list[str]]:
    """Every heading with its paragraphs."""
    parts = [part for section in issue.sections for part in (section, *section.subsections)]
    return {f"{part.number} {part.title}": list(part.paragraphs) for part in parts}


def body(text: str) -> dict[str, list[str]]:
    return outline(read_text(HEAD + text))


def test_items_of_a_list_are_no_headings():
    text = "一、任务\n\n有三项任务：\n\n1. 建设平台\n2. 培育企业\n3. 制定标准\n\n都很重要。\n\n二、进展\n\n很快。\n"
    tasks = ["有三项任务：", "1. 建设平台", "2. 培育企业", "3. 制定标准", "都很重要。"]
    assert body(text) == {"1 任务": tasks, "2 进展": ["很快。"]}


def test_items_numbered_like_the_sections_are_no_headings():
    text = "1. 任务\n\n有两项：\n\n1. 建设平台；\n\n2. 培育企业。\n\n2. 进展\n\n很快。\n"
    assert list(body(text)) == ["1 任务", "2 进展"]


def test_a_numbered_sentence_is_a_paragraph():
    text = (
        "一、任务\n\n一是建设平台。\n\n二是培育企业。\n\n（一）要快。\n\n4 月 16 日，会议召开。\n"
    )
    assert body(text) == {
        "1 任务": ["一是建设平台。", "二是培育企业。", "（一）要快。", "4 月 16 日，会议召开。"]
    }


def test_text_before_the_first_part_belongs_to_its_section():
    text = "一、任务\n\n先说一句。\n\n（一）平台\n\n建成了。\n\n（二）企业\n\n来了。\n"
    assert body(text) == {
        "1 任务": ["先说一句。"],
        "1.1 平台": ["建成了。"],
        "1.2 企业": ["来了。"],
    }


def test_a_third_level_stays_in_the_text():
    text = "## 一、任务\n\n### （一）平台\n\n建成。\n\n#### 1. 机房\n\n很大。\n"
    assert body(text) == {"1 任务": [], "1.1 平台": ["建成。", "1. 机房", "很大。"]}


def test_headings_without_numbers_are_counted():
    text = "## 任务\n\n建设平台。\n\n### 平台\n\n建成。\n\n## 进展\n\n很快。\n"
    assert body(text) == {"1 任务": ["建设平台。"], "1.1 平台": ["建成。"], "2 进展": ["很快。"]}


def test_contents_alone_make_headings_of_lines_without_any_mark():
    text = "目录\n\n建设平台\t1\n培育企业\t2\n\n建设平台\n\n建成。\n\n培育企业\n\n来了。\n"
    assert body(text) == {"1 建设平台": ["建成。"], "2 培育企业": ["来了。"]}


def test_a_heading_broken_over_two_lines_is_one():
    text = "目录\n一、平台建成，企业纷纷\n前来 1\n\n一、平台建成，企业纷纷\n前来\n\n来了。\n"
    assert body(text) == {"1 平台建成，企业纷纷前来": ["来了。"]}


def test_a_gap_in_the_numbers_is_kept():
    assert list(body("## 一、甲\n\n有。\n\n## 三、丙\n\n有。\n")) == ["1 甲", "3 丙"]


def test_halves_of_a_paragraph_are_joined_as_their_script_wants():
    text = "一、标题\n\n建设数据\n\n平台，用 AI for\n\nScience 推动产业。\n\n第二段。\n"
    assert body(text) == {"1 标题": ["建设数据平台，用 AI for Science 推动产业。", "第二段。"]}


def test_a_note_after_the_stop_ends_a_paragraph():
    assert body("一、标题\n\n建成了。（新华社）\n\n又一段。\n")["1 标题"] == [
        "建成了。（新华社）",
        "又一段。",
    ]


def test_signs_and_spaces_stay_as_written():
    line = "“数据要素 ×”与 17+1 赛道—\\$17.5 亿、5G 和 **AI** 都在。"
    assert body(f"一、标题\n\n{line}\n")["1 标题"] == [line.replace("**", "")]


def test_the_head_of_a_page_is_left_out():
    text = "一、标题\n\n建设数据\n\n新质生产力每日动态\n\n- 2 -\n\n平台。\n"
    assert body(text) == {"1 标题": ["建设数据平台。"]}


def test_contents_may_come_before_the_summary():
    front, summary = HEAD.split("摘要")
    text = f"{front}目录\n摘要 1\n一、甲 1\n\n摘要{summary}一、甲\n\n有。\n"
    assert outline(read_text(text)) == {"1 甲": ["有。"]}
    assert read_text(text).summary == "今天有新闻。"


def test_a_last_page_without_references_is_left_out():
    text = "一、甲\n\n有。\n\n工业智能算网平台\n\n某某公众号\n\n本报告仅供参考，不构成投资建议\n"
    assert body(text) == {"1 甲": ["有。"]}


def test_organisation_and_partners_may_be_missing():
    issue = read_text("# 每日动态（2026年6月13日）\n\n## 一、甲\n\n有。\n")
    assert (issue.title, issue.organisation, issue.partners) == ("每日动态", "", "")
    assert (issue.id, issue.summary) == ("2026-06-13", "")
    assert read_text("甲 & 乙\n每日动态\n2026-6-13\n一、甲\n有。\n").partners == "甲 & 乙"


def test_running_text_before_the_first_heading_is_the_summary():
    issue = read_text("每日动态\n某会\n2026-6-13\n\n今天有新闻。\n\n一、甲\n\n有。\n")
    assert (issue.organisation, issue.summary) == ("某会", "今天有新闻。")


# --- Files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.txt", "a.text", "A.TXT", "a.md", "a.markdown", "a"])
def test_text_and_markdown_are_read_in_the_encodings_editors_use(tmp_path, name, encoding):
    path = tmp_path / name
    path.write_bytes(ENOUGH.encode(encoding))
    assert outline(read_issue(path)[0]) == {"1 标题": ["有一段话。"]}


def test_a_damaged_letter_does_not_spoil_the_rest(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes((ENOUGH + "后文。\n" * 60).encode().replace("话".encode(), b"\xe8\xaf"))
    assert read_issue(path)[0].sections[0].paragraphs[0] == "有一段\ufffd。"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"", "空的"),
        ("a.docx", b"", "空的"),
        ("a.txt", b"%PDF-1.7", "PDF 已损坏"),
        ("a.txt", b"PK\x03\x04rest", "已损坏"),
        ("a.doc", b"\xd0\xcf\x11\xe0rest", "旧版 Word 文件"),
        ("a.pdf", b"{\\rtf1}", "RTF"),
        ("a.pdf", b"\x89PNG\r\n", "图片"),
        ("a.html", b"<p>", ".html"),
        ("a.txt", b"", "空的"),
        ("a.txt", b" \r\n\t", "空的"),
        ("a.txt", b"a\0b", "不是文本，也不是 PDF"),
        ("a.txt", bytes(range(256)), "不是文本"),
        ("a.txt", b"a" * (2 * 1024 * 1024 + 1), "2 MB"),
        ("a.txt", b"a\n" * 50_000, "20000 行"),
        ("a.txt", b"---\n", "没有文字"),
    ],
)
def test_a_file_that_is_no_text_says_what_to_do(tmp_path, name, data, words):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(IngestError, match=words):
        read_issue(path)


def test_a_missing_file_and_a_folder_say_so(tmp_path):
    with pytest.raises(IngestError, match=r"b\.txt：没有这个文件"):
        read_issue(tmp_path / "b.txt")
    with pytest.raises(IngestError, match="文件夹"):
        read_issue(tmp_path)
    with pytest.raises(IngestError, match="普通文件"):
        read_issue(Path("/dev/null"))


def test_a_file_that_cannot_be_opened_says_so(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text(ENOUGH)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(IngestError, match="打不开"):
        read_issue(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "每日动态\n\n一、甲\n\n有。\n",
            "第 1 行至第 5 行：没有找到日期，应有一行形如“2026 年 6 月 13 日”",
        ),
        ("每日动态\n2026年6月31日\n一、甲\n有。\n", "第 2 行：日期“2026 年 6 月 31 日”不存在"),
        ("目录\n每日动态\n2026-06-13\n一、甲\n有。\n", "第 1 行：没有找到日期"),
        ("2026-06-13\n\n一、甲\n\n有。\n", "第 1 行：没有找到标题"),
        (HEAD + "目录\n\n只有一段话。\n", "没有找到各节的标题"),
        (HEAD + "目录\n\n一段话。\n\n一、甲\n\n有。\n", "第 12 行：“一段话。…”不属于任何一节"),
        (HEAD + "## 1.1 甲\n\n有。\n", "之前没有所属的一节"),
    ],
)
def test_a_text_that_is_no_issue_names_the_place_and_what_was_expected(text, words):
    with pytest.raises(IngestError, match=words):
        read_text(text)


def test_a_date_in_the_file_name_alone_is_not_taken():
    with pytest.raises(IngestError, match="请在标题下面补上“2026 年 6 月 13 日”"):
        read_text("每日动态\n\n一、甲\n\n有。\n", "2026-06-13.txt")


def test_a_small_title_in_plain_text_stays_above_its_paragraph():
    told = "国家数据局发布方案，部署六项专项行动，各地随后跟进。"
    text = f"一、任务\n\n（一）平台\n\n1. 背景\n\n{told}\n\n1.1.1 机房\n\n{told}\n"
    assert body(text) == {"1 任务": [], "1.1 平台": ["1. 背景", told, "1.1.1 机房", told]}


def test_a_quantity_in_a_heading_is_no_number_where_others_have_none():
    text = "## 平台建成\n\n很大。\n\n## 93 家企业前来\n\n很多。\n"
    assert body(text) == {"1 平台建成": ["很大。"], "2 93 家企业前来": ["很多。"]}


def test_an_address_cut_by_a_lines_end_is_whole_again():
    address = "https://www.a.cn/2026/06/13/report/452.html"
    long = "国家数据局 6 月 8 日发布 AI 数据集方案，明确 6 个专项行动，" * 5 + "很快。"
    cited = cut(f"[1] 某网,《方案发布》(2026 年 6 月 8 日)。 {address}")
    text = HEAD + "一、标题\n\n" + "\n".join(cut(long)) + "\n\n参考文献\n\n" + "\n".join(cited)
    (reference,) = read_text(text).references
    assert (reference.url, reference.source, reference.date) == (address, "某网", "2026-06-08")


def cut(text: str) -> list[str]:
    return [text[at : at + 30] for at in range(0, len(text), 30)]


def test_a_line_that_comes_again_among_the_references_only_is_no_running_head():
    cited = "\n".join(f"{n}. 某网,《甲》(2026 年 6 月 {n} 日)。\n国家数据局" for n in range(1, 5))
    text = ENOUGH + "\n参考文献\n\n" + cited
    assert len(read_text(text).references) == 4
    assert "国家数据局" in read_text(text).references[0].text


@pytest.mark.parametrize("titles", [("（一）政策", "（二）高校"), ("【政策】", "【高校】")])
def test_lesser_marks_make_headings_where_there_are_no_others(titles):
    first, second = titles
    body = f"{first}\n发布新课标。\n{second}\n成立新学院。"
    issue = read_text(
        f"教育快报\n2026 年 6 月 13 日\n摘要\n有新课标。\n{body}\n参考文献\n1. 某网 | 某事"
    )
    assert [part.paragraphs for part in issue.sections] == [("发布新课标。",), ("成立新学院。",)]
    below = read_text(f"教育快报\n2026 年 6 月 13 日\n摘要\n有新课标。\n一、教育\n{body}")
    assert [part.title for part in below.sections] == ["教育"]


def test_a_picture_before_a_label_does_not_hide_it():
    text = "# 晚报\n2026-06-13\n## 📝 摘要\n有新闻。\n## 🚀 产品\n有产品。\n## 🔗 参考链接\n- 某网 | 某事 | 2026-06-08"
    issue = read_text(text, "a.md")
    assert (issue.summary, [part.title for part in issue.sections]) == ("有新闻。", ["🚀 产品"])
    assert [each.source for each in issue.references] == ["某网"]


def test_references_that_are_links_keep_their_words():
    listed = "- [甲事](https://a.cn/1)\n- [乙事](https://b.cn/2)"
    issue = read_text(f"# 日报\n2026-06-13\n## 一、甲\n有事。\n## 参考资料\n{listed}", "a.md")
    assert [(each.text, each.url) for each in issue.references] == [
        ("甲事", "https://a.cn/1"),
        ("乙事", "https://b.cn/2"),
    ]
