"""A run's arms against their teacher on the whole test set: what is asked, waiting, and the finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    MAIN_MEASURE,
    Survey,
    explainers_offered,
    goodhart_alarm,
    known_survey,
    measure_table,
    settings,
    survey_details,
    survey_headline,
    trained_explainer,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures import ARM_STYLES, duration, percent, score
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.store import RunRecord, Store
from kdviz.types import Arm, Spec

_EVERY_S = 0.5
_AT_ONCE_S = 0.15
"""A survey that is made in this time appears without a bar."""


@dataclass(frozen=True)
class Question:
    """explainer: whose maps are compared, and measure: how. arm: which one is looked at by itself."""

    explainer: str
    measure: str
    arm: Arm


def question(run: RunRecord) -> Question:
    """The three menus, all in the URL."""
    config = settings(run.config)
    explainers = {spec.label: spec for spec in explainers_offered(config)}
    measures = {spec.label: spec for spec in MEASURES.values()}
    arms = {ARM_STYLES[arm].label: arm for arm in config.arms}
    trained = trained_explainer(config)
    with st.grid(3, min_column_width=240):
        explainer = st.selectbox(
            "Graded by",
            list(explainers),
            index=_place(explainers, EXPLAINERS["grad-cam"].label),
            help="The explainer whose maps are compared. One on which nothing was trained is the fairer "
            "judge.\n\n" + _list(explainers, trained),
            key="ag_by",
            bind="query-params",
        )
        measure = st.selectbox(
            "Measure",
            list(measures),
            index=_place(measures, MEASURES[MAIN_MEASURE].label),
            help=_list(measures),
            key="ag_measure",
            bind="query-params",
        )
        arm = st.segmented_control(
            "Whose maps",
            list(arms),
            default=next(iter(arms)),
            required=True,
            help="Whose images are sorted into boxes, drawn as points and shown in the gallery.",
            key="ag_arm",
            bind="query-params",
        )
    return Question(explainers[str(explainer)].name, measures[str(measure)].name, arms[str(arm)])


def awaited(store: Store, run: RunRecord, explainer: str, *, alone: bool = False) -> Survey | None:
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
            "Test images go through all arms, once. What is found is kept, and comes at once next time."
        )
        with st.grid(2, min_column_width=320):
            st.skeleton(height=300)
            st.skeleton(height=300)
    return None


def summary(store: Store, run: RunRecord, survey: Survey, asked: Question) -> None:
    """The finding in words, by two explainers as soon as both have graded; then every arm's figures."""
    trained = trained_explainer(settings(run.config))
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
        label = MEASURES[asked.measure].label
        st.caption(f"{label}, corrected: 0 is chance, 1 the same map · no error bar: 1 seed.")
    _figures(survey, asked.measure)


def _figures(survey: Survey, measure: str) -> None:
    rows = [row for row in measure_table(survey) if row.measure == measure]
    with st.grid(len(rows), min_column_width=220):
        for row in rows:
            style, found = ARM_STYLES[row.arm], row.score
            ends = f", 95 % {score(found.low)} to {score(found.high)}" if found.low == found.low else ""
            with st.container(border=True, gap="xsmall"):
                st.metric(f"{style.glyph} {style.label}", score(found.corrected), help=row.about)
                st.caption(
                    f"Corrected agreement{ends}. Raw {score(found.raw)}, chance {score(found.chance)}.  \n"
                    f"Accuracy {percent(float(survey.right(row.arm).mean()))} "
                    f"(teacher {percent(float(survey.right('teacher').mean()))}); "
                    f"the teacher's answer on {percent(float(survey.faithful(row.arm).mean()))}."
                )


def _progress(store: Store, run: RunRecord, explainer: str, job: SurveyJob) -> None:
    """The bar of a survey while it is made; else why there is none, and a way on."""
    name, state = EXPLAINERS[explainer].label, job.progress.state
    if state in ("failed", "stopped"):
        if state == "failed":
            st.error(f"{name}: {job.progress.message or 'the survey failed'}", icon=":material/error:")
        else:
            st.caption(f"Grading by {name} was stopped before it was done.")
        st.button(
            "Try again" if state == "failed" else f"Grade by {name}",
            icon=":material/refresh:" if state == "failed" else ":material/play_arrow:",
            key=f"ag_start_{explainer}",
            on_click=_start,
            args=(store, run.id, explainer),
        )
        return

    @st.fragment(run_every=_EVERY_S)
    def bar() -> None:
        now = job.progress
        if job.ended:
            st.rerun()  # once: what was found takes the bar's place, and the timer ends with it
        left = duration(now.seconds_left)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                min(max(now.fraction, 0.0), 1.0),
                text=f"{name}: {now.doing or 'Preparing'}{f', about {left} left' if left else ''} …",
            )
            st.button("Stop", icon=":material/stop:", key=f"ag_stop_{explainer}", on_click=job.stop)

    bar()


def _start(store: Store, run_id: str, explainer: str) -> None:
    start_survey(store, run_id, explainer)


def _other_explainer(run: RunRecord, explainer: str, trained: str) -> str:
    """By whom the finding is graded as well: once by what was trained on, once by what was not."""
    offered = [spec.name for spec in explainers_offered(settings(run.config))]
    if trained not in offered:
        return ""
    if explainer != trained:
        return trained
    graded = ((run.results or {}).get("student", {}).get("untrained_agreement") or {}).get("explainer", "")
    wanted = [graded, "saliency", *offered]
    return next((name for name in wanted if name in offered and name != trained), "")


def _place(options: Mapping[str, Spec], wanted: str) -> int:
    return list(options).index(wanted) if wanted in options else 0


def _list(options: Mapping[str, Spec], trained: str = "") -> str:
    """Each choice in a line."""
    return "\n".join(
        f"- **{label}**{' (trained on)' if spec.name == trained else ''}: {spec.about}"
        for label, spec in options.items()
    )
