"""Reading the webhook's answer as strictly as the platform does.

An answer that breaks a rule is not shown: the follower reads that the account cannot serve them just now.
Rules and limits are those of the "Passive reply" page; the 2,048 bytes of a text are what users report.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from bot.sandbox.account import Account
from bot.sandbox.crypto import Seal, signed
from bot.sandbox.push import OK_STATUS, Pushed

UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"
SILENT = ("", "success")
TEXT_BYTES = 2048
# One to these kinds of message, up to eight to anything else (such as a subscription).
ARTICLES = 8
ONE_ARTICLE_KINDS = frozenset({"text", "image", "voice", "video", "news", "location"})
PARTS = {
    "image": ("Image/MediaId",),
    "voice": ("Voice/MediaId",),
    "video": ("Video/MediaId",),
    "music": ("Music/ThumbMediaId",),
    "transfer_customer_service": (),
}
INTEGER = re.compile(r"\d{1,12}")


class Unfit(Exception):
    """The answer breaks `rule`."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(detail)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom the answer is for, and the kind of message that is being answered."""

    openid: str
    kind: str


def read_answer(account: Account, pushed: Pushed, asker: Asker) -> dict[str, Any]:
    """The answer as a follower would see it; raises Unfit."""
    if pushed.status != OK_STATUS:
        rule = "answer_status" if pushed.status else "answer_missing"
        raise Unfit(rule, f"HTTP {pushed.status}，共试了 {pushed.tries} 次")
    if pushed.body in SILENT:
        return shown("success")
    root = parse(open_envelope(account, parse(pushed.body), pushed.body))
    check_frame(account, root, asker)
    kind = text(root, "MsgType")
    if kind == "text":
        return shown("text", read_text(root))
    if kind == "news":
        return shown("news", articles=read_articles(root, asker))
    check_parts(root, kind)
    return shown(kind)


def shown(
    kind: str, content: str = "", articles: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The shape in which an answer is reported."""
    return {"type": kind, "content": content, "articles": articles or []}


def parse(body: str) -> ET.Element:
    """An answer's XML, which has no business declaring entities."""
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise Unfit("answer_xml", "含有 DOCTYPE 或 ENTITY")
    try:
        root = ET.fromstring(body)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise Unfit("answer_xml", str(error)) from error
    if root.tag != "xml":
        raise Unfit("answer_xml", f"根元素是 {root.tag}")
    return root


def open_envelope(account: Account, root: ET.Element, body: str) -> str:
    """Decrypt where the mode asks for it; compatible mode takes either."""
    sealed = root.find("Encrypt") is not None
    if sealed and not account.encrypts:
        raise Unfit("answer_cipher", "明文模式下不应加密")
    if not sealed and account.mode == "secure":
        raise Unfit("answer_cipher", "安全模式下必须加密")
    if not sealed:
        return body
    cipher, timestamp, nonce = (text(root, name) for name in ("Encrypt", "TimeStamp", "Nonce"))
    if not signed(text(root, "MsgSignature"), account.token, timestamp, nonce, cipher):
        raise Unfit("answer_signature", "MsgSignature 对不上")
    try:
        return Seal(account.aes_key, account.appid).open(cipher)
    except ValueError as error:
        raise Unfit("answer_cipher", str(error)) from error


def check_frame(account: Account, root: ET.Element, asker: Asker) -> None:
    """From the account to the follower, at a time."""
    people = (text(root, "ToUserName"), text(root, "FromUserName"))
    if people != (asker.openid, account.original_id):
        raise Unfit("answer_users", f"发给 {people[0]}，来自 {people[1]}")
    if not INTEGER.fullmatch(text(root, "CreateTime")):
        raise Unfit("answer_time", text(root, "CreateTime"))


def read_text(root: ET.Element) -> str:
    """The words of a text answer."""
    content = text(root, "Content")
    if not content:
        raise Unfit("answer_fields", "Content 为空")
    if (length := len(content.encode())) > TEXT_BYTES:
        raise Unfit("answer_text", f"{length} 字节")
    return content


def read_articles(root: ET.Element, asker: Asker) -> list[dict[str, str]]:
    """The cards of a news answer."""
    items = root.findall("Articles/item")
    if text(root, "ArticleCount") != str(len(items)):
        raise Unfit(
            "answer_articles", f"ArticleCount 是 {text(root, 'ArticleCount')}，实有 {len(items)} 条"
        )
    most = 1 if asker.kind in ONE_ARTICLE_KINDS else ARTICLES
    if not 1 <= len(items) <= most:
        raise Unfit("answer_articles", f"{len(items)} 条，最多 {most} 条")
    return [read_article(item) for item in items]


def read_article(item: ET.Element) -> dict[str, str]:
    """One card: a title, and an address to go to; a picture is optional but must be an address."""
    card = {name.lower(): text(item, name) for name in ("Title", "Description", "PicUrl", "Url")}
    if not card["title"] or item.find("Description") is None or item.find("PicUrl") is None:
        raise Unfit("answer_fields", "缺 Title、Description 或 PicUrl")
    for name in ("url", "picurl"):
        scheme = urlsplit(card[name]).scheme
        if scheme not in {"http", "https"} and (card[name] or name == "url"):
            raise Unfit("answer_fields", f"{name}: {card[name]}")
    return card


def check_parts(root: ET.Element, kind: str) -> None:
    """The other kinds are only checked for what they must have."""
    if kind not in PARTS:
        raise Unfit("answer_type", kind)
    for path in PARTS[kind]:
        if not (root.findtext(path) or "").strip():
            raise Unfit("answer_fields", path)


def text(root: ET.Element, name: str) -> str:
    """The text of a child element, empty where there is none."""
    return root.findtext(name) or ""
