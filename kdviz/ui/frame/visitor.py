"""Who a visitor is: a random name in a cookie of their browser, for what they keep on the server."""

from __future__ import annotations

import re
import secrets

import streamlit as st

_COOKIE, _KEY = "kdviz_visitor", "visitor"
_KEPT_S = 365 * 24 * 3600


def visitor_name() -> str:
    """32 hex digits: those of the browser's cookie; before it has one, those chosen for this session."""
    if _KEY not in st.session_state:
        given = str(st.context.cookies.get(_COOKIE, ""))
        st.session_state[_KEY] = given if re.fullmatch(r"[0-9a-f]{32}", given) else secrets.token_hex(16)
    return str(st.session_state[_KEY])


def visitor_cookie() -> str:
    """The cookie, as a component's script writes it into `document.cookie`."""
    return f"{_COOKIE}={visitor_name()}; path=/; max-age={_KEPT_S}; samesite=strict"
