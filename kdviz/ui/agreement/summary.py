"""The headline finding of a survey, and each arm's figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from kdviz.agreement.calibration import BINS
from kdviz.comparison import (
    CueRemoval,
    MeasureRow,
    Survey,
    by_measure,
    calibration,
    known_survey,
    known_trust_card,
    second_explainer,
    trained_explainer,
    unseen_cues,
)
from kdviz.figures.style import ARM_STYLES, percent, score, too_few_maps
from kdviz.language import _, interval_ends, listed, plural, sentences
from kdviz.narrative import (
    accuracy_range_text,
    goodhart_alarm,
    left_out,
    one_class_sentence,
    run_answer,
    shortcut_warning,
    student_accuracy_gain,
    survey_details,
    survey_headline,
    teacher_guesses,
    unseen_cue_warning,
)
from kdviz.store import Run, Store
from kdviz.types import Agreement, Arm
from kdviz.ui.agreement.cue_split import cue_split_table
from kdviz.ui.agreement.survey_progress import survey_or_progress
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.plain_words import plain_words
from kdviz.ui.widgets.caveat import caveat, test_counts
from kdviz.ui.widgets.main_finding import main_finding
from kdviz.ui.widgets.marks_effect import did_marks_help
from kdviz.ui.widgets.report_file import report_button, report_progress


def survey_summary(
    store: Store, run: Run, survey: Survey, measure: str, removals: Sequence[CueRemoval] | None
) -> Survey | None:
    """Whether marks helped, and the finding in words, by a second explainer too once its survey is known.

    Returns that survey. removals: None while they are computed; the second survey begins after that, so that
    there is one progress bar.
    """
    did_marks_help(store, run, heading="###")
    finding = st.container(border=True, key="finding")
    other = None
    if second := second_explainer(run, survey.explainer):
        waits = removals is None
        other = known_survey(store, run.id, second) if waits else survey_or_progress(store, run, second)
    with finding:
        _finding(store, run, survey, other, measure, removals or ())
        _warnings(store, run, survey, measure)
        with st.container(horizontal=True):
            plain_words(cue=run.config.cue != "none")
            with st.popover(_("How it was measured"), icon=":material/straighten:", type="tertiary"):
                st.markdown("  \n".join(survey_details(survey, measure=measure)))
            report_button(store, run)
        report_progress(store, run)
    return other


def _finding(
    store: Store,
    run: Run,
    survey: Survey,
    other: Survey | None,
    measure: str,
    removals: Sequence[CueRemoval],
) -> None:
    """The answer, what limits it, and the numbers, folded away. other: by the second explainer, if known."""
    early = caveat(store, run)
    found = run_answer(
        run,
        [survey, *([other] if other else [])],
        caveat=early,
        guesses=bool(teacher_guesses(run, test_counts(run))),
        removals=removals,
        measure=measure,
    )
    words = survey_headline(
        *found.decisive,
        trained_on=trained_explainer(run.config),
        loss=run.config.explanation_loss,
        measure=measure,
        early=bool(early),
    )
    if run.config.marks:
        st.caption(_beside_marks(run))
    one_class = one_class_sentence(
        run.results, {each.explainer: each for each in (survey, other) if each is not None}
    )
    answer = sentences(found.answer, one_class)
    if run.config.marks:  # there the first question is whether the marks helped
        st.markdown(f"##### {answer}")
    else:
        main_finding(answer)
    for text in filter(None, (found.limits, found.placebo)):
        st.markdown(text)
    one_run = _("One run: intervals are over test images, not over seeds.")
    with st.expander(_("The finding in numbers"), icon=":material/pin:", key="ag_more"):
        st.markdown(sentences(words, left_out(survey, measure=measure), one_run))
        if found.figures:
            st.markdown(found.figures)


def _warnings(store: Store, run: Run, survey: Survey, measure: str) -> None:
    teacher = known_trust_card(store, run.id, survey.explainer, arm="teacher")
    if shortcut := shortcut_warning(survey, [teacher] if teacher else []):
        st.warning(plain(shortcut), icon=":material/visibility:")
    if unseen := unseen_cue_warning(unseen_cues(survey)):
        st.warning(unseen, icon=":material/visibility_off:")
    if alarm := goodhart_alarm(survey, run.results, measure=measure):
        st.warning(alarm, icon=":material/warning:")


def _beside_marks(run: Run) -> str:
    """What the student of a run on marks was trained on, above how far it looks where its teacher looks."""
    if run.config.map_source == "both":
        return _("This student was trained on its teacher's maps inside your marks, not on the whole maps.")
    return _("This student was trained on your marks, not on its teacher's maps.")


def arm_figures(run: Run, survey: Survey, largest: Survey, measure: str) -> None:
    """An expander: every arm's agreement, accuracy and calibration, with accuracies in its title."""
    rows = [row for row in by_measure(survey) if row.measure == measure]
    with st.expander(_accuracies(run, largest), icon=":material/target:", key="ag_figures"):
        cue_split_table(run, largest)
        with st.grid(len(rows), min_column_width=220):
            for row in rows:
                _arm_card(largest, row)


def _arm_card(largest: Survey, row: MeasureRow) -> None:
    style = ARM_STYLES[row.arm]
    with st.container(border=True, gap="xsmall"):
        st.metric(f"{style.glyph} {style.label}", score(row.score.interval.value), help=row.about)
        st.caption(
            f"{_agreement(row.score)}  \n{_predictions(largest, row.arm)}",
            help=_(
                "Expected calibration error: mean gap between confidence and accuracy over {bins} bins of "
                "equal width."
            ).format(bins=BINS),
        )


def _accuracies(run: Run, survey: Survey) -> str:
    """The title: the student's accuracy, and where there is a twin, its own and the paired difference."""
    arms: tuple[Arm, ...] = ("student", "twin")
    figures = [
        f"{ARM_STYLES[arm].label} {percent(_accuracy(run, survey, arm))}"
        for arm in arms
        if arm in survey.scores
    ]
    if "twin" in survey.scores:
        gain = student_accuracy_gain(run.results, survey)
        figures.append(_("difference {gain}").format(gain=accuracy_range_text(gain)))
    return _("Accuracy: {figures}").format(figures=listed(figures))


def _accuracy(run: Run, survey: Survey, arm: Arm) -> float:
    """On all test images if that is known, like the difference; else on those of the survey."""
    if run.results is not None and arm in run.results:
        return run.results[arm].accuracy
    return float(survey.right(arm).mean())


def _agreement(found: Agreement) -> str:
    if few := too_few_maps(found):
        return _("Agreement with the teacher: {value}.").format(value=few)
    images = plural("{count} image", "{count} images", found.n)
    values = {"images": images, "raw": score(found.raw), "chance": score(found.chance)}
    if math.isnan(found.low):
        return _("Agreement, corrected for chance, on {images}. Raw {raw}, chance {chance}.").format(**values)
    low, high = interval_ends(found.low, found.high)
    text = _(
        "Agreement, corrected for chance, on {images}, 95 % {low} to {high}. Raw {raw}, chance {chance}."
    )
    return text.format(**values, low=low, high=high)


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
