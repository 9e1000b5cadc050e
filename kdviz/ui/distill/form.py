"""The form of a new run: presets, settings, cost, and the Start button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.language import _, sentences, speaking_of
from kdviz.store import Run, Store
from kdviz.ui.distill.controls import field_row, settings
from kdviz.ui.distill.folding import close_button
from kdviz.ui.distill.mirror import changes, mirror, run_settings
from kdviz.ui.distill.out_of_range import out_of_range
from kdviz.ui.distill.presets import PRESETS, changed_line, chosen_preset, custom_line, nearest_preset
from kdviz.ui.distill.responsive import FORM
from kdviz.ui.distill.start import COST, cannot_start, start
from kdviz.ui.distill.teacher_file import stored_path
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.server import open_store
from kdviz.ui.widgets.field_keys import FieldKeys
from kdviz.ui.widgets.fields import dataset_choice, fill


def new_run(store: Store, shown: Run | None) -> str | None:
    """The form in a card. Returns the id of a run that was just started or selected.

    shown: the run that is open, without which the form cannot be closed.
    """
    with st.container(border=True, key="new_run"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("New run"), anchor=FORM, width="stretch")
            if shown:
                close_button()
                mirror(shown, _first_settings(shown))
        start_from, ladder, top = st.container(), st.container(key="ladder"), st.container()
        with field_row() as row:
            with row.cell():
                dataset = dataset_choice()
            cue = row.cell()
        with speaking_of(DATASETS[dataset].modality):
            chosen = settings(store, dataset, ladder, cue)
            with start_from:
                _presets(chosen)
            with top:
                changes(chosen, shown)
                started = start(store, chosen)
                hidden = f":is(.st-key-start, .st-key-{COST}, .st-key-open_same)"
                with out_of_range(chosen, form="new_run", hidden=hidden):
                    cannot_start("rejected_start")
                return started


def _first_settings(shown: Run) -> Mapping[str, Any] | None:
    """The form's on a first visit beside a run: the nearest preset's, else those of a finished run."""
    settings = run_settings(shown)
    if nearest := nearest_preset(settings):
        return nearest.complete
    return settings if shown.state == "finished" else None


def _presets(settings: Mapping[str, Any]) -> None:
    """Presets. The one that the form contains is marked, with what it sets."""
    current = chosen_preset(settings)
    st.session_state["preset"] = current.name if current else None
    st.html("<style>.st-key-preset button { padding-inline: 0.5rem; }</style>")  # two a row in a narrow form
    st.pills(
        _("Start from"),
        list(PRESETS),
        format_func=lambda name: _(PRESETS[name].label),
        key="preset",
        on_change=safely(_choose),
    )
    st.caption(
        custom_line(settings) if current is None else sentences(_(current.about), changed_line(current))
    )


def _choose() -> None:
    if (chosen := st.session_state["preset"]) is not None:
        _fill(chosen)


def _fill(chosen: str) -> None:
    """Only the path of the user's own files is kept, and the size at which they are read."""
    preset, keys = PRESETS[chosen], FieldKeys(PRESETS[chosen].dataset)
    files = st.session_state.get(keys.of("data")) or None
    on_files = preset.on(stored_path(open_store(), files), st.session_state.get(keys.of("image_size")))
    fill({**on_files.complete, "data": files})
