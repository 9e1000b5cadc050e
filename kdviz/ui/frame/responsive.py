"""Pages on narrow screens. The server does not know how wide a screen is, so CSS decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Literal

import streamlit as st

NARROW, WIDE = "(max-width: 640px)", "(min-width: 640.1px)"
"""Media queries; the width at which Streamlit stacks columns."""


@contextmanager
def only_when(query: str, *, key: str) -> Iterator[None]:
    """A container that is shown only on screens of one of the two media queries. key: in a page only once."""
    other = WIDE if query == NARROW else NARROW
    # Its wrapper, too: alone, that would still have a gap beside it.
    st.html(f"<style>@media {other} {{ :has(> .st-key-{key}) {{ display: none; }} }}</style>")
    with st.container(key=key):
        yield


@contextmanager
def folded_when_narrow(
    label: str,
    *,
    key: str,
    start_open: bool = False,
    always: bool = False,
    shown: str = "",
    alignment: Literal["center", "bottom"] = "bottom",
) -> Iterator[None]:
    """A container that narrow screens show only while a switch before it is on; wide ones show no switch.

    always: wide screens fold it too. shown: the key of a container in it that is never folded. alignment: of
    the switch and that container, which are beside each other.
    """
    switch, content = f"{key}_switch", f"{key}_content"
    off = f":not(:has(.st-key-{switch} input:checked))"
    rest = f" :not(:has(.st-key-{shown}), .st-key-{shown}, .st-key-{shown} *)" if shown else ""
    folded = f".stMain{off} .st-key-{content}{rest} {{ display: none; }}"
    on = f".stMain:has(.st-key-{switch} input:checked)"
    open_row = f"{on} :has(> .st-key-{content}) {{ flex-basis: 100%; }}"
    unfolded = f"@media {NARROW} {{ {folded} }} @media {WIDE} {{ .st-key-{switch} {{ display: none; }} }}"
    st.html(f"<style>{folded if always else unfolded} {open_row}</style>")
    st.session_state.setdefault(switch, start_open)
    with st.container(horizontal=True, vertical_alignment=alignment) if shown else nullcontext():
        st.toggle(label, key=switch, on_change="ignore")  # the browser folds: nothing is to be computed
        with st.container(key=content):
            yield
