"""Accuracy of every arm where a random cue is wrong, and where it is right by luck, as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kdviz.comparison import CueSplit, Survey, cue_split
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _
from kdviz.narrative import cue_split_titles, percent_text
from kdviz.store import Run


def cue_split_table(run: Run, survey: Survey) -> None:
    """Draw it; nothing without a cue."""
    if run.config.cue == "none":
        return
    st.markdown(
        f"**{_('Accuracy, by what the cue indicates')}**",
        help=_(
            "The cue of a test image is drawn at random: it indicates another class, or the label by luck. "
            "A network that relies on it is wrong on the former and right on the latter. It follows a wrong "
            "cue if it predicts the class that the cue indicates. With 95 % Wilson intervals over images."
        ),
    )
    st.table(cue_split_frame(run, cue_split(survey)))


def cue_split_frame(run: Run, split: tuple[CueSplit, ...]) -> pd.DataFrame:
    """A row for each arm. The last column is of all test images, with the cue as in training."""
    results = run.results or {}
    rows = {
        f"{ARM_STYLES[each.arm].glyph} {ARM_STYLES[each.arm].label}": (
            percent_text(each.wrong),
            percent_text(each.lucky),
            percent_text(each.followed),
            percent(results[each.arm].intact_accuracy) if each.arm in results else _("undefined"),
        )
        for each in split
    }
    columns = [*cue_split_titles(run.config.cue, split), _("Cue helps, as in training")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
