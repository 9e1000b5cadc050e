"""What stands in place of a lesson on images while a run on texts is open."""

from __future__ import annotations

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.run_menu import show_run_in_lessons
from kdviz.ui.frame.shell import empty


def run_of_images(store: Store) -> None:
    """A line on what is needed, and a button that opens such a run: the prepared one, or the newest."""
    title, text = _("A lesson on images"), _("It explains a run on images; the open run is on texts.")
    runs = [run for run in store.runs() if run.state == "finished" and _has_images(run.config.dataset)]
    empty(title, text, "image", to_distill=not runs)
    if runs:
        run = next(filter(is_prepared, runs), runs[0])
        st.button(
            _("Open {run}").format(run=plain(run.title)),
            icon=":material/swap_horiz:",
            key="open_run_of_images",
            on_click=safely(show_run_in_lessons),
            args=(run.id,),
        )


def _has_images(dataset: str) -> bool:
    return dataset in DATASETS and DATASETS[dataset].modality == "image"
