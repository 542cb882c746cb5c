"""Pictures from the web, fetched so that an address in a report cannot reach into our own network.

Only over https; the name is resolved first, what it leads to must be public, and the connection is
made to just that (requests-hardened). Every redirect is looked at in the same way.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urljoin, urlsplit

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress

from bot.errors import IngestError
from bot.ingest.pictures import LARGEST, shown

SECONDS = 10.0  # for all of it: the name, the redirects, the last byte
REDIRECTS = 3
# Some servers refuse a caller that does not say who it is.
CALLER = "Mozilla/5.0 (compatible; Rikan)"
# What it says of a refused address is said by us, in Chinese and once.
logging.getLogger("requests_hardened").addHandler(logging.NullHandler())
_PIECE = 64 * 1024
_BESIDE = "请把它存下来，和报告放在同一个文件夹，改写成文件名"


@dataclass(frozen=True, slots=True)
class Remote:
    """The way to pictures on the web. `trust`: a file of certificates instead of the usual ones.

    `loopback` lets this machine's own addresses pass.
    """

    trust: str = ""
    loopback: bool = False
    seconds: float = SECONDS

    def fetch(self, address: str) -> bytes:
        """The bytes of a picture. Raises IngestError."""
        answers: SimpleQueue[bytes | IngestError] = SimpleQueue()
        # A server that sends a byte now and then keeps any time-out from being reached, and a name
        # server has none: so somebody else waits for them.
        Thread(target=lambda: answers.put(self._answer(address)), daemon=True).start()
        try:
            answer = answers.get(timeout=self.seconds)
        except Empty:
            raise _failed(address, f"{self.seconds:g} 秒内没有下载完", _BESIDE) from None
        if isinstance(answer, IngestError):
            raise answer
        return answer

    def _answer(self, address: str) -> bytes | IngestError:
        try:
            with self._session() as session:
                return self._follow(session, address)
        except IngestError as error:
            return error
        except InvalidIPAddress:
            return _failed(address, "指向内部网络，不能下载", _BESIDE)
        except requests.exceptions.SSLError:
            return _failed(address, "的网站证书不对", _BESIDE)
        # The library's own checks end in AssertionError; an odd name, in whatever its codec raises.
        except (requests.RequestException, OSError, ValueError, AssertionError, LookupError):
            return _failed(
                address, "下载不了", f"请检查网址和网络，或者{_BESIDE.removeprefix('请')}"
            )

    def _session(self) -> HTTPSession:
        session = HTTPSession(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=self.loopback,
                never_redirect=True,
                default_timeout=(self.seconds, self.seconds),
                user_agent_override=CALLER,
            )
        )
        session.trust_env = (
            False  # a proxy would resolve the name anew, and ~/.netrc holds passwords
        )
        session.verify = self.trust or True
        return session

    def _follow(self, session: HTTPSession, address: str) -> bytes:
        there = address
        for _ in range(REDIRECTS + 1):
            _require_plain(address, there)
            with session.get(there, stream=True, headers={"Accept": "image/*"}) as answer:
                if not answer.is_redirect:
                    return _read(address, answer)
                there = urljoin(there, answer.headers["Location"])
        raise _failed(address, f"转了 {REDIRECTS} 次还没有到", _BESIDE)


def _require_plain(address: str, there: str) -> None:
    parts = urlsplit(there)
    if parts.scheme != "https":
        raise _failed(address, "转到了不是 https:// 的地址", _BESIDE)
    if parts.username is not None or parts.password is not None:
        raise _failed(address, "的网址里写了用户名或密码", _BESIDE)


def _read(address: str, answer: requests.Response) -> bytes:
    if answer.status_code != requests.codes.ok:
        raise _failed(address, f"下载不了（HTTP {answer.status_code}）", _BESIDE)
    if not answer.headers.get("Content-Type", "").strip().lower().startswith("image/"):
        raise _failed(address, "是网页或别的东西，不是图片", _BESIDE)
    return b"".join(_pieces(address, answer))


def _pieces(address: str, answer: requests.Response) -> Iterator[bytes]:
    size = 0
    for piece in answer.iter_content(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise _failed(address, "超过 10 MB", "请缩小后和报告放在同一个文件夹，改写成文件名")
        yield piece


def _failed(address: str, problem: str, remedy: str) -> IngestError:
    return IngestError(shown(address), problem, remedy)
