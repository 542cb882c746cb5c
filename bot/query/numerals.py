"""Numbers as they are written in dates and lists: in digits or in words."""

DIGIT = "〇零一二三四五六七八九"

_VALUES = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}


def number(text: str) -> int:
    """Up to 九十九. Raises ValueError for what is not written so."""
    if text.isascii() and text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    try:
        return (_VALUES[tens] if tens else 1) * 10 * bool(ten) + (_VALUES[ones] if ones else 0)
    except KeyError:
        raise ValueError(text) from None


def year_of(text: str) -> int:
    """`2026`, `26` (of this century) or `二〇二六`."""
    year = int("".join(str(_VALUES.get(sign, sign)) for sign in text))
    return year if len(text) > 2 else 2000 + year
