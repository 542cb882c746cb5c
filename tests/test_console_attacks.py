"""Attacks on the console, each tried once: on the road to it, by its own people, through what they write."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.console.door import address
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import APPSECRET, SAMPLES, write_config
from tests.console import KEY, PASSWORD, TOKEN, Person, make_account, signed_in

SITE = "https://daily.example.cn"


@pytest.fixture
def site() -> str:
    return SITE


@pytest.fixture
def config(tmp_path, site: str) -> Config:
    web = f'secret_key = "{KEY}"\npublic_url = "{site}"'
    return load_config(write_config(tmp_path, web=web), {})


@pytest.fixture
def services(config, clock) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        yield opened


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


# The road: passwords in the clear, and who is counted.


def sign_in_from(app: Flask, address: str, **headers: str) -> int:
    """What comes of the form that is shown there, or of asking for one."""
    person, told = Person(app), {name.replace("_", "-"): text for name, text in headers.items()}
    page = person.browser.get(f"{address}/console/sign-in", headers=told)
    token = TOKEN.search(page.text)
    if not token:
        return page.status_code
    form = {"csrf_token": token[1], "name": "王芳", "password": PASSWORD}
    return person.browser.post(f"{address}/console/sign-in", data=form, headers=told).status_code


@pytest.mark.parametrize(
    ("address", "told", "status"),
    [
        (SITE, {}, 303),
        ("http://daily.example.cn", {}, 303),  # a web server in front that says only for whom
        ("http://daily.example.cn", {"X_Forwarded_Proto": "https"}, 303),
        ("http://rikan:8000", {"X_Forwarded_Proto": "https"}, 303),
        ("http://127.0.0.1:8000", {}, 303),
        ("http://[::1]:8000", {}, 303),
        ("http://daily.example.cn", {"X_Forwarded_Proto": "http"}, 403),
        ("http://daily.example.cn:8000", {}, 403),
        ("http://192.0.2.7:8000", {}, 403),
        ("http://192.0.2.7", {}, 403),
    ],
)
def test_where_the_site_is_https_nobody_signs_in_without_it(app, services, address, told, status):
    make_account(services, "王芳", Role.EDITOR)
    assert sign_in_from(app, address, **told) == status


def test_whoever_comes_the_open_way_is_told_the_right_address(app, services):
    link = services.accounts.invite("王芳", Role.EDITOR, "cli:ann", timedelta(hours=1))
    for path in ("/console/sign-in", f"/console/invitation/{link}"):
        page = Person(app).browser.get(f"http://192.0.2.7:8000{path}")
        assert page.status_code == 403
        assert f"请用 {SITE}/console/ 打开" in page.text
        assert 'type="password"' not in page.text
    assert services.accounts.invitation(link)


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("127.0.0.1", "203.0.113.9"),
        (
            "172.18.0.1",
            "203.0.113.9",
        ),  # a container's: of a network of ours, and not this machine's
        ("::ffff:10.0.0.8", "203.0.113.9"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_a_web_server_in_front_is_believed_and_nobody_outside(app, peer, counted):
    """Otherwise one who guesses would lock out everybody behind it."""
    told = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}
    with app.test_request_context(headers=told, environ_base={"REMOTE_ADDR": peer}):
        assert address() == counted


def test_without_https_only_this_machine_is_believed(app, services):
    web = services.config.web.model_copy(update={"public_url": ""})
    open_road = services.config.model_copy(update={"web": web})
    app.extensions["rikan"] = Services(open_road, services.now, services.closing)
    for peer, counted in (("127.0.0.1", "203.0.113.9"), ("172.18.0.1", "172.18.0.1")):
        told = {"X-Forwarded-For": "203.0.113.9"}
        with app.test_request_context(headers=told, environ_base={"REMOTE_ADDR": peer}):
            assert address() == counted


# What a report and a text may make the server fetch or read.

PICTURES = (
    "https://127.0.0.1:{port}/a.png",
    "https://localhost:{port}/a.png",
    "https://[::1]:{port}/a.png",
    "https://2130706433:{port}/a.png",
    "https://169.254.169.254/latest/meta-data/a.png",
    "https://10.0.0.1/a.png",
    "http://127.0.0.1:{port}/a.png",
    "//127.0.0.1:{port}/a.png",
    "ftp://127.0.0.1:{port}/a.png",
    "file:///{folder}/config.toml",
    "{folder}/config.toml",
    "../config.toml",
    "..%2f..%2fetc%2fpasswd",
    "~/.ssh/id_rsa",
    "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=",
)


@pytest.mark.parametrize("site", [""])
def test_no_picture_in_a_report_reaches_into_our_network_or_our_files(
    app, services, listener, tmp_path
):
    wang, (_, port) = signed_in(app, services, "王芳", Role.EDITOR), listener.getsockname()
    pictures = [f"![图]({each.format(port=port, folder=tmp_path)})" for each in PICTURES]
    text = SAMPLES[-1].read_text(encoding="utf-8")
    report = text.replace("摘要\n", "\n\n".join(["摘要\n", *pictures, ""]), 1)
    answer = wang.drop("2026-06-13.md", report.encode())
    assert answer.status_code == 422
    refused = re.findall(r"<b>[^<]*的图片 ([^<]*)</b>", answer.text)
    assert len(refused) == len(PICTURES)
    assert APPSECRET not in answer.text
    assert services.archive.entries() == []
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Something of ours that nobody else should reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


# Whoever is let go.


@pytest.mark.parametrize("site", [""])
def test_an_admin_who_is_let_go_has_no_way_back(app, services):
    zhao, li = (signed_in(app, services, name, Role.ADMIN) for name in ("赵敏", "李明"))
    zhao.post("/settings/people/invite", name="影子")
    zhao.post("/accounts/invite", name="后门", role="admin")
    assert services.editors.invited()
    li.post("/accounts/赵敏/role", role="editor")
    assert services.editors.invited() == ()
    assert services.accounts.invited() == ()
    assert zhao.get("/accounts").status_code == 403  # in the session that was begun as an admin
    assert zhao.get("/account").status_code == 200
