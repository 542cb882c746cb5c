"""wechatpy's client, with its five defects removed: one HTTP call in, a dictionary or our error out.

wechatpy 1.8.18 waits for ever on the token call, repeats a refused token without end, sends an
empty file the second time, puts the AppSecret into URLs and exception texts, and has no drafts.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

import requests
from wechatpy import WeChatClient

from bot.errors import PlatformBusy, PlatformDenied, PlatformError, PlatformUnclear
from bot.wechat.codes import ONCE, STALE_TOKEN, meaning
from bot.wechat.datacube import Datacube
from bot.wechat.groups import About, Custom, Draft, FreePublish, Mass
from bot.wechat.quotas import Quotas, Uncounted
from bot.wechat.secrecy import Sealed, Veiled, quieten
from bot.wechat.tokens import TokenBook, open_tokens

CONNECT_SECONDS = 3.05
RID = re.compile(r"rid:\s*([0-9a-zA-Z-]+)")
ADDRESS = re.compile(
    r"(?:invalid ip|requestip|clientip)[\s:=]+([0-9a-f.:]*[0-9a-f])", re.IGNORECASE
)
# The ways in which a request is never sent, in the words of urllib3 and OpenSSL.
NEVER_SENT = re.compile("Failed to establish a new connection|Failed to resolve")
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
PROXY_REFUSES = "407"

quieten()


class Secret(Protocol):
    """A text that does not show itself."""

    def get_secret_value(self) -> str: ...


class Access(Protocol):
    """How an account is reached: `[wechat]` of the settings."""

    @property
    def appid(self) -> str: ...
    @property
    def appsecret(self) -> Secret: ...
    @property
    def account(self) -> str: ...
    @property
    def api_base_url(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def proxy(self) -> str: ...


class MpClient(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """One account's client. `calls` counts what was sent, tokens aside."""

    draft = Draft()
    freepublish = FreePublish()
    mass = Mass()
    custom = Custom()
    about = About()
    datacube = Datacube()

    def __init__(
        self,
        appid: str,
        secret: Callable[[], str],
        base_url: str,
        timeout: float,
        proxy: str = "",
        quotas: Quotas | None = None,
    ) -> None:
        super().__init__(appid, "", timeout=(CONNECT_SECONDS, timeout), auto_retry=False)
        self.API_BASE_URL = f"{base_url.rstrip('/')}/cgi-bin/"
        self.calls = 0
        self._appsecret = secret
        self._tokens: TokenBook | None = None
        self._quotas = quotas or Uncounted()
        # Given with each call: a session's own would lose against HTTPS_PROXY in the environment.
        self._proxies = {"http": Veiled(proxy), "https": Veiled(proxy)} if proxy else None

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
            "secret": Veiled(self._appsecret()),
            "force_refresh": False,
        }
        answer = self._send("post", "stable_token", data=Sealed(_encoded(body)))
        _raise_for_code("stable_token", answer)
        with reading("stable_token"):
            return Veiled(answer.pop("access_token")), int(answer["expires_in"])

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """What wechatpy's API groups call. A stale token is replaced once.

        `answers`: the errcodes that are an answer to this call, and no failure.
        """
        call = url_or_endpoint
        tokens = self._tokens
        if tokens is None:
            raise PlatformDenied(call, "没有访问凭证")
        processor, answers = kwargs.pop("result_processor", None), kwargs.pop("answers", ())
        if isinstance(kwargs.get("data"), dict):
            kwargs["data"] = _encoded(kwargs["data"])
        token = Veiled(tokens.get())
        answer = self._counted(method, call, token, kwargs)
        if _code(answer) in STALE_TOKEN:
            tokens.drop(token)
            _rewind(kwargs.get("files"))
            answer = self._counted(method, call, Veiled(tokens.get()), kwargs)
        _raise_for_code(call, answer, answers)
        with reading(call):
            return processor(answer) if processor else answer

    def _counted(
        self, method: str, call: str, token: str, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        self.calls += 1
        params = {**kwargs.get("params", {}), "access_token": token}
        return self._send(method, call, **{**kwargs, "params": params})

    def _send(self, method: str, call: str, **kwargs: Any) -> dict[str, Any]:
        if isinstance(kwargs.get("data"), bytes):
            kwargs["headers"] = {"Content-Type": "application/json; charset=utf-8"}
        self._quotas.count(call)
        try:
            # Not redirected: another host would be sent the secret.
            response = self._http.request(
                method,
                self._address(call),
                timeout=self.timeout,
                proxies=self._proxies,
                allow_redirects=False,
                **kwargs,
            )
        except (ValueError, requests.RequestException) as error:
            failure = _failure(call, error)
            self._quotas.note(call, type(failure).__name__)
        else:
            return self._noted(call, response)
        # Out here, so that what requests raised is not kept with it: its text has the address, and
        # with it the token.
        raise failure

    def _address(self, call: str) -> str:
        # Statistics stand beside `/cgi-bin/`.
        root = self.API_BASE_URL
        return f"{root.removesuffix('cgi-bin/') if call.startswith('datacube/') else root}{call}"

    def _noted(self, call: str, response: requests.Response) -> dict[str, Any]:
        try:
            answer = _decoded(call, response)
        except PlatformError as error:
            self._quotas.note(call, type(error).__name__)
            raise
        self._quotas.note(call, str(_code(answer) or "ok"))
        return answer


def open_client(access: Access, quotas: Quotas, queue_url: str, closing: ExitStack) -> MpClient:
    """An account's client; its tokens are shared through the Redis at `queue_url`, if there is one."""
    secret = access.appsecret.get_secret_value
    where = (access.api_base_url, access.timeout, access.proxy)
    client = MpClient(access.appid, secret, *where, quotas)
    closing.callback(client.close)
    client.use_tokens(open_tokens(queue_url, access.account, client.fetch_token, closing))
    return client


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


def _failure(call: str, error: Exception) -> PlatformError:
    """Why there was no answer, and whether the platform may have got the request."""
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError) and PROXY_REFUSES in text:
        return PlatformDenied(call, "代理要求用户名和口令。请核对 wechat.proxy")
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return PlatformBusy(call, "连不上微信平台。请检查网络或代理，稍后再试")
    if isinstance(error, requests.exceptions.SSLError) and UNTRUSTED in text:
        return PlatformDenied(call, "平台的证书不可信。请核对 wechat.api_base_url、代理和系统时间")
    if isinstance(error, ValueError):
        return PlatformDenied(call, "地址不对。请核对 wechat.api_base_url 与 wechat.proxy")
    connecting = isinstance(error, requests.ConnectionError) and NEVER_SENT.search(text)
    return _broken(call, sent=not connecting)


def _unreadable(call: str, detail: str) -> PlatformDenied | PlatformUnclear:
    text = f"平台的答复读不懂（{detail}）。请核对 wechat.api_base_url 和代理"
    return (PlatformUnclear if call in ONCE else PlatformDenied)(call, text)


def _broken(call: str, *, sent: bool, detail: str = "网络中断") -> PlatformBusy | PlatformUnclear:
    if sent and call in ONCE:
        return PlatformUnclear(call, f"{detail}，不知道平台是否已收到。{ONCE[call]}")
    return PlatformBusy(call, f"{detail}，连不上微信平台。请检查网络，稍后再试")


def _code(answer: dict[str, Any]) -> int:
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        return -1


def _raise_for_code(call: str, answer: dict[str, Any], answers: Collection[int] = ()) -> None:
    code = _code(answer)
    if not code or code in answers:
        return
    message = str(answer.get("errmsg", ""))
    rid = RID.search(message)
    address = ADDRESS.search(message)
    kind, text = meaning(code, call)
    text = text.replace("{ip}", f" {address[1]}" if address else "")
    raise kind(call, text, code, rid[1] if rid else "")


def _rewind(files: dict[str, Any] | None) -> None:
    for file in (files or {}).values():
        (file[1] if isinstance(file, tuple) else file).seek(0)
