"""How a run leaves this machine, and how it comes back: as a zip, as a report, as a link."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import KdvizError
from kdviz.jobs import import_run
from kdviz.language import _, language, speaking
from kdviz.report import report_html
from kdviz.store import Run, Store
from kdviz.ui.frame.shell import errors
from kdviz.ui.runs.run_selection import choose_runs
from kdviz.ui.widgets.field_keys import settings_link

_UPLOADS = "uploads_done"


def downloads(store: Store, run: Run) -> None:
    """The run as a zip and as a report. Neither is made before it is asked for."""
    spoken = language()  # a download is made on a thread that serves nobody
    st.download_button(
        _("Zip"),
        data=lambda: zipped(store, run.id),
        file_name=f"kdviz-{run.id}.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=run.live,
        help=_("Settings, figures, curves, weights and maps, to import on another machine."),
        key="zip",
    )
    st.download_button(
        _("Report"),
        data=lambda: report_in(spoken, store, run.id),
        file_name=f"kdviz-{run.id}.html",
        mime="text/html",
        icon=":material/description:",
        on_click="ignore",
        help=_("Everything on one page, which opens in any browser without a network."),
        key="report",
    )


def report_in(code: str, store: Store, run_id: str) -> bytes:
    """The run as a report's bytes, in a language."""
    with speaking(code):
        return report_html(store, run_id).encode()


def zipped(store: Store, run_id: str) -> bytes:
    """The run as a zip file's bytes."""
    with tempfile.TemporaryDirectory() as directory:
        return store.export(run_id, Path(directory) / "run.zip").read_bytes()


def clone(run: Run) -> None:
    """A link to Distill with the run's settings in its form."""
    if run.config.dataset in DATASETS:
        st.page_link(
            "pages/distill.py",
            label=_("Use these settings again"),
            icon=":material/content_copy:",
            query_params=settings_link(run.config),
        )


def upload(store: Store) -> None:
    """A place to drop a run's zip."""
    done = st.session_state.setdefault(_UPLOADS, 0)
    with st.expander(_("Import a run"), icon=":material/upload_file:"):
        file = st.file_uploader(_("A zip that kdviz has made"), type="zip", key=f"upload_{done}")
        if file is None:
            return
        try:
            run_id = imported(store, file.getvalue())
        except KdvizError as error:
            errors(error)
            return
    st.session_state[_UPLOADS] = done + 1
    choose_runs([run_id])
    st.rerun()


def imported(store: Store, content: bytes) -> str:
    """The id of the run in the zip, which is in the store from now on."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "upload.zip"
        path.write_bytes(content)
        return import_run(store, path)
