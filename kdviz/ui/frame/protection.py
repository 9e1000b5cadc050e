"""What every request passes: the check of its `Host`, and the headers of every response.

A page of somebody else may name this server under a name of its own (DNS rebinding): for the browser it is
then the same origin. The `Host` header says by which name the server was called.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kdviz.ui.frame.visitor import COOKIE_KEPT_S, VISITOR_COOKIE

_SOURCES = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
"""Streamlit loads components from text, and styles its elements in place: both need `unsafe-inline`."""

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in _SOURCES.items()),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(self)",
}
"""Of every response. Nothing is loaded from another server, and no page of another server frames this one."""

_REFUSED = (
    "kdviz does not answer under the name {host!r}. Open it by its address, or start it with "
    "--server.allowedHosts and that name.\n"
)
_LONGEST = 100
_ADDED = {name.lower().encode(): text.encode() for name, text in HEADERS.items()}


class Protection:
    """An ASGI application around another: requests under a foreign name are refused, headers are added."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = _host(scope)
        if host_allowed(host, st.get_option("server.allowedHosts") or ()):
            cookies = () if VISITOR_COOKIE.encode() in _header(scope, b"cookie") else (_new_cookie(),)
            await self._app(scope, receive, _with_headers(send, cookies))
        elif scope["type"] == "http":
            await _refuse(host, _with_headers(send))
        else:
            await receive()  # the request to connect
            await send({"type": "websocket.close", "code": 1008})


def host_allowed(host: str, names: Sequence[str] = ()) -> bool:
    """Whether the server answers under the name of a `Host` header.

    names: those of the option `server.allowedHosts`; where it has any, it answers under these alone, as
    Streamlit's own check of connections does. `*.` stands for any subdomain. Else it answers under names
    that nobody else can point to it: an address in digits, localhost, and this computer's own name.
    """
    name = host_name(host)
    if not name:
        return False
    if names:
        return any(_fits(name, each.strip().lower().rstrip(".")) for each in names)
    return is_address(name) or name in ("localhost", *_own_names())


def host_name(host: str) -> str:
    """The name in a `Host` header or an address of a page, lower-case, without port; "" if it has none."""
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        named, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    odd = parts.username is not None or parts.query or parts.fragment or port == 0
    return "" if odd else named.lower().rstrip(".")


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether a name stands for the computer that uses it."""
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)


def _fits(name: str, pattern: str) -> bool:
    return pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))


@cache
def _own_names() -> tuple[str, ...]:
    own = socket.gethostname().lower()
    return (own, f"{own}.local")


def _host(scope: Scope) -> str:
    """The `Host` header; "" if there is none, or more than one."""
    return _header(scope, b"host").decode("latin-1")


def _header(scope: Scope, wanted: bytes) -> bytes:
    """A header's value; empty if there is none, or more than one."""
    given = [value for name, value in scope["headers"] if name == wanted]
    return bytes(given[0]) if len(given) == 1 else b""


def _new_cookie() -> bytes:
    """Names a visitor whose browser has no name yet: see `frame.visitor`. Scripts cannot read it."""
    name = secrets.token_hex(16)
    return f"{VISITOR_COOKIE}={name}; Path=/; Max-Age={COOKIE_KEPT_S}; HttpOnly; SameSite=Lax".encode()


def _with_headers(send: Send, cookies: Sequence[bytes] = ()) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in _ADDED]
            is_page = any(name.lower() == b"content-type" and b"text/html" in value for name, value in kept)
            named = [(b"set-cookie", cookie) for cookie in cookies] if is_page else []
            message = {**message, "headers": [*kept, *_ADDED.items(), *named]}
        await send(message)

    return sending


async def _refuse(host: str, send: Send) -> None:
    body = _REFUSED.format(host=host[:_LONGEST]).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})
