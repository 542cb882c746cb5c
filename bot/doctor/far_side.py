"""The platform: its clock, whether it lets us in, what the account may do, how much of it is left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from bot.doctor.verdict import Verdict, fail, ok, warn
from bot.wechat.account import Ability, Findings, Kind, daily_limit
from bot.wechat.quotas import LIMITS

# A message that was signed five minutes ago is refused; the schedule goes by the minute.
APART, FAR_APART = timedelta(seconds=30), timedelta(minutes=2)
NEARLY_ALL = 0.8
SECONDS = (3.05, 6)
HOW = "请运行 timedatectl set-ntp true 让系统自动对时"
MODES = {"publish": Ability.PUBLISH, "mass": Ability.MASS}
MODE_NAMES = {"publish": "发布", "mass": "群发"}


def clock(address: str, proxy: str, now: Callable[[], datetime]) -> Iterator[Verdict]:
    """How far this machine's clock is from that of the server at `address`."""
    try:
        proxies = {"http": proxy, "https": proxy} if proxy else None
        answer = requests.head(address, timeout=SECONDS, proxies=proxies, allow_redirects=False)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, LookupError, ValueError):
        host = urlsplit(address).hostname
        yield warn(f"没有从 {host} 问到时间，时钟没有核对。请检查网络和 wechat.proxy")
        return
    apart = now() - theirs
    fast = "快" if apart > timedelta() else "慢"
    told = f"本机时钟比平台{fast} {abs(apart).total_seconds():,.0f} 秒"
    if abs(apart) > FAR_APART:
        yield fail(f"{told}，读者的消息会被当成重放而拒绝。{HOW}")
    elif abs(apart) > APART:
        yield warn(f"{told}。{HOW}")
    else:
        yield ok("本机时钟与平台一致")


def access(fetch_token: Callable[[], object]) -> Iterator[Verdict]:
    """Whether the secret holds and this machine's address is on the list. Raises PlatformError."""
    fetch_token()
    yield ok("AppSecret 正确，本机 IP 在白名单里")


def account(findings: Findings, mode: str) -> Iterator[Verdict]:
    """Whether it may do what the settings want of it."""
    if findings.kind is Kind.OTHER:
        yield fail("这个 AppID 用不了草稿箱。请核对 wechat.appid 是公众号的，不是小程序的")
    elif mode in MODES and MODES[mode] not in findings.may:
        yield fail(
            f"这个公众号没有{MODE_NAMES[mode]}的权限（认证号才有）。请把 publish.mode 改成 draft，由人在公众平台发表"
        )
    elif findings.kind is Kind.UNVERIFIED:
        yield ok("个人号或未认证：做到草稿为止，由人在公众平台发表")
    else:
        yield ok("已认证，能做设置里要它做的事")


def quotas(used: Mapping[str, int], findings: Findings | None) -> Iterator[Verdict]:
    """The calls of today that are nearly used up."""
    fine = True
    for call, times in used.items():
        limit, name = daily_limit(call, findings), LIMITS[call].name if call in LIMITS else call
        if limit and times >= limit * NEARLY_ALL:
            told = f"“{name}”今天用了 {times:,} / {limit:,} 次"
            yield (
                fail(f"{told}，已用完。请明天再试，或到公众平台清零")
                if times >= limit
                else warn(f"{told}，快用完了。请用 rikan account 看是什么在用")
            )
            fine = False
    if fine:
        yield ok("今天的接口调用还很宽裕")
