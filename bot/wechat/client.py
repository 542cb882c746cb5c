"""wechatpy's client, with its five defects removed: one HTTP call in, a dictionary or our error out.

wechatpy 1.8.18 waits for ever on the token call, repeats a refused token without end, sends an
empty file the second time, puts the AppSecret into URLs and exception texts, and has no drafts.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from wechatpy import WeChatClient
from wechatpy.client.api.base import BaseWeChatAPI

from bot.errors import PlatformBusy, PlatformDenied, PlatformUnclear
from bot.wechat.codes import STALE_TOKEN, meaning
from bot.wechat.tokens import TokenBook

CONNECT_SECONDS = 3.05
# Calls that must not be taken for undone where the answer is unclear.
ONCE = frozenset({"draft/add", "draft/delete", "freepublish/submit"})
RID = re.compile(r"rid:\s*([0-9a-zA-Z-]+)")
ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")
# The two ways in which a connection is never made, in urllib3's words.
NEVER_SENT = re.compile("Failed to establish a new connection|Failed to resolve")
TOKEN = re.compile(r"(access_token=)[^&\s'\"]+")


class Redacted(logging.Filter):
    """Takes the access tokens out of the addresses that urllib3 logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, cleaned."""
        record.msg, record.args = TOKEN.sub(r"\1…", record.getMessage()), ()
        return True


for speaker in ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(speaker).addFilter(Redacted())


class Draft(BaseWeChatAPI):  # type: ignore[misc]  # wechatpy has no types
    """The draft box."""

    def add(self, articles: list[dict[str, Any]]) -> Any:
        return self._post("draft/add", data={"articles": articles})

    def update(self, media_id: str, index: int, article: dict[str, Any]) -> Any:
        # `articles` is one object here, not a list: the platform's own naming.
        return self._post(
            "draft/update", data={"media_id": media_id, "index": index, "articles": article}
        )

    def get(self, media_id: str) -> Any:
        return self._post("draft/get", data={"media_id": media_id})

    def delete(self, media_id: str) -> Any:
        return self._post("draft/delete", data={"media_id": media_id})

    def batchget(self, offset: int, count: int) -> Any:
        return self._post(
            "draft/batchget", data={"offset": offset, "count": count, "no_content": 0}
        )


class FreePublish(BaseWeChatAPI):  # type: ignore[misc]
    """Publication to a permanent address, without a push to followers."""

    def submit(self, media_id: str) -> Any:
        return self._post("freepublish/submit", data={"media_id": media_id})

    def get(self, publish_id: str) -> Any:
        return self._post("freepublish/get", data={"publish_id": publish_id})

    def batchget(self, offset: int, count: int) -> Any:
        return self._post(
            "freepublish/batchget", data={"offset": offset, "count": count, "no_content": 0}
        )


class Custom(BaseWeChatAPI):  # type: ignore[misc]
    """Messages to one follower, for a while after they wrote or tapped something."""

    def send(self, openid: str, kind: str, part: dict[str, Any]) -> Any:
        body = {"touser": openid, "msgtype": kind, kind: part}
        return self._post("message/custom/send", data=body)


class MpClient(WeChatClient):  # type: ignore[misc]
    """One account's client. `calls` counts what was sent, tokens aside."""

    draft = Draft()
    freepublish = FreePublish()
    custom = Custom()

    def __init__(
        self, appid: str, secret: Callable[[], str], base_url: str, timeout: float, proxy: str = ""
    ) -> None:
        super().__init__(appid, "", timeout=(CONNECT_SECONDS, timeout), auto_retry=False)
        self.API_BASE_URL = f"{base_url.rstrip('/')}/cgi-bin/"
        self.calls = 0
        self._appsecret = secret
        self._tokens: TokenBook | None = None
        # Given with each call: a session's own would lose against HTTPS_PROXY in the environment.
        self._proxies = {"http": proxy, "https": proxy} if proxy else None

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def use_tokens(self, tokens: TokenBook) -> None:
        """Take access tokens from there; it in turn asks `fetch_token` of this client."""
        self._tokens = tokens

    @property
    def access_token(self) -> str:
        """What wechatpy's own API groups put into their parameters."""
        return self._tokens.get() if self._tokens else ""

    def fetch_token(self) -> tuple[str, int]:
        """A token and its remaining life in seconds. The secret travels in the body only."""
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self._appsecret(),
            "force_refresh": False,
        }
        answer = self._send("post", "stable_token", data=_encoded(body))
        _raise_for_code("stable_token", answer)
        with reading("stable_token"):
            return str(answer["access_token"]), int(answer["expires_in"])

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """What wechatpy's API groups call. A stale token is replaced once."""
        call = url_or_endpoint
        tokens = self._tokens
        if tokens is None:
            raise PlatformDenied(call, "没有访问凭证")
        processor = kwargs.pop("result_processor", None)
        if isinstance(kwargs.get("data"), dict):
            kwargs["data"] = _encoded(kwargs["data"])
        token = tokens.get()
        answer = self._counted(method, call, token, kwargs)
        if _code(answer) in STALE_TOKEN:
            tokens.drop(token)
            _rewind(kwargs.get("files"))
            answer = self._counted(method, call, tokens.get(), kwargs)
        _raise_for_code(call, answer)
        with reading(call):
            return processor(answer) if processor else answer

    def _counted(
        self, method: str, call: str, token: str, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        self.calls += 1
        params = {**kwargs.get("params", {}), "access_token": token}
        return self._send(method, call, **{**kwargs, "params": params})

    def _send(self, method: str, call: str, **kwargs: Any) -> dict[str, Any]:
        # Whatever requests raises has the address in its text, and with it the token:
        # it goes no further than here.
        if isinstance(kwargs.get("data"), bytes):
            kwargs["headers"] = {"Content-Type": "application/json; charset=utf-8"}
        try:
            # Not redirected: another host would be sent the secret.
            response = self._http.request(
                method,
                self.API_BASE_URL + call,
                timeout=self.timeout,
                proxies=self._proxies,
                allow_redirects=False,
                **kwargs,
            )
        except ValueError:
            raise PlatformDenied(
                call, "地址不对。请核对 wechat.api_base_url 与 wechat.proxy"
            ) from None
        except (requests.ConnectTimeout, requests.exceptions.ProxyError):
            raise PlatformBusy(call, "连不上微信平台。请检查网络或代理，稍后再试") from None
        except requests.ConnectionError as error:
            raise _broken(call, sent=not NEVER_SENT.search(str(error))) from None
        except requests.RequestException:
            raise _broken(call, sent=True) from None
        return _decoded(call, response)


@contextmanager
def reading(call: str) -> Iterator[None]:
    """Around taking an answer apart: one that lacks what it must hold is the platform's error."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        raise _unreadable(call, "缺少应有的内容") from None


def _encoded(body: dict[str, Any]) -> bytes:
    # Escaped characters would be stored literally and counted six-fold.
    return json.dumps(body, ensure_ascii=False).encode()


def _decoded(call: str, response: requests.Response) -> dict[str, Any]:
    if response.status_code >= 500 or response.status_code == 429:
        raise _broken(call, sent=True, detail=f"HTTP {response.status_code}")
    try:
        answer = json.loads(response.content.decode("utf-8"), strict=False)
    except (ValueError, RecursionError):
        answer = None
    if response.status_code >= 300 or not isinstance(answer, dict):
        raise _unreadable(call, f"HTTP {response.status_code}")
    return answer


def _unreadable(call: str, detail: str) -> PlatformDenied | PlatformUnclear:
    text = f"平台的答复读不懂（{detail}）。请核对 wechat.api_base_url 和代理"
    return (PlatformUnclear if call in ONCE else PlatformDenied)(call, text)


def _broken(call: str, *, sent: bool, detail: str = "网络中断") -> PlatformBusy | PlatformUnclear:
    if sent and call in ONCE:
        return PlatformUnclear(
            call, f"{detail}，不知道平台是否已收到。再运行一次会先核对，不会重复"
        )
    return PlatformBusy(call, f"{detail}，连不上微信平台。请检查网络，稍后再试")


def _code(answer: dict[str, Any]) -> int:
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        return -1


def _raise_for_code(call: str, answer: dict[str, Any]) -> None:
    code = _code(answer)
    if not code:
        return
    message = str(answer.get("errmsg", ""))
    rid = RID.search(message)
    address = ADDRESS.search(message)
    kind, text = meaning(code)
    if code == -1 and call in ONCE:
        kind, text = PlatformUnclear, "平台繁忙，不知道是否已收到。再运行一次会先核对，不会重复"
    text = text.replace("{ip}", f" {address[1]}" if address else "")
    raise kind(call, text, code, rid[1] if rid else "")


def _rewind(files: dict[str, Any] | None) -> None:
    for file in (files or {}).values():
        (file[1] if isinstance(file, tuple) else file).seek(0)
