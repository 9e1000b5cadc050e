"""The report of a run to save. What it states and is not known yet is computed first, with its progress."""

from __future__ import annotations

from functools import partial

import streamlit as st

from kdviz.jobs import SurveyJob, report_checks_job, start_report_checks
from kdviz.language import _, language, speaking
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import safely
from kdviz.ui.widgets.background_result import job_progress
from kdviz.ui.widgets.downloads import download

_ASKED = "report_asked"
"""In the session: the run whose report was asked for. It is saved without a second click once it can be."""

_PRESS = """
(function press(tries) {
  const shown = [...document.querySelectorAll('.st-key-report button')].find((each) => each.offsetParent);
  if (shown) shown.click();
  else if (tries) setTimeout(press, 100, tries - 1);
})(100);
"""
"""The button may not be on the page yet."""


def report_button(store: Store, run: Run) -> None:
    """A button that saves the report, or that first computes what it lacks."""
    from kdviz.report import missing_checks  # imports PyTorch

    job = report_checks_job(store, run.id)
    done = job is not None and job.progress.state == "done"
    if done or not missing_checks(store, run):
        spoken = language()  # the download is made on a thread without a session
        download(
            _("Save the report") if done else _("Report"),
            lambda: _report_in(spoken, store, run.id),
            file=f"kdviz-{run.id}.html",
            icon="description",
            key="report",
            help=_about(),
            type="primary" if done else "secondary",
        )
        if done and st.session_state.get(_ASKED) == run.id:
            del st.session_state[_ASKED]
            st.html(f"<script>{_PRESS}</script>", unsafe_allow_javascript=True)
        return
    _ask_button(store, run)


def light_report_button(store: Store, run: Run) -> None:
    """The same without PyTorch: what the report lacks is only looked for once somebody asks for it."""
    if report_checks_job(store, run.id) is not None:
        report_button(store, run)
    else:
        _ask_button(store, run)


def _ask_button(store: Store, run: Run) -> None:
    st.button(
        _("Report"),
        icon=":material/description:",
        key="report_start",
        help=_about(),
        on_click=safely(partial(_ask, store, run.id)),
        disabled=_at_work(report_checks_job(store, run.id)),
    )


def _about() -> str:
    return _("The whole run as one HTML file, readable offline.")


def _ask(store: Store, run_id: str) -> None:
    st.session_state[_ASKED] = run_id
    start_report_checks(store, run_id)


def report_progress(store: Store, run: Run) -> None:
    """How far the checks of a report are that was asked for; why there are none, if they ended early."""
    job = report_checks_job(store, run.id)
    if job is not None and job.progress.state != "done":
        job_progress(
            job,
            partial(start_report_checks, store, run.id),
            key="report_checks",
            title=_("The report needs checks of the maps"),
            stopped=_("The checks for the report were stopped."),
        )
        spoken = language()
        download(
            _("Save it now, with the maps unchecked"),
            lambda: _report_in(spoken, store, run.id, checked=False),
            file=f"kdviz-{run.id}.html",
            icon="description",
            key="report_unchecked",
            type="tertiary",
        )


def _at_work(job: SurveyJob | None) -> bool:
    return job is not None and not job.ended


def _report_in(code: str, store: Store, run_id: str, *, checked: bool = True) -> bytes:
    """The run's report in a language, as bytes."""
    from kdviz.report import report_html

    with speaking(code):
        return report_html(store, run_id, checked=checked).encode()
