"""The report of a run beside its finding, which imports PyTorch only once somebody asks for it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from kdviz.jobs import report_checks_job
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import safely


def report_choice(store: Store, run: Run) -> None:
    """The button that asks for the report, which is saved as soon as what it lacks is computed."""
    if report_checks_job(store, run.id) is not None:
        from kdviz.ui.widgets.report_file import report_button

        report_button(store, run)
        return
    st.button(
        _("Report"),
        icon=":material/description:",
        key="report_start",
        help=_("The whole run as one HTML file, readable offline."),
        on_click=safely(partial(_ask, store, run.id)),
    )


def report_wait(store: Store, run: Run) -> None:
    """How far what the report lacks is, once it was asked for."""
    if report_checks_job(store, run.id) is not None:
        from kdviz.ui.widgets.report_file import report_progress

        report_progress(store, run)


def _ask(store: Store, run_id: str) -> None:
    from kdviz.ui.widgets.report_file import ask_for_report

    ask_for_report(store, run_id)
