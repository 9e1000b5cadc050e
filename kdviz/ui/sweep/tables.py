"""A study's figures as tables, and as files with every digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd
import streamlit as st

from kdviz.comparison import known_survey
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, language
from kdviz.store import Store
from kdviz.study import FIGURES, Study, difference_rows, figure_rows, summary_table
from kdviz.ui.runs.compare import setting_name
from kdviz.ui.sweep.studies import Plan
from kdviz.ui.widgets.downloads import csv_button


def study_tables(store: Store, plan: Plan, rows: pd.DataFrame) -> None:
    """Every figure over seeds, what the student gains over its twin and placebo, and both as files."""
    summary = _summary(store, plan.study, rows, (plan.study.model_dump_json(), *rows["run"]), language())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("All figures"))
        csv_button(
            lambda: summary, file=f"kdviz-{plan.name}-summary", key="sweep_summary", label=_("Summary as CSV")
        )
        csv_button(lambda: rows, file=f"kdviz-{plan.name}-runs", key="sweep_runs", label=_("Runs as CSV"))
    st.caption(_("Mean over seeds, with its 95 % interval."))
    _table(
        figure_rows(plan.study, summary), "sweep_figures", _("Mean of every figure at every place, by arm")
    )
    if differences := list(difference_rows(plan.study, summary)):
        st.markdown(f"**{_('The student less its twin, and less its placebo')}**")
        st.caption(
            _(
                "Seed by seed, with a 95 % interval. Of many differences that are not there, one in twenty "
                "will look as if it were."
            )
        )
        _table(differences, "sweep_differences", _("The student less its twin and its placebo, by figure"))


@st.cache_data(max_entries=16, ttl=60, show_spinner=False)  # surveys may be made meanwhile
def _summary(
    _store: Store, _study: Study, _rows: pd.DataFrame, key: tuple[str, ...], code: str
) -> pd.DataFrame:
    """key: of the study and its runs. code: the language of the verdicts."""
    known = lru_cache(maxsize=None)(lambda run: known_survey(_store, run) if _study.per_image else None)
    return summary_table(_study, _rows, known)


def _table(rows: Sequence[Mapping[str, str]], key: str, alt: str) -> None:
    labels = _figure_labels()
    table = pd.DataFrame(rows).fillna("–")
    if "arm" in table:
        table["arm"] = [ARM_STYLES[arm].label for arm in table["arm"]]
    if "figure" in table:
        table["figure"] = [labels[figure] for figure in table["figure"]]
    names = {**labels, **_column_names()}
    st.dataframe(
        table,
        hide_index=True,
        column_config={name: names[name] for name in table.columns if name in names},
        alt=alt,
        key=key,
    )


def _figure_labels() -> dict[str, str]:
    """Every figure's name by what files call it."""
    names = {
        "accuracy": _("accuracy"),
        "accuracy_intact": _("accuracy, cue intact"),
        "agreement": _("agreement"),
        "agreement_untrained": _("agreement by another explainer"),
        "fidelity": _("fidelity"),
        "fidelity_kl": _("KL from the teacher"),
        "calibration_error": _("calibration error"),
        "object_share": _("share on the object"),
        "cue_share": _("share on the cue"),
    }
    return {about.label: names[name] for name, about in FIGURES.items()}


def _column_names() -> dict[str, str]:
    settings = (
        "cue",
        "cue_strength",
        "temperature",
        "train_count",
        "dataset",
        "student",
        "teacher",
        "epochs",
    )
    return {
        **{field.replace("_", " "): setting_name(field) for field in settings},
        "pair": _("combination"),
        "loss": _("loss"),
        "arm": _("arm"),
        "seeds": _("seeds"),
        "figure": _("figure"),
        "less twin": _("less twin"),
        "than its twin": _("than its twin"),
        "less placebo": _("less placebo"),
        "than its placebo": _("than its placebo"),
        "less same-answer": _("less same-answer placebo"),
        "than its same-answer": _("than its same-answer placebo"),
    }
