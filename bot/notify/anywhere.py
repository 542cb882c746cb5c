"""What is neither the platform nor a robot of ours: e-mail, and the hundred services of apprise."""

import logging
import re
from dataclasses import dataclass

import apprise
from pydantic import SecretStr

TIMEOUT = 15  # seconds for one message, whatever the service
HTTP_STATUS = re.compile(r"error=(\d{3})")
UNREADABLE = "这个地址看不懂。请对照 docs/notices.zh-CN.md 写成 mailtos://、钉钉等支持的形式"
MISSING = "发这种通知的部件没有安装。请换一种，或按 apprise 的说明安装"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One address that apprise understands."""

    name: str
    address: SecretStr

    def send(self, text: str, title: str) -> str:
        """Send that. Empty, or in a sentence why it was not taken."""
        speaker = apprise.Apprise(asset=apprise.AppriseAsset(storage_mode="memory"))
        if not speaker.add(self.address.get_secret_value()):
            return UNREADABLE
        result = speaker.notify(body=text, title=title, body_format="text", timeout=TIMEOUT)
        return "" if result else _why(result)


def _why(result: apprise.AppriseResult) -> str:
    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        return f"{TIMEOUT} 秒内没有发完。请检查网络和地址"
    said = " ".join(entry.message for entry in result.logs())
    if found := HTTP_STATUS.search(said):
        return f"对方没有接受（HTTP {found[1]}）。请核对地址和密码"
    return "没有发出去。请核对地址、密码和网络"


def read_anywhere(url: str) -> Elsewhere:
    """That address, named by its scheme. Nothing is looked up."""
    scheme = url.partition("://")[0].lower()
    return Elsewhere("邮件" if scheme.startswith("mailto") else scheme, SecretStr(url))


class Blunt(logging.Filter):
    """Leaves of what apprise logs only the status: some of its plugins log the address, a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Warnings and errors pass, without their words."""
        found = HTTP_STATUS.search(record.getMessage())
        record.msg, record.args = f"not sent, {found[0]}" if found else "not sent", ()
        record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING


def quieten() -> None:
    """From now on nothing that apprise logs holds an address."""
    logger = logging.getLogger("apprise")
    if not any(isinstance(each, Blunt) for each in logger.filters):
        logger.addFilter(Blunt())
