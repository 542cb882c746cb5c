"""A Word file in, an Issue out: the real one, the ways in which Word can say the same, and bombs."""

import io
import random
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import IngestError
from bot.ingest.file import read_issue, read_text
from bot.ingest.markdown import write_markdown
from bot.ingest.structure import read_structure
from bot.ingest.word import read_word
from bot.model import Issue, Section
from bot.shape import Run, Table, said_by
from tests.test_ingest import ISSUES, NAMES, NUMERALS, same, wanted
from tests.test_ingest_wild import CALM

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
STYLES = f"""<w:styles {SPACES}>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>
 <w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/>
 <w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="my"><w:name w:val="我的小标题"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="N"><w:name w:val="numbered 1"/><w:basedOn w:val="1"/>
 <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="M"><w:name w:val="numbered 2"/><w:basedOn w:val="2"/>
 <w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="circle"><w:name w:val="c"/><w:basedOn w:val="circle"/></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {SPACES}>
<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:start w:val="1"/>
 <w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="6"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
 <w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="6"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="6"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def word(body: str, links: dict[str, str] | None = None, **more: str) -> bytes:
    """A Word file with this body."""
    relations = "".join(
        f'<Relationship Id="{key}" Type="hyperlink" Target="{escape(url)}" TargetMode="External"/>'
        for key, url in (links or {}).items()
    )
    parts = {
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
    }
    return archive(parts | more)


def archive(parts: dict[str, str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return file.getvalue()


def run(words: str, how: str = "") -> str:
    return f'<w:r>{how and f"<w:rPr>{how}</w:rPr>"}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def para(words: str, style: str = "", how: str = "", more: str = "") -> str:
    """A paragraph of one run; `more` is further setting."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{more}</w:pPr>{run(words, how) if words else ''}</w:p>"


def listed(words: str, number: int = 2) -> str:
    return para(words, more=f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')


def read(data: bytes, path: Path) -> Any:
    path.write_bytes(data)
    return same(read_issue(path)[0].structure())


@pytest.mark.parametrize("name", sorted(path.stem for path in ISSUES.glob("*.docx")))
def test_a_real_word_file_is_read_exactly(name):
    issue, where = read_issue(ISSUES / f"{name}.docx")
    assert same(issue.structure()) == same(wanted(name))
    assert (where.name, len(where.digest)) == (f"{name}.docx", 64)


# --- The same in other ways --------------------------------------------------------------------


def digits(part: Section) -> str:
    return f"{part.number} {part.title}"


def numerals(part: Section) -> str:
    ordinals = [int(ordinal) for ordinal in part.number.split(".")]
    head = f"{NUMERALS[ordinals[0]]}、" if len(ordinals) == 1 else f"（{NUMERALS[ordinals[1]]}）"
    return head + part.title


def depth(part: Section) -> int:
    return 1 + part.number.count(".")


HEADINGS: dict[str, Callable[[Section], str]] = {
    "styles": lambda part: para(digits(part), str(depth(part))),
    "a style of one's own": lambda part: para(digits(part), "my" if depth(part) == 2 else "1"),
    "numbered by Word": lambda part: para(part.title, "NM"[depth(part) - 1]),
    "bold": lambda part: para(numerals(part), how="<w:b/>"),
    "bold by a style of letters": lambda part: para(digits(part), how='<w:rStyle w:val="strong"/>'),
    "an outline level": lambda part: para(
        numerals(part), more=f'<w:outlineLvl w:val="{depth(part) - 1}"/>'
    ),
    "numbers alone": lambda part: para(numerals(part)),
    "broken by hand": lambda part: para(digits(part), str(depth(part))).replace(
        part.title[6:], f'</w:t><w:br/><w:t xml:space="preserve">{part.title[6:]}'
    ),
}
LINKS: dict[str, Callable[[str, str], str]] = {
    "in the line": lambda url, _: run(f" {url}"),
    "a link": lambda url, key: (
        f'<w:hyperlink r:id="{key}">{run(url.split("://")[1])}</w:hyperlink>'
    ),
    "a field": lambda url, _: (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText> HYPERLINK "{url}" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(url.split("://")[1])}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "a line of its own": lambda url, _: f"</w:p><w:p>{run(url)}",
}


def written(issue: Issue, heading: Callable[[Section], str], link: Callable[[str, str], str], contents: str = "") -> bytes:  # fmt: skip
    day = f"{issue.date.year} 年 {issue.date.month} 月 {issue.date.day} 日"
    body = [para(issue.title, "T"), *map(para, (issue.organisation, issue.partners, day)),
            para("摘要", "1"), para(issue.summary), contents]  # fmt: skip
    for section in issue.sections:
        for part in (section, *section.subsections):
            body += [heading(part), *map(para, part.paragraphs)]
    body.append(para("参考文献", "1"))
    links = {}
    for at, reference in enumerate(issue.references):
        links[f"rId{at}"] = reference.url
        end = link(reference.url, f"rId{at}") if reference.url else ""
        body.append(listed(reference.text).replace("</w:p>", f"{end}</w:p>"))
    body += [para("联系我们", "1"), para("扫码关注")]
    return word("".join(body), links)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
def test_how_headings_are_made_does_not_change_what_is_read(tmp_path, name, heading):
    issue = Issue.from_record(wanted(name))
    data = written(issue, heading, LINKS["a link"])
    assert read(data, tmp_path / "a.docx") == same(wanted(name))


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS.keys())
def test_an_address_may_be_given_in_many_ways(tmp_path, link):
    issue = Issue.from_record(wanted("2026-04-16"))
    data = written(issue, HEADINGS["styles"], link)
    assert read(data, tmp_path / "a.docx") == same(wanted("2026-04-16"))


@pytest.mark.parametrize("title", ["", para("目录")])
@pytest.mark.parametrize("name", NAMES)
def test_a_contents_list_made_by_word_is_no_text(tmp_path, name, title):
    issue = Issue.from_record(wanted(name))
    entries = [
        f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{run(digits(part))}<w:r><w:tab/></w:r>{run("3")}</w:p>'
        for section in issue.sections
        for part in (section, *section.subsections)
    ]
    contents = f"<w:sdt><w:sdtContent>{title}{''.join(entries)}</w:sdtContent></w:sdt>"
    data = written(issue, HEADINGS["styles"], LINKS["a link"], contents)
    assert read(data, tmp_path / "a.docx") == same(wanted(name))


FRONT = "".join(map(para, ("每日动态", "2026-06-13", "摘要", "有新闻。"))) + para("1 标题", "1")


def paragraphs(body: str) -> list[str]:
    return [block.text for block in read_word(word(FRONT + body), "a.docx")][5:]


def test_what_was_deleted_moved_away_or_hidden_is_not_read():
    gone = "".join(f"<w:{kind}>{run('旧')}</w:{kind}>" for kind in ("del", "moveFrom")) + run(
        "密", "<w:vanish/>"
    )
    assert paragraphs(f"<w:p>{run('新')}{gone}<w:ins>{run('文。')}</w:ins></w:p>") == ["新文。"]


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{para('框里。')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert paragraphs(f"<w:p><w:r>{both}</w:r>{run('框外。')}</w:p>") == ["框里。", "框外。"]


def test_a_table_that_frames_is_text_and_one_with_columns_is_rows():
    def table(*rows: tuple[str, ...]) -> str:
        return f"<w:tbl>{''.join(f'<w:tr>{cells(row)}</w:tr>' for row in rows)}</w:tbl>"

    def cells(row: tuple[str, ...]) -> str:
        return "".join(f"<w:tc>{''.join(map(para, cell.split('/')))}</w:tc>" for cell in row)

    assert paragraphs(table(("一段。/二段。",))) == ["一段。", "二段。"]
    assert paragraphs(table(("甲", "1"), ("乙", ""))) == ["甲 | 1", "乙"]
    assert paragraphs(f"<w:tbl><w:tr><w:tc>{table(('里面。',))}</w:tc></w:tr></w:tbl>") == [
        "里面。"
    ]


def test_a_table_within_the_text_is_a_table_of_the_article():
    rows = (("公司", "业务量"), ("甲", ""), ("乙", "5 亿件"))
    cells = ["".join(f"<w:tc>{para(cell)}</w:tc>" for cell in row) for row in rows]
    table = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"
    said = para("有数据。") + table + para("再一段。")
    issue = read_structure(read_word(word(FRONT + said), "a.docx"))
    runs = [tuple((Run(cell),) if cell else () for cell in row) for row in rows]
    shape = Table(("", ""), runs[0], tuple(runs[1:]))
    assert issue.sections[0].paragraphs == ("有数据。", said_by(shape), "再一段。")
    assert issue.sections[0].shapes == (None, shape, None)
    assert read_text(write_markdown(issue)) == issue


def test_what_frames_the_head_or_lists_references_is_no_table():
    head = "".join(
        f"<w:tr><w:tc>{para(name)}</w:tc><w:tc>{para(value)}</w:tc></w:tr>"
        for name, value in (("每日动态", "某院"), ("日期：", "2026-06-13"))
    )
    listed = "".join(
        f"<w:tr><w:tc>{para(name)}</w:tc><w:tc>{para('某事')}</w:tc></w:tr>"
        for name in ("甲网", "乙网")
    )
    said = para("1 标题", "1") + para("有事。") + para("参考文献")
    data = word(f"<w:tbl>{head}</w:tbl>{said}<w:tbl>{listed}</w:tbl>")
    issue = read_structure(read_word(data, "a.docx"))
    assert str(issue.date) == "2026-06-13"
    assert [(each.source, each.title) for each in issue.references] == [
        ("甲网", "某事"),
        ("乙网", "某事"),
    ]


def test_notes_are_the_references_of_a_report_that_has_no_others():
    notes = f"""<w:footnotes {SPACES}><w:footnote w:type="separator" w:id="0">{para("线")}</w:footnote>
    <w:footnote w:id="1">{para("某网,《甲》(2026 年 6 月 8 日)。")}</w:footnote></w:footnotes>"""
    said = FRONT + para("有一段话。")
    more = {"word/footnotes.xml": notes}
    issue = read_structure(read_word(word(said, None, **more), "a.docx"))
    assert [(each.source, each.date) for each in issue.references] == [("某网", "2026-06-08")]
    listed_too = said + para("参考文献") + para("[1] 乙网,《乙》(2026 年 6 月 9 日)。")
    issue = read_structure(read_word(word(listed_too, None, **more), "a.docx"))
    assert [each.source for each in issue.references] == ["乙网"]


def test_a_note_of_many_pieces_is_one_note():
    note = f'<w:footnote w:id="1"><w:p>{run("某网")}{run("，")}{run("《甲》")}</w:p></w:footnote>'
    notes = {"word/footnotes.xml": f"<w:footnotes {SPACES}>{note}</w:footnotes>"}
    blocks = read_word(word(FRONT + para("有一段话。"), None, **notes), "a.docx")
    assert blocks[-1].text == "[1] 某网，《甲》"


def test_more_lines_than_a_report_has_are_refused_also_within_one_paragraph():
    with pytest.raises(IngestError, match="异常复杂"):
        read_word(word(f"<w:p>{'<w:r><w:br/></w:r>' * 20_001}{run('字')}</w:p>"), "a.docx")


def test_lists_are_numbered_as_word_shows_them():
    body = (
        listed("甲；") + listed("乙；") + listed("点；", 3) + listed("丙；") + listed("又一。", 4)
    )
    assert paragraphs(body) == ["1. 甲；", "2. 乙；", "点；", "3. 丙；", "1. 又一。"]


def test_lines_broken_by_hand_are_lines_and_pages_are_not():
    broken = f'<w:p>{run("一行。")}<w:r><w:br/></w:r>{run("二")}<w:r><w:br w:type="page"/></w:r>{run("行。")}</w:p>'
    assert paragraphs(broken) == ["一行。", "二行。"]


def test_signs_that_are_no_letters_are_read_as_what_they_stand_for():
    assert paragraphs(f"<w:p>{run('2026')}<w:r><w:noBreakHyphen/></w:r>{run('06')}<w:r><w:softHyphen/></w:r></w:p>") == ["2026-06"]  # fmt: skip


def test_a_text_pasted_out_of_a_pdf_is_put_together(tmp_path):
    issue = Issue.from_record(wanted("2026-06-09"))
    data = written(issue, HEADINGS["styles"], LINKS["a link"])
    for section in issue.sections:
        for text in section.paragraphs:
            lines = [text[at : at + 37] for at in range(0, len(text), 37)]
            pasted = "".join(map(para, lines)) + para("")
            data = rewritten(data, para(text), pasted)
    assert read(data, tmp_path / "a.docx") == same(wanted("2026-06-09"))


def rewritten(data: bytes, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    assert old in parts["word/document.xml"]
    return archive(parts | {"word/document.xml": parts["word/document.xml"].replace(old, new)})


# --- Whatever is no report ---------------------------------------------------------------------

REAL = (ISSUES / "2026-04-16.docx").read_bytes()
LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (REAL[:20_000], "已损坏或没有下载完整。请在 Word 里重新保存"),
        (archive({"photo.txt": "甲"}), "这是压缩包，里面没有 Word 文档"),
        (archive({"word/document.xml": "no XML"}), "已损坏"),
        (archive({"word/document.xml": "<a/>"}, zipfile.ZIP_LZMA), "已损坏"),
        (word(""), "没有文字（内容可能是图片）"),
        (word("<w:p><w:r><w:drawing/></w:r></w:p>"), "没有文字（内容可能是图片）"),
        (word(para("甲" * 5_000_000)), "异常复杂"),
        (word("<w:p/>" * 400_000), "异常复杂"),
        (word(para("甲") * 30_000), "异常复杂"),
        (word("<w:p>" * 50_000 + "</w:p>" * 50_000), "异常复杂"),
        (archive({str(at): "" for at in range(6_000)}), "异常复杂"),
        (archive({"word/document.xml": f'<!DOCTYPE a [<!ENTITY a "ha">{LAUGHS}]><a>&i;</a>'}), "DTD"),
        (archive({"word/document.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}), "DTD"),
        (word(para("今天天气很好。")), "第 1 段：没有找到日期"),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_word_file_that_is_no_report_says_what_to_do(tmp_path, data, words):
    path = tmp_path / "report.docx"
    path.write_bytes(data)
    with pytest.raises(IngestError, match=words) as caught:
        read_issue(path)
    assert str(caught.value).startswith(("report.docx：", "第 1 段："))


def test_a_locked_word_file_says_so(tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(IngestError, match="旧版 Word 文件"):
        read_issue(path)


def test_a_size_that_the_archive_understates_is_no_way_around_the_limit():
    data = archive({"word/document.xml": "<a>" + " " * 20_000_000 + "</a>"})
    size = (20_000_007).to_bytes(4, "little")
    assert data.count(size) == 2
    with pytest.raises(IngestError):
        read_word(data.replace(size, (1_000).to_bytes(4, "little")), "a.docx")


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_word_file_is_read_or_refused(seed):
    dice, data = random.Random(seed), bytearray(REAL)
    for _ in range(10 ** (seed % 4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    is_read_or_refused(bytes(data))


def is_read_or_refused(data: bytes) -> None:
    try:
        assert read_word(data, "a.docx")
    except IngestError as error:
        assert str(error).startswith("a.docx：")  # noqa: PT017  blocks are as welcome


TAGS = "p r t br tab hyperlink fldChar instrText tbl tr tc sdt del pPr rPr pStyle numPr numId ilvl b vanish sym".split()  # noqa: SIM905
TREES = st.recursive(
    st.text("甲 a。\n1", max_size=4).map(escape),
    lambda inner: st.builds(
        lambda tag, value, parts: f'<w:{tag} w:val="{value}" w:fldCharType="{value}">{"".join(parts)}</w:{tag}>',
        st.sampled_from(TAGS),
        st.sampled_from(["", "1", "2", "T", "0", "begin", "separate", "end", "circle", "-1", "9" * 30, "x"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)  # fmt: skip


@CALM
@given(TREES)
def test_any_elements_in_any_order_are_read_or_refused(body):
    is_read_or_refused(word(body))
    is_read_or_refused(word(FRONT, **{"word/styles.xml": body, "word/numbering.xml": body}))


@CALM
@given(st.binary(max_size=200))
def test_any_bytes_after_the_signature_are_read_or_refused(data):
    is_read_or_refused(b"PK\x03\x04" + data)
