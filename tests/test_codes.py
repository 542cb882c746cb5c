"""Every code the platform documents has a kind, and a sentence that ends in what to do."""

import re

import pytest
from flask import jsonify
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PlatformBusy, PlatformDenied, PlatformError, PlatformRefused, PlatformUnclear
from bot.wechat.codes import MEANINGS, NO_PERMISSION, ONCE, meaning
from bot.wechat.quotas import LIMITS
from tests.account import list_drafts, oddity, platform_at

# The official lists' codes that a publishing account can meet, by what is to be done about them.
RETRY = "-1 45011 42010 53501 61503"
RECONCILE = "45065 45066"
PERSON = """
    40001 40014 42001 40002 40013 40125 41002 41004 40164 61004 40243 50002 50004 50007 48001 48004
    48003 48008 48015 88000 89501 89502 89503 89504 89505 89506 89507 45009 48006 45028 45062 48021
    48022 53404 53406 53500 53504 53505 61007 61023 65400 45074 268488001
"""
CONTENT = """
    41001 50001 45067 40003 40031 40032 40130 40004 40005 40006 40009 40113 40137 45001 40007 40008
    45162 40033 47001 47002 40114 40155 41039 45005 44002 44003 44004 45002 45003 45004 45006 45007
    45008 45110 45166 45015 45047 43004 48002 45072 45080 45081 46001 48005 53405 53502 53600 53503
    61500 61501 76001 76002 76003 76004 76021 76022 9410010 9410011 9410012 40059 40060 40065 40204
    40152 45113 43002 46003
"""
LISTED = [
    (int(code), kind)
    for codes, kind in (
        (RETRY, PlatformBusy),
        (RECONCILE, PlatformUnclear),
        (PERSON, PlatformDenied),
        (CONTENT, PlatformRefused),
    )
    for code in codes.split()
]
# One Chinese sentence says what is wrong; after it comes the next thing to do.
SENTENCE = re.compile(r"[^。]*[\u4e00-\u9fff][^。]*。[^。]*(请|不必)[^。]*")


@pytest.mark.parametrize(("code", "kind"), LISTED)
def test_a_documented_code_says_what_it_is_and_what_to_do(code, kind):
    found = meaning(code, "material/add_material")
    assert found.error is kind
    assert SENTENCE.fullmatch(found.text)
    assert code == NO_PERMISSION or code in MEANINGS


def test_nothing_is_in_the_table_for_no_listed_reason():
    extra = set(MEANINGS) - {code for code, _ in LISTED}
    menu = {*range(40016, 40021), *range(40023, 40028), 40054, 40055, 45064}
    request = {40066, 41005, 43001, 44001, 47003}
    assert extra <= menu | request


@pytest.mark.parametrize("call", [*LIMITS, *ONCE, "datacube/getusersummary"])
def test_without_permission_an_account_is_told_what_it_can_still_do(call):
    found = meaning(NO_PERMISSION, call)
    assert found.error is PlatformDenied
    assert SENTENCE.fullmatch(found.text)


def test_what_is_left_depends_on_what_was_asked():
    assert "公众平台手动发布" in meaning(NO_PERMISSION, "freepublish/submit").text
    assert "rikan preview" in meaning(NO_PERMISSION, "message/mass/preview").text
    assert "当场回复照常" in meaning(NO_PERMISSION, "message/custom/send").text
    assert "小程序" in meaning(NO_PERMISSION, "draft/add").text
    assert "小程序" in meaning(NO_PERMISSION, "media/uploadimg").text


@pytest.mark.parametrize("call", ONCE)
def test_a_busy_platform_leaves_a_call_that_cannot_be_undone_unclear(call):
    found = meaning(-1, call)
    assert found.error is PlatformUnclear
    assert SENTENCE.fullmatch(found.text)


@given(st.integers(), st.text(max_size=30))
def test_any_code_of_any_call_means_something(code, call):
    found = meaning(code, call)
    assert issubclass(found.error, PlatformError)
    assert found.text


WHITELIST = [
    (40164, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 6-7-8"),
    (40164, "invalid ip 203.0.113.9, not in whitelist rid: 6-7-8"),
    (61004, "access clientip is not registered requestIP: 203.0.113.9 rid: 6-7-8"),
    (61004, "access clientip is not registered, clientip=203.0.113.9"),
]


@pytest.mark.parametrize(("code", "errmsg"), WHITELIST)
def test_both_whitelist_codes_name_the_address_to_add(code, errmsg):
    refusal = {"errcode": code, "errmsg": errmsg}
    with (
        oddity(lambda: jsonify(refusal)) as url,
        platform_at(url) as platform,
        pytest.raises(PlatformDenied, match=r"IP 203\.0\.113\.9 不在公众号的 IP 白名单里"),
    ):
        list_drafts(platform)


def test_a_whitelist_refusal_without_an_address_still_reads_well():
    refusal = {"errcode": 61004, "errmsg": "access clientip is not registered"}
    with (
        oddity(lambda: jsonify(refusal)) as url,
        platform_at(url) as platform,
        pytest.raises(PlatformDenied, match="服务器的 IP 不在"),
    ):
        list_drafts(platform)
