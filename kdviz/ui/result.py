"""What a finished run has shown: the finding in words, then every figure."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.comparison import ArmResult, details, final_table, finding, headline
from kdviz.explainers import EXPLAINERS
from kdviz.figures import ARM_STYLES
from kdviz.store import RunRecord
from kdviz.types import Interval

_PERCENT = "%.1f %%"
_SCORE = "%.2f"
_DIGITS = {
    **dict.fromkeys(("Accuracy", "Accuracy, cue intact", "Same answer", "On the object", "On the cue"), 1),
    **dict.fromkeys(("Agreement", "Raw", "Chance", "Other explainer"), 2),
}


def result(run: RunRecord) -> None:
    """The finding and the final table of a finished run."""
    if run.results is None:
        return
    found = finding(run.results)
    with st.container(border=True):
        st.markdown(f"##### {headline(run.results)}")
        for line in details(run.results):
            st.markdown(line)
        st.caption(_trust(run, found is not None and found.costs_accuracy))
    st.dataframe(
        result_table(final_table(run.results)),
        hide_index=True,
        placeholder="–",
        column_config=_columns(run),
        alt="Final figures on the test set, an arm a row",
        key="final_table",
    )


def result_table(rows: list[ArmResult]) -> pd.DataFrame:
    """The figures an arm a row; columns that hold nothing are left out. Shares are in percent."""
    table = pd.DataFrame(
        {
            "Arm": ARM_STYLES[row.arm].label,
            "Accuracy": 100 * row.accuracy,
            "Accuracy, cue intact": 100 * row.intact_accuracy,
            "Agreement": row.agreement.value,
            "95 %": _range(row.agreement),
            "Raw": row.raw,
            "Chance": row.chance,
            "Other explainer": row.untrained.value,
            "Same answer": 100 * row.fidelity,
            "On the object": 100 * row.object_share,
            "On the cue": 100 * row.cue_share,
            "Parameters": row.parameters,
        }
        for row in rows
    )
    # Rounded here, as the sentences are: a browser rounds 78.25 up, Python down.
    return table.round(_DIGITS).replace("", None).dropna(axis="columns", how="all")


def _trust(run: RunRecord, costly: bool) -> str:
    agreement = final_table(run.results or {})[-1]
    parts = [f"On {agreement.n:,} test images", "0 is chance, 1 the same map", "no error bar: 1 seed"]
    if costly:
        parts.append("agreement is not worth having at the price of accuracy: try a smaller λ")
    return " · ".join(parts) + "."


def _columns(run: RunRecord) -> dict[str, Any]:
    rows = final_table(run.results or {})
    explainer = next((row.untrained_explainer for row in rows if row.untrained_explainer), "")
    other = EXPLAINERS[explainer].label if explainer in EXPLAINERS else "Another explainer"
    area = next((row.object_area for row in rows if math.isfinite(row.object_area)), math.nan)
    cue_area = next((row.cue_area for row in rows if math.isfinite(row.cue_area)), math.nan)
    number = st.column_config.NumberColumn
    return {
        "Arm": st.column_config.TextColumn(pinned=True),
        "Accuracy": number(
            format=_PERCENT, help="Share of test images named correctly, with the cue broken."
        ),
        "Accuracy, cue intact": number(format=_PERCENT, help="The same while the cue tells the truth."),
        "Agreement": number(format=_SCORE, help="Grad-CAM cosine with the teacher, corrected for chance."),
        "95 %": st.column_config.TextColumn(help="Bootstrap over test images."),
        "Raw": number(format=_SCORE, help="The cosine as it is."),
        "Chance": number(format=_SCORE, help="The cosine of maps of unrelated images."),
        "Other explainer": number(
            label=other, format=_SCORE, help=f"Corrected agreement by {other}, on which nothing was trained."
        ),
        "Same answer": number(format=_PERCENT, help="Share of test images with the teacher's own answer."),
        "On the object": number(
            format=_PERCENT,
            help=f"Share of the evidence on the object, which covers {area:.1%} of the picture.",
        ),
        "On the cue": number(
            format=_PERCENT,
            help=f"Share of the evidence on the cue, which covers {cue_area:.1%} of the picture.",
        ),
        "Parameters": number(format="localized"),
    }


def _range(score: Interval) -> str:
    return f"{score.low:z.2f} to {score.high:z.2f}" if math.isfinite(score.low) else ""
