"""Every error this package raises on purpose.

RikanError
├── ConfigError            the settings file: which file, which key, what was expected
├── IngestError            the source is not a readable issue: where, and what was expected
├── ArchiveError           the archive cannot be opened, or does not hold what was asked for
│   ├── ArchiveBusy        another process is writing; worth trying again
│   ├── DeliveryBusy       somebody else is at work on this issue; worth trying again
│   └── Overtaken          what was to be changed has been changed by somebody else
├── ArticleError           the article cannot be sent as it is: which rule, which place
├── MessageError           what came to the webhook is not the platform's, or cannot be read
├── StartError             a process cannot start: a busy port, a missing program, a folder
└── PlatformError          code, meaning, rid, what the operator can do
    ├── PlatformBusy       worth trying again: network, 5xx, -1, per-minute limits
    ├── PlatformUnclear    it may have happened: reconcile before anything else
    ├── PlatformDenied     permission, IP whitelist, secret, quota: a person must act
    └── PlatformRefused    the content or the request is wrong: trying again will not help

The text of each is one Chinese sentence fit for an editor, ending in the next thing to do.
"""

import errno

REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EADDRINUSE: "已被占用",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址",
    errno.ENOENT: "路径不存在",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "这是目录，不是文件",
    errno.EEXIST: "同名的文件已经存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "名字太长",
}


def reason_of(error: OSError) -> str:
    """Why the system refused, as an editor would say it; the system's own words for what is rare."""
    return REASONS.get(error.errno or 0) or error.strerror or "系统没有说明原因"


class RikanError(Exception):
    """The root: whatever is raised on purpose; its text may be shown as it is."""


class ConfigError(RikanError):
    """The settings cannot be used."""


class IngestError(RikanError):
    """The source is not a readable issue; `place` is a line, a page or the file as a whole."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}：{problem}。{remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy


class ArchiveError(RikanError):
    """The archive cannot be opened, or does not hold what was asked for."""


class ArchiveBusy(ArchiveError):
    """Another process is writing, and went on for longer than we wait."""


class DeliveryBusy(ArchiveError):
    """Another process holds the lease on this issue's delivery."""


class Overtaken(ArchiveError):
    """An issue is not any more what somebody began to change."""


class MessageError(RikanError):
    """A pushed message with a wrong signature, a stale date or an unreadable body."""


class ArticleError(RikanError):
    """The article cannot be sent as it is."""


class StartError(RikanError):
    """A process cannot start."""


class PlatformError(RikanError):
    """The platform did not do what was asked.

    `code` is its errcode (0 where there was none), `rid` its own name for the request.
    """

    def __init__(self, call: str, text: str, code: int = 0, rid: str = "") -> None:
        marks = [call, *([str(code)] if code else []), *([f"rid {rid}"] if rid else [])]
        super().__init__(f"{text}（{'，'.join(marks)}）")
        self.call = call
        self.code = code
        self.rid = rid


class PlatformBusy(PlatformError):
    """Nothing happened; the same call may succeed later."""


class PlatformUnclear(PlatformError):
    """The call may or may not have taken effect."""


class PlatformDenied(PlatformError):
    """A person must act: permission, IP whitelist, secret, quota."""


class PlatformRefused(PlatformError):
    """The content or the request is wrong."""
