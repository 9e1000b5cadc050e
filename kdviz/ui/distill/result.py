"""What a finished run has shown: the finding in words, then every figure."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.comparison import (
    ArmResult,
    details,
    final_table,
    finding,
    guessing,
    headline,
    run_images,
    settings,
)
from kdviz.errors import KdvizError
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES, interval_text, percent
from kdviz.language import _
from kdviz.store import RunRecord
from kdviz.store.prepared import is_prepared
from kdviz.ui.widgets.downloads import csv_button

_PERCENT = "%.1f %%"
_SCORE = "%.2f"


def result(run: RunRecord) -> None:
    """The finding and the final table of a finished run."""
    if run.results is None:
        return
    found = finding(run.results)
    _poor_teacher(run)
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
        alt=_("Final figures on the test set, an arm a row"),
        key="final_table",
    )
    csv_button(
        lambda: exact_table(final_table(run.results or {})),
        file=f"kdviz-{run.id}-figures",
        key="final_table_csv",
        about=_("Every figure with all its digits."),
        small=True,
    )


def _poor_teacher(run: RunRecord) -> None:
    """Said before any finding: maps of a teacher that only guesses are not worth copying."""
    if is_prepared(run):
        return
    accuracy = (run.results or {})["teacher"]["test_accuracy"]
    guessed = _guessed(run.id, run.attempt, accuracy, run)
    if guessed is not None:
        st.warning(
            _(
                "The teacher is right on {accuracy} of the test images. Naming always the commonest class "
                "would be right on {guessed}: no clear difference, so its maps are hardly worth copying. "
                "More images, more epochs or a smaller batch teach it more."
            ).format(accuracy=percent(accuracy), guessed=percent(guessed)),
            icon=":material/warning:",
        )


@st.cache_data(max_entries=256, show_spinner=False)
def _guessed(run_id: str, attempt: int, accuracy: float, _run: RunRecord) -> float | None:
    try:
        images = run_images(settings(_run.config))
    except KdvizError:  # the images have gone since
        return None
    return guessing(accuracy, images.test.labels.bincount().tolist())


def result_table(rows: list[ArmResult]) -> pd.DataFrame:
    """The figures an arm a row; columns that hold nothing are left out. Shares are in percent."""
    table = pd.DataFrame(
        {
            "Arm": ARM_STYLES[row.arm].label,
            "Accuracy": _in_percent(row.accuracy),
            "Accuracy, cue intact": _in_percent(row.intact_accuracy),
            "Agreement": _two_digits(row.agreement.value),
            "95 %": interval_text(row.agreement.low, row.agreement.high),
            "Raw": _two_digits(row.raw),
            "Chance": _two_digits(row.chance),
            "Other explainer": _two_digits(row.untrained.value),
            "Same answer": _in_percent(row.fidelity),
            "KL": _two_digits(row.fidelity_kl),
            "Calibration error": _in_percent(row.calibration_error),
            "On the object": _in_percent(row.object_share),
            "On the cue": _in_percent(row.cue_share),
            "Parameters": row.parameters,
        }
        for row in rows
    )
    return table.replace("", None).dropna(axis="columns", how="all")


def _in_percent(share: float) -> float:
    """Rounded as the sentences on the page are: a share of .4645 is 46.5 % in both."""
    return float(f"{share:.1%}".removesuffix("%"))


def _two_digits(value: float) -> float:
    return float(f"{value:.2f}")


def exact_table(rows: list[ArmResult]) -> pd.DataFrame:
    """The figures an arm a row, for other programs: every digit, shares in [0, 1], names in English."""
    return pd.json_normalize([asdict(row) for row in rows])


def _trust(run: RunRecord, costly: bool) -> str:
    agreement = final_table(run.results or {})[-1]
    parts = [
        _("On {n} test images").format(n=f"{agreement.n:,}"),
        _("0 is chance, 1 the same map"),
        _("no error bar: 1 seed"),
    ]
    if costly:
        parts.append(_("agreement is not worth having at the price of accuracy: try a smaller λ"))
    return _("{sentence}.").format(sentence=" · ".join(parts))


def _columns(run: RunRecord) -> dict[str, Any]:
    rows = final_table(run.results or {})
    explainer = next((row.untrained_explainer for row in rows if row.untrained_explainer), "")
    other = _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else _("Another explainer")
    area = next((row.object_area for row in rows if math.isfinite(row.object_area)), math.nan)
    cue_area = next((row.cue_area for row in rows if math.isfinite(row.cue_area)), math.nan)
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "Arm": text(_("Arm"), pinned=True),
        "Accuracy": number(
            _("Accuracy"),
            format=_PERCENT,
            help=_("Share of test images named correctly, with the cue broken."),
        ),
        "Accuracy, cue intact": number(
            _("Accuracy, cue intact"), format=_PERCENT, help=_("The same while the cue tells the truth.")
        ),
        "Agreement": number(
            _("Agreement"),
            format=_SCORE,
            help=_("Grad-CAM cosine with the teacher, corrected for chance."),
        ),
        "95 %": text("95 %", help=_("Bootstrap over test images.")),
        "Raw": number(_("Raw"), format=_SCORE, help=_("The cosine as it is.")),
        "Chance": number(_("Chance"), format=_SCORE, help=_("The cosine of maps of unrelated images.")),
        "Other explainer": number(
            other,
            format=_SCORE,
            help=_("Corrected agreement by {explainer}, on which nothing was trained.").format(
                explainer=other
            ),
        ),
        "Same answer": number(
            _("Same answer"), format=_PERCENT, help=_("Share of test images with the teacher's own answer.")
        ),
        "KL": number(
            _("KL from the teacher"),
            format=_SCORE,
            help=_("How far the answers' probabilities are from the teacher's: 0 where they are the same."),
        ),
        "Calibration error": number(
            _("Calibration error"),
            format=_PERCENT,
            help=_(
                "How far confidence is from the share of answers that are right: 0 where they are the same."
            ),
        ),
        "On the object": number(
            _("On the object"),
            format=_PERCENT,
            help=_("Share of the evidence on the object, which covers {area} of the picture.").format(
                area=f"{area:.1%}"
            ),
        ),
        "On the cue": number(
            _("On the cue"),
            format=_PERCENT,
            help=_("Share of the evidence on the cue, which covers {area} of the picture.").format(
                area=f"{cue_area:.1%}"
            ),
        ),
        "Parameters": number(_("Parameters"), format="localized"),
    }
