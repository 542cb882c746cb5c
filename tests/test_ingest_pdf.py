"""A PDF in, an Issue out: the two real ones, layouts of all kinds, and whatever is no report."""

import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import IngestError
from bot.ingest.file import read_issue
from bot.ingest.page import Span
from bot.ingest.pdf import read_spans
from bot.ingest.structure import read_structure
from bot.model import Issue, Section
from tests.test_ingest import ISSUES, NAMES, NUMERALS, same, wanted
from tests.test_ingest_wild import CALM

ROOT = ISSUES.parents[1]


@pytest.mark.parametrize("name", sorted(path.stem for path in ISSUES.glob("*.pdf")))
def test_a_real_pdf_is_read_exactly(name):
    issue, where = read_issue(ISSUES / f"{name}.pdf")
    assert same(issue.structure()) == same(wanted(name))
    assert (where.name, len(where.digest)) == (f"{name}.pdf", 64)


def test_whoever_reads_a_text_does_not_wait_for_pdf_and_word():
    code = (
        "import sys; from pathlib import Path; from bot.ingest.file import read_issue;"
        "read_issue(Path(sys.argv[1]));"
        "sys.exit(bool({'bot.ingest.pdf', 'bot.ingest.word', 'zipfile'} & set(sys.modules)))"
    )
    path = str(ISSUES / "2026-06-13.txt")
    subprocess.run([sys.executable, "-c", code, path], check=True, cwd=ROOT)


# --- Layouts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """How an issue is set on pages, in points."""

    size: float = 12
    width: float = 440
    height: float = 640
    leading: float = 18
    between: float = 0
    indent: float = 2
    larger: tuple[float, float] = (5, 2)
    bold: bool = True
    heading_font: str = "Song"
    head: str = ""
    foot: str = ""
    contents: str = ""
    numbers: str = "1"
    reference: str = "{}. "
    shuffled: bool = False
    doubled: bool = False
    columns: bool = False
    hanging: float = 1.5
    small: float = 0


class Setter:
    """Sets lines on pages as programs do: as many letters as fit, no stop at a line's beginning."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.pages: list[list[Span]] = []
        self.width, self.left = layout.width, 80.0
        self.top = self.y = 0.0
        self.turn()

    def split(self) -> None:
        """Set what follows in two columns."""
        self.width, self.top = (self.layout.width - 24) / 2, self.y

    def turn(self) -> None:
        if self.width < self.layout.width and self.left == 80:
            self.left, self.y = 80 + self.width + 24, self.top
            return
        self.pages.append([])
        self.left, self.y, self.top = 80.0, 760.0, 760.0
        number = len(self.pages)
        for words, y in ((self.layout.head, 800.0), (self.layout.foot, 40.0)):
            for at, part in enumerate(words.format(n=number).split("\t")):
                if part:
                    left = 80 if at == 0 else 80 + self.layout.width - 8
                    self.pages[-1].append(
                        Span(part, left, left + 8 * len(part), y, 9, "Song", False)
                    )

    def gap(self, points: float) -> None:
        self.y -= points

    def line(
        self, words: str, left: float, size: float, *, bold: bool, font: str, link: str = ""
    ) -> None:
        if self.y < 760 - self.layout.height:
            self.turn()
        spans = list(pieces(words, self.left + left, self.y, size, bold, font, link))
        if self.layout.doubled and bold:
            spans = [twin for span in spans for twin in (thin(span), thin(span))]
        if self.layout.shuffled:
            spans.sort(key=lambda span: span.text in "“”‘’")
        self.pages[-1].extend(spans)
        self.y -= self.layout.leading * size / self.layout.size

    def text(self, words: str, size: float = 0, *, bold: bool = False, font: str = "Song",
             indent: float = 0, hang: float = 0) -> None:  # fmt: skip
        size = size or self.layout.size
        for number, row in enumerate(rows(words, size, self.width, indent, hang)):
            shift = indent if number == 0 else hang
            self.line(row, shift * size, size, bold=bold, font=font)


def thin(span: Span) -> Span:
    return Span(
        span.text, span.left, span.right, span.baseline, span.size, span.font, False, span.link
    )


def em(letter: str) -> float:
    return 0.5 if letter < "\u2000" else 1.0


def pieces(
    words: str, left: float, y: float, size: float, bold: bool, font: str, link: str
) -> Iterator[Span]:
    """Latin and Chinese come from two fonts, and so do quotation marks."""
    run = ""
    for letter in [*words, ""]:
        if run and (not letter or kind(letter) != kind(run[-1])):
            right = left + sum(map(em, run)) * size
            if run.strip():
                solid = left + sum(map(em, run.rstrip())) * size
                yield Span(
                    run, left, solid, y, size, font if kind(run) == "wide" else "Latin", bold, link
                )
            left, run = right, ""
        run += letter


def kind(text: str) -> str:
    return "quote" if text[0] in "“”‘’" else "narrow" if text[0] < "\u2000" else "wide"


def rows(words: str, size: float, width: float, indent: float, hang: float) -> Iterator[str]:
    row, room = "", width / size - indent
    for word in split_words(words):
        need = sum(map(em, word.rstrip()))
        if row and need > room:
            yield row.rstrip()
            row, room = "", width / size - hang
        row += word
        room -= sum(map(em, word))
    yield row.rstrip()


def split_words(words: str) -> list[str]:
    """What a line's end may not part: Latin words, and stops from what is before them."""
    found: list[str] = []
    for letter in words:
        narrow = (
            bool(found) and kind(letter) == kind(found[-1][-1]) == "narrow" and found[-1][-1] != " "
        )
        closing = letter in "，。、；：？！）》」”’％ " or (
            bool(found) and found[-1][-1] in "（《「“‘"
        )
        if found and (narrow or closing):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def typeset(issue: Issue, layout: Layout) -> list[list[Span]]:
    setter = Setter(layout)
    setter.text(issue.title, 24, bold=True, font=layout.heading_font, indent=5)
    day = f"{issue.date.year} 年 {issue.date.month} 月 {issue.date.day} 日"
    for at, words in enumerate((issue.organisation, issue.partners, day)):
        setter.text(words, layout.size, indent=4 + at)
        setter.gap(8)
    set_heading(setter, "摘要", 1)
    set_text(setter, issue.summary)
    if layout.contents:
        set_contents(setter, issue)
    if layout.columns:
        setter.split()
    for section in issue.sections:
        for part in (section, *section.subsections):
            set_heading(setter, number(part, layout) + part.title, 1 + part.number.count("."))
            for paragraph in part.paragraphs:
                set_text(setter, paragraph)
    set_heading(setter, "参考文献", 1)
    for at, reference in enumerate(issue.references, 1):
        size = layout.size - layout.small
        setter.text(layout.reference.format(at) + reference.text, size, hang=layout.hanging)
        if reference.url:
            label = reference.url.split("://")[1]
            setter.line(label, layout.hanging * size, size, bold=False, font="Song", link=reference.url)  # fmt: skip
    set_heading(setter, "联系我们，请扫描二维码", 1)
    setter.text("工业智能算网")
    return setter.pages


def set_heading(setter: Setter, words: str, depth: int) -> None:
    layout = setter.layout
    setter.gap(10)
    setter.text(
        words, layout.size + layout.larger[depth - 1], bold=layout.bold, font=layout.heading_font
    )
    setter.gap(4)


def set_text(setter: Setter, words: str) -> None:
    setter.text(words, indent=setter.layout.indent)
    setter.gap(setter.layout.between)


def set_contents(setter: Setter, issue: Issue) -> None:
    set_heading(setter, "目录", 1)
    parts = [part for section in issue.sections for part in (section, *section.subsections)]
    for title in (*(number(part, setter.layout) + part.title for part in parts), "参考文献"):
        entry, size = title[:25], setter.layout.size
        y = setter.y
        setter.line(entry, 0, size, bold=False, font="Song")
        if setter.layout.contents == "dots":
            dots = max(0, int((setter.layout.width - 30) / size - sum(map(em, entry))))
            left = 80 + sum(map(em, entry)) * size
            setter.pages[-1].append(
                Span("." * 2 * dots, left, left + dots * size, y, size, "Latin", False)
            )
        right = 80 + setter.layout.width
        setter.pages[-1].append(Span("2", right - 6, right, y, size, "Latin", False))


def number(part: Section, layout: Layout) -> str:
    ordinals = [int(ordinal) for ordinal in part.number.split(".")]
    if layout.numbers == "1":
        return f"{part.number} "
    return f"{NUMERALS[ordinals[0]]}、" if len(ordinals) == 1 else f"（{NUMERALS[ordinals[1]]}）"


LAYOUTS = {
    "indents": Layout(),
    "gaps": Layout(indent=0, between=6),
    "narrow": Layout(size=10.5, width=260, height=400, foot="{n}"),
    "head and page number": Layout(head="新质生产力每日动态\t{n}", foot="内部资料"),
    "page numbers in words": Layout(foot="第 {n} 页", numbers="一"),
    "contents with leaders": Layout(contents="dots", foot="- {n} -"),
    "contents without leaders": Layout(contents="plain", numbers="一", indent=0, between=9),
    "headings by size": Layout(bold=False),
    "headings by weight": Layout(larger=(0, 0)),
    "headings by font": Layout(larger=(0, 0), bold=False, heading_font="Hei", numbers="一"),
    "bold is drawn twice": Layout(larger=(0, 0), doubled=True),
    "quotation marks come last": Layout(shuffled=True),
    "numbers in brackets": Layout(reference="[{}] "),
    "two columns": Layout(columns=True, size=10, height=500, foot="{n}"),
    "two columns with gaps": Layout(columns=True, indent=0, between=7, size=9, numbers="一"),
    "references hang out": Layout(reference=""),
    "references are smaller": Layout(small=1.5, height=300, foot="{n}"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_layout_of_the_pages_does_not_change_what_is_read(name, layout):
    pages = typeset(Issue.from_record(wanted(name)), layout)
    assert len(pages) > 1
    issue = read_structure(read_spans(pages, "", name), name)
    assert same(issue.structure()) == same(wanted(name))


FRONT = ["每日动态", "2026 年 6 月 13 日", "摘要", "有新闻。"]


def read_rows(*words: str, producer: str = "", title: str = "1 标题") -> str:
    """The text of the one section of an issue whose lines are these, each as wide as the page."""
    texts = [*FRONT, title, *words]
    spans = [
        Span(text, 80, 300 if text in {*FRONT, title} else 500, 700 - 18 * at, 12, "Song", False)
        for at, text in enumerate(texts)
    ]
    issue = read_structure(read_spans([spans], producer, ""), "")
    return "\n".join(issue.sections[0].paragraphs)


def test_a_line_stretched_between_its_letters_is_no_row_of_columns():
    letters = [Span(letter, 80 + 28 * at, 92 + 28 * at, 682, 12, "Song", False) for at, letter in enumerate("用于核验数据要素政策")]  # fmt: skip
    lines = [Span(words, 80, 300, 700 - 18 * at, 12, "Song", False) for at, words in enumerate((*FRONT, "1 标题"))]  # fmt: skip
    last = Span("的主线。", 80, 128, 592, 12, "Song", False)
    moved = [replace(each, baseline=610) for each in letters]
    issue = read_structure(read_spans([[*lines, *moved, last]], "", ""), "")
    assert issue.sections[0].paragraphs == ("用于核验数据要素政策的主线。",)


def test_a_bullet_is_none_between_two_words():
    assert read_rows("农业进入科技", "+ 装备阶段。") == "农业进入科技+ 装备阶段。"


def test_an_address_over_two_lines_leads_where_it_says():
    link = "https://www.a.cn/2026/06/711.html"
    rows = [*FRONT, "1 标题", "有。", "参考文献", "6. 某网,《甲》(2026 年 5 月 19 日)。"]
    spans = [Span(text, 80, 400, 700 - 18 * at, 12, "Song", False) for at, text in enumerate(rows)]
    for at, part in enumerate((link[:25], link[25:])):
        spans.append(Span(part, 98, 500, 700 - 18 * (8 + at), 12, "Latin", False, link))
    (reference,) = read_structure(read_spans([spans], "", ""), "").references
    assert (reference.url, reference.date) == (link, "2026-05-19")


def test_a_word_that_tex_has_parted_is_whole_again():
    parted = ("平台（Borrowing Coun-", "tries Platform）建成。")
    assert read_rows(*parted, producer="xdvipdfmx") == "平台（Borrowing Countries Platform）建成。"
    assert read_rows("采用 high-", "tech 方案。", producer="Word") == "采用 high-tech 方案。"


def test_words_of_two_lines_stay_apart_and_addresses_whole():
    assert read_rows("这是 AI for", "Science 平台。") == "这是 AI for Science 平台。"
    assert (
        read_rows("见 https://www.a.cn/one", "two/three 一文。")
        == "见 https://www.a.cn/onetwo/three 一文。"
    )


def test_look_alikes_become_the_characters_that_they_look_like():
    assert read_rows("⼯业和⺠⽣，⻛电与⻰头，eﬃcient。") == "工业和民生，风电与龙头，efficient。"


# --- Whatever is no report ---------------------------------------------------------------------


def pdf(*objects: bytes) -> bytes:
    """A PDF of some objects, the first of which is its catalogue."""
    data, places = b"%PDF-1.7\n", []
    for at, thing in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (at, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(data))  # fmt: skip


def drawn(content: bytes, count: int = 1, how: bytes = b"") -> bytes:
    """A PDF of `count` pages that all draw this."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    kids = b" ".join(b"%d 0 R" % (5 + at) for at in range(count))
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids),
        b"<<%b/Length %d>>stream\n%b\nendstream" % (how, len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[page] * count,
    )


def locked() -> bytes:
    """A PDF that asks for a password: its two keys are not those of the empty one."""
    key = b"<" + b"5A" * 32 + b">"
    guard = b"<</Filter/Standard/V 1/R 2/P -4/O%b/U%b>>" % (key, key)
    plain = drawn(b"")
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt %b/ID[<00><00>]" % guard)


def unpacked_to(size: int, part: bytes) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(part) for _ in range(size // len(part))) + packer.flush()
    return drawn(packed, how=b"/Filter/FlateDecode")


HELLO = b"BT /F 12 Tf 50 700 Td (hello) Tj ET "
REAL = (ISSUES / "2026-06-09.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut off", REAL[:60_000], "已损坏或没有下载完整。请重新导出"),
        ("nothing but a beginning", b"%PDF-1.7\n", "已损坏"),
        ("locked", locked(), "加了密码。请去掉密码"),
        ("a scan", drawn(b"0 0 600 800 re f"), "这是扫描件或图片，里面没有文字。"),
        ("a book", drawn(HELLO, 101), "超过 100 页"),
        ("ten thousand pages", drawn(HELLO, 10_000), "超过 100 页"),
        ("too many letters", drawn(b"BT /F 1 Tf " + b"(abcdefghij) Tj 0 -1 Td " * 4_000 + b"ET"), "文字太多"),
        ("unpacks to 1 GB", lambda: unpacked_to(1_000_000_000, b" " * 1_000_000), "太复杂"),
        ("a million drawings", lambda: unpacked_to(60_000_000, HELLO * 1_000), "太复杂"),
        ("no pages", pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>"), "已损坏"),
        ("some other text", drawn(HELLO), "没有找到日期"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)  # fmt: skip
def test_a_pdf_that_is_no_report_says_what_to_do(tmp_path, name, data, words):
    path = tmp_path / "report.pdf"
    path.write_bytes(data if isinstance(data, bytes) else data())
    with pytest.raises(IngestError, match=words) as caught:
        read_issue(path)
    assert str(caught.value).startswith(("report.pdf：", "第 1 页："))


def test_letters_that_the_font_does_not_name_are_told():
    spans = [Span("\ufffd" * 40, 80, 500, 700 - 18 * at, 12, "Song", False) for at in range(9)]
    with pytest.raises(IngestError, match="复制出来是乱码"):
        read_spans([spans], "", "report.pdf")


def test_a_pdf_is_known_by_its_bytes_and_a_text_is_too(tmp_path):
    path = tmp_path / "2026-06-09.txt"
    path.write_bytes(b"\xef\xbb\xbf\r\n" + REAL)
    assert same(read_issue(path)[0].structure()) == same(wanted("2026-06-09"))
    path = tmp_path / "2026-06-13.pdf"
    path.write_bytes((ISSUES / "2026-06-13.txt").read_bytes())
    assert same(read_issue(path)[0].structure()) == same(wanted("2026-06-13"))


def is_read_or_refused(path) -> None:
    try:
        assert isinstance(read_issue(path)[0], Issue)
    except IngestError as error:
        assert all(str(error).partition("："))  # noqa: PT017  an Issue is as welcome


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_pdf_is_read_or_refused(tmp_path, seed):
    dice, data = random.Random(seed), bytearray(REAL)
    for _ in range(10 ** (seed % 4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    is_read_or_refused(path)


COORDINATES = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 80.0, 500.0, 700.0, 718.0, 1e300])
WORDS = st.sampled_from(
    ["每日动态", "2026-06-13", "摘要", "目录", "有新闻。", "1 标题", "一、标题", "1.1 小节", "参考文献",
     "[1] 某网，《甲》（2026）。", "a.cn", "1", "2\t", "第 2 页", "● ", " ", "\ufffd", "长" * 40, ". . . . 3", "“", "-"]
)  # fmt: skip
SPANS = st.builds(Span, WORDS, COORDINATES, COORDINATES, COORDINATES, st.floats(0, 1e6), st.sampled_from("ab"),
                  st.booleans(), st.sampled_from(["", "https://a.cn/b", "mailto:a", "http://["]))  # fmt: skip


@CALM
@given(st.lists(st.lists(SPANS, max_size=12), max_size=4))
def test_whatever_stands_wherever_is_read_or_refused(pages):
    try:
        assert isinstance(read_structure(read_spans(pages, "", "a.pdf"), "a.pdf"), Issue)
    except IngestError as error:
        assert all(str(error).partition("："))  # noqa: PT017  an Issue is as welcome
