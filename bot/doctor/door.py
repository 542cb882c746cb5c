"""The address that the platform pushes to, tried from here as the platform would try it."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import requests

from bot.doctor.verdict import Verdict, fail, ok, warn
from bot.wechat.crypto import sign

SECONDS = (3.05, 5)  # the platform itself waits five
ELSEWHERE = "平台从别处来，看到的可能不同：以公众平台“消息推送”里的提交结果为准"
REFUSED = "拒绝了签名。请核对网页进程用的 wechat.token 与设置里的一致（改过要重新启动），以及时钟"
CAUSES = {
    403: REFUSED,
    404: "没有这个路径。请检查反向代理是否把 /wechat 转给 rikan web",
    502: "反向代理连不上 rikan web。请看 rikan up 是否在运行，端口是否一致",
    503: "rikan web 正忙，或数据库用不了。请看它的日志",
}


def callback(public_url: str, token: str, now: datetime) -> Iterator[Verdict]:
    """Say the platform's greeting at `/wechat` and look whether the echo comes back."""
    if not public_url:
        yield warn("没有填 web.public_url，收不到读者的消息。请填公网能打开的 https 地址")
        return
    if not public_url.startswith("https://"):
        yield warn("web.public_url 不是 https 地址，微信里可能打不开。请配好证书后改成 https")
    address = f"{public_url.rstrip('/')}/wechat"
    echo, nonce, moment = secrets.token_hex(8), secrets.token_hex(4), str(int(now.timestamp()))
    query = {
        "signature": sign(token, moment, nonce),
        "timestamp": moment,
        "nonce": nonce,
        "echostr": echo,
    }
    try:
        answer = requests.get(address, params=query, timeout=SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield fail(f"{address} 的证书不可信。请检查证书是否过期、域名是否一致")
    except requests.Timeout:
        yield fail(f"{address} 五秒没有回答。请检查防火墙和反向代理。{ELSEWHERE}")
    except requests.RequestException:
        host = urlsplit(address).netloc
        yield fail(
            f"连不上 {host}。请检查域名解析、反向代理，以及 rikan up 是否在运行。{ELSEWHERE}"
        )
    else:
        yield _judged(answer, echo, address)


def _judged(answer: requests.Response, echo: str, address: str) -> Verdict:
    code = answer.status_code
    if code == requests.codes.ok and answer.text == echo:
        return ok(f"{address} 从这里试是通的；{ELSEWHERE}")
    if code == requests.codes.ok:
        return fail(f"{address} 上回答的不是 rikan。请检查反向代理把 /wechat 转到了哪里")
    return fail(f"{address} {CAUSES.get(code, f'回答 HTTP {code}。请检查反向代理的设置')}")
