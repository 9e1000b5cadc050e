"""Addresses of pages that do not exist: Streamlit would cover Home with a dialog about its own files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from starlette.types import ASGIApp, Receive, Scope, Send

from kdviz.language import _
from kdviz.ui.frame.formatting import plain, shortened

_ASKED = "asked"
_LONGEST = 60
_PAGES = frozenset(file.stem for file in (Path(__file__).parents[3] / "pages").glob("*.py")) - {"home"}

_MEANT: dict[str, tuple[str, dict[str, str]]] = {
    "home": ("", {}),
    "data": ("library", {}),
    "models": ("library", {}),
    "studies": ("sweep", {}),
    "glossary": ("learn", {"lesson": "glossary"}),
    "claims": ("learn", {"lesson": "claims"}),
    "mistakes": ("learn", {"lesson": "museum"}),
}
"""Page and parameters by names that people try."""


class PageAddresses:
    """An ASGI application around another: a browser that asks for an unknown page is sent to a known one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        address = _elsewhere(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if address is None:
            await self._app(scope, receive, send)
            return
        headers = [(b"location", address.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _elsewhere(scope: Scope) -> str | None:
    """The address of the page to show instead; None if this is one, or no request for a page."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    start = f"/{base}" if base else ""
    accepts = b",".join(value for name, value in scope["headers"] if name == b"accept")
    if b"text/html" not in accepts or not scope["path"].startswith(f"{start}/"):
        return None
    found = meant(scope["path"][len(start) :], scope.get("query_string", b"").decode("latin-1"))
    return None if found is None else start + found


def meant(path: str, query: str) -> str | None:
    """The address for a path that is no page: the page that is meant, else Home, which names what was asked.

    None for a page, and for the paths of Streamlit's files.
    """
    name = path.strip("/")
    if not name or name in _PAGES or "/" in name or "." in name or name.startswith("_"):
        return None
    page, more = _MEANT.get(name.lower(), ("", {_ASKED: name[:_LONGEST]}))
    words = urlencode({**dict(parse_qsl(query)), **more})
    return f"/{page}?{words}" if words else f"/{page}"


def warn_of_unknown_page() -> None:
    """A line on Home for a visitor who asked for a page that does not exist."""
    if asked := st.query_params.get(_ASKED):
        text = _("There is no page “{name}” here. This is Home; the menu has the other pages.")
        st.warning(text.format(name=plain(shortened(asked))), icon=":material/warning:")
