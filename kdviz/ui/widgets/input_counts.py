"""How many inputs a visitor's files have, by split, in a line."""

from __future__ import annotations

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.language import _
from kdviz.types import DatasetSpec, TextColumns
from kdviz.ui.frame.errors import errors
from kdviz.ui.widgets.estimate import image_counts


def input_counts(spec: DatasetSpec, data: str, columns: TextColumns) -> bool:
    """Whether a run can use the files; if not, with one line on the page that says why.

    columns: of a table of texts.
    """
    try:
        found = image_counts(spec.name, data, columns)
    except KdvizError as error:
        errors(error)
        return False
    st.markdown(
        _(
            "**{images} images, {classes} classes**: {train} for training, {validation} for validation, "
            "{test} for testing."
        ).format(
            images=f"{found.train + found.validation + found.test:,}",
            classes=found.classes,
            train=f"{found.train:,}",
            validation=f"{found.validation:,}",
            test=f"{found.test:,}",
        )
    )
    return True
