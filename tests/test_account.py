"""What an account may do, what it has used up, and what `rikan account` says of it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from flask import jsonify

from bot.archive.database import open_engine
from bot.archive.usage import Usage, open_usage
from bot.cli.main import main
from bot.config import load_config
from bot.errors import PlatformBusy, PlatformDenied
from bot.services import SHANGHAI, Services, now_in_shanghai, open_services
from bot.wechat.account import Ability, Kind, buttons
from bot.wechat.quotas import LIMITS
from tests.account import PICTURE, add_draft, calls, list_drafts, oddity
from tests.conftest import APPID, APPSECRET, Sandbox, write_config


@pytest.fixture
def account_kind(request: pytest.FixtureRequest) -> str:
    return "unverified" if "unverified" in request.node.name else "verified"


def run(config_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config_path), "account", *arguments])


def told(result: Result) -> dict:
    return json.loads(result.stdout)


def set_menu(sandbox: Sandbox) -> None:
    known = {"grant_type": "client_credential", "appid": APPID, "secret": APPSECRET}
    post = requests.Session().post
    token = post(f"{sandbox.url}/cgi-bin/stable_token", json=known, timeout=5).json()
    menu = {
        "button": [
            {"type": "click", "name": "new", "key": "latest"},
            {"name": "old", "sub_button": [{"type": "click", "name": "week", "key": "week"}]},
        ]
    }
    answer = post(
        f"{sandbox.url}/cgi-bin/menu/create",
        params={"access_token": token["access_token"]},
        json=menu,
        timeout=5,
    )
    assert answer.json()["errcode"] == 0


# What it may do.


def test_a_verified_account_may_do_everything(services: Services, sandbox):
    found = services.account.findings()
    assert found.may == frozenset(Ability)
    assert found.kind is Kind.VERIFIED
    assert sandbox.changes == []


def test_an_unverified_account_may_do_drafts_only(services: Services):
    found = services.account.findings()
    assert found.may == {Ability.DRAFT}
    assert found.kind is Kind.UNVERIFIED


def test_an_appid_that_is_no_official_account_may_do_nothing(services: Services, sandbox):
    for call in ("draft/count", "freepublish/batchget", "message/mass/get", "menu/get"):
        sandbox.fault(call, "errcode", errcode=48001)
    found = services.account.findings()
    assert found.may == frozenset()
    assert found.kind is Kind.OTHER


def test_an_allowance_that_is_used_up_is_no_missing_permission(services: Services, sandbox):
    sandbox.fault("freepublish/batchget", "errcode", errcode=45009)
    assert Ability.PUBLISH in services.account.findings().may


def test_a_ban_is_told_as_what_the_account_may_not(services: Services, sandbox):
    sandbox.fault("freepublish/batchget", "errcode", errcode=48004)
    assert Ability.PUBLISH not in services.account.findings().may


@pytest.mark.parametrize("kind", [{"kind": "http"}, {"kind": "errcode", "errcode": -1}])
def test_trouble_is_not_taken_for_a_missing_permission(services: Services, sandbox, kind):
    sandbox.fault("message/mass/get", **kind)
    with pytest.raises(PlatformBusy):
        services.account.findings()
    assert services.account.known() is None


def test_findings_are_asked_for_once_a_day_and_by_all_processes(config, clock, sandbox):
    for _ in range(2):
        with open_services(config, clock) as services:
            first = services.account.findings()
            assert services.account.findings() == first
    assert calls(sandbox, "draft/count") == 1
    clock.forward(days=1)
    with open_services(config, clock) as services:
        assert services.account.findings().found_at == clock.moment
    assert calls(sandbox, "draft/count") == 2


def test_what_another_version_found_out_is_read_as_far_as_it_is_known(services: Services):
    services.usage.remember({"may": ["draft", "teleport"], "else": 1})
    known = services.account.known()
    assert known is not None
    assert known.may == {Ability.DRAFT}


def test_a_menu_is_read_in_the_platforms_form_and_in_an_odd_one():
    week = {"type": "click", "name": "本周"}
    platforms = {"button": [{"name": "往期", "sub_button": {"list": [week]}}, {"name": "最新"}]}
    assert list(buttons({"selfmenu_info": platforms})) == ["往期 › 本周", "最新"]
    for odd in ({}, {"selfmenu_info": 1}, {"selfmenu_info": {"button": [1, {"sub_button": 2}]}}):
        assert [name for name in buttons(odd) if name] == []


# What it has used.


def test_every_call_is_counted_the_token_and_refused_ones_too(services: Services, clock, sandbox):
    add_draft(services.platform)
    services.platform.upload_picture(PICTURE)
    sandbox.expire_tokens()
    list_drafts(services.platform)
    assert services.usage.on(clock().date()) == {
        "stable_token": 2,
        "material/add_material": 1,
        "media/uploadimg": 1,
        "draft/add": 1,
        "draft/batchget": 2,
    }


def test_the_platforms_day_begins_at_midnight_in_shanghai(config, clock):
    clock.moment = datetime(2026, 6, 13, 23, 59, tzinfo=SHANGHAI)
    with open_services(config, clock) as services:
        services.platform.draft_count()
        clock.forward(minutes=1)
        services.platform.draft_count()
        days = [services.usage.on(clock().date() - timedelta(days=ago)) for ago in (0, 1)]
    assert [day["draft/count"] for day in days] == [1, 1]


@pytest.fixture
def usage(new_database: Callable[[], str], tmp_path: Path, clock):
    with ExitStack() as stack:
        archive = open_engine(new_database())
        stack.callback(archive.dispose)
        yield Usage(open_usage(archive, tmp_path, stack), "wx1", clock)


def test_counts_are_kept_for_a_month(usage: Usage, clock):
    usage.count("draft/add")
    day = clock().date()
    clock.forward(days=31)
    usage.remember({})
    assert usage.on(day) == {"draft/add": 1}
    clock.forward(days=1)
    usage.remember({})
    assert usage.on(day) == {}


def test_findings_are_read_as_they_were_kept(usage: Usage, clock):
    assert usage.recall() is None
    usage.remember({"may": ["draft"]})
    clock.forward(hours=1)
    usage.remember({"may": [], "menu": ["最新"]})
    assert usage.recall() == (clock(), {"may": [], "menu": ["最新"]})


def test_a_call_goes_on_where_it_cannot_be_counted(services: Services, config, clock):
    services.usage.count("draft/count")
    with closing(sqlite3.connect(config.paths.data / "account.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert services.platform.draft_count() == 0
    assert services.usage.on(clock().date())["draft/count"] == 1


def test_a_call_is_counted_while_somebody_writes_to_the_archive(services: Services, config, clock):
    services.platform.draft_count()
    archive = open_engine(config.database_url)
    with archive.execution_options(writes=True).begin():
        services.platform.draft_count()
    archive.dispose()
    assert services.usage.on(clock().date())["draft/count"] == 2


# The command.


def test_account_tells_type_permissions_menu_and_counts(config_path, sandbox):
    set_menu(sandbox)
    result = run(config_path)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"账号  {APPID}"
    assert lines[1] == "类型  已认证"
    assert lines[2] == "可用  草稿、发布、群发、手机预览、客服消息、用接口设菜单"
    assert lines[3] == "不可用  （没有）"
    assert lines[4] == "菜单  new、old › week"
    assert "今天的调用次数" in lines
    assert any(line.split() == ["列出已发布", "1", "/", "100"] for line in lines)


def test_account_of_an_unverified_one_says_where_the_bot_stops(config_path):
    result = run(config_path)
    assert result.exit_code == 0
    assert "个人号或未认证（接口做到草稿为止" in result.stdout
    assert "不可用  发布、群发、手机预览、客服消息、用接口设菜单" in result.stdout


def test_account_as_json(config_path, sandbox):
    found = told(run(config_path, "--json", "--refresh"))
    assert (found["appid"], found["kind"], found["problem"]) == (APPID, "verified", "")
    assert found["may"] == dict.fromkeys(
        ["draft", "publish", "mass", "preview", "custom", "menu"], True
    )
    assert datetime.fromisoformat(found["checked_at"]).utcoffset() == timedelta(hours=8)
    quotas = {quota["call"]: quota for quota in found["quotas"]}
    assert quotas["freepublish/batchget"]["used"] == 1
    assert quotas["draft/add"] == {
        "call": "draft/add",
        "used": 0,
        "limit": 1000,
        "used_by_platform": 0,
    }
    assert sandbox.changes == []


def test_the_platforms_own_figures_win_over_the_table(config_path, sandbox):
    def answer():
        quota = {"daily_limit": 5000, "used": 7, "remain": 4993}
        return jsonify(errcode=0, quota=quota, access_token="t" * 9, expires_in=7200)

    with oddity(answer) as url:
        found = told(run(write_config(config_path.parent, url), "--json", "--refresh"))
    quotas = {quota["call"]: quota for quota in found["quotas"]}
    assert quotas["draft/add"]["limit"] == 5000
    assert quotas["draft/add"]["used_by_platform"] == 7


def test_figures_are_asked_for_only_where_the_account_may_call_an_unverified_one_less(
    config_path, sandbox
):
    run(config_path, "--refresh")
    assert calls(sandbox, "openapi/quota/get") == 3


def test_without_refresh_the_second_look_makes_no_call(config_path, sandbox):
    run(config_path)
    before = len(sandbox.state["log"])
    assert run(config_path).exit_code == 0
    assert len(sandbox.state["log"]) == before
    run(config_path, "--refresh")
    assert len(sandbox.state["log"]) > before


def test_a_dry_run_never_calls(config_path, sandbox):
    result = run(config_path, "--dry-run")
    assert result.exit_code == 0
    assert "还没有查过" in result.stdout
    assert sandbox.state["log"] == []
    assert run(config_path, "--dry-run", "--refresh").exit_code == 2


def test_an_address_that_is_not_on_the_list_is_named_beside_what_is_known(config_path, sandbox):
    run(config_path)
    sandbox.expire_tokens()
    sandbox.fault("stable_token", "errcode", errcode=40164, ip="203.0.113.9")
    result = run(config_path, "--refresh")
    assert result.exit_code == 1
    assert "类型  已认证" in result.stdout
    assert "IP 203.0.113.9 不在公众号的 IP 白名单里" in result.stderr
    sandbox.fault("stable_token", "errcode", errcode=61004, ip="203.0.113.9")
    assert "203.0.113.9" in told(run(config_path, "--refresh", "--json"))["problem"]


def test_a_proxy_is_told_without_its_address(tmp_path, sandbox):
    proxied = write_config(
        tmp_path, sandbox.url, wechat='proxy = "http://user:proxy-password@127.0.0.1:1"'
    )
    result = run(proxied, "--dry-run")
    assert result.stdout.startswith(f"账号  {APPID}，经代理连接")
    assert "proxy-password" not in result.output


def test_findings_of_the_sandbox_are_not_the_platforms(config_path, services: Services):
    services.account.findings()
    there = load_config(config_path, {"RIKAN_WECHAT__API_BASE_URL": "http://127.0.0.1:9"})
    with open_services(there, now_in_shanghai) as elsewhere:
        assert elsewhere.account.known() is None


@pytest.mark.parametrize("call", LIMITS)
def test_every_call_in_the_table_has_a_name(call):
    assert LIMITS[call].name
    assert LIMITS[call].daily >= 0


def test_a_secret_that_is_wrong_is_no_finding(services: Services, sandbox):
    sandbox.fault("stable_token", "errcode", errcode=40125)
    with pytest.raises(PlatformDenied, match="AppSecret"):
        services.account.findings()
