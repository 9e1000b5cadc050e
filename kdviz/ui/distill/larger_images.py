"""Larger images for a run, where its teacher and the visitor's files are larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.image_size import sides
from kdviz.language import _
from kdviz.ui.frame.errors import safely
from kdviz.ui.widgets.estimate import file_side
from kdviz.ui.widgets.field_keys import FieldKeys

if TYPE_CHECKING:
    from kdviz.trainer.teacher_check import TeacherExamination


def larger_images(found: TeacherExamination, values: Mapping[str, Any]) -> None:
    """A button for images as large as the teacher's, where the visitor's files are as large."""
    size = found.settings.get("teacher_size")
    if values["dataset"] != "folder" or not size or size <= min(sides(values["image_size"])):
        return
    if file_side(values["data"]) < size:
        return
    st.caption(
        _(
            ":material/photo_size_select_large: Your pictures are larger than the run's images. At {size} px "
            "the teacher sees them as it was trained, and the student sees as much."
        ).format(size=size)
    )
    st.button(
        _("Use images of {size} px").format(size=size),
        icon=":material/aspect_ratio:",
        key="teacher_file_images",
        on_click=safely(_use_images),
        args=(FieldKeys(values["dataset"]), size),
    )


def _use_images(keys: FieldKeys, size: int) -> None:
    """Images of this size, which the teacher then takes as they are."""
    st.session_state[keys.of("image_size")] = str(size)
    st.session_state[keys.of("teacher_size")] = None
