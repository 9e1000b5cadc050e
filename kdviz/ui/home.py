"""The first page: what kdviz is, what it looks like, and where to begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.figures import (
    ARM_STYLES,
    blown_up,
    density,
    full_colour_at,
    heat_alt,
    marked,
    overlay,
    percent,
    png,
    score,
)
from kdviz.language import _, sentences
from kdviz.store import RunRecord, Store
from kdviz.store.prepared import is_prepared
from kdviz.types import Arm
from kdviz.ui.choice import title
from kdviz.ui.engine import wait_until_ready
from kdviz.ui.language_switch import with_language
from kdviz.ui.shell import errors
from kdviz.ui.story import Example, Marks, example, marks
from kdviz.ui.tour import begin_tour
from kdviz.ui.words import plain

_DRAWN: tuple[Arm, ...] = ("teacher", "student", "twin")


def home(store: Store) -> None:
    """The whole page."""
    runs = store.runs()
    prepared = next((run for run in runs if is_prepared(run)), None)
    own = next((run for run in runs if not is_prepared(run)), None)
    shown = prepared or next((run for run in runs if run.state == "finished"), None)
    words, pictures = st.columns([5, 7], gap="large", vertical_alignment="center")
    with words:
        st.title(_("Does the student look where its teacher looks?"))
        st.markdown(
            _(
                "A small network can copy a large one's answers and still look at the wrong thing. "
                "kdviz trains it to look where its teacher looks, shows it happening, and measures what "
                "that was worth."
            )
        )
        ways_in = st.container()
    with pictures:
        seen = _row(store, shown)
    with ways_in:
        _ways_in(prepared, seen)
        if own:
            _continue(own)
    _how_it_works()


def _ways_in(prepared: RunRecord | None, seen: Example | None) -> None:
    """Where to go from here, what most people want first."""
    with st.container(horizontal=True):
        if prepared and st.button(
            _("Explore the prepared run"),
            icon=":material/center_focus_strong:",
            type="primary",
            key="explore",
        ):
            view = {"run": prepared.id}
            if seen:  # Explain opens at the image that is shown here
                st.session_state["image"] = seen.index
                view["image"] = str(seen.index)
            st.switch_page("pages/explain.py", query_params=with_language(view))
        if st.button(
            _("Distill your own"),
            icon=":material/model_training:",
            type="secondary" if prepared else "primary",
            key="distill_own",
        ):
            st.switch_page("pages/distill.py", query_params=with_language({}))
        if prepared and st.button(
            _("Take the tour (90 s)"), icon=":material/signpost:", type="tertiary", key="take_tour"
        ):
            begin_tour(prepared)
    if not prepared:
        st.caption(_("The prepared run and its tour were removed. *Runs* brings a deleted run back."))


def _continue(run: RunRecord) -> None:
    """The way back to the newest run of one's own."""
    st.page_link(
        "pages/explain.py" if run.state == "finished" else "pages/distill.py",
        label=_("Continue with {run}").format(run=plain(run.called)),
        icon=":material/arrow_forward:",
        help=title(run),
        query_params=with_language({"run": run.id}),
    )


def _nothing_yet() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.space("medium")
        st.markdown(
            _("Here one image will stand beside the heat maps of teacher, student and twin."),
            text_alignment="center",
        )
        st.space("medium")


def _row(store: Store, run: RunRecord | None) -> Example | None:
    """One image, where each network looks for its answer, and what that was worth; None where it fails."""
    if run is None:
        _nothing_yet()
        return None
    try:
        if not is_prepared(run):
            wait_until_ready()
        seen = example(store, run)
    except KdvizError as error:
        errors(error)
        return None
    figures = marks(run)
    with st.container(border=True):
        _pictures(seen, figures)
        st.markdown(_worth(run, figures))
        st.caption(_which(run, seen))
    return seen


def _pictures(seen: Example, figures: Mapping[Arm, Marks]) -> None:
    arms = [arm for arm in _DRAWN if arm in seen.attributions]
    heat = {arm: density(seen.attributions[arm]) for arm in arms}
    top = full_colour_at(heat)
    with st.grid(len(arms) + 1, min_column_width=130, gap="small"):
        with st.container(gap="xsmall"):
            alt = _("Test image {index}: {label}").format(index=seen.index, label=seen.label)
            st.image(png(blown_up(seen.image)), width="stretch", alt=alt)
            st.markdown(f"**{_('image')}**  \n{plain(seen.label)}")
        for arm in arms:
            with st.container(gap="xsmall"):
                picture = marked(overlay(seen.image, heat[arm], top=top), arm)
                st.image(png(picture), width="stretch", alt=heat_alt(arm, heat[arm]))
                st.markdown(_said(arm, seen))
                st.caption(
                    _("right on {share} of the test images").format(share=percent(figures[arm].accuracy))
                )


def _said(arm: Arm, seen: Example) -> str:
    style, answer = ARM_STYLES[arm], seen.answers[arm]
    tick = ":material/check:" if answer == seen.label else ":material/close:"
    return f"**{style.glyph} {style.label}**  \n{plain(answer)} {tick}"


def _worth(run: RunRecord, figures: Mapping[Arm, Marks]) -> str:
    """What looking where the teacher looks has brought, in the run's own numbers."""
    student, twin = figures["student"], figures.get("twin")
    if twin is None:
        return _(
            "The student's heat maps match its teacher's by **{student}**: 0 is chance, 1 the same map."
        ).format(student=score(student.agreement.value))
    values = {
        "weight": f"{run.config['explanation_weight']:g}",
        "student": percent(student.accuracy),
        "twin": percent(twin.accuracy),
        "student_match": score(student.agreement.value),
        "twin_match": score(twin.agreement.value),
    }
    if run.config["cue"] == "none":
        told = _(
            "The student was also told to look where its teacher looks (λ = {weight}). Its heat maps match "
            "the teacher's by **{student_match}**, its twin's by **{twin_match}**: 0 is chance, 1 the same "
            "map. It is right on **{student}** of the test images, its twin on **{twin}**."
        )
    else:
        told = _(
            "While they learnt, a cue planted in the images gave the class away; in the test images it lies. "
            "The student, which was also told to look where its teacher looks (λ = {weight}), is right on "
            "**{student}** of them. Its twin, which was not, is right on **{twin}**."
        )
    placebo = figures.get("placebo")
    if placebo is None:
        return told.format(**values)
    beyond = _("A placebo, told to look at the wrong places, is right on {placebo}.")
    return sentences(told.format(**values), beyond.format(placebo=percent(placebo.accuracy)))


def _which(run: RunRecord, seen: Example) -> str:
    """How the image was chosen: it was not drawn at random."""
    rule = (
        _("Test image {index}, the first probe image that the student names correctly and its twin does not.")
        if seen.telling
        else _("Test image {index}, the first of the probe set.")
    )
    scale = _("Grad-CAM for {target}: the brighter, the more of the evidence lies there.")
    name = _("{sentence}.").format(sentence=title(run))
    return sentences(name, rule.format(index=seen.index), scale.format(target=seen.target))


def _how_it_works() -> None:
    st.subheader(_("How it works"))
    with st.grid(3, min_column_width=260, gap="medium"):
        for heading, text in _parts():
            with st.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(f"**{heading}**")
                st.markdown(text)
    answers, looks = (rf"L_{{\text{{{part}}}}}" for part in (_("answers"), _("looks")))
    st.latex(rf"L \;=\; {answers} \;+\; \lambda \cdot {looks}")
    st.caption(
        _("What training makes small: wrong answers, and λ times the distance between the two heat maps."),
        text_alignment="center",
    )


def _parts() -> Sequence[tuple[str, str]]:
    return (
        (
            f":material/school: {_('The teacher shows where')}",
            _(
                "A large network is the **teacher**. A heat map tells which places in an image spoke for its "
                "answer. A small **student** learns its answers and, as hard as **λ** says, the same places."
            ),
        ),
        (
            f":material/join_inner: {_('A twin to compare with')}",
            _(
                "Beside the student learns its **twin**: same start, same images, same order, but λ = 0. "
                "What differs between the two was caused by λ, and by nothing else."
            ),
        ),
        (
            f":material/science: {_('A placebo, to be sure')}",
            _(
                "A third student has the same λ, but the maps of wrong images. Only what the student gains "
                "beyond this **placebo** is the teacher's knowledge."
            ),
        ),
    )
