"""What the callers did: every call, and every thing a careful caller would not have done."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

# Enough for a day of testing; the oldest fall out, so that a sandbox may run for weeks.
KEPT = 5000

RULE_NAMES = {
    "charset": "请求未声明 charset=utf-8",
    "escaped_json": "JSON 里的中文被转义成 \\uXXXX",
    "content_type": "上传文件未写明图片类型",
    "same_picture": "同一张图片重复上传",
    "same_draft": "草稿箱里已有内容相同的草稿",
    "token_again": "旧 token 仍有效时重复获取",
    "external_link": "外部链接会被平台去掉",
    "foreign_image": "外部图片会被平台过滤",
    "script": "脚本会被平台去掉",
    "style_element": "<style> 会被平台去掉",
    "removed_element": "平台会去掉的标签",
    "class": "class 不起作用",
    "id": "id 会被平台去掉",
    "position": "position 会被平台去掉",
    "div": "div 会失去样式",
    "important": "!important 会破坏深色模式",
    "var": "var() 会被平台去掉",
    "calc": "calc() 会被平台去掉",
    "darkmode": "深色模式的标记由平台添加",
    "answer_missing": "没有在 5 秒内得到回复",
    "answer_status": "回复的 HTTP 状态不是 200",
    "answer_xml": "回复不是平台认得的 XML",
    "answer_cipher": "回复的加密方式不对",
    "answer_signature": "回复的签名不对",
    "answer_users": "回复的收发双方没有对调",
    "answer_time": "回复的 CreateTime 不是整数",
    "answer_type": "回复的消息类型不认得",
    "answer_fields": "回复缺少必填的内容",
    "answer_text": "回复的文字超过 2048 字节",
    "answer_articles": "回复的图文条数不对",
}


class Ledger:
    """An append-only record; never holds a token, a secret or an article's text."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._count = 0
        self._calls: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._violations: deque[dict[str, Any]] = deque(maxlen=KEPT)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Calls so far, oldest first."""
        with self._lock:
            return list(self._calls)

    @property
    def violations(self) -> list[dict[str, Any]]:
        """Violations so far, oldest first."""
        with self._lock:
            return list(self._violations)

    def note(
        self, call: str, errcode: int | None, *, changes: bool, started: float, fault: str = ""
    ) -> None:
        """Write down a finished call; `errcode` is None where nothing was answered.

        `started` is a reading of `time.monotonic`; the duration is kept in milliseconds.
        """
        entry = {
            "at": self._now(),
            "call": call,
            "changes": changes,
            "errcode": errcode,
            "ms": round((time.monotonic() - started) * 1000, 1),
        }
        with self._lock:
            self._count += 1
            self._calls.append({"n": self._count, **entry, **({"fault": fault} if fault else {})})

    def blame(self, rule: str, call: str, detail: str = "") -> None:
        """Write down a violation."""
        with self._lock:
            self._violations.append({"rule": rule, "call": call, "detail": detail[:200]})
