"""Who a visitor is: a random name in a cookie of their browser, for what they keep on the server."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.journal import note

VISITOR_COOKIE, _KEY, _NOTED = "kdviz_visitor", "visitor", "session_noted"
COOKIE_KEPT_S = 365 * 24 * 3600


def visitor_name() -> str:
    """32 hex digits: those of the browser's cookie; before it has one, those chosen for this session."""
    if _KEY not in st.session_state:
        given = str(st.context.cookies.get(VISITOR_COOKIE, ""))
        st.session_state[_KEY] = given if re.fullmatch(r"[0-9a-f]{32}", given) else secrets.token_hex(16)
    return str(st.session_state[_KEY])


def visitor_key() -> str:
    """What stands for the visitor in the store: whoever reads it cannot take their place."""
    return hashlib.sha256(visitor_name().encode()).hexdigest()[:16]


def note_session() -> None:
    """Log that a session has begun, at its first page."""
    if _NOTED not in st.session_state and (context := get_script_run_ctx()) is not None:
        st.session_state[_NOTED] = True
        note("session opened", session=context.session_id, visitor=visitor_key())


def visitor_cookie() -> str:
    """The cookie, as a component's script writes it into `document.cookie`."""
    return f"{VISITOR_COOKIE}={visitor_name()}; path=/; max-age={COOKIE_KEPT_S}; samesite=strict"
