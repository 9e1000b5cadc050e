"""How a run leaves this machine, and how it comes back: as a zip, as a report, as a link."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from kdviz.config import CHOICES, LAMBDA_LADDER, RunConfig
from kdviz.datasets import DATASETS
from kdviz.errors import KdvizError
from kdviz.jobs import import_run
from kdviz.language import _, language, speaking
from kdviz.report import report_html
from kdviz.store import Run, Store
from kdviz.types import ARMS
from kdviz.ui.runs.run_selection import choose_runs
from kdviz.ui.widgets.fields import Fields
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.shell import errors

_UPLOADS = "uploads_done"
_TYPED = ("seed", "teacher_epochs", "batch_size", "train_count", "epochs", "temperature", "kd_weight")
_OPTIONAL = ("learning_rate", "teacher_weights", "data", "explanation_share")


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


def settings_link(config: RunConfig) -> dict[str, str]:
    """The run's settings as the form's widgets read them from a URL: a choice by its label."""
    dataset = config.dataset
    fields = Fields(dataset)
    apart = ("mistake", "explanation_loss")  # the form makes no mistake, and the loss has a key of its own
    named = [field for field in CHOICES if field not in apart]
    link = {field: _shown(field, getattr(config, field)) for field in (*named, "optimizer", "device", "precision")}
    link |= {field: _shown(field, getattr(config, field)) for field in ("explained_layer", "cue", *_TYPED)}
    link |= {field: str(getattr(config, field)) for field in _OPTIONAL if getattr(config, field) is not None}
    if dataset == "folder":
        link["image_size"] = str(config.image_size)
    if config.cue != "none":
        link["cue_strength"] = str(config.cue_strength)
    for role in ("teacher", "student"):
        own = "" if getattr(config, role) == fields.default(role) else f".{getattr(config, role)}"
        link[f"{role}_width{own}"] = str(getattr(config, f"{role}_width"))
    link |= {arm: str(arm in config.arms).lower() for arm in ARMS[2:]}
    link.pop("dataset", None)
    of_data = {f"{dataset}.{name}": text for name, text in link.items()}
    loss, weight = config.explanation_loss, config.explanation_weight
    of_data[fields.loss_key(config.teacher, config.student, config.explained_layer)] = _shown(
        "explanation_loss", loss
    )
    of_data[fields.weight_key(loss) if weight in LAMBDA_LADDER else f"{dataset}.lambda"] = f"{weight:g}"
    return with_language({"dataset": _shown("dataset", dataset), **of_data})


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


def _shown(field: str, value: Any) -> str:
    specs = CHOICES.get(field, {})
    if value is None:
        return ""
    return _(specs[value].label) if value in specs else str(value)
