"""The way to the platform in tests: a real proxy, and a platform behind TLS."""

import base64
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from werkzeug.serving import make_server

from bot.sandbox.server import QuietHandler

NAME = "platform.invalid"  # nobody but the proxy knows where that is
CHUNK = 65536


@dataclass
class Proxy:
    """A running one. `seen` is what it was asked for, `heard` what it could read of it."""

    url: str = ""
    seen: list[str] = field(default_factory=list)
    heard: bytes = b""


@contextmanager
def proxy(leads_to: str, password: str = "") -> Iterator[Proxy]:
    """A proxy on this machine, for http and https; whatever is asked for, it `leads_to` one address."""
    there = urlsplit(leads_to)
    assert there.hostname
    assert there.port
    target = (there.hostname, there.port)
    told = Proxy()
    expected = f"Basic {base64.b64encode(f'user:{password}'.encode()).decode()}"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

        def admitted(self) -> bool:
            told.seen.append(f"{self.command} {self.path.partition('?')[0]}")
            if not password or self.headers.get("Proxy-Authorization") == expected:
                return True
            self.close_connection = True
            self.send_response(407)
            self.send_header("Proxy-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False

        def do_CONNECT(self) -> None:
            if not self.admitted():
                return
            with socket.create_connection(target) as onward:
                self.send_response(200, "Connection established")
                self.end_headers()
                relay(self.connection, onward, told)
            self.close_connection = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.heard += body
            if not self.admitted():
                return
            address = urlsplit(self.path)
            onward = HTTPConnection(*target)
            path = f"{address.path}?{address.query}"
            kind = {"Content-Type": self.headers.get("Content-Type", "")}
            onward.request(self.command, path, body, {**kind, "Host": address.netloc})
            answer = onward.getresponse()
            data = answer.read()
            onward.close()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.do_POST()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def relay(near: socket.socket, far: socket.socket, told: Proxy) -> None:
    """Carry bytes both ways until one side is done."""
    onward = {near: far, far: near}
    while True:
        for side in select.select(list(onward), [], [])[0]:
            data = side.recv(CHUNK)
            if not data:
                return
            told.heard += data
            onward[side].sendall(data)


@contextmanager
def behind_tls(app: Flask, folder: Path) -> Iterator[tuple[str, Path]]:
    """The app under https, and the file of the certificate that it has written for itself."""
    certificate = write_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler, ssl_context=context
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    thread.join()
    server.server_close()


def write_certificate(folder: Path) -> Path:
    """A certificate for NAME and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "platform.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
