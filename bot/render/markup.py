"""An article's HTML as a tree: read, walked through, written again.

Read with the standard library's parser: what is looked at was written here, tag by tag, and a parser that
repairs like a browser would hide just what has to be found.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

VOID_NAMES = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(VOID_NAMES.split())
# A semicolon inside brackets or quotes (data: addresses) does not end a declaration.
DECLARATION = re.compile(r"(?:[^;(\"']|\([^)]*\)|\"[^\"]*\"|'[^']*'|[(\"'])+")
SPACE = re.compile(r"[\s\u200b\ufeff]+")
BLOCK_NAMES = (
    "address article aside blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li"
    " main nav ol p pre section table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
Declarations = tuple[tuple[str, str], ...]


class Element:
    """A tag with its attributes and what is inside: other elements, and text as `str`."""

    __slots__ = ("attributes", "children", "parent", "style", "tag")

    def __init__(
        self, tag: str, attributes: dict[str, str], parent: "Element | None" = None
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []
        self.style = dict(declarations(attributes.get("style", "")))

    @property
    def elements(self) -> Iterator["Element"]:
        """The children that are elements."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def own_text(self) -> str:
        """The text that stands directly in here."""
        return "".join(child for child in self.children if isinstance(child, str))

    @property
    def text(self) -> str:
        """All words inside, as they are read."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def is_block(self) -> bool:
        """Begins a line of its own."""
        return self.tag in BLOCKS

    def walk(self) -> Iterator["Element"]:
        """Every element inside, in the order of reading."""
        for child in self.elements:
            yield child
            yield from child.walk()


@lru_cache(maxsize=1024)
def declarations(style: str) -> Declarations:
    """(property, value) of a `style`, in order."""
    pairs = (each.partition(":") for each in DECLARATION.findall(style))
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def bare(text: str) -> str:
    """Without white space of any kind."""
    return SPACE.sub("", text)


def read_markup(html: str) -> Element:
    """The document: an element without a tag. Comments and the like are children with the tag `!`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.document


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = self._open = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        element: Element | None = self._open
        while element is not None and element.tag != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self._open = element.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)

    def handle_comment(self, data: str) -> None:
        self._open.children.append(Element("!", {"text": data}, self._open))

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)


def written(element: Element) -> str:
    """The HTML of what is inside."""
    return "".join(
        escape(child, quote=False) if isinstance(child, str) else _tagged(child)
        for child in element.children
    )


def _tagged(element: Element) -> str:
    if element.tag == "!":
        return ""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attributes.items())
    opening = f"<{element.tag}{attributes}>"
    return opening if element.tag in VOID else f"{opening}{written(element)}</{element.tag}>"
