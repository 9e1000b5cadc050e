"""A run's arms against their teacher on the whole test set: what is asked, waiting, and the finding."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.agreement.calibration import BINS
from kdviz.comparison import (
    MAIN_MEASURE,
    Survey,
    calibration,
    explainers_offered,
    goodhart_alarm,
    known_survey,
    measure_table,
    survey_details,
    survey_headline,
    trained_explainer,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES, duration, percent, score
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.language import _, text_of
from kdviz.store import Run, Store
from kdviz.types import Agreement, Arm, Spec
from kdviz.ui.frame.progress import job_bar

_AT_ONCE_S = 0.15
"""A survey that is made in this time appears without a bar."""


@dataclass(frozen=True)
class Question:
    """explainer: whose maps are compared, and measure: how. arm: which one is looked at by itself."""

    explainer: str
    measure: str
    arm: Arm


def question(run: Run) -> Question:
    """The three menus, all in the URL."""
    config = run.config
    explainers = {spec.name: spec for spec in explainers_offered(config)}
    trained = trained_explainer(config)
    with st.grid(3, min_column_width=240):
        explainer = st.selectbox(
            _("Graded by"),
            list(explainers),
            index=_place(explainers, "grad-cam"),
            format_func=lambda name: _(EXPLAINERS[name].label),
            help=_(
                "The explainer whose maps are compared. One on which nothing was trained is the fairer judge."
            )
            + "\n\n"
            + _list(explainers, trained),
            key="ag_by",
            bind="query-params",
        )
        measure = st.selectbox(
            _("Measure"),
            list(MEASURES),
            index=_place(MEASURES, MAIN_MEASURE),
            format_func=lambda name: _(MEASURES[name].label),
            help=_list(MEASURES),
            key="ag_measure",
            bind="query-params",
        )
        arm = st.segmented_control(
            _("Whose maps"),
            config.arms,
            default=config.arms[0],
            required=True,
            format_func=lambda arm: ARM_STYLES[arm].label,
            help=_("Whose images are sorted into boxes, drawn as points and shown in the gallery."),
            key="ag_arm",
            bind="query-params",
        )
    return Question(str(explainer), str(measure), arm)


def awaited(store: Store, run: Run, explainer: str, *, alone: bool = False) -> Survey | None:
    """The survey by an explainer; None, and its progress, while it is being made in the background.

    alone: nothing else is shown meanwhile, so that its place is drawn too.
    """
    if (known := known_survey(store, run.id, explainer)) is not None:
        return known
    job = survey_job(store, run.id, explainer)
    if job is None or job.progress.state == "done":
        job = start_survey(store, run.id, explainer)
    if job.wait(_AT_ONCE_S).state == "done":
        return known_survey(store, run.id, explainer)
    _progress(store, run, explainer, job)
    if alone and not job.ended:
        st.caption(
            _("Test images go through all arms, once. What is found is kept, and comes at once next time.")
        )
        with st.grid(2, min_column_width=320):
            st.skeleton(height=300)
            st.skeleton(height=300)
    return None


def summary(store: Store, run: Run, survey: Survey, asked: Question) -> None:
    """The finding in words, by two explainers as soon as both have graded; then every arm's figures."""
    trained = trained_explainer(run.config)
    finding = st.container(border=True)
    second = _other_explainer(run, survey.explainer, trained)
    other = awaited(store, run, second) if second else None
    graded = [survey, *([other] if other else [])]
    graded.sort(key=lambda each: each.explainer != trained)
    with finding:
        st.markdown(f"##### {survey_headline(*graded, trained_on=trained, measure=asked.measure)}")
        if alarm := goodhart_alarm(survey, measure=asked.measure):
            st.warning(alarm, icon=":material/warning:")
        st.markdown("  \n".join(survey_details(survey, measure=asked.measure)))
        st.caption(
            _("{measure}, corrected: 0 is chance, 1 the same map · no error bar: 1 seed.").format(
                measure=_(MEASURES[asked.measure].label)
            )
        )
    _figures(survey, asked.measure)


def _figures(survey: Survey, measure: str) -> None:
    rows = [row for row in measure_table(survey) if row.measure == measure]
    with st.grid(len(rows), min_column_width=220):
        for row in rows:
            style, found = ARM_STYLES[row.arm], row.score
            with st.container(border=True, gap="xsmall"):
                st.metric(f"{style.glyph} {style.label}", score(found.corrected), help=row.about)
                st.caption(
                    f"{_agreement(found)}  \n{_answers(survey, row.arm)}",
                    help=_(
                        "Calibration error: how far confidence is, on average over {bins} bins of equal "
                        "width, from the share of answers that are right."
                    ).format(bins=BINS),
                )


def _agreement(found: Agreement) -> str:
    values = {"raw": score(found.raw), "chance": score(found.chance)}
    if math.isnan(found.low):
        return _("Corrected agreement. Raw {raw}, chance {chance}.").format(**values)
    return _("Corrected agreement, 95 % {low} to {high}. Raw {raw}, chance {chance}.").format(
        **values, low=score(found.low), high=score(found.high)
    )


def _answers(survey: Survey, arm: Arm) -> str:
    accuracy = _("Accuracy {accuracy} (teacher {teacher}); the teacher's answer on {same}.").format(
        accuracy=percent(float(survey.right(arm).mean())),
        teacher=percent(float(survey.right("teacher").mean())),
        same=percent(float(survey.faithful(arm).mean())),
    )
    calibrated = _("Calibration error {error} (teacher {teacher}).").format(
        error=percent(calibration(survey, arm)), teacher=percent(calibration(survey, "teacher"))
    )
    return f"{accuracy}  \n{calibrated}"


def _progress(store: Store, run: Run, explainer: str, job: SurveyJob) -> None:
    """The bar of a survey while it is made; else why there is none, and a way on."""
    name, state = _(EXPLAINERS[explainer].label), job.progress.state
    if state in ("failed", "stopped"):
        if state == "failed":
            why = job.progress.message or _("the survey failed")
            st.error(_("{name}: {value}").format(name=name, value=why), icon=":material/error:")
        else:
            st.caption(_("Grading by {explainer} was stopped before it was done.").format(explainer=name))
        st.button(
            _("Try again") if state == "failed" else _("Grade by {explainer}").format(explainer=name),
            icon=":material/refresh:" if state == "failed" else ":material/play_arrow:",
            key=f"ag_start_{explainer}",
            on_click=_start,
            args=(store, run.id, explainer),
        )
        return

    def words() -> str:
        now = job.progress
        doing, left = text_of(now.doing) or _("Preparing"), duration(now.seconds_left)
        told = _("{doing}, about {left} left").format(doing=doing, left=left) if left else doing
        return _("{name}: {value}").format(name=name, value=f"{told} …")

    job_bar([job], words, stop_key=f"ag_stop_{explainer}")


def _start(store: Store, run_id: str, explainer: str) -> None:
    start_survey(store, run_id, explainer)


def _other_explainer(run: Run, explainer: str, trained: str) -> str:
    """By whom the finding is graded as well: once by what was trained on, once by what was not."""
    offered = [spec.name for spec in explainers_offered(run.config)]
    if trained not in offered:
        return ""
    if explainer != trained:
        return trained
    graded = run.results["student"].held_out_explainer if run.results else ""
    wanted = [graded, "saliency", *offered]
    return next((name for name in wanted if name in offered and name != trained), "")


def _place(options: Mapping[str, Spec], wanted: str) -> int:
    return list(options).index(wanted) if wanted in options else 0


def _list(options: Mapping[str, Spec], trained: str = "") -> str:
    """Each choice in a line."""
    return "\n".join(
        f"- **{_trained(spec) if name == trained else _(spec.label)}**: {_(spec.about)}"
        for name, spec in options.items()
    )


def _trained(spec: Spec) -> str:
    return _("{explainer} (trained on)").format(explainer=_(spec.label))
