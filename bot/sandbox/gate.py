"""What every call goes through before and after its own handler."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from threading import Thread
from typing import Any

from flask import Flask, Response, request

from bot.sandbox.endpoint import Answer, Asked, Endpoint
from bot.sandbox.faults import Fault
from bot.sandbox.refusal import Refusal, refused, require
from bot.sandbox.state import Platform

# Bytes. Nothing the platform takes is larger than a 10 MB picture with its form around it.
LARGEST_BODY = 12 * 1024 * 1024
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
LAST_ASCII = 0x7F


def register(app: Flask, platform: Platform, endpoints: Iterable[Endpoint]) -> None:
    """Answer each endpoint at its path."""
    for endpoint in endpoints:
        path = endpoint.path
        view = partial(pass_through, platform, endpoint)
        app.add_url_rule(path, path, view, methods=["GET", "POST"])


def pass_through(platform: Platform, endpoint: Endpoint) -> Response:
    """Answer one call, or do what the requested fault says."""
    started = time.monotonic()
    note = partial(platform.ledger.note, endpoint.call, changes=endpoint.changes, started=started)
    fault = platform.faults.take(endpoint.call)
    if fault and not fault.after:
        response, errcode = misbehave(platform, fault)
        note(errcode, fault=fault.kind)
        return response
    afterwards: list[Callable[[], None]] = []
    answer = act(platform, endpoint, heard=fault is None, afterwards=afterwards)
    note(answer.get("errcode", 0), fault=fault.kind if fault else "")
    response = spoken(endpoint, answer, afterwards)
    return lost(platform, fault, response) if fault else response


def act(
    platform: Platform,
    endpoint: Endpoint,
    *,
    heard: bool,
    afterwards: list[Callable[[], None]],
) -> Answer:
    """Check the request, let the handler work, and turn a refusal into its answer."""
    with platform.lock:
        try:
            asked = admit(platform, endpoint, heard=heard, afterwards=afterwards)
            return endpoint.handler(platform, asked)
        except Refusal as refusal:
            if refusal.blame:
                platform.ledger.blame(str(refusal.code), endpoint.call, str(refusal))
            return refused(refusal.code) | refusal.extra


def admit(
    platform: Platform,
    endpoint: Endpoint,
    *,
    heard: bool,
    afterwards: list[Callable[[], None]],
) -> Asked:
    """Method, token, permission, quota and body, in the platform's order."""
    require(
        request.method == endpoint.method,
        43002 if endpoint.method == "POST" else 43001,
        f"应使用 {endpoint.method}",
    )
    if endpoint.token:
        platform.tokens.check(request.args.get("access_token", ""))
    if endpoint.verified and platform.account.kind != "verified":
        raise Refusal(48001, "只对已认证的账号开放", blame=False)
    platform.quotas.spend(endpoint.call, endpoint.daily)
    platform.library.hosts.add(request.host)
    return Asked(
        call=endpoint.call,
        origin=request.host_url.rstrip("/"),
        args=request.args,
        body=read_body(platform, endpoint) if endpoint.body == "json" else {},
        form=request.form if endpoint.body == "form" else {},
        media=request.files.get("media") if endpoint.body == "form" else None,
        heard=heard,
        afterwards=afterwards,
    )


def read_body(platform: Platform, endpoint: Endpoint) -> dict[str, Any]:
    r"""Parse a JSON body: raw UTF-8, an object. A `\u4e2d` stays six characters, as on the platform."""
    data = request.get_data()
    require(data.strip(), 44002, "请求体为空")
    if request.mimetype_params.get("charset", "").lower().replace("-", "") != "utf8":
        platform.ledger.blame("charset", endpoint.call, request.content_type or "没有 Content-Type")
    try:
        raw = data.decode()
        literal = ESCAPE.sub(keep_escape, raw)
        body = json.loads(literal)
    except ValueError as error:
        raise Refusal(47001, f"不是 UTF-8 的 JSON：{error}") from error
    if literal != raw:
        platform.ledger.blame("escaped_json", endpoint.call, "应直接发送 UTF-8 文字")
        require(endpoint.call != "menu/create", 40033, "菜单里有 \\u 转义")
    require(isinstance(body, dict), 47001, "请求体应为 JSON 对象")
    parsed: dict[str, Any] = body
    return parsed


def keep_escape(match: re.Match[str]) -> str:
    """Double the backslash before an escaped non-ASCII character, so that it is not decoded."""
    code = match.group(1)
    return f"\\{match.group()}" if code and int(code, 16) > LAST_ASCII else match.group()


def spoken(endpoint: Endpoint, answer: Answer, afterwards: list[Callable[[], None]]) -> Response:
    """The answer on the wire: UTF-8 without saying so; uploadimg calls its JSON plain text."""
    kind = "text/plain" if endpoint.call == "media/uploadimg" else "application/json"
    response = Response(json.dumps(answer, ensure_ascii=False))
    response.headers["Content-Type"] = kind
    for follow_up in afterwards:
        response.call_on_close(Thread(target=follow_up, daemon=True).start)
    return response


def lost(platform: Platform, fault: Fault, answer: Response) -> Response:
    """A fault that comes after the call: what is left of its answer."""
    if fault.kind == "timeout_after":
        platform.faults.hang(fault.seconds)
    if fault.kind == "reset_after":
        hang_up()
    if fault.kind == "http_after":
        answer.set_data("<html><h1>Bad Gateway</h1></html>")
        answer.status_code, answer.content_type = fault.status, "text/html"
    return answer


def misbehave(platform: Platform, fault: Fault) -> tuple[Response, int | None]:
    """A fault that happens instead of the call: what to answer, and its errcode if it has one."""
    if fault.kind == "errcode":
        answer = refused(fault.errcode, ip=fault.ip)
        return Response(json.dumps(answer), content_type="application/json"), fault.errcode
    if fault.kind == "timeout_before":
        platform.faults.hang(fault.seconds)
    if fault.kind != "http":
        hang_up()
    return Response("<html><h1>Bad Gateway</h1></html>", status=fault.status), None


def hang_up() -> None:
    """Close the connection without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
