"""Tokens of the sandbox, and trouble on request."""

import pytest
import requests

from tests.sandbox_caller import ACCOUNT, SECRET, open_sandbox


@pytest.fixture
def caller():
    with open_sandbox() as caller:
        yield caller


def test_everybody_gets_the_same_stable_token_until_five_minutes_before_its_end(caller):
    first = caller.token
    caller.clock.at += 7200 - 301
    assert caller.fetch_token() == {"access_token": first, "expires_in": 301}
    caller.clock.at += 1
    assert caller.fetch_token()["expires_in"] == 7200
    assert caller.token != first
    assert caller.get("draft/count", token=first) == {"total_count": 0}
    caller.clock.at += 300
    assert caller.get("draft/count", token=first)["errcode"] == 42001


def test_a_forced_refresh_kills_the_old_token_but_not_twice_within_thirty_seconds(caller):
    first = caller.token
    caller.fetch_token(force_refresh=True)
    second = caller.token
    caller.fetch_token(force_refresh=True)
    assert caller.token == second != first
    assert caller.get("draft/count", token=first)["errcode"] == 40001


def test_a_twenty_first_forced_refresh_is_refused(caller):
    for _ in range(20):
        caller.fetch_token(force_refresh=True)
        caller.clock.at += 30
    assert caller.fetch_token(force_refresh=True)["errcode"] == 45009


def test_the_old_token_call_issues_anew_and_says_so_when_it_was_needless(caller):
    known = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": SECRET}
    first = caller.get("token", token=None, params=known)["access_token"]
    second = caller.get("token", token=None, params=known)["access_token"]
    assert first != second
    assert caller.rules == ["token_again"]
    assert caller.get("draft/count", token=first) == {"total_count": 0}
    caller.clock.at += 300
    assert caller.get("draft/count", token=first)["errcode"] == 42001
    assert caller.get("draft/count") == {"total_count": 0}


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": ""}, 41002),
        ({"appid": "wx1"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "no"}, 40125),
        ({"grant_type": "x"}, 40002),
    ],
)
def test_wrong_credentials_get_no_token(caller, changes, errcode):
    assert caller.fetch_token(**changes)["errcode"] == errcode


def test_tokens_are_needed_and_can_be_made_to_expire(caller):
    assert caller.get("draft/count", token=None)["errcode"] == 41001
    assert caller.get("draft/count", token="other")["errcode"] == 40001
    caller.sandbox("expire_tokens")
    assert caller.get("draft/count")["errcode"] == 42001
    assert caller.rules == ["41001"]


def test_a_fault_may_answer_any_errcode_or_status(caller):
    caller.sandbox("faults", {"call": "draft/count", "kind": "errcode", "errcode": 40164})
    answer = caller.get("draft/count")
    assert answer["errcode"] == 40164
    assert "203.0.113.9" in answer["errmsg"]
    caller.sandbox("faults", {"call": "draft/count", "kind": "http", "status": 502})
    url = f"{caller.url}/cgi-bin/draft/count"
    assert caller.session.get(url, timeout=5).status_code == 502
    assert caller.get("draft/count") == {"total_count": 0}


@pytest.mark.parametrize(
    ("kind", "drafts"),
    [
        ("timeout_before", 0),
        ("timeout_after", 1),
        ("reset", 0),
        ("reset_after", 1),
    ],
)
def test_a_fault_may_hide_whether_the_call_took_effect(caller, kind, drafts):
    body = {"articles": [caller.article()]}
    caller.sandbox("faults", {"call": "draft/add", "kind": kind, "seconds": 5, "times": 1})
    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        caller.post("draft/add", body, timeout=0.1)
    caller.sandbox("faults/clear")
    assert len(caller.state["drafts"]) == drafts
    assert "media_id" in caller.post("draft/add", body)


def test_a_gateway_may_lose_the_answer_to_what_took_effect(caller):
    body = {"articles": [caller.article()]}
    caller.sandbox("faults", {"call": "draft/add", "kind": "http_after", "status": 504})
    with pytest.raises(AssertionError, match="Bad Gateway"):
        caller.post("draft/add", body)
    assert len(caller.state["drafts"]) == 1


@pytest.mark.parametrize(
    "fault", [{}, {"call": "*", "kind": "rain"}, {"call": "*", "kind": "http", "times": "x"}]
)
def test_a_fault_that_is_not_understood_is_refused_in_words(caller, fault):
    response = caller.session.post(f"{caller.url}/sandbox/faults", json=fault, timeout=5)
    assert response.status_code == 400
    assert response.json()["error"]
