"""Rows of a table as cards, for narrow screens, on which a wide table cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from kdviz.ui.frame.responsive import NARROW, only_when

_MOST_PX = 420
"""Height above which the cards scroll inside their box."""

_STYLE = f"""<style>
.cards {{ max-height: {_MOST_PX}px; overflow-y: auto; font-size: .875rem; }}
.cards section {{ padding: .5rem 0; border-bottom: 1px solid rgba(128, 128, 128, .35); }}
.cards dl {{ display: grid; grid-template-columns: auto 1fr; gap: .1rem .75rem; margin: .25rem 0 0; }}
.cards dt, .cards dd {{ margin: 0; padding: 0; font-size: .8125rem; }}
.cards dd {{ text-align: right; white-space: nowrap; }}
</style>"""


def cards(rows: Iterable[tuple[str, Mapping[str, str]]], *, key: str) -> None:
    """A card for each row, on narrow screens only: its title, then a line for each name and value."""
    with only_when(NARROW, key=key):
        sections = "".join(_section(title, values) for title, values in rows)
        st.html(f'{_STYLE}<div class="cards" tabindex="0">{sections}</div>')


def _section(title: str, values: Mapping[str, str]) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in values.items())
    return f"<section><b>{escape(title)}</b><dl>{lines}</dl></section>"
