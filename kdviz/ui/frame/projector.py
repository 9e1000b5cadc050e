"""The projector switch: text and maps larger, lines with their names, nothing around the page."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.language import _
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.sidebar import fold_sidebar

_KEY = "projector"

_STYLE = """
:root {
  --film-tile: 230px; --film-strip: 1150px; --panel-text: 1rem;
  --map-least: max(17%, 8rem); --small-maps: auto / repeat(auto-fit, minmax(22%, 1fr));
  --swipe-most: calc(100vh - 15rem); --scrubber-most: calc(100vh - 22.5rem);
}
html { font-size: 20px; }
[data-testid="stHeader"] { height: 2.5rem; min-height: 2.5rem; }
:has(> .st-key-row_buttons) { top: 0 !important; }
.st-key-row_buttons [class*="st-key-language_"] { display: none; }
.st-key-heading h1 { font-size: 1.3rem; }
.st-key-heading:not(:has(.st-key-beside_title > *)) h1 {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
:has(> .st-key-tour_card) { top: 2.5rem !important; }
.st-key-hero_scrubber [data-testid="stCaptionContainer"], .st-key-methods_head { display: none; }
[data-testid="stMainMenu"], [data-testid="stToolbarActions"] { display: none; }
[class*="st-key-"][class*="-save"] { display: none; }
:has(> .stSelectbox) { min-width: min(100%, 13rem); }
:has(> .stNumberInput) { min-width: min(100%, 9rem); }
.stMainBlockContainer { max-width: none; padding: 1.5rem 1.5rem 1.5rem; }
.stMainBlockContainer:has(.st-key-watched, .st-key-hero) { padding-top: 0; }
.st-key-watched { --film-tile: clamp(6rem, 50vh - 11.4rem, 230px); }
@media (min-width: 640.1px) {
  :root {
    --scrubber-teacher: 9rem;
    --scrubber-areas: "rail rail" auto "result result" auto "student teacher" auto "student choice" 1fr
      / minmax(0, var(--scrubber-most)) minmax(0, 1fr);
  }
  .st-key-hero { grid-template-columns: 5fr 9fr !important; }
}
"""


def projector_switch(row: DeltaGenerator) -> None:
    """Draw the switch in the sidebar, a button in the row of pages, and the style while it is on.

    On a projector the larger names of the pages leave that row no room for the language.
    """
    with st.sidebar:
        on = st.toggle(
            _("Projector"),
            key=_KEY,
            bind=url_state.binding(_KEY),
            help=_("Larger text and pictures, and lines with their names, to be read from the back row."),
        )
    with row:
        st.button(
            _("Leave projector view") if on else _("Projector view"),
            icon=":material/close_fullscreen:" if on else ":material/present_to_all:",
            type="tertiary",
            key="projector_toggle",
            on_click=safely(_switch),
        )
    if on:
        st.html(f"<style>{_STYLE}</style>")
        fold_sidebar("projector")


def _switch() -> None:
    st.session_state[_KEY] = not projecting()


def projecting() -> bool:
    """Whether the switch is on."""
    return bool(st.session_state.get(_KEY, False))


def settings_and_pictures() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for settings and for the pictures below them; a projector has the pictures first."""
    first, second = st.container(), st.container()
    return (second, first) if projecting() else (first, second)
