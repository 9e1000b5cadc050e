"""From a data set to a run on it: Distill opens with it, its cue, and what belongs to own files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.config import OWN_PICTURES, make_config
from kdviz.language import _
from kdviz.ui.library.dataset_choice import DatasetChoice
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.following_count import with_count


def distill_link(choice: DatasetChoice, cue: str, strength: float) -> None:
    """A link to Distill with the data set, the planted cue, and how files are read here."""
    planted = {"cue": cue} if cue == "none" else {"cue": cue, "cue_strength": strength}
    st.page_link(
        "pages/distill.py",
        label=_("Distill with these"),
        icon=":material/model_training:",
        query_params=settings_link(make_config({**_settings(choice), **planted})),
    )


def _settings(choice: DatasetChoice) -> dict[str, Any]:
    """The data set, and how a visitor's files are read."""
    name, data = choice.spec.name, choice.data
    if not data:
        return {"dataset": name}
    if choice.spec.input_shape is None:
        settings = {**OWN_PICTURES, "image_size": choice.image_size}
    else:
        sounds = {"clip_seconds": choice.clip_seconds} if name == OWN_SOUNDS else {}
        settings = {**sounds, **choice.columns.settings}
    return with_count({"dataset": name, "data": data, **settings})
