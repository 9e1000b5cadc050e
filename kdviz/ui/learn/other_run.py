"""What stands in place of a lesson that does not explain inputs of the open run's kind."""

from __future__ import annotations

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.language import _, enumerated, speaking_of
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.types import INPUT_NAMES
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.run_menu import show_run_in_lessons
from kdviz.ui.frame.shell import empty
from kdviz.ui.frame.subject import shown_modality
from kdviz.ui.learn.lessons import Lesson


def other_run(store: Store, lesson: Lesson) -> None:
    """A line on what is needed, and a button that opens such a run: the prepared one, or the newest."""
    with speaking_of("image"):  # which other inputs are called "images" too, by their own wording
        names = {"image": _("images"), "text": _("texts"), "audio": _("sounds")}
    wanted = enumerated([names[each] for each in INPUT_NAMES if each in lesson.modalities])
    text = _("It explains runs on {inputs}; the open run is on {shown}.")
    runs = [run for run in store.runs() if run.state == "finished" and _fits(run.config.dataset, lesson)]
    empty(
        _("A lesson on {inputs}").format(inputs=wanted),
        text.format(inputs=wanted, shown=names[shown_modality()]),
        "image",
        to_distill=not runs,
    )
    if runs:
        run = next(filter(is_prepared, runs), runs[0])
        st.button(
            _("Open {run}").format(run=plain(run.title)),
            icon=":material/swap_horiz:",
            key="open_other_run",
            on_click=safely(show_run_in_lessons),
            args=(run.id,),
        )


def _fits(dataset: str, lesson: Lesson) -> bool:
    return dataset in DATASETS and DATASETS[dataset].modality in lesson.modalities
