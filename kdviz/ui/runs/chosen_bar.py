"""The number of selected runs, and where a single one can be opened: in view below the list, however long."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.language import _, plural, sentences
from kdviz.store import Run
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.page_switch import open_page
from kdviz.ui.frame.run_menu import show_run
from kdviz.ui.runs.run_selection import clear_chosen

_KEY = "chosen_bar"

_STYLE = f"""<style>
:has(> .st-key-{_KEY}) {{ position: sticky; bottom: 0; z-index: 99; }}
.st-key-{_KEY} {{ background: var(--st-background-color, Canvas); padding: .5rem 0; }}
</style>"""
"""It stays at the lower edge of the screen until the page is scrolled to its place."""


def chosen_bar(chosen: Sequence[Run], *, hidden: int) -> None:
    """Draw it. chosen: at least one run. hidden: how many of them the filter leaves out of the list."""
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key=_KEY):
        st.markdown(_chosen_text(chosen, hidden), width="content")
        if len(chosen) == 1:
            _open_buttons(chosen[0])
        st.button(
            _("Clear selection"),
            icon=":material/close:",
            type="tertiary",
            key="choose_none",
            on_click=safely(clear_chosen),
        )


def _chosen_text(chosen: Sequence[Run], hidden: int) -> str:
    if len(chosen) == 1:
        text = f"**{plain(chosen[0].title)}**"
    else:
        text = _("{count} runs are chosen; they are compared below.").format(count=len(chosen))
    if not hidden:
        return text
    hides = plural("The filter hides {count} of them.", "The filter hides {count} of them.", hidden)
    return sentences(text, hides)


def _open_buttons(run: Run) -> None:
    """A button for each page that shows the run."""
    if st.button(_("Open in Distill"), icon=":material/model_training:", key="open_distill"):
        _open("pages/distill.py", run)
    if st.button(_("Explain"), icon=":material/center_focus_strong:", key="open_explain"):
        _open("pages/explain.py", run)
    if run.ended and st.button(_("Agreement"), icon=":material/compare:", key="open_agreement"):
        _open("pages/agreement.py", run)


def _open(page: str, run: Run) -> None:
    show_run(run.id)
    open_page(page)
