"""Who is an editor in the chat: with a code, once, until it is over."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.archive.approvals import Approvals
from bot.archive.editors import LENGTH, SIGNS, Editors
from bot.archive.opening import open_current
from bot.archive.revision import Revision
from bot.archive.tables import invitations, issues
from bot.errors import ArchiveError
from tests.conftest import write_config
from tests.test_cli import fails, rikan

__all__ = ["rikan"]
DAY = timedelta(days=1)
WANG, LI = "oEditorWangFang000000000000A", "oEditorLiMing00000000000000B"


@pytest.fixture
def engine(new_database: Callable[[], str]):
    with ExitStack() as closing:
        yield open_current(new_database(), closing)


@pytest.fixture
def open_editors(engine, clock) -> Callable[..., Editors]:
    def opened(account: str = "wx") -> Editors:
        return Editors(engine, account, clock, Revision(engine, clock).now, "cli:ann")

    return opened


@pytest.fixture
def editors(open_editors) -> Editors:
    return open_editors()


def test_a_code_makes_one_person_an_editor_once(editors):
    code = editors.invite("王芳", DAY)
    assert len(code) == LENGTH
    assert set(code) <= set(SIGNS)
    assert editors.name_of(WANG) is None
    assert editors.bind(WANG, code) == "王芳"
    assert editors.name_of(WANG) == "王芳"
    assert editors.bind(LI, code) is None
    assert editors.openids() == (WANG,)


def test_the_same_code_from_the_same_person_means_what_it_meant(editors):
    code = editors.invite("王芳", DAY)
    assert editors.bind(WANG, code) == editors.bind(WANG, code) == "王芳"
    editors.unbind("王芳")
    assert editors.bind(WANG, code) is None


def test_a_code_expires_and_is_of_one_account(editors, open_editors, clock):
    code = editors.invite("王芳", DAY)
    assert open_editors("another").bind(WANG, code) is None
    clock.forward(days=1)
    assert editors.bind(WANG, code) is None
    assert editors.invited() == ()


def test_of_a_code_only_a_digest_is_kept(editors, engine):
    code = editors.invite("王芳", DAY)
    with engine.connect() as connection:
        [row] = connection.execute(select(invitations)).mappings()
    assert code not in str(dict(row))
    assert (row["name"], row["invited_by"]) == ("王芳", "cli:ann")


def test_an_editor_with_a_new_phone_takes_the_name_along(editors):
    editors.bind(WANG, editors.invite("王芳", DAY))
    assert editors.bind(LI, editors.invite("王芳", DAY)) == "王芳"
    assert (editors.name_of(WANG), editors.name_of(LI)) == (None, "王芳")


def test_a_person_has_one_name(editors):
    editors.bind(WANG, editors.invite("王芳", DAY))
    editors.bind(WANG, editors.invite("小王", DAY))
    assert [editor.name for editor in editors.all()] == ["小王"]


def test_another_process_knows_at_once_who_is_an_editor_and_who_is_not(open_editors):
    here, there = open_editors(), open_editors()
    assert there.name_of(WANG) is None
    here.bind(WANG, here.invite("王芳", DAY))
    assert there.name_of(WANG) == "王芳"
    here.unbind("王芳")
    assert there.name_of(WANG) is None


def test_who_leaves_is_an_editor_no_longer_and_others_are_none_anyway(editors):
    editors.bind(WANG, editors.invite("王芳", DAY))
    assert editors.leave(LI) is None
    assert editors.leave(WANG) == "王芳"
    assert editors.leave(WANG) is None
    assert editors.all() == ()


def test_unbinding_takes_back_codes_that_were_not_used(editors):
    code = editors.invite("王芳", DAY)
    assert editors.unbind("王芳")
    assert editors.bind(WANG, code) is None
    assert not editors.unbind("王芳")


@pytest.mark.parametrize("name", ["", " 王芳", "王\n芳", "王" * 17, "\u200b"])
def test_what_is_no_name_is_refused(editors, name):
    with pytest.raises(ArchiveError, match="名字"):
        editors.invite(name, DAY)


# Approvals.


@pytest.fixture
def approvals(engine, clock) -> Approvals:
    values = {"edition": 1, "name": "n", "headline": "h", "structure": "{}"}
    source = {"source_name": "s", "source_digest": "d", "day": clock().date(), "added_at": clock()}
    with engine.begin() as connection:
        connection.execute(issues.insert().values(id="2026-06-13", **values, **source))
    return Approvals(engine, "wx", clock)


def test_approvals_are_counted_by_person_and_content(approvals, clock, engine):
    assert approvals.approve("2026-06-13", "f1", "editor:王芳") == ("editor:王芳",)
    clock.forward(minutes=1)
    assert approvals.approve("2026-06-13", "f1", "editor:王芳") == ("editor:王芳",)
    both = ("editor:王芳", "cli:ann")
    assert approvals.approve("2026-06-13", "f1", "cli:ann") == both
    assert approvals.of("2026-06-13", "f1") == both
    assert approvals.of("2026-06-13", "f2") == ()
    assert Approvals(engine, "another", clock).of("2026-06-13", "f1") == ()


def test_cleared_approvals_are_gone_whatever_they_were_of(approvals):
    for content in ("f1", "f2"):
        approvals.approve("2026-06-13", content, "cli:ann")
    approvals.clear("2026-06-13")
    assert approvals.of("2026-06-13", "f1") == approvals.of("2026-06-13", "f2") == ()


# At the command line.


def test_an_operator_invites_lists_and_unbinds(rikan, tmp_path):
    write_config(tmp_path)
    assert "还没有编辑" in rikan("editors", "list").stdout
    invited = json.loads(rikan("editors", "invite", "王芳", "--hours", 2, "--json").stdout)
    assert invited["name"] == "王芳"
    assert "绑定 " in rikan("editors", "invite", "李明").stdout
    listed = json.loads(rikan("editors", "list", "--json").stdout)
    assert [(each["name"], each["bound"]) for each in listed] == [("王芳", False), ("李明", False)]
    assert invited["code"] not in rikan("editors", "list").stdout
    assert "不再是编辑" in rikan("editors", "unbind", "李明").stdout
    assert "rikan editors list" in fails(rikan, "editors", "unbind", "李明")
