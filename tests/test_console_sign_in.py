"""Who comes into the console, and who does not."""

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.accounts import Role
from bot.archive.sessions import IDLE, LONGEST
from bot.archive.tries import LONGEST_WAIT, OF_ADDRESS, OF_NAME, wait_after
from bot.config import Config, load_config
from bot.console.door import ANYBODY, onward
from bot.console.sealing import seal, unseal
from bot.errors import ArchiveError
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import write_config
from tests.console import KEPT, KEY, PASSWORD, Person, make_account, signed_in

NAME = "王芳"


@pytest.fixture
def public_url() -> str:
    return ""


@pytest.fixture
def config(tmp_path: Path, public_url: str) -> Config:
    web = f'secret_key = "{KEY}"\npublic_url = "{public_url}"'
    return load_config(write_config(tmp_path, web=web), {})


@pytest.fixture
def services(config, clock):
    with open_services(config, clock) as opened:
        yield opened


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, NAME, Role.EDITOR)


# The routes.


def test_every_route_of_the_console_says_whose_it_is(app):
    views = {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console")
    }
    assert len(views) > 20
    for endpoint, view in views.items():
        assert getattr(view, "role", None) in (*Role, ANYBODY), endpoint
    open_ones = {name for name, view in views.items() if view.role == ANYBODY}
    assert open_ones == {
        f"console.{name}"
        for name in ("asset", "sign_in", "begin_session", "finish_session", "invitation", "accept")
    }


def test_a_route_that_does_not_say_whose_it_is_lets_nobody_in(app, wang, monkeypatch):
    monkeypatch.delattr(app.view_functions["console.today"], "role")
    assert wang.get().status_code == 403


def test_no_route_changes_anything_when_it_is_merely_opened(app):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console") and "GET" in (rule.methods or ()):
            assert rule.methods == {"GET", "HEAD", "OPTIONS"}, rule.rule


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_routes_and_no_higher_one(app, services, role):
    person = signed_in(app, services, NAME, role)
    make_account(services, "另一位", Role.ADMIN)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not rule.rule.startswith("/console") or view.role == ANYBODY:
            continue
        path = re.sub("<[^>]+>", "1999-01-01", rule.rule).removeprefix("/console")
        if rule.endpoint in ("console.sign_out", "console.end_sessions"):
            continue
        post = "POST" in (rule.methods or ())
        answer = person.post(path) if post else person.get(path)
        may = role.covers(Role(view.role))
        assert (answer.status_code == 403) is not may, rule.rule


def test_a_stranger_is_led_to_the_sign_in_and_back(app, services):
    make_account(services, NAME, Role.EDITOR)
    stranger = Person(app, NAME)
    sent = stranger.get("/?day=2026-06-09")
    assert sent.location == "/console/sign-in?next=/console/?day%3D2026-06-09"
    page = stranger.browser.get(sent.location).text
    assert 'name="next" value="/console/?day=2026-06-09"' in page
    assert stranger.sign_in(next="/console/?day=2026-06-09").location == "/console/?day=2026-06-09"


def test_a_page_that_asks_again_by_itself_leads_to_the_sign_in_when_the_session_is_over(app):
    answer = Person(app).get("/card", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/console/sign-in")


DAY = "http://localhost/console/?day=2026-06-09"


def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(app, services):
    wang = signed_in(app, services, NAME, Role.EDITOR)
    services.accounts.sessions.end_of(NAME)
    pressed = wang.browser.post("/console/issues/2026-06-09/push", headers={"Referer": DAY})
    page = wang.browser.get(pressed.location).text
    assert 'name="next" value="/console/?day=2026-06-09"' in page
    assert "刚才按的没有做成" in page
    polled = wang.get("/card", headers={"HX-Request": "true", "HX-Current-URL": DAY})
    page = wang.browser.get(polled.headers["HX-Redirect"]).text
    assert 'name="next" value="/console/?day=2026-06-09"' in page
    assert "刚才按的" not in page


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "http://localhost/console/upload",
        "http://localhost/issues/2026-06-09",
        "http://[/console/",
        "",
    ],
)
def test_what_is_no_page_to_go_back_to_leads_to_today(app, page):
    sent = Person(app).browser.post("/console/upload", headers={"Referer": page})
    assert sent.location == "/console/sign-in?next=/console/"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "\\/console/",
        "/console",
        "/issues",
        "/console/../wechat",
        "javascript:alert(1)",
        "http:/console/",
        "///console/",
        "//[/console/",
        "/console/\n",
        "",
    ],
)
def test_signing_in_leads_nowhere_but_into_the_console(app, services, address):
    assert onward(address) == "/console/"
    make_account(services, NAME, Role.EDITOR)
    assert Person(app, NAME).sign_in(next=address).location == "/console/"


@given(st.text())
def test_wherever_somebody_wants_to_go_it_is_inside(address):
    assert onward(address).startswith("/console/")


# Name and password.


@pytest.mark.parametrize(
    ("name", "password"), [(NAME, "不是这个密码"), ("没有这个人", PASSWORD), ("", "")]
)
def test_who_is_not_known_is_told_the_same_as_who_mistypes(app, services, name, password):
    make_account(services, NAME, Role.EDITOR)
    answer = Person(app, "x").sign_in(name or " ", password)
    assert answer.status_code == 401
    assert "名字或密码不对" in answer.text


def test_a_disabled_account_is_out_at_once_and_does_not_come_back(app, services, wang):
    services.accounts.disable(NAME)
    assert wang.get().status_code == 303
    assert wang.sign_in().status_code == 401


def test_failures_of_a_name_make_the_next_try_wait_longer_each_time(app, services, clock):
    make_account(services, NAME, Role.EDITOR)
    person, waits = Person(app, NAME), []
    for _ in range(OF_NAME):
        assert person.sign_in(password="错的密码").status_code == 401
    for _ in range(4):
        answer = person.sign_in()
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        clock.forward(seconds=waits[-1])
        assert person.sign_in(password="错的密码").status_code == 401
    assert waits == sorted(waits)
    assert waits[-1] >= 4 * waits[0]
    clock.forward(seconds=LONGEST_WAIT.total_seconds())
    assert person.sign_in().status_code == 303


def test_the_count_is_kept_by_all_processes_together(app, services, config, clock):
    make_account(services, NAME, Role.EDITOR)
    for _ in range(OF_NAME):
        Person(app, NAME).sign_in(password="错的密码")
    with open_services(config, clock) as others:
        assert Person(create_app(others), NAME).sign_in().status_code == 429


def test_who_tries_many_names_from_one_address_waits(app, services):
    for number in range(OF_ADDRESS):
        assert Person(app).sign_in(f"某人{number}", "猜一猜").status_code == 401
    assert Person(app).sign_in("又一个", "猜一猜").status_code == 429
    make_account(services, NAME, Role.EDITOR)
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    person = Person(app, NAME)
    form = {"csrf_token": person.token("/sign-in"), "name": NAME, "password": PASSWORD}
    answer = person.browser.post("/console/sign-in", data=form, environ_base=elsewhere)
    assert answer.status_code == 303


@given(st.integers(0, 10**6), st.integers(0, 50))
def test_a_wait_never_shrinks_and_has_an_end(failures, free):
    assert wait_after(failures, free) <= wait_after(failures + 1, free) <= LONGEST_WAIT
    assert (wait_after(failures, free) == timedelta(0)) is (failures < free)


def test_nothing_of_a_password_is_kept_or_shown(app, services, wang):
    account = services.accounts.account(NAME)
    assert account
    assert account.password.startswith("$argon2id$")
    assert PASSWORD not in account.password
    assert account.password not in repr(account)
    assert account.password not in wang.get("/account").text


# Sessions.


def test_signing_in_begins_a_session_of_its_own(app, services):
    """Whoever planted a cookie beforehand has nothing in hand afterwards."""
    make_account(services, NAME, Role.EDITOR)
    person = Person(app, NAME)
    person.browser.set_cookie("rikan", "planted", path="/console/")
    form = person.token("/sign-in")
    answer = person.sign_in()
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if "rikan=" in each)
    assert "planted" not in cookie
    assert person.token() != form
    thief = Person(app)
    thief.browser.set_cookie("rikan", "planted", path="/console/")
    assert thief.get().status_code == 303


def test_signing_in_again_ends_the_session_before(app, services, wang):
    make_account(services, "李明", Role.EDITOR)
    before = wang.cookie("rikan")
    wang.get("/sign-in")
    services.accounts.sessions.end_of(NAME)
    assert wang.sign_in("李明").status_code == 303
    thief = Person(app)
    thief.browser.set_cookie("rikan", before, path="/console/")
    assert thief.get().status_code == 303


def test_a_session_ends_when_it_is_not_used_for_half_a_day(wang, clock):
    clock.forward(hours=IDLE.total_seconds() / 3600 - 0.1)
    assert wang.get().status_code == 200
    clock.forward(hours=IDLE.total_seconds() / 3600 - 0.1)
    assert wang.get().status_code == 200
    clock.forward(hours=IDLE.total_seconds() / 3600)
    answer = wang.get()
    assert answer.status_code == 303
    assert "登录已结束" in wang.browser.get(answer.location).text


def test_a_session_ends_after_two_weeks_however_much_it_is_used(wang, clock):
    for _ in range(int(LONGEST / timedelta(hours=8)) - 1):
        clock.forward(hours=8)
        assert wang.get().status_code == 200
    clock.forward(hours=8)
    assert wang.get().status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(app, wang):
    cookie = wang.cookie("rikan")
    assert wang.post("/sign-out").status_code == 303
    thief = Person(app)
    thief.browser.set_cookie("rikan", cookie, path="/console/")
    assert thief.get().status_code == 303


def test_the_other_sessions_are_listed_and_ended(app, services, wang):
    elsewhere = Person(app, NAME)
    assert elsewhere.sign_in().status_code == 303
    assert wang.get("/account").text.count('name="mark"') == 2
    wang.post("/account/sessions")
    assert elsewhere.get().status_code == 303
    assert wang.get().status_code == 200


def test_nobody_ends_anothers_session(app, services, wang):
    other = signed_in(app, services, "李明", Role.EDITOR)
    mark = services.accounts.sessions.of(NAME)[0].mark
    other.post("/account/sessions", mark=mark)
    assert wang.get().status_code == 200


def test_the_database_does_not_hold_what_opens_a_session(app, services, wang):
    cookie = wang.cookie("rikan")
    [session] = services.accounts.sessions.of(NAME)
    assert cookie not in (session.mark, repr(session))
    thief = Person(app)
    thief.browser.set_cookie("rikan", session.mark, path="/console/")
    assert thief.get().status_code == 303


# Cookies and headers.


@pytest.mark.parametrize("public_url", ["https://daily.example.cn"])
def test_under_https_cookies_are_secure_and_bound_to_the_site(app, services):
    make_account(services, NAME, Role.EDITOR)
    person = Person(app, NAME)
    site = {"base_url": "https://daily.example.cn"}
    page = person.browser.get("/console/sign-in", **site)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {"csrf_token": token[1], "name": NAME, "password": PASSWORD}
    answer = person.browser.post("/console/sign-in", data=form, **site)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert any(each.startswith("__Host-rikan=") and "Path=/;" in each + ";" for each in cookies)
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_after_the_browser_was_closed_forms_are_taken_without_another_sign_in(wang):
    wang.browser.delete_cookie("rikan-forms", path="/console/")
    late = wang.browser.post("/console/account/sessions", data={"csrf_token": "x"})
    assert late.status_code == 400
    assert wang.post("/account/sessions").status_code == 303


def test_where_passwords_would_travel_in_the_clear_nobody_signs_in(app, services):
    make_account(services, NAME, Role.EDITOR)
    away = {"base_url": "http://192.0.2.7:8000"}
    person = Person(app, NAME)
    page = person.browser.get("/console/sign-in", **away)
    assert page.status_code == 403
    assert "没有加密" in page.text
    assert 'type="password"' not in page.text


def test_pages_run_and_load_nothing_from_elsewhere(wang, app):
    for page in (wang.get(), wang.get("/account"), Person(app).get("/sign-in")):
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert "style=" not in page.text
        assert not re.search(r"\son\w+=", page.text)
        assert not re.search(r"<script(?![^>]* src=\"/console/assets/)", page.text)
        assert not re.search(r'(src|href)="(https?:)?//', page.text)
        assert KEY not in page.text


def test_without_a_key_the_console_says_what_is_missing(tmp_path, clock):
    config = load_config(write_config(tmp_path), {})
    with open_services(config, clock) as services:
        answer = Person(create_app(services)).get()
    assert answer.status_code == 503
    assert "secret_key" in answer.text


# Forged requests.


def posts(app: Flask) -> list[str]:
    rules = [r for r in app.url_map.iter_rules() if r.rule.startswith("/console")]
    paths = [re.sub("<int:[^>]+>", "1", r.rule) for r in rules if "POST" in (r.methods or ())]
    return [re.sub("<[^>]+>", "x", path) for path in paths]


def test_no_form_is_taken_without_its_token(app, services):
    admin = signed_in(app, services, NAME, Role.ADMIN)
    assert len(posts(app)) > 10
    for path in posts(app):
        assert admin.browser.post(path).status_code == 400, path
        forged = {"csrf_token": "x" * 20}
        assert admin.browser.post(path, data=forged).status_code == 400, path


def test_a_token_of_somebody_else_is_worth_nothing(app, services, wang):
    thief = signed_in(app, services, "李明", Role.EDITOR)
    forged = {"csrf_token": thief.token()}
    assert wang.browser.post("/console/account/sessions", data=forged).status_code == 400
    planted = thief.cookie("rikan-forms")
    wang.browser.set_cookie("rikan-forms", planted, path="/console/")
    assert wang.browser.post("/console/account/sessions", data=forged).status_code == 400


def test_a_token_may_come_in_a_header(wang):
    token = {"X-CSRFToken": wang.token()}
    assert wang.browser.post("/console/account/sessions", headers=token).status_code == 303


def test_a_form_of_two_megabytes_is_refused(wang):
    assert wang.post("/account/password", password="x" * 2_000_000).status_code == 413


# Invitations.


def invite(services: Services, name: str = NAME, role: Role = Role.EDITOR) -> str:
    return services.accounts.invite(name, role, "cli:ann", timedelta(hours=1))


def accept(app: Flask, token: str, password: str = PASSWORD, again: str = "") -> tuple[Person, int]:
    person, path = Person(app), f"/invitation/{token}"
    answer = person.post(path, "/sign-in", password=password, again=again or password)
    return person, answer.status_code


def test_an_invitation_makes_an_account_once(app, services):
    token = invite(services, role=Role.APPROVER)
    person, status = accept(app, token)
    assert status == 303
    assert person.get().status_code == 200
    account = services.accounts.account(NAME)
    assert account
    assert account.role is Role.APPROVER
    assert accept(app, token)[1] == 404


def test_an_invitation_is_of_no_use_later_or_altered(app, services, clock):
    token = invite(services)
    altered = token[:-1] + ("y" if token.endswith("x") else "x")
    assert Person(app).get(f"/invitation/{altered}").status_code == 404
    clock.forward(hours=1)
    assert Person(app).get(f"/invitation/{token}").status_code == 404
    assert accept(app, token)[1] == 404


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("short", ""),
        ("aaaaaaaaaaaa", ""),
        ("王芳王芳王芳王芳王芳", ""),
        (PASSWORD, f"{PASSWORD}。"),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_and_the_link_stays_good(
    app, services, password, again
):
    token = invite(services)
    assert accept(app, token, password, again)[1] == 422
    assert accept(app, token)[1] == 303


def test_a_second_invitation_gives_another_password_and_ends_what_was_open(app, services, wang):
    services.accounts.set_second_factor(NAME, pyotp.random_base32())
    _, status = accept(app, invite(services), "又一个很长的新密码呀")
    assert status == 303
    assert wang.get().status_code == 303
    assert Person(app).sign_in(NAME).status_code == 401
    assert Person(app).sign_in(NAME, "又一个很长的新密码呀").status_code == 303


def test_an_admin_invites_and_sees_the_link_once(app, services):
    admin = signed_in(app, services, NAME, Role.ADMIN)
    page = admin.post("/accounts/invite", name="李明", role="approver").text
    found = re.search(r"/console/invitation/([\w-]+)", page)
    assert found
    assert found[1] not in admin.get("/accounts").text
    assert accept(app, found[1])[1] == 303


def test_an_invitation_is_taken_back(app, services):
    admin, token = signed_in(app, services, NAME, Role.ADMIN), invite(services, "李明")
    assert 'action="/console/accounts/%E6%9D%8E%E6%98%8E/withdraw"' in admin.get("/accounts").text
    assert "已收回" in admin.follow(admin.post("/accounts/李明/withdraw"))
    assert accept(app, token)[1] == 404
    assert "已经用过" in admin.follow(admin.post("/accounts/李明/withdraw"))


def test_whoever_is_invited_again_stays_what_they_are(app, services):
    admin = signed_in(app, services, NAME, Role.ADMIN)
    make_account(services, "李明", Role.APPROVER)
    told = admin.follow(admin.post("/accounts/invite", name="李明", role="editor"))
    assert "按“重新邀请”" in told
    assert services.accounts.invited() == ()
    [row] = re.findall(r"<li><details>.*?李明.*?</details>", told, re.S)
    assert 'formaction="/console/accounts/invite"' in row
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', row))
    form["role"] = re.findall(r'value="(\w+)" selected', row)[0]
    form.pop("csrf_token")
    assert "请把这个链接交给 李明" in admin.post("/accounts/invite", **form).text
    assert services.accounts.invited()[0].role is Role.APPROVER


def test_the_last_admin_stays(app, services):
    admin = signed_in(app, services, NAME, Role.ADMIN)
    make_account(services, "李明", Role.EDITOR)
    with pytest.raises(ArchiveError, match="最后一位管理员"):
        services.accounts.disable(NAME)
    assert "最后一位管理员" in admin.follow(admin.post(f"/accounts/{NAME}/role", role="editor"))
    assert admin.get("/accounts").status_code == 200


def test_an_admin_signs_somebody_out_and_disables(app, services, wang):
    admin = signed_in(app, services, "李明", Role.ADMIN)
    admin.post(f"/accounts/{NAME}/sign-out")
    assert wang.get().status_code == 303
    assert wang.sign_in().status_code == 303
    admin.post(f"/accounts/{NAME}/disable")
    assert wang.get().status_code == 303
    assert wang.sign_in().status_code == 401


# The second factor, and one's own password.


@pytest.fixture
def secret(app, services, wang, clock) -> str:
    """Turned on in the page."""
    found = re.search(r'name="secret" value="(\w+)"', wang.get("/account/second-factor").text)
    assert found
    code = pyotp.TOTP(found[1]).at(clock())
    answer = wang.post("/account/second-factor", secret=found[1], code=code, old=PASSWORD)
    assert "已开启" in wang.follow(answer)
    clock.forward(minutes=2)
    return found[1]


def passed(person: Person) -> str:
    answer = person.sign_in()
    assert answer.status_code == 200
    found = re.search(r'name="passed" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def send_code(person: Person, passed: str, code: str) -> int:
    return person.post("/sign-in/code", "/sign-in", passed=passed, code=code).status_code


def test_with_a_second_factor_the_password_is_not_enough(app, secret, clock):
    person = Person(app, NAME)
    ticket = passed(person)
    assert person.get().status_code == 303
    assert send_code(person, ticket, "000000") == 401
    assert send_code(person, ticket, pyotp.TOTP(secret).at(clock())) == 303
    assert person.get().status_code == 200


def test_a_code_works_once(app, secret, clock):
    code = pyotp.TOTP(secret).at(clock())
    first, second = Person(app, NAME), Person(app, NAME)
    assert send_code(first, passed(first), code) == 303
    assert send_code(second, passed(second), code) == 401


def test_codes_are_not_guessed_one_after_another(app, secret):
    person = Person(app, NAME)
    ticket = passed(person)
    answers = [send_code(person, ticket, f"{number:06}") for number in range(OF_NAME)]
    assert answers[-1] == 429


def test_a_passed_password_is_good_for_minutes_and_not_for_another_one(
    app, services, secret, clock
):
    person = Person(app, NAME)
    ticket = passed(person)
    services.accounts.set_password(NAME, KEPT.replace("m=", "m="))
    assert send_code(person, f"{ticket}x", pyotp.TOTP(secret).at(clock())) == 401
    clock.forward(minutes=6)
    assert send_code(person, ticket, pyotp.TOTP(secret).at(clock())) == 401


def test_a_copy_of_the_database_makes_no_codes(services, secret):
    """Nor does a secret that was moved to another account, or an installation with another key."""
    kept = services.accounts.account(NAME).second_factor
    assert secret not in kept
    assert unseal(kept, NAME, KEY) == secret
    assert unseal(kept, "李明", KEY) == unseal(kept, NAME, "another") == ""
    assert unseal(f"{kept[:-2]}xx", NAME, KEY) == ""
    assert seal(secret, NAME, KEY) != kept


def test_a_secret_that_was_kept_in_the_clear_still_works_and_is_sealed(
    app, services, secret, clock
):
    services.accounts.set_second_factor(NAME, secret)
    person = Person(app, NAME)
    assert send_code(person, passed(person), pyotp.TOTP(secret).at(clock())) == 303
    assert unseal(services.accounts.account(NAME).second_factor, NAME, KEY) == secret
    assert secret not in services.accounts.account(NAME).second_factor


def test_with_another_key_the_code_is_asked_for_in_vain_and_never_left_out(
    app, services, secret, clock
):
    services.accounts.set_second_factor(NAME, seal(secret, NAME, "another"))
    person = Person(app, NAME)
    form = {"passed": passed(person), "code": pyotp.TOTP(secret).at(clock())}
    answer = person.post("/sign-in/code", "/sign-in", **form)
    assert (answer.status_code, "重新邀请" in answer.text) == (401, True)
    assert person.get().status_code == 303


def test_turning_it_off_takes_the_password(services, secret, wang):
    before = services.accounts.account(NAME)
    wang.post("/account/second-factor/off", old="不是这个密码")
    assert before.second_factor
    assert services.accounts.account(NAME) == before
    wang.post("/account/second-factor/off", old=PASSWORD)
    account = services.accounts.account(NAME)
    assert account
    assert account.second_factor == ""


def test_a_changed_password_ends_the_other_sessions(app, wang):
    elsewhere = Person(app, NAME)
    elsewhere.sign_in()
    new = "新的一个长长的密码呀"
    wang.post("/account/password", old="不是这个密码", password=new, again=new)
    assert elsewhere.get().status_code == 200
    wang.post("/account/password", old=PASSWORD, password=new, again=new)
    assert elsewhere.get().status_code == 303
    assert wang.get().status_code == 200
    assert Person(app).sign_in(NAME, new).status_code == 303


# At the command line.


@pytest.mark.parametrize("name", ["", " ", "王\n芳", "一" * 17, "<x>\x00", "甲/乙", ".."])
def test_a_name_that_cannot_stand_in_a_record_is_refused(services, name):
    with pytest.raises(ArchiveError):
        invite(services, name)
