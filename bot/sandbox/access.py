"""The calls about the API itself: tokens, quotas and the platform's addresses."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform


def check_credentials(platform: Platform, given: Mapping[str, Any], name: str) -> None:
    """The account's own appid and secret (called `name`) open the token calls, and nothing else does."""
    account = platform.account
    require(given.get("appid"), 41002, "没有 appid")
    require(given.get(name), 41004, f"没有 {name}")
    require(given["appid"] == account.appid, 40013, "appid 不是这个账号的")
    require(given[name] == account.appsecret, 40125, "密钥不是这个账号的")


def plain_token(platform: Platform, asked: Asked) -> Answer:
    """`GET /cgi-bin/token`: a new token each time, and the old one soon dead."""
    require(
        asked.args.get("grant_type") == "client_credential",
        40002,
        "grant_type 应为 client_credential",
    )
    check_credentials(platform, asked.args, "secret")
    token, needless = platform.tokens.fetch_plain()
    if needless:
        platform.ledger.blame("token_again", asked.call, "手里的 token 还能用")
    return {"access_token": token.text, "expires_in": platform.tokens.remaining(token)}


def stable_token(platform: Platform, asked: Asked) -> Answer:
    """`POST /cgi-bin/stable_token`: everybody gets the same token, with its remaining life."""
    require(
        asked.body.get("grant_type") == "client_credential",
        40002,
        "grant_type 应为 client_credential",
    )
    check_credentials(platform, asked.body, "secret")
    force = asked.body.get("force_refresh", False)
    require(isinstance(force, bool), 47001, "force_refresh 应为布尔值")
    token = platform.tokens.fetch_stable(force=force)
    return {"access_token": token.text, "expires_in": platform.tokens.remaining(token)}


def clear_quota(platform: Platform, asked: Asked) -> Answer:
    """Start the day's counts again, ten times a month."""
    require(asked.body.get("appid") == platform.account.appid, 40013, "appid 不是这个账号的")
    platform.quotas.reset()
    return OK


def clear_quota_with_secret(platform: Platform, asked: Asked) -> Answer:
    """The same without a token."""
    check_credentials(platform, asked.body, "appsecret")
    platform.quotas.reset()
    return OK


def platform_addresses(_platform: Platform, _asked: Asked) -> Answer:
    """The sandbox pushes from the machine it runs on."""
    return {"ip_list": ["127.0.0.1"]}


def quota_call(endpoints: Iterable[Endpoint]) -> Endpoint:
    """`openapi/quota/get`, which must know all the others."""
    daily = {endpoint.call: endpoint.daily for endpoint in endpoints}

    def quota(platform: Platform, asked: Asked) -> Answer:
        path = asked.text("cgi_path", 76021)
        call = path.removeprefix("/cgi-bin/")
        if not path.startswith("/cgi-bin/") or call not in daily:
            raise Refusal(76021, path)
        used, limit = platform.quotas.used(call), daily[call]
        return {**OK, "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}}

    return Endpoint("openapi/quota/get", quota)


ENDPOINTS = (
    Endpoint("token", plain_token, method="GET", body="none", daily=2000, token=False),
    Endpoint("stable_token", stable_token, daily=500_000, token=False),
    Endpoint("clear_quota", clear_quota, changes=True),
    Endpoint("clear_quota/v2", clear_quota_with_secret, changes=True, token=False),
    Endpoint("get_api_domain_ip", platform_addresses, method="GET", body="none"),
    Endpoint("getcallbackip", platform_addresses, method="GET", body="none"),
)
