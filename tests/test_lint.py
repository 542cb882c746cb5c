"""What would go wrong with an article on the platform, and that it is said where an editor can mend it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot import flow
from bot.cli.main import main
from bot.config import Config
from bot.errors import ArticleError
from bot.model import CHARACTER_LIMIT, Article, Bundle, Severity
from bot.render.lint.article import lint
from bot.render.report import Inspector, inspect
from bot.resources import directory
from bot.sandbox.structure import PATH
from bot.services import Services, open_services
from bot.settings import LintSettings
from bot.wechat.structure import StructureCheck
from tests.conftest import GOLDEN, SAMPLES, Sandbox

ROOT = '<section style="font-size:16px;line-height:1.75;color:#333">{}</section>'
UPLOADED = "https://mmbiz.qpic.cn/mmbiz_png/abc/0?wx_fmt=png"


def article(html: str) -> Article:
    return Article("2026-06-13", "题", "", "", html, "", "f" * 64)


def rules(inside: str, *, sent: bool = False) -> set[str]:
    return {finding.rule for finding in lint(ROOT.format(inside), sent=sent)}


def nested(levels: int) -> str:
    return "<section>" * levels + "<p>字</p>" + "</section>" * levels


# rule, what breaks it, what does not
CASES = [
    ("removed-tag", "<style>p{color:red}</style><p>字</p>", '<p style="color:#333">字</p>'),
    ("removed-tag", "<p>字</p><script>alert(1)</script>", "<p>字</p>"),
    ("unknown-tag", "<article>字</article>", "<section>字</section>"),
    ("div", "<div>字</div>", "<section>字</section>"),
    ("comment", "<!-- 记 --><p>字</p>", "<p>记</p>"),
    ("block-in-paragraph", "<p><section>字</section></p>", "<section><p>字</p></section>"),
    ("span-leaf", '<span leaf=""><p>字</p></span>', '<span leaf="">字</span>'),
    ("event", '<p onclick="x()">字</p>', "<p>字</p>"),
    ("id", '<p id="a">字</p>', "<p>字</p>"),
    ("class", '<p class="a">字</p>', '<mp-common-profile class="a"></mp-common-profile>'),
    ("darkmode-mark", '<p data-darkmode-color-1="#fff">字</p>', '<p data-rikan="x">字</p>'),
    ("no-dark", '<p data-no-dark="">字</p>', "<p>字</p>"),
    ("position", '<p style="position:absolute">字</p>', '<p style="background-position:0">字</p>'),
    ("grid", '<section style="display:grid"><p>字</p></section>', '<p style="display:flex">字</p>'),
    ("variable", '<p style="color:var(--ink)">字</p>', '<p style="color:#111">字</p>'),
    ("variable", '<p style="width:calc(100% - 2px)">字</p>', '<p style="width:99%">字</p>'),
    ("colour-form", '<p style="color:hsl(0,0%,20%)">字</p>', '<p style="color:#333">字</p>'),
    ("font-family", '<p style="font-family:SimSun">字</p>', '<p style="font-weight:bold">字</p>'),
    ("important", '<p style="color:#333!important">字</p>', '<p style="color:#333">字</p>'),
    ("animation", '<p style="animation:x 1s">字</p>', '<p style="opacity:.9">字</p>'),
    ("text-align", '<p style="text-align:start">字</p>', '<p style="text-align:justify">字</p>'),
    ("caret-color", '<p style="caret-color:transparent">字</p>', '<p style="color:#333">字</p>'),
    (
        "style-url",
        '<p style="background:url(https://a.cn/b.png)">字</p>',
        '<p style="background:url(https://mmbiz.qpic.cn/b)">字</p>',
    ),
    ("nesting", nested(11), nested(8)),
    ("line-height", '<p style="line-height:0">字</p>', '<p style="line-height:1.2">字</p>'),
    ("line-height", '<p style="line-height:10px">字</p>', '<p style="line-height:20px">字</p>'),
    ("height", '<p style="height:0">字</p>', '<section style="height:0"></section><p>字</p>'),
    ("height", f'<p style="height:40px">{"字" * 80}</p>', '<p style="height:40px">字</p>'),
    (
        "width",
        '<section style="width:560px">字</section>',
        '<section style="width:88%">字</section>',
    ),
    ("width", '<p style="width:300px;margin-left:80px">字</p>', '<p style="width:300px">字</p>'),
    (
        "width",
        '<table><tr><td style="width:200px">a</td><td style="width:200px">b</td></tr></table>',
        '<section style="overflow-x:auto"><table style="width:700px"><tr><td>a</td></tr></table></section>',
    ),
    (
        "narrow-column",
        '<table><tr><td style="width:1%">字</td><td>字</td></tr></table>',
        '<table><tr><td style="width:20%">字</td><td>字</td></tr></table>',
    ),
    (
        "nowrap",
        f'<p style="white-space:nowrap">{"字" * 30}</p>',
        '<p style="white-space:nowrap">字</p>',
    ),
    ("picture-source", '<img alt="图" data-w="9">', '<img src="a.png" alt="图" data-w="9">'),
    (
        "picture-source",
        '<img src="https://a.cn/b.png" alt="图" data-w="9">',
        f'<img src="{UPLOADED}" alt="图" data-w="9">',
    ),
    ("picture-width", '<img src="a.png" alt="图">', '<img src="a.png" alt="图" data-w="9">'),
    ("picture-alt", '<img src="a.png" data-w="9">', '<img src="a.png" alt="图" data-w="9">'),
    (
        "picture-opacity",
        '<img src="a.png" alt="图" data-w="9" style="opacity:0">',
        '<img src="a.png" alt="图" data-w="9" style="opacity:1">',
    ),
    ("contrast", '<p style="color:#999">字</p>', '<p style="color:#555">字</p>'),
    ("contrast", '<p style="background:#1b3a6b">字</p>', '<p style="color:#999">◆</p>'),
    ("dark-contrast", '<p style="color:#b4232a">字</p>', '<p style="color:#7d1419">字</p>'),
    ("dark-contrast", '<p style="color:#757575">字</p>', '<p style="color:#595959">字</p>'),
    (
        "gradient",
        '<p style="background:linear-gradient(#fff,#eee)">字</p>',
        '<section style="background:linear-gradient(#fff,#eee);height:4px"></section>',
    ),
    ("heading-order", "<h1>甲</h1><h3>乙</h3>", "<h2>甲</h2><h3>乙</h3><h2>丙</h2>"),
    ("empty", "<p></p>", "<p><br></p>"),
    (
        "empty",
        "<section><span> </span></section>",
        '<section style="border-top:1px solid"></section>',
    ),
    ("pre", f"<pre>{'这是一段正文。' * 10}</pre>", '<pre style="white-space:pre-wrap">x = 1</pre>'),
    ("pre", "<pre>x = 1</pre>", '<section style="overflow-x:auto"><pre>x = 1</pre></section>'),
    (
        "link",
        '<a href="https://example.cn/a">原文</a>',
        '<a href="https://mp.weixin.qq.com/s/a">原文</a>',
    ),
    ("leftover", "<p>这是**重点**内容</p>", "<p>2 ** 3，甲*乙</p>"),
    ("leftover", "<p>见注[^1]。</p>", "<p>见注[1]。</p>"),
    ("leftover", "<p>![图](a.png)</p>", '<p style="white-space:pre-wrap">![图](a.png)</p>'),
    ("leftover", "<p>第一&amp;nbsp;季度</p>", "<p>A&amp;B</p>"),
    ("leftover", "<p>换行&lt;br&gt;之后</p>", "<p>a &lt; b</p>"),
]


@pytest.mark.parametrize(("rule", "bad", "_good"), CASES)
def test_what_would_go_wrong_is_found(rule, bad, _good):
    assert rule in rules(bad)


@pytest.mark.parametrize(("rule", "_bad", "good"), CASES)
def test_what_is_fine_is_left_alone(rule, _bad, good):
    assert rule not in rules(good)


def test_every_finding_says_where_what_and_what_to_do():
    for _, bad, _ in CASES:
        for finding in lint(ROOT.format(bad)):
            assert finding.place
            assert finding.text
            assert finding.remedy
            assert not finding.text.endswith("。")
            assert str(finding).startswith(f"{finding.place}：")


def test_a_local_picture_is_fine_until_the_article_is_sent():
    picture = '<img src="footer.png" alt="图" data-w="9">'
    assert "picture-source" not in rules(picture)
    assert "picture-source" in rules(picture, sent=True)
    assert "picture-source" not in rules(picture.replace("footer.png", UPLOADED), sent=True)


def test_text_of_twenty_thousand_characters_is_refused():
    html = ROOT.format("<p>字</p>")
    fill = "字" * (CHARACTER_LIMIT - len(html) - 1)
    fits = html.replace("字", f"字{fill}")
    assert len(fits) == CHARACTER_LIMIT - 1
    assert not lint(fits)
    [finding] = lint(fits.replace("字</p>", "字字</p>"))
    assert (finding.rule, finding.severity, finding.place) == ("length", Severity.ERROR, "全文")


BAD = '<span style="font-family:SimSun">字</span>'
REPORT = """
<p>2026年6月13日</p>
<section><p style="font-weight:bold">摘　要</p><p>一</p><p>二{summary}</p></section>
<h2><span>01</span>　大模型的新进展与产业落地应用</h2><p>甲</p><p>乙{section}</p>
<h3>1.2　推理成本下降</h3><p>甲</p><p>乙</p><p>丙{part}</p>
<section><p style="font-weight:bold">参考文献</p><p>[3] 甲</p><p>[4] 乙{reference}</p></section>
"""


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ("summary", "摘要第 2 段"),
        ("section", "第 1 节第 2 段"),
        ("part", "第 1.2 节第 3 段"),
        ("reference", "参考文献第 4 条"),
    ],
)
def test_the_place_is_the_one_in_the_report(spot, place):
    empty = dict.fromkeys(("summary", "section", "part", "reference"), "")
    [finding] = lint(ROOT.format(REPORT.format(**empty | {spot: BAD})))
    assert finding.place == place


def test_what_is_found_often_is_told_once_and_errors_come_first():
    bad = f'<p>甲{BAD}</p><p>乙{BAD}</p><p style="position:fixed">丙</p>'
    first, second = lint(ROOT.format(bad))
    assert (first.rule, first.severity) == ("position", Severity.ERROR)
    assert (second.rule, second.place) == ("font-family", "刊头第 1 段等 2 处")


def test_type_is_inherited_as_in_a_browser():
    small = '<section style="line-height:20px"><p style="font-size:30px">字</p></section>'
    grown = '<section style="line-height:1.2"><p style="font-size:30px">字</p></section>'
    assert "line-height" in rules(small)
    assert "line-height" not in rules(grown)


def test_text_is_held_against_the_background_that_it_lies_on():
    on_dark = '<section style="background:#1b3a6b"><p style="color:#fff">字</p></section>'
    assert "contrast" not in rules(on_dark)
    assert "contrast" in rules('<p style="color:#fff">字</p>')


@given(st.text("<>/p\"'=abc 字&;!-:(", max_size=60) | st.text(max_size=60))
def test_no_html_is_too_wild(html):
    for finding in lint(html):
        assert finding.text


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.html")), ids=lambda path: path.stem)
def test_what_is_rendered_has_nothing_to_be_found(path: Path):
    assert [str(finding) for finding in lint(path.read_text("utf-8"))] == []


def test_the_report_is_plain_for_programs():
    report = inspect(article(ROOT.format("<p>一 二&amp;</p>")))
    assert (report.visible, report.limit, report.findings) == (3, CHARACTER_LIMIT, ())
    assert report.characters == len(ROOT.format("<p>一 二&amp;</p>"))
    broken = inspect(article(ROOT.format('<p style="position:fixed">字</p>')))
    assert [each.rule for each in broken.errors] == ["position"]
    assert json.dumps(broken.findings[0].severity) == '"error"'


def test_an_error_stops_a_push_and_names_how_many_more(config: Config):
    sound = article(ROOT.format("<p>字</p>"))
    broken = article(ROOT.format('<p style="position:fixed">字</p><style>a</style>'))
    with open_services(config) as services:
        flow.require_sound(services, Bundle((sound,)), sent=True)
        with pytest.raises(ArticleError, match="（另有 1 处）") as raised:
            flow.require_sound(services, Bundle((sound, broken)))
    assert str(raised.value).endswith("style 里")


def test_a_broken_template_is_stopped_before_anything_is_uploaded(
    services: Services, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    templates = tmp_path / "templates"
    shutil.copytree(directory("templates"), templates)
    with (templates / "article" / "article.html").open("a", encoding="utf-8") as template:
        template.write("<script>track()</script>")
    monkeypatch.setattr(
        "bot.services.studio.directory",
        lambda name: templates if name == "templates" else directory(name),
    )
    flow.add_issue(services, SAMPLES[-1])
    with pytest.raises(ArticleError, match="<script> 连同里面的内容会被平台删去"):
        flow.push_issue(services, "2026-06-13")
    assert sandbox.changes == []


def test_render_shows_what_was_found_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    report = SAMPLES[-1].read_text("utf-8").replace("。", "[^1]。", 1)
    Path("report.txt").write_text(report, "utf-8")
    shown = CliRunner().invoke(main, ["render", "report.txt", "-o", "out"]).output
    assert [word in shown for word in ("位置", "问题", "办法", "注意", "[^1]")] == [True] * 5
    [finding] = json.loads(Path("out/report.json").read_text("utf-8"))["findings"]
    assert set(finding) == {"rule", "severity", "place", "text", "remedy"}
    assert (finding["rule"], finding["severity"]) == ("leftover", "warning")


def test_the_platform_is_not_asked_by_default(config: Config, sandbox: Sandbox):
    with open_services(config) as services:
        assert services.inspector.report(article(ROOT.format("<p>字</p>"))).findings == ()
    assert not config.lint.online


def asking(sandbox: Sandbox, config: Config) -> Config:
    lint_settings = LintSettings(online=True, address=sandbox.url + PATH)
    return config.model_copy(update={"lint": lint_settings})


def test_the_platforms_word_is_added_to_ours(config: Config, sandbox: Sandbox):
    html = ROOT.format('<h2>1　甲</h2><p>乙<a href="https://example.cn/">丙</a></p>')
    with open_services(asking(sandbox, config)) as services:
        report = services.inspector.report(article(html))
        assert services.inspector.report(article(ROOT.format("<p>字</p>"))).findings == ()
    assert {each.rule for each in report.findings} == {"link", "platform-external_link"}


def test_a_platform_that_does_not_answer_is_told_and_stops_nothing(config: Config):
    silent = LintSettings(online=True, address="http://127.0.0.1:9/nobody")
    with open_services(config.model_copy(update={"lint": silent})) as services:
        report = services.inspector.report(article(ROOT.format("<p>字</p>")))
    assert [each.rule for each in report.findings] == ["platform-silent"]
    assert report.errors == ()


def test_an_answer_of_another_kind_is_no_answer(sandbox: Sandbox):
    assert StructureCheck(f"{sandbox.url}/cgi-bin/token", 5).remarks("<p>字</p>") is None
    assert StructureCheck(f"{sandbox.url}/", 5).remarks("<p>字</p>") is None


def test_what_the_platform_complains_of_is_found_again_in_the_report():
    class Complaint:
        rule, text = "width", "存在溢出问题"
        excerpt = '<p style="width:900px">乙 乙</p>'

    html = ROOT.format("<h2>1　甲</h2><p>丙</p><p>乙 乙</p>")
    [finding] = Inspector(lambda _: [Complaint()]).report(article(html)).findings
    assert (finding.rule, finding.place) == ("platform-width", "第 1 节第 2 段")
    assert finding.severity is Severity.WARNING
