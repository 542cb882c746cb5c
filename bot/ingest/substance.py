"""Whether a text is Markdown in substance, whatever its name says."""

import re

_RICH = re.compile(
    r"^ {0,3}(?:```|~~~)"  # code
    r"|^ {0,3}\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t:|-]*$"  # the second line of a table
    r"|^ {0,3}\[\^[^\s\]]{1,60}\]:"  # a footnote
    r"|!\[[^\[\]\n]{0,200}\]\([^()\n]{1,2000}\)"  # a picture
    r"|[^\s\[(（*-][ \t]?(?<!!)\[[^\[\]\n]{1,200}\]\(<?https?://[^()\s]{1,1000}\)",  # a link in a sentence
    re.MULTILINE,
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.MULTILINE)
# Bold within a line of other words: a line that is bold as a whole is a heading of other programs.
_EMPHASIS = re.compile(r"^[^#\n]{0,400}[^\s*#>-][ \t]?\*\*[^*\n]{1,200}\*\*", re.MULTILINE)


# Two lines that a typeset report's text does not have: a page's number, `- 2 -`, comes alone.
_LISTED = re.compile(
    r"^[ ]{0,3}(?:[-*+]|>)[ \t]+\S.*\n(?:[ ]*\n)?[ ]{0,8}(?:[-*+]|>)[ \t]+\S", re.MULTILINE
)


def has_lists(text: str) -> bool:
    """Whether there are lists or quotations before the references."""
    return bool(_LISTED.search(text, 0, max(text.rfind("参考文献"), 0) or len(text)))


def is_rich(text: str) -> bool:
    """Whether tables, pictures, code, footnotes, links or emphasis within headings' texts appear."""
    if _RICH.search(text):
        return True
    return bool(_HEADING.search(text) and _EMPHASIS.search(text))
