"""What becomes of an article's HTML, and what the sandbox says about it."""

import pytest

from tests.sandbox_caller import open_sandbox, picture


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox() as caller:
        yield caller


@pytest.fixture
def read_back(sandbox):
    """Send some HTML; get it back, with the rules that it broke."""

    def send(html):
        before = len(sandbox.rules)
        media_id = sandbox.draft(content=html)["media_id"]
        article = sandbox.post("draft/get", {"media_id": media_id})["news_item"][0]
        rules = sandbox.rules[before:]
        sandbox.post("draft/delete", {"media_id": media_id})
        return article["content"], rules

    return send


@pytest.mark.parametrize(
    ("sent", "stored", "rules"),
    [
        ('<p>见<a href="https://example.com">原文</a>。</p>', "<p>见原文。</p>", ["external_link"]),
        ('<a href="#top">上</a>', "上", ["external_link"]),
        ('<a href="https://mp.weixin.qq.com.evil.cn/s/a">x</a>', "x", ["external_link"]),
        ('<p>甲<script>alert("1<2")</script>乙</p>', "<p>甲乙</p>", ["script"]),
        ("<style>p{color:red}</style><p>甲</p>", "<p>甲</p>", ["style_element"]),
        ('<p onclick="x()">甲</p>', "<p>甲</p>", ["script"]),
        ('<p class="a" id="b">甲</p>', "<p>甲</p>", ["class", "id"]),
        ('<div style="color:red">甲</div>', "<p>甲</p>", ["div"]),
        ("<form><input>甲</form>", "甲", ["removed_element", "removed_element"]),
        ("<iframe src='https://e.cn'></iframe>甲", "甲", ["removed_element"]),
        ("甲<!-- 乙 -->", "甲", ["removed_element"]),
        ('<p style="color:red;position:fixed">甲</p>', '<p style="color:red">甲</p>', ["position"]),
        ('<p style="color:var(--a);margin:0">甲</p>', '<p style="margin:0">甲</p>', ["var"]),
        ('<p style="width:calc(1px + 1px)">甲</p>', '<p style="">甲</p>', ["calc"]),
        (
            '<p style="color:red !important">甲</p>',
            '<p style="color:red !important">甲</p>',
            ["important"],
        ),
        ('<img src="https://e.cn/a.png" alt="图">', '<img alt="图">', ["foreign_image"]),
        (
            "<p style=\"background:url('https://e.cn/a.png')\">甲</p>",
            '<p style="">甲</p>',
            ["foreign_image"],
        ),
        ("<p>未关<strong>闭", "<p>未关<strong>闭</strong></p>", []),
        ("甲<br>乙 &amp;&nbsp;1 &lt; 2", "甲<br  />乙 &amp;&nbsp;1 &lt; 2", []),
        ('<code style="color:red">x</code>', "<code>x</code>", []),
        (
            '<section data-issue="2026-06-13">甲</section>',
            '<section data-issue="2026-06-13">甲</section>',
            [],
        ),
        (
            '<a href="https://mp.weixin.qq.com/s/abc">上期</a>',
            '<a href="https://mp.weixin.qq.com/s/abc">上期</a>',
            [],
        ),
        (
            '<svg viewbox="0 0 8 8"><path d="M0 0h8"/></svg>',
            '<svg viewbox="0 0 8 8"><path d="M0 0h8"></path></svg>',
            [],
        ),
    ],
)
def test_html_is_read_back_as(read_back, sent, stored, rules):
    assert read_back(sent) == (stored, rules)


def test_an_uploaded_picture_is_loaded_late_with_its_measures(sandbox, read_back):
    url = sandbox.upload("media/uploadimg", picture("jpeg", (1080, 540)), "a.jpg", "image/jpeg")[
        "url"
    ]
    stored, rules = read_back(f'<img src="{url}" style="width:100%">')
    late = url.replace("/0?", "/640?") + "&amp;from=appmsg"
    measures = 'data-ratio="0.5000" data-type="jpeg" data-w="1080"'
    assert stored == f'<img data-src="{late}" style="width:100%" {measures}>'
    assert rules == []
    assert read_back(stored) == (stored, [])


def test_a_link_to_an_article_of_the_sandbox_stays(sandbox, read_back):
    link = f'<a href="{sandbox.url}/s/abc">上期</a>'
    assert read_back(link) == (link, [])


def test_an_empty_digest_becomes_the_first_words(sandbox):
    media_id = sandbox.draft(content="<p>一</p><p>" + "字" * 60 + "</p>")["media_id"]
    article = sandbox.post("draft/get", {"media_id": media_id})["news_item"][0]
    assert article["digest"] == "一" + "字" * 53
    assert article["url"] == f"{sandbox.url}/drafts/{media_id}"
