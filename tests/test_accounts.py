"""Accounts, sessions and failures to sign in, as they are kept; on either database."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.archive.accounts import Accounts, Role
from bot.archive.opening import open_current
from bot.archive.sessions import IDLE
from bot.archive.tries import OF_ADDRESS, OF_NAME, marks_of
from bot.errors import ArchiveError

DAY = timedelta(days=1)
NOW = timedelta(0)


@pytest.fixture
def accounts(new_database: Callable[[], str], clock):
    with ExitStack() as closing:
        yield Accounts(open_current(new_database(), closing), clock)


def made(accounts: Accounts, name: str, role: Role = Role.EDITOR, openid: str = "") -> None:
    assert accounts.accept(accounts.invite(name, role, "cli:ann", DAY, openid), "$argon2id$x")


def test_an_invitation_is_listed_until_it_is_used(accounts, clock):
    token = accounts.invite("王芳", Role.APPROVER, "cli:ann", DAY, "oWang")
    [invited] = accounts.invited()
    assert (invited.name, invited.role, invited.invited_by) == ("王芳", Role.APPROVER, "cli:ann")
    assert accounts.invitation(token) == invited
    account = accounts.accept(token, "$argon2id$x")
    assert (account.name, account.role, account.openid) == ("王芳", Role.APPROVER, "oWang")
    assert accounts.invited() == ()
    assert accounts.accept(token, "$argon2id$y") is None
    assert accounts.all() == (account,)


def test_using_one_invitation_voids_the_others_of_that_name(accounts):
    first, second = (accounts.invite("王芳", Role.EDITOR, "cli:ann", DAY) for _ in range(2))
    accounts.accept(second, "$argon2id$x")
    assert accounts.accept(first, "$argon2id$y") is None


def test_another_role_withdraws_a_link_that_says_otherwise(accounts):
    made(accounts, "李明", Role.ADMIN)
    made(accounts, "王芳")
    token = accounts.invite("王芳", Role.ADMIN, "cli:ann", DAY)
    accounts.set_role("王芳", Role.EDITOR, "")
    assert accounts.accept(token, "$argon2id$y") is None


def test_what_an_admin_has_given_out_goes_with_the_admin(accounts):
    made(accounts, "李明", Role.ADMIN)
    for act in (
        lambda: accounts.disable("赵敏"),
        lambda: accounts.set_role("赵敏", Role.APPROVER, ""),
        lambda: made(accounts, "赵敏", Role.EDITOR),
    ):
        made(accounts, "赵敏", Role.ADMIN)
        own = accounts.invite("后门", Role.ADMIN, "console:赵敏", DAY)
        others = accounts.invite("王芳", Role.EDITOR, "console:李明", DAY)
        act()
        assert accounts.invitation(own) is None
        assert accounts.invitation(others)


def test_the_last_admin_does_not_become_an_editor_by_a_link(accounts):
    made(accounts, "李明", Role.ADMIN)
    token = accounts.invite("李明", Role.EDITOR, "cli:ann", DAY)
    with pytest.raises(ArchiveError, match="最后一位管理员"):
        accounts.accept(token, "$argon2id$y")
    assert accounts.account("李明").role is Role.ADMIN


def test_a_name_that_no_database_takes_is_nobodys(accounts):
    assert accounts.account("王\0芳") is None


def test_a_right_password_costs_the_address_nothing_while_its_code_is_asked_for(accounts):
    name, address = marks_of("王芳", "203.0.113.7")
    for _ in range(3 * OF_ADDRESS):
        assert accounts.tries.begin((name, address)) == NOW
        accounts.tries.spare(address)
        assert accounts.tries.begin((name, address)) == NOW
        accounts.tries.succeeded(name, address)


def test_a_disabled_account_comes_back_by_invitation(accounts):
    made(accounts, "王芳")
    token = accounts.sessions.begin("王芳", "127.0.0.1", "Chrome")
    assert accounts.signed_in(token)
    assert accounts.disable("王芳")
    assert not accounts.disable("王芳")
    assert accounts.signed_in(token) is None
    made(accounts, "王芳")
    assert accounts.account("王芳").disabled_at is None


def test_there_is_always_an_admin_once_there_was_one(accounts):
    made(accounts, "王芳")
    accounts.set_role("王芳", Role.APPROVER, "")
    made(accounts, "李明", Role.ADMIN)
    for attempt in (
        lambda: accounts.disable("李明"),
        lambda: accounts.set_role("李明", Role.EDITOR, ""),
    ):
        with pytest.raises(ArchiveError, match="最后一位管理员"):
            attempt()
    made(accounts, "赵强", Role.ADMIN)
    assert accounts.disable("李明")


def test_a_code_is_used_once_by_whoever_comes_first(accounts):
    made(accounts, "王芳")
    assert accounts.use_step("王芳", 7)
    assert not accounts.use_step("王芳", 7)
    assert not accounts.use_step("王芳", 6)
    assert accounts.use_step("王芳", 8)


def test_sessions_that_are_over_are_neither_listed_nor_kept_alive(accounts, clock):
    made(accounts, "王芳")
    old = accounts.sessions.begin("王芳", "127.0.0.1", "Chrome")
    clock.moment += IDLE
    assert accounts.sessions.of("王芳") == ()
    assert accounts.sessions.name_of(old) is None
    new = accounts.sessions.begin("王芳", "2001:db8::/64", "微信，安卓", old)
    [session] = accounts.sessions.of("王芳")
    assert (session.address, session.browser) == ("2001:db8::/64", "微信，安卓")
    assert accounts.sessions.end_of("王芳", but=new) == 0
    assert accounts.sessions.end_of("王芳", mark=session.mark) == 1


def test_however_many_guess_at_once_no_more_than_the_free_tries_are_made(accounts):
    marks, answers = marks_of("王芳", "203.0.113.9"), list[timedelta]()

    def guess() -> None:
        answers.append(accounts.tries.begin(marks))

    threads = [threading.Thread(target=guess) for _ in range(3 * OF_NAME)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(NOW) == OF_NAME
    assert len(answers) == 3 * OF_NAME


def test_success_forgets_the_names_failures_and_only_its_own_of_the_address(accounts, clock):
    for name in ("王芳", "李明"):
        for _ in range(OF_NAME):
            assert accounts.tries.begin(marks_of(name, "203.0.113.9")) == NOW
    assert accounts.tries.begin(marks_of("王芳", "203.0.113.9")) > NOW
    clock.forward(minutes=15)
    assert accounts.tries.begin(marks_of("王芳", "203.0.113.9")) == NOW
    accounts.tries.succeeded(*marks_of("王芳", "203.0.113.9"))
    assert accounts.tries.begin(marks_of("王芳", "203.0.113.9")) == NOW


def test_failures_are_forgotten_after_a_day(accounts, clock):
    for _ in range(OF_NAME):
        accounts.tries.begin(marks_of("王芳", "203.0.113.9"))
    clock.forward(days=1, seconds=1)
    assert accounts.tries.begin(marks_of("王芳", "203.0.113.9")) == NOW
    assert accounts.tries.begin(marks_of("王芳", "203.0.113.9")) == NOW
