"""Words so that nothing in them is read as Markdown, and back again."""

import re
import unicodedata

_SIGNS = re.compile(r"[\\`*_\[\]<>]|&(?=[#\w])|~(?=~)|(?<=~)~")
_OPENING = re.compile(r"^(?:[#+\-=|~:]|\d{1,9}(?=[.)](?:\s|$)))")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|^\s+|\s+$")
_ADDRESS_SIGNS = re.compile(r"[\s<>\x00-\x1f\x7f-\x9f]|&(?=#x)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&#x([\da-f]{1,6});|\*\*")
_ENTITY = re.compile("()&#x([\\da-f]{1,6});")


def escaped(text: str) -> str:
    """The words of one line so that nothing in them is read as Markdown."""
    text = _SIGNS.sub(r"\\\g<0>", text)
    text = _OPENING.sub(lambda mark: mark[0] + "\\" if mark[0].isdigit() else f"\\{mark[0]}", text)
    return _UNSEEN.sub(lambda unseen: "".join(map(_entity, unseen[0])), text)


def escaped_address(address: str) -> str:
    """An address so that it can stand between < and >."""
    return _ADDRESS_SIGNS.sub(lambda sign: _entity(sign[0]), address)


def _entity(letter: str) -> str:
    return f"&#x{ord(letter):x};"


def unescaped(line: str) -> str:
    """The inverse of `escaped`; bold, which a reference has no use for, goes."""
    return _ESCAPED.sub(lambda sign: sign[1] or _letter(sign), line)


def unescaped_address(address: str) -> str:
    """The inverse of `escaped_address`."""
    return _ENTITY.sub(_letter, address)


def _letter(sign: re.Match[str]) -> str:
    if not sign[2]:
        return ""
    code = int(sign[2], 16)
    fits = code <= 0x10FFFF and unicodedata.category(chr(code)) != "Cs"
    return chr(code) if fits else sign[0]
