"""From a visitor's own files to a run on them: Distill opens with the files and what belongs to them."""

from __future__ import annotations

import streamlit as st

from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.config import OWN_PICTURES, make_config
from kdviz.language import _
from kdviz.ui.library.dataset_choice import DatasetChoice
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.following_count import with_count


def distill_link(choice: DatasetChoice) -> None:
    """A link to Distill with the data set, the files, and the size or length in which they are shown here."""
    if not choice.data:
        return
    name, data = choice.spec.name, choice.data
    if choice.spec.input_shape is None:
        settings = {**OWN_PICTURES, "image_size": choice.image_size}
    else:
        settings = {"clip_seconds": choice.clip_seconds} if name == OWN_SOUNDS else {}
    st.page_link(
        "pages/distill.py",
        label=_("Distill with these"),
        icon=":material/model_training:",
        query_params=settings_link(make_config(with_count({"dataset": name, "data": data, **settings}))),
    )
