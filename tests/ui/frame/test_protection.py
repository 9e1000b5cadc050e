"""What every request passes: names under which the server answers, and headers. And a real server is asked."""

import asyncio
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import streamlit as st

from kdviz.ui.frame import protection
from kdviz.ui.frame.protection import HEADERS, Protection, host_allowed
from tests.browser.servers import serving


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LOCALHOST.", "127.0.0.1:8501", "192.168.1.7", "[::1]:8501", "[fe80::1]"],
)
def test_it_answers_under_names_that_nobody_else_can_point_to_it(host):
    assert host_allowed(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:port",
     "localhost:99999", "user@localhost", "localhost?x", "localhost#x", "[::1", "1.2.3.4.5"],
)  # fmt: skip
def test_it_does_not_answer_under_others(host):
    assert not host_allowed(host)


def test_it_answers_under_its_own_name(monkeypatch):
    monkeypatch.setattr(protection.socket, "gethostname", lambda: "Lab-PC")
    protection._own_names.cache_clear()
    try:
        allowed = {host: host_allowed(host) for host in ("lab-pc:8501", "lab-pc.local", "lab-pc.example")}
    finally:
        protection._own_names.cache_clear()
    assert allowed == {"lab-pc:8501": True, "lab-pc.local": True, "lab-pc.example": False}


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("kdviz.example", True),
        ("KDVIZ.example:443", True),
        ("lab.school.example", True),
        ("school.example", False),
        ("localhost", False),
        ("127.0.0.1", False),
    ],
)
def test_with_names_given_it_answers_under_these_alone(host, allowed):
    assert host_allowed(host, ["kdviz.example", "*.school.example"]) is allowed


def answered(kind, headers):
    """The messages with which a protected application answers a connection, and whether it was reached."""
    sent, reached = [], []

    async def inner(scope, receive, send):
        reached.append(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"none")]})

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(Protection(inner)({"type": kind, "headers": headers}, receive, send))
    return sent, reached


@pytest.mark.parametrize("headers", [[(b"host", b"evil.example")], [], [(b"host", b"localhost")] * 2])
def test_a_foreign_or_unclear_name_reaches_nothing(headers):
    sent, reached = answered("http", headers)
    assert (sent[0]["status"], reached) == (421, [])
    assert dict(sent[0]["headers"])[b"x-frame-options"] == b"SAMEORIGIN"
    closed, reached = answered("websocket", headers)
    assert (closed, reached) == ([{"type": "websocket.close", "code": 1008}], [])


def test_headers_are_on_every_response_once():
    ((start,), reached) = answered("http", [(b"host", b"localhost")])
    names = [name for name, _ in start["headers"]]
    assert reached == ["http"]
    assert sorted(names) == sorted(name.lower().encode() for name in HEADERS)


def test_the_option_for_names_is_streamlit_s(monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.allowedHosts": ["kdviz.example"]}.__getitem__)
    assert answered("http", [(b"host", b"kdviz.example")])[1] == ["http"]
    assert answered("http", [(b"host", b"localhost")])[1] == []


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.slow
def test_a_server_refuses_a_forged_name_even_with_its_origin(tmp_path):
    """DNS rebinding: page and request have the same, foreign origin."""
    with serving(tmp_path / "runs") as address:
        place = urlsplit(address).netloc

        def status(path, host, **headers):
            with closing(HTTPConnection(place)) as connection:
                connection.request("GET", path, headers={"Host": host, "Origin": f"http://{host}", **headers})
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders())

        assert status("/_stcore/stream", "evil.example", **UPGRADE)[0] == 403
        assert status("/_stcore/stream", place, **UPGRADE)[0] == 101
        assert status("/_stcore/health", "evil.example")[0] == 421
        found, headers = status("/", place)
        assert found == 200
        assert {name.lower(): text for name, text in HEADERS.items()}.items() <= headers.items()
