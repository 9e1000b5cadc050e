"""The frame of every page: its navigation, and errors as one line each."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from kdviz.errors import KdvizError, StoreError
from kdviz.language import _, language, sentences, speaking
from kdviz.store import Run
from kdviz.ui.frame import url_state
from kdviz.ui.frame.addresses import warn_of_unknown_page
from kdviz.ui.frame.back import one_step_back
from kdviz.ui.frame.errors import errors, show_failed_callback
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.heading import heading
from kdviz.ui.frame.language_switch import (
    language_buttons,
    language_switch,
    with_language,
    write_language,
)
from kdviz.ui.frame.page_switch import drop_fragments
from kdviz.ui.frame.projector import projector_switch
from kdviz.ui.frame.responsive import NARROW
from kdviz.ui.frame.row_buttons import row_buttons
from kdviz.ui.frame.run_menu import NEW_RUN
from kdviz.ui.frame.server import start_workers, wait_until_ready
from kdviz.ui.frame.sidebar import fold_sidebar, hide_folded_sidebar
from kdviz.ui.frame.subject import begin_subject
from kdviz.ui.frame.tour import tour_card
from kdviz.ui.frame.visitor import note_session

_ICON = str(Path(__file__).with_name("icon.png"))
"""A local file: Streamlit would download its own icons for the browser's tab."""

_ROUTED = "run_by_router"

_SHOWN_AT_ONCE = ("", "distill")
"""Paths of pages that show what is stored, before PyTorch is loaded."""


def route() -> None:
    """The whole app: navigation, and the current page in its frame."""
    _configure()
    note_session()
    begin_subject()
    language_switch()
    with speaking(language()):  # asked for once, not for each of a page's thousand texts
        _route()


def _route() -> None:
    one_step_back()
    row = row_buttons()
    language_buttons(row)
    projector_switch(row)
    _readable()
    page = _navigation()
    if url_state.begin_visit(page.url_path):
        drop_fragments()
    write_language()
    hide_folded_sidebar()
    fold_sidebar(page.url_path, only_when_narrow=True)
    st.session_state[_ROUTED] = True
    try:
        _draw(page)
    except KdvizError as error:
        errors(error)
    finally:
        del st.session_state[_ROUTED]


def through_router() -> None:
    """Send a page through router.py, if Streamlit ran it directly.

    Beside a folder called `pages`, Streamlit runs the first request of a new server in its older mode, in
    which a link to a page skips router.py. Declaring the navigation ends that for the whole server.
    """
    if _ROUTED not in st.session_state:
        _configure()
        _navigation()
        st.rerun()


def _configure() -> None:
    st.set_page_config(page_title="kdviz", page_icon=_ICON, layout="wide", initial_sidebar_state="collapsed")


def _navigation() -> StreamlitPage:
    """The pages. Their titles are in the visitor's language, their URLs come from their files' names."""
    return st.navigation(
        [
            st.Page(f"pages/{file}.py", title=title, icon=icon, help=text)
            for file, title, icon, text in _pages()
        ],
        position="top",
    )


def _pages() -> tuple[tuple[str, str, str, str], ...]:
    """File name, title, icon and help text of each page, in the order of the menu."""
    return (
        ("home", _("Home"), ":material/home:", _("What kdviz does, and a prepared run to explore.")),
        (
            "distill",
            _("Distill"),
            ":material/model_training:",
            _("Train a student that also looks where its teacher looks, beside its λ = 0 twin."),
        ),
        (
            "explain",
            _("Explain"),
            ":material/center_focus_strong:",
            _("One test image through teacher, student and twin: where each looks, on one scale."),
        ),
        (
            "agreement",
            _("Agreement"),
            ":material/compare:",
            _("The whole test set: does the student look where its teacher looks, more than its twin?"),
        ),
        (
            "runs",
            _("Runs"),
            ":material/table_rows:",
            _("Every run with its settings and results: open, resume, delete."),
        ),
        (
            "sweep",
            _("Sweep"),
            ":material/grid_on:",
            _("A grid of runs with several seeds: which λ is best, and how sure that is."),
        ),
        (
            "library",
            _("Data & models"),
            ":material/photo_library:",
            _("The data sets and the networks, to look at."),
        ),
        (
            "learn",
            _("Learn"),
            ":material/school:",
            _("Interactive lessons: soft labels, heat maps, chance, and the effect of λ."),
        ),
    )


def _draw(page: StreamlitPage) -> None:
    if page.url_path:
        heading(page.title)
    else:
        warn_of_unknown_page()
    if page.url_path not in _SHOWN_AT_ONCE:
        wait_until_ready()
    try:
        show_failed_callback()
        tour_card(page.url_path or "home")
        page.run()
    finally:
        start_workers()


def _readable() -> None:
    """What could not be seen otherwise: white text on light blue, grey on black, focus, covered legends."""
    # Black has 4.5:1 on the dark theme's light blue instead of 2.3. In CSS it follows a theme that changes.
    button = '[data-testid="stBaseButton-primary"]:enabled'
    st.html(f"<style>{button} {{ color: light-dark(#fff, #000) !important; }}</style>")
    # Streamlit shows a focused link by a faint fill alone: the ring of its buttons, in the primary colours.
    ring = "box-shadow: 0 0 0 .2rem light-dark(rgb(0 114 178 / .5), rgb(86 180 233 / .5)) !important"
    st.html(f"<style>.stApp a:focus-visible {{ {ring}; border-radius: .25rem; }}</style>")
    # Plotly's own grey cannot be seen on a dark page.
    whisker = ".js-plotly-plot .bars .errorbar path"
    st.html(f"<style>{whisker} {{ stroke: light-dark(#333, #eee) !important; }}</style>")
    # A finger needs no toolbar over a chart, which would cover its legend.
    st.html(f"<style>@media {NARROW} {{ .modebar {{ display: none !important; }} }}</style>")


def no_snapshot(run: Run, error: StoreError, why: str) -> None:
    """The state of a page without the networks of a run: lost or damaged, or not trained yet.

    why: a sentence for a run whose students have not been trained.
    """
    if run.state == "finished":
        text = sentences(_("The weights of this run cannot be read."), str(error))
        empty(_("Files are missing or damaged"), plain(text), "broken_image")
    else:
        text = sentences(why, str(error)) if run.ended else why
        empty(_("No snapshot yet"), text, "hourglass_empty")


def empty(title: str, text: str, icon: str, *, to_distill: bool = False, to_run: str = "") -> None:
    """An empty state: what will be shown here, and how to get it. to_run: one to follow on Distill."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.subheader(f":material/{icon}: {title}", text_alignment="center")
        st.markdown(text, text_alignment="center")
        if to_distill:
            st.page_link(
                "pages/distill.py",
                label=_("Distill a student"),
                icon=":material/model_training:",
                query_params=with_language({NEW_RUN: "1"}),
            )
        if to_run:
            st.page_link(
                "pages/distill.py",
                label=_("Follow it in Distill"),
                icon=":material/model_training:",
                query_params=with_language({"run": to_run}),
            )
        st.space("small")
