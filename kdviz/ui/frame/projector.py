"""The projector switch: text and maps larger, lines with their names, nothing around the page."""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame import url_state
from kdviz.ui.frame.sidebar import fold_sidebar

_KEY = "projector"

_STYLE = """
:root {
  --film-tile: 160px; --film-strip: 760px;
  --map-least: 22%; --swipe-most: calc(100vh - 15rem); --scrubber-most: calc(100vh - 21rem);
}
html { font-size: 20px; }
[data-testid="stHeader"] { height: 2.5rem; min-height: 2.5rem; }
.st-key-heading h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:has(> .st-key-tour_card) { top: 2.5rem !important; }
.st-key-hero_scrubber [data-testid="stCaptionContainer"], .st-key-methods_head { display: none; }
[data-testid="stMainMenu"], [data-testid="stToolbarActions"] { display: none; }
[class*="st-key-"][class*="-save"] { display: none; }
:has(> .stSelectbox) { min-width: min(100%, 13rem); }
:has(> .stNumberInput) { min-width: min(100%, 9rem); }
.stMainBlockContainer { max-width: none; padding: 1.5rem 1.5rem 1.5rem; }
"""


def projector_switch() -> None:
    """Draw the switch in the sidebar, and the style while it is on."""
    with st.sidebar:
        on = st.toggle(
            _("Projector"),
            key=_KEY,
            bind=url_state.binding(_KEY),
            help=_("Larger text and pictures, and lines with their names, to be read from the back row."),
        )
    if on:
        st.html(f"<style>{_STYLE}</style>")
        fold_sidebar("projector")


def projecting() -> bool:
    """Whether the switch is on."""
    return bool(st.session_state.get(_KEY, False))
