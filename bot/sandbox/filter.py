"""What the platform makes of an article's HTML.

It keeps inline styles and a list of tags, and drops the rest without a word: scripts, style sheets, ids,
links that lead out of the platform, and pictures that were not uploaded to it. Reported by users and seen
in published articles; the draft pages themselves only name scripts and foreign pictures.
"""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from bot.sandbox.library import Library

KEPT_NAMES = (
    "a b big blockquote br caption center cite code col colgroup dd del dl dt em figcaption figure font"
    " h1 h2 h3 h4 h5 h6 hr i img ins label li mark ol p pre q rp rt ruby s section small span strong sub"
    " sup table tbody td tfoot th thead tr u ul svg g path rect circle ellipse line polyline polygon text"
    " tspan foreignobject animate animatemotion animatetransform set"
)
KEPT_TAGS = frozenset(KEPT_NAMES.split())
VOID_TAGS = frozenset({"br", "col", "hr", "img"})
# Elements that go with everything inside them; of other unknown ones the inside stays.
HOLLOW_TAGS = {"script": "script", "style": "style_element"}
# Attributes that a browser would act upon.
DROPPED_ATTRIBUTES = frozenset(
    {"id", "class", "srcdoc", "action", "formaction", "href", "xlink:href", "src", "srcset"}
)
ADDED_MARKS = ("data-darkmode", "data-color-scheme")

STYLE_RULES = (
    ("position", re.compile(r"(?:^|;)\s*position\s*:", re.I), True),
    ("var", re.compile(r"var\s*\(|(?:^|;)\s*--", re.I), True),
    ("calc", re.compile(r"calc\s*\(", re.I), True),
    ("script", re.compile(r"expression\s*\(|javascript\s*:|behavior\s*:|@import", re.I), True),
    ("important", re.compile(r"!\s*important", re.I), False),
)
STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)", re.I)
# A semicolon inside brackets or quotes (data: addresses) does not end a declaration.
DECLARATION = re.compile(r"(?:[^;(\"']|\([^)]*\)|\"[^\"]*\"|'[^']*')+")

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Filtered:
    """The HTML as stored, and (rule, detail) for each thing that was dropped or will not work."""

    html: str
    findings: tuple[tuple[str, str], ...]


def filter_content(html: str, library: Library) -> Filtered:
    """Store HTML as the platform does."""
    reader = ContentReader(library)
    reader.feed(html)
    reader.close()
    return Filtered("".join(reader.out), tuple(dict.fromkeys(reader.findings)))


def text_of(html: str) -> str:
    """The words of some HTML, for the digest that the platform makes where none was given."""
    bare = re.sub(r"<[^>]*>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"&(?:nbsp|#160);", " ", bare)).strip()


class ContentReader(HTMLParser):
    """Writes kept markup to `out` and complaints to `findings`."""

    def __init__(self, library: Library) -> None:
        super().__init__(convert_charrefs=False)
        self.library = library
        self.out: list[str] = []
        self.findings: list[tuple[str, str]] = []
        self._hollow = ""
        # What each open element's end tag shall be; empty where the tag itself was dropped.
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open an element, or drop it."""
        if self._hollow:
            return
        if tag in HOLLOW_TAGS:
            self._hollow = tag
            self.findings.append((HOLLOW_TAGS[tag], f"<{tag}>"))
            return
        name = self._kept_as(tag, attrs)
        if name:
            ending = "  /" if name == "br" else ""
            self.out.append(f"<{name}{self._attributes(tag, attrs)}{ending}>")
        if tag not in VOID_TAGS:
            self._open.append((tag, f"</{name}>" if name else ""))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """`<path/>` is closed where it is opened."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID_TAGS:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those left open inside it."""
        if self._hollow:
            self._hollow = "" if tag == self._hollow else self._hollow
            return
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, ending = self._open.pop()
            self.out.append(ending)
            if name == tag:
                return

    def close(self) -> None:
        """Close what was left open."""
        super().close()
        self.out.extend(ending for _, ending in reversed(self._open))
        self._open.clear()

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._hollow:
            self.out.append(data.replace("<", "&lt;").replace(">", "&gt;"))

    def handle_entityref(self, name: str) -> None:
        """Keep `&nbsp;` and its like as they were written."""
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Keep `&#160;` and its like as they were written."""
        self.out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Drop comments."""
        self.findings.append(("removed_element", f"<!--{data[:40]}-->"))

    def _kept_as(self, tag: str, attrs: Attributes) -> str:
        """The name under which an element is kept, or nothing."""
        if tag == "div":
            self.findings.append(("div", "<div>"))
            return "p"
        if tag == "a" and not self._is_article(attrs):
            return ""
        if tag in KEPT_TAGS or tag.startswith("mp-"):
            return tag
        self.findings.append(("removed_element", f"<{tag}>"))
        return ""

    def _is_article(self, attrs: Attributes) -> bool:
        href = dict(attrs).get("href") or ""
        if not self.library.is_article(href):
            self.findings.append(("external_link", href))
            return False
        return True

    def _attributes(self, tag: str, attrs: Attributes) -> str:
        kept = [self._attribute(tag, name, value or "") for name, value in attrs]
        kept += self._picture_marks(attrs) if tag == "img" else []
        return "".join(f' {name}="{escape(value)}"' for name, value in kept if name)

    def _attribute(self, tag: str, name: str, value: str) -> tuple[str, str]:
        """An attribute as stored; an empty name drops it."""
        if name.startswith(ADDED_MARKS):
            self.findings.append(("darkmode", name))
        elif name.startswith("on"):
            self.findings.append(("script", name))
            return "", ""
        if tag == "img" and name in {"src", "data-src"}:
            return self._picture(value)
        if tag == "a" and name == "href":
            return name, value
        if name == "style":
            return ("", "") if tag in {"div", "code"} else (name, self._style(value))
        if name in DROPPED_ATTRIBUTES:
            if name in {"id", "class"} and not tag.startswith("mp-"):
                self.findings.append((name, f"<{tag} {name}={value[:60]}>"))
            return "", ""
        return name, value

    def _picture(self, url: str) -> tuple[str, str]:
        """Own pictures are loaded late, at the width of a phone; others are filtered."""
        if picture := self.library.picture_at(url):
            host = url.partition("/mmbiz/")[0]
            return "data-src", f"{host}/mmbiz/{picture.key}/640?wx_fmt={picture.form}&from=appmsg"
        self.findings.append(("foreign_image", url))
        return "", ""

    def _picture_marks(self, attrs: Attributes) -> list[tuple[str, str]]:
        """What the platform adds to a picture that is its own."""
        given = dict(attrs)
        picture = self.library.picture_at(given.get("src") or given.get("data-src") or "")
        if not picture:
            return []
        marks = {
            "data-ratio": f"{picture.height / picture.width:.4f}",
            "data-type": picture.form,
            "data-w": str(picture.width),
        }
        return [(name, value) for name, value in marks.items() if name not in given]

    def _style(self, value: str) -> str:
        """A style without the declarations that do not survive."""
        kept = [part.strip() for part in DECLARATION.findall(value) if self._survives(part)]
        return ";".join(part for part in kept if part)

    def _survives(self, declaration: str) -> bool:
        survives = True
        for rule, pattern, dropped in STYLE_RULES:
            if pattern.search(declaration):
                self.findings.append((rule, declaration.strip()))
                survives = survives and not dropped
        for url in STYLE_URL.findall(declaration):
            if not self.library.picture_at(url) and urlsplit(url).scheme != "data":
                self.findings.append(("foreign_image", url))
                survives = False
        return survives
