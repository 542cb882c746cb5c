"""`rikan accounts`: who may sign in to the console, at the command line."""

import json
from pathlib import Path

import pytest

from bot.archive.accounts import Role
from bot.config import load_config
from bot.services import open_services
from tests.conftest import write_config
from tests.console import KEPT, KEY
from tests.test_cli import fails, rikan

__all__ = ["rikan"]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    web = f'secret_key = "{KEY}"\npublic_url = "https://daily.example.cn"'
    return write_config(tmp_path, web=web)


def test_an_account_is_invited_listed_signed_out_and_disabled(rikan, settings):
    assert "还没有账号" in rikan("accounts", "list").stdout
    told = json.loads(rikan("accounts", "invite", "王芳", "--role", "approver", "--json").stdout)
    site, _, token = told["url"].rpartition("/")
    assert site == "https://daily.example.cn/console/invitation"
    assert "还没有设密码" in rikan("accounts", "list").stdout
    with open_services(load_config(settings, {})) as services:
        account = services.accounts.accept(token, KEPT)
        assert account
        assert account.role is Role.APPROVER
        services.accounts.sessions.begin("王芳", "127.0.0.1", "Chrome")
    assert "登录在 1 处" in rikan("accounts", "list").stdout
    assert "在 1 处退出" in rikan("accounts", "sign-out", "王芳").stdout
    assert "已停用" in rikan("accounts", "disable", "王芳").stdout
    [listed] = json.loads(rikan("accounts", "list", "--json").stdout)
    assert (listed["name"], listed["active"], listed["signed_in"]) == ("王芳", False, 0)


def test_nobody_is_bound_to_an_editor_that_there_is_not(rikan, settings):
    assert "没有叫 李明 的编辑" in fails(rikan, "accounts", "invite", "王芳", "--editor", "李明")


@pytest.mark.parametrize("command", ["disable", "sign-out"])
def test_an_account_that_there_is_not_is_told(rikan, settings, command):
    assert "没有叫 王芳 的账号" in fails(rikan, "accounts", command, "王芳")


def test_without_a_key_there_is_no_console_to_invite_to(rikan, tmp_path):
    write_config(tmp_path)
    assert "secret_key" in fails(rikan, "accounts", "invite", "王芳")
