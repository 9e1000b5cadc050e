"""Export and import of runs: zip file, HTML report, link to the settings."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import KdvizError
from kdviz.jobs import import_run
from kdviz.language import _
from kdviz.store import DamagedRun, Run, Store
from kdviz.ui.frame.errors import errors
from kdviz.ui.runs.run_selection import choose_runs
from kdviz.ui.widgets.downloads import download
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.report_file import report_button

_UPLOADS = "uploads_done"


def downloads(store: Store, run: Run) -> None:
    """Buttons for the run's zip file and its report."""
    download(
        _("Zip"),
        lambda: zipped(store, run.id),
        file=f"kdviz-{run.id}.zip",
        icon="folder_zip",
        key="zip",
        help=_("Settings, figures, curves, weights and maps, to import on another machine."),
        disabled=run.live,
    )
    report_button(store, run)


def raw_download(store: Store, run: DamagedRun) -> None:
    """A download button for what is there of a damaged run."""
    download(
        _("Zip"),
        lambda: zipped(store, run.id),
        file=f"kdviz-{run.id}-damaged.zip",
        icon="folder_zip",
        key=f"zip_{run.id}",
        help=_("Its row and files as they are. They cannot be imported."),
    )


def zipped(store: Store, run_id: str) -> bytes:
    """The run as a zip file's bytes."""
    with tempfile.TemporaryDirectory() as directory:
        return store.export(run_id, Path(directory) / "run.zip").read_bytes()


def reuse_settings(run: Run) -> None:
    """A link to Distill with the run's settings in its form."""
    if run.config.dataset in DATASETS:
        st.page_link(
            "pages/distill.py",
            label=_("Use these settings again"),
            icon=":material/content_copy:",
            query_params=settings_link(run.config),
        )


def upload(store: Store) -> None:
    """An uploader for a run's zip file."""
    done = st.session_state.setdefault(_UPLOADS, 0)
    with st.expander(_("Import a run"), icon=":material/upload_file:"):
        file = st.file_uploader(_("Zip file exported by kdviz"), type="zip", key=f"upload_{done}")
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
    """Store the run in the zip file. Returns its id."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "upload.zip"
        path.write_bytes(content)
        return import_run(store, path)
