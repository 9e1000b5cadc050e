"""An address that is no page leads to the page that is meant, or to Home with a line that says so."""

import asyncio

import pytest
import streamlit as st

from kdviz.ui.frame.addresses import PageAddresses, meant
from tests.ui.conftest import opened


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/data", "", "/library"),
        ("/Data/", "lang=zh", "/library?lang=zh"),
        ("/glossary", "", "/learn?lesson=glossary"),
        ("/home", "", "/"),
        ("/nowhere", "lang=zh", "/?lang=zh&asked=nowhere"),
        ("/" + "a" * 500, "", "/?asked=" + "a" * 60),
        ("/", "", None),
        ("/library", "", None),
        ("/learn/", "", None),
        ("/_stcore/health", "", None),
        ("/favicon.png", "", None),
        ("/static/js/index.js", "", None),
    ],
)
def test_a_path_that_is_no_page_has_an_address(path, query, address):
    assert meant(path, query) == address


def answered(path, *, method="GET", accept=b"text/html,*/*"):
    """The messages with which the server answers, and whether Streamlit was asked."""
    sent, reached = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"accept", accept)]}
    asyncio.run(PageAddresses(app)(scope, None, send))
    return sent, reached


def test_a_browser_is_sent_on_and_nothing_else_is():
    sent, reached = answered("/nowhere")
    assert not reached
    assert sent[0]["status"] == 307
    assert dict(sent[0]["headers"])[b"location"] == b"/?asked=nowhere"
    assert answered("/sweep") == ([], ["/sweep"])
    assert answered("/nowhere", accept=b"application/json") == ([], ["/nowhere"])
    assert answered("/nowhere", method="POST") == ([], ["/nowhere"])


def test_below_a_base_path_it_stays_there(monkeypatch):
    option = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda name: "lab" if name == "server.baseUrlPath" else option(name)
    )
    sent, _reached = answered("/lab/nowhere")
    assert dict(sent[0]["headers"])[b"location"] == b"/lab/?asked=nowhere"
    assert answered("/elsewhere") == ([], ["/elsewhere"])


def test_home_says_what_was_asked_and_where_to_go(app, store):
    opened(app, "home", asked="no*where")
    assert not app.exception
    assert app.warning[0].value == (
        r"There is no page “no\*where” here. This is Home; the menu has the other pages."
    )
