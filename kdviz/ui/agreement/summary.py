"""The headline finding of a survey, and each arm's figures."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.agreement.calibration import BINS
from kdviz.comparison import Survey, by_measure, calibration, explainers_offered, trained_explainer
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, listed
from kdviz.narrative import (
    accuracy_gain_text,
    accuracy_gains,
    goodhart_alarm,
    shortcut_warning,
    survey_answer,
    survey_details,
    survey_headline,
    teacher_misses,
    training_caveat,
)
from kdviz.store import Run, Store
from kdviz.types import Agreement, Arm
from kdviz.ui.agreement.survey_progress import survey_or_progress
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.plain_words import plain_words
from kdviz.ui.widgets.history import history


def survey_summary(store: Store, run: Run, survey: Survey, measure: str) -> None:
    """The finding in words, also by a second explainer once its survey is known."""
    trained_on = trained_explainer(run.config)
    finding = st.container(border=True, key="finding")
    second = _second_explainer(run, survey.explainer, trained_on)
    other = survey_or_progress(store, run, second) if second else None
    surveys = [survey, *([other] if other else [])]
    surveys.sort(key=lambda each: each.explainer != trained_on)
    with finding:
        caveat = training_caveat(run, history(store, run))
        answer = survey_answer(*surveys, measure=measure, caveat=caveat)
        words = survey_headline(*surveys, trained_on=trained_on, measure=measure, caveat=caveat)
        st.markdown(f"##### {answer or words}")
        if answer:
            st.markdown(words)
        if misses := teacher_misses(survey):
            st.markdown(f":material/my_location: {plain(misses)}")
        if shortcut := shortcut_warning(survey):
            st.warning(plain(shortcut), icon=":material/visibility:")
        if alarm := goodhart_alarm(survey, measure=measure):
            st.warning(alarm, icon=":material/warning:")
        with st.container(horizontal=True):
            plain_words()
            with st.popover(_("How it was measured"), icon=":material/straighten:", type="tertiary"):
                only_images = _("One run: intervals are over test images only.")
                st.markdown("  \n".join([*survey_details(survey, measure=measure), only_images]))


def _second_explainer(run: Run, explainer: str, trained_on: str) -> str:
    """The explainer of the loss beside a held-out one, and vice versa; "" if there is none."""
    offered = [spec.name for spec in explainers_offered(run.config)]
    if trained_on not in offered:
        return ""
    if explainer != trained_on:
        return trained_on
    held_out = run.results["student"].held_out_explainer if run.results else ""
    wanted = [held_out, "saliency", *offered]
    return next((name for name in wanted if name in offered and name != trained_on), "")


def arm_figures(run: Run, survey: Survey, measure: str) -> None:
    """An expander: every arm's agreement, accuracy and calibration, with accuracies in its title."""
    rows = [row for row in by_measure(survey) if row.measure == measure]
    with (
        st.expander(_accuracies(run, survey), icon=":material/target:", key="ag_figures"),
        st.grid(len(rows), min_column_width=220),
    ):
        for row in rows:
            style = ARM_STYLES[row.arm]
            with st.container(border=True, gap="xsmall"):
                st.metric(f"{style.glyph} {style.label}", score(row.score.corrected), help=row.about)
                st.caption(
                    f"{_agreement(row.score)}  \n{_predictions(survey, row.arm)}",
                    help=_(
                        "Expected calibration error: mean gap between confidence and accuracy over {bins} "
                        "bins of equal width."
                    ).format(bins=BINS),
                )


def _accuracies(run: Run, survey: Survey) -> str:
    """The title: the student's accuracy, and where there is a twin, its own and the paired difference."""
    figures = [
        f"{ARM_STYLES[arm].label} {percent(float(survey.right(arm).mean()))}"
        for arm in ("student", "twin")
        if arm in survey.scores
    ]
    gain = accuracy_gains(run.results or {}, {survey.explainer: survey}).get("student")
    if gain is not None and gain.n:
        figures.append(_("difference {gain}").format(gain=accuracy_gain_text(gain)))
    return _("Accuracy: {figures}").format(figures=listed(figures))


def _agreement(found: Agreement) -> str:
    values = {"raw": score(found.raw), "chance": score(found.chance)}
    if math.isnan(found.low):
        return _("Corrected agreement. Raw {raw}, chance {chance}.").format(**values)
    return _("Corrected agreement, 95 % {low} to {high}. Raw {raw}, chance {chance}.").format(
        **values, low=score(found.low), high=score(found.high)
    )


def _predictions(survey: Survey, arm: Arm) -> str:
    accuracy = _("Accuracy {accuracy} (teacher {teacher}); same predicted class on {same}.").format(
        accuracy=percent(float(survey.right(arm).mean())),
        teacher=percent(float(survey.right("teacher").mean())),
        same=percent(float(survey.faithful(arm).mean())),
    )
    calibrated = _("Calibration error {error} (teacher {teacher}).").format(
        error=percent(calibration(survey, arm)), teacher=percent(calibration(survey, "teacher"))
    )
    return f"{accuracy}  \n{calibrated}"
