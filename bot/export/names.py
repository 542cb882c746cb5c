"""What exported files are called: `2026-06-13 标题.md`, on whatever system they end up."""

import unicodedata

LONGEST_SUFFIX = 12  # bytes of one that somebody brought
LONGEST = 120  # bytes of UTF-8; the shortest limit met is 255, and a zip's folder goes before
FORBIDDEN = frozenset('\\/:*?"<>|')  # on Windows; the others forbid less


def file_name(issue_id: str, title: str, suffix: str) -> str:
    """`suffix` with its dot. A title's marks that a system forbids are left out."""
    return f"{issue_id} {safe(title)}".rstrip() + suffix


def safe(words: str) -> str:
    """Words as a part of a file's name: on one line, without a way to another folder."""
    plain = " ".join(unicodedata.normalize("NFC", words).split())
    kept = "".join(one for one in plain if one.isprintable() and one not in FORBIDDEN)
    return kept.encode()[:LONGEST].decode(errors="ignore").strip(" .")


def safe_suffix(suffix: str) -> str:
    """The end of a name that came from outside, with its dot: what a system opens the file by.

    Empty if it is no such thing.
    """
    plain = safe(suffix)
    return f".{plain}" if plain and len(plain.encode()) <= LONGEST_SUFFIX else ""
