"""Lists of names in a page's address, by which a copied link opens the same view, in any language."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def asked_for(name: str, *, stayed: bool) -> list[str] | None:
    """The names that a link, or the browser's Back, asks for; None where the address is as it was left.

    stayed: whether the visitor has been on this page just before. Then an address without the name was
    reached by Back, and asks for none; otherwise it asks for nothing.
    """
    text = st.query_params.get(name, "")
    if text == _left().get(name, "") or not (text or stayed):
        return None
    return [each for each in text.split(",") if each]


def overrule_links() -> None:
    """The visitor has just chosen something: what the address still says is not asked for. For callbacks.

    Of all names: a second choice may come before the browser knows what the first one wrote, and must not
    look like the way back from it.
    """
    left = _left()
    for name in left:
        left[name] = st.query_params.get(name, "")


def write_link(name: str, values: Sequence[str]) -> None:
    """Put the names into the address, once: written again after Back, they would bar the way back."""
    text = ",".join(values)
    if text:
        if st.query_params.get(name) != text:
            st.query_params[name] = text
    elif name in st.query_params:
        del st.query_params[name]
    _left()[name] = text


def _left() -> dict[str, str]:
    """By name, how the address was left when it was last written to."""
    left: dict[str, str] = st.session_state.setdefault("left_in_address", {})
    return left
