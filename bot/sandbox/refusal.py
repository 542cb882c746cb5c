"""The platform's way of saying no: an errcode, its message and a rid, with HTTP status 200."""

import secrets
from typing import Any

# What the platform says; then what the pages say to people.
MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40054: "invalid sub button url domain",
    40055: "invalid button url domain",
    40059: "invalid msg id",
    40065: "invalid article idx",
    40113: "unsupported file type",
    40114: "invalid index value",
    40125: "invalid appsecret",
    40137: "invalid image format",
    40152: "invalid tag id",
    40164: "invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist",
    41001: "access_token missing",
    41002: "没有 appid",
    41004: "appsecret missing",
    41005: "media data missing",
    41039: "invalid content_source_url",
    42001: "access_token expired",
    42010: "mass send too fast, retry later",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    44001: "empty media data",
    44002: "empty post data",
    44003: "empty news data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "url size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    45066: "same clientmsgid retry too fast",
    45067: "clientmsgid size out of limit",
    45110: "author size out of limit",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid",
    48001: "api unauthorized",
    48006: "forbid to clear quota because of reaching the limit",
    53500: "publish function is banned",
    53502: "invalid publish_id",
    53503: "the draft failed the publish check",
    53600: "invalid article_id",
    61500: "date format error",
    61501: "date range error",
    61503: "data not ready, please try later",
    61004: "access clientip is not registered requestIP: {ip}",
    76021: "cgi_path not found, please check",
    89503: "this action needs the administrator's confirmation",
}

MEANINGS = {
    40001: "token 或密钥不对",
    40003: "openid 不对",
    40004: "素材类型不对",
    40005: "文件类型不支持",
    40007: "media_id 无效",
    40008: "消息类型不支持",
    40009: "图片太大",
    40013: "appid 不对",
    40033: "菜单含有转义字符",
    40113: "扩展名与图片不符",
    40114: "文章序号不对",
    40125: "密钥不对",
    40137: "图片格式读不了",
    41001: "没有带 token",
    41005: "没有文件",
    41039: "阅读原文的链接无效",
    43001: "应使用 GET",
    43002: "应使用 POST",
    43004: "对方没有关注",
    44001: "文件为空",
    44002: "请求体为空",
    44003: "没有文章",
    44004: "没有正文",
    45002: "正文太长",
    45003: "标题长度不对",
    45004: "摘要太长",
    45005: "链接太长",
    45008: "条数不对",
    45009: "当天的次数用完了",
    45015: "超过 48 小时不能主动发",
    45028: "当天的群发次数用完了",
    45047: "主动发的条数用完了",
    45067: "clientmsgid 太长",
    45110: "作者太长",
    47001: "请求体格式不对",
    47003: "参数不对",
    53502: "没有这个发布任务",
    53600: "没有这篇文章",
    61500: "日期写法不对",
    61501: "日期范围不对",
    61503: "统计还没有算好",
}


class Refusal(Exception):
    """One refused call.

    `detail` tells a tester what was wrong; `blame` says whether a careful caller would have known;
    `extra` is sent beside errcode and errmsg.
    """

    def __init__(
        self,
        code: int,
        detail: str = "",
        *,
        blame: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or MESSAGES.get(code, "unknown error"))
        self.code = code
        self.blame = blame
        self.extra = extra or {}


def refused(code: int, *, ip: str = "127.0.0.1") -> dict[str, Any]:
    """The JSON answer for an errcode, with the address in it where the platform names one."""
    message = MESSAGES.get(code, "unknown error").replace("{ip}", ip)
    return {"errcode": code, "errmsg": f"{message} rid: {request_id()}"}


def request_id() -> str:
    """The platform's own name for a request: three groups of eight hexadecimal digits."""
    return "-".join(secrets.token_hex(4) for _ in range(3))


def require(condition: object, code: int, detail: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refusal(code, detail)
