"""Pictures from the web: fetched over https, and never from inside our own network."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.errors import IngestError
from bot.ingest.remote import Remote

HOST = "pictures.example"
PICTURE = b"\x89PNG and so on"


def throw_away_certificate(folder: Path, host: str) -> Path:
    """A certificate for `host` that vouches for itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, open_key = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{host}.pem"
    path.write_bytes(key.private_bytes(pem, form, open_key) + certificate.public_bytes(pem))
    return path


@dataclass
class Web:
    """A server with pictures on this machine, and what it was asked."""

    certificate: Path
    port: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path, Host
    greeted: list[str | None] = field(default_factory=list)  # the names that TLS was asked for
    resolved: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def address(self, path: str, host: str = HOST) -> str:
        return f"https://{host}:{self.port}/{path}"

    def fetch(self, path: str, **how: Any) -> bytes:
        return Remote(str(self.certificate), loopback=True, **how).fetch(self.address(path))

    def refusal(self, path: str, **how: Any) -> str:
        with pytest.raises(IngestError) as caught:
            self.fetch(path, **how)
        assert caught.value.remedy.startswith("请")
        return str(caught.value)


class Pages(BaseHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        self.server.web.asked.append((self.path, self.headers["Host"]))
        name, _, rest = self.path.strip("/").partition("?")
        getattr(self, f"give_{name}")(rest)

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()

    def give_picture(self, _: str) -> None:
        self.head(200, Content_Type="image/png", Content_Length=str(len(PICTURE)))
        self.wfile.write(PICTURE)

    def give_page(self, _: str) -> None:
        self.head(200, Content_Type="text/html")
        self.wfile.write(PICTURE)

    def give_nothing(self, _: str) -> None:
        self.head(404, Content_Type="image/png")

    def give_flood(self, _: str) -> None:
        self.head(200, Content_Type="image/png")
        while not self.server.web.over.is_set():
            self.wfile.write(bytes(1_000_000))

    def give_drops(self, _: str) -> None:
        while not self.server.web.over.wait(0.05):
            self.wfile.write(b"H")

    def give_move(self, there: str) -> None:
        self.head(302, Location=there)

    def give_steps(self, left: str) -> None:
        further = f"/steps?{int(left) - 1}" if int(left) > 1 else "/picture"
        self.head(302, Location=further)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, web: Web) -> None:
        self.web = web
        super().__init__(("127.0.0.1", 0), Pages)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what some of these tests are about."""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    web = Web(throw_away_certificate(tmp_path, HOST))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(web.certificate)
    context.sni_callback = lambda _socket, name, _context: web.greeted.append(name)
    with Server(web) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        web.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        name_servers(monkeypatch, web)
        yield web
        web.over.set()
        server.shutdown()


def name_servers(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    """Every name leads to this machine, once: who asks again is led elsewhere."""
    real = socket.getaddrinfo

    def resolve(host: str, *more: Any, **rest: Any):
        if host[0].isdigit():
            return real(host, *more, **rest)
        web.resolved.append(host)
        inside = host.startswith("inside")
        return real("10.0.0.1" if inside or len(web.resolved) > 1 else "127.0.0.1", *more, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_picture_is_fetched_under_the_name_that_was_asked_for(web):
    assert web.fetch("picture?size=1") == PICTURE
    assert web.asked == [("/picture?size=1", f"{HOST}:{web.port}")]
    assert web.greeted == [HOST]


def test_the_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_later(web):
    web.fetch("picture")
    assert web.resolved == [HOST]


def test_a_name_that_leads_elsewhere_after_a_redirect_is_looked_at_again(web):
    assert "内部网络" in web.refusal("steps?1")
    assert (web.resolved, len(web.asked)) == ([HOST, HOST], 1)


def test_a_server_inside_our_own_network_is_not_asked(web):
    with pytest.raises(IngestError, match="内部网络"):
        Remote(str(web.certificate)).fetch(web.address("picture"))
    assert (web.asked, web.greeted) == ([], [])


@pytest.mark.parametrize(
    "host",
    [
        "inside.example",
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
def test_no_address_of_a_private_network_is_asked(web, host):
    with pytest.raises(IngestError, match=r"内部网络|下载不了"):
        Remote(str(web.certificate)).fetch(f"https://{host}:{web.port}/picture")
    assert (web.asked, web.greeted) == ([], [])


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("http://127.0.0.1/picture", "不是 https://"),
        ("file:///etc/hostname", "不是 https://"),
        ("https://user:pass@pictures.example/picture", "用户名或密码"),
        ("https://10.0.0.1/picture", "内部网络"),
        ("https://inside.example/picture", "内部网络"),
    ],
)
def test_a_redirect_leads_nowhere_that_an_address_could_not(web, there, words):
    assert words in web.refusal(f"move?{there}")
    assert len(web.asked) == 1


@pytest.mark.parametrize("steps", [1, 3])
def test_a_picture_that_moved_is_found(web, steps, monkeypatch):
    always_here(monkeypatch)
    assert web.fetch(f"steps?{steps}") == PICTURE
    assert len(web.asked) == steps + 1


def test_a_picture_that_moved_too_often_is_given_up(web, monkeypatch):
    always_here(monkeypatch)
    assert "转了 3 次" in web.refusal("steps?4")


def test_a_name_in_chinese_is_asked_for_as_name_servers_know_it(web):
    with pytest.raises(IngestError, match="证书"):
        Remote(str(web.certificate), loopback=True).fetch(web.address("picture", "图片.example"))
    assert web.greeted == ["图片.example".encode("idna").decode()]


def test_a_certificate_for_another_name_is_not_trusted(web):
    with pytest.raises(IngestError, match="证书"):
        Remote(str(web.certificate), loopback=True).fetch(web.address("picture", "other.example"))
    assert web.asked == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(web):
    with pytest.raises(IngestError, match="证书"):
        Remote(loopback=True).fetch(web.address("picture"))
    assert web.asked == []


def test_a_proxy_that_the_environment_names_is_not_asked(web, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert web.fetch("picture") == PICTURE


@pytest.mark.parametrize(
    ("path", "words"),
    [("page", "不是图片"), ("nothing", "HTTP 404"), ("flood", "超过 10 MB")],
)
def test_what_is_no_picture_of_moderate_size_is_refused(web, path, words):
    assert words in web.refusal(path)


def test_a_server_that_never_comes_to_an_end_is_not_waited_for(web):
    assert "没有下载完" in web.refusal("drops", seconds=0.5)


def test_a_password_in_an_address_is_neither_sent_nor_told(web):
    address = web.address("picture?token=1234", f"user:pass@{HOST}")
    with pytest.raises(IngestError) as caught:
        Remote(str(web.certificate), loopback=True).fetch(address)
    assert "用户名或密码" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("pass@", "1234"))
    assert web.asked == []


def test_a_server_that_is_not_there_is_a_sentence(web, monkeypatch):
    always_here(monkeypatch)
    with pytest.raises(IngestError, match="下载不了。请检查网址和网络"):
        Remote(str(web.certificate), loopback=True).fetch("https://pictures.example:9/picture")


def always_here(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *more, **rest: real("127.0.0.1", *more, **rest)
    )
