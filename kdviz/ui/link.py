"""A number that lives in the URL, for what is not one widget's alone; a widget's own is bound to it."""

from __future__ import annotations

import streamlit as st


def linked(name: str, *, default: int, low: int, high: int) -> int:
    """The number as it stands, after a link, or the browser's Back, has had its say."""
    asked = st.query_params.get(name)
    if asked is not None and asked != st.session_state.get(f"{name}_in_url"):
        st.session_state[f"{name}_in_url"] = asked
        if asked.isascii() and asked.isdigit() and low <= int(asked) <= high:
            st.session_state[f"{name}_kept"] = int(asked)
    number = int(st.session_state.get(f"{name}_kept", default))
    if number != default or asked is not None:
        st.query_params[name] = st.session_state[f"{name}_in_url"] = str(number)
    return number


def keep_linked(name: str, number: int) -> None:
    """Change the number. Call it from a callback."""
    st.session_state[f"{name}_kept"] = number
