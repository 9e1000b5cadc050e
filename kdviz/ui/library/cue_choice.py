"""The cue that Data & models plants in the shown images, and in those of *Distill with these*."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kdviz.config import RunConfig, choices_for
from kdviz.language import _
from kdviz.types import DatasetSpec
from kdviz.ui.frame import url_state

_OLD_CUE_KEYS = ("browse_cue", "browse_cue_text", "browse_cue_audio")
"""URL parameters of the planted cue in links of earlier versions: of all images, texts and sounds."""

USUAL_CUES = {
    "fashion-mnist-mini": "place-patch",
    "shapes": "hue-patch",
    "blood-cells": "place-patch",
    "sentiment": "marker-word",
    "speech-commands-mini": "beep",
}
"""The cue of a data set that the presets of Distill plant, and so the other pages speak of."""


def cue_choice(spec: DatasetSpec) -> tuple[str, float]:
    """The cue to plant, at first that of the data set's presets, and its strength ρ.

    Each data set has its own choice, so that none is planted in data for which nobody has chosen it.
    """
    cues = choices_for("cue", spec.modality)
    key = f"browse_cue_{spec.name}"
    _read_old_link(key, {_(each.label): name for name, each in cues.items()})
    with st.grid(2, min_column_width=300):
        cue = st.segmented_control(
            _("Planted cue"),
            list(cues),
            default=USUAL_CUES.get(spec.name, "none"),
            required=True,
            format_func=lambda name: _(cues[name].label),
            key=key,
            wrap=True,
            bind=url_state.binding(key),
            help="\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in cues.values()),
        )
        strength = 1.0
        if cue != "none":
            strength = st.slider(
                _("Cue strength ρ"),
                0.0,
                1.0,
                1.0,
                step=0.05,
                key="browse_rho",
                bind=url_state.binding("browse_rho"),
                help=_(str(RunConfig.model_fields["cue_strength"].description)),
            )
    return str(cue), float(strength)


def _read_old_link(key: str, names: Mapping[str, str]) -> None:
    """Take the cue of a link from before each data set had its own, once. names: of the cues, by label."""
    for old in _OLD_CUE_KEYS:
        given = names.get(st.query_params.pop(old, ""))
        if given and key not in st.query_params:
            st.session_state.setdefault(key, given)
