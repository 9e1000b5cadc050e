"""The first page: what kdviz is, what it looks like, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.figures.maps import (
    arm_overlay,
    enlarged,
    heatmap_alt,
    heatmaps,
    png,
)
from kdviz.figures.style import ARM_STYLES, lambda_text, percent, score
from kdviz.language import _, sentences
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.types import Arm, Results
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.home_example import Example, example
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.run_menu import title
from kdviz.ui.frame.server import wait_until_ready
from kdviz.ui.frame.shell import errors
from kdviz.ui.frame.tour import begin_tour

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
                "kdviz trains it to look where its teacher looks, shows it live, and measures what that "
                "gains."
            )
        )
        ways_in = st.container()
    with pictures:
        seen = _example_row(store, shown)
    with ways_in:
        _ways_in(prepared, seen)
        if own:
            _continue(own)
    _how_it_works()


def _ways_in(prepared: Run | None, seen: Example | None) -> None:
    """Buttons to the other pages, the most useful first."""
    with st.container(horizontal=True):
        if prepared and st.button(
            _("Explore the prepared run"),
            icon=":material/center_focus_strong:",
            type="primary",
            key="explore",
        ):
            view = {"run": prepared.id}
            if seen:  # Explain opens this image
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
        st.caption(_("The prepared run and its tour were deleted. *Runs* restores a deleted run."))


def _continue(run: Run) -> None:
    """A link to the newest run of the person's own."""
    st.page_link(
        "pages/explain.py" if run.state == "finished" else "pages/distill.py",
        label=_("Continue with {run}").format(run=plain(run.title)),
        icon=":material/arrow_forward:",
        help=title(run),
        query_params=with_language({"run": run.id}),
    )


def _nothing_yet() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.space("medium")
        st.markdown(
            _("An image and the heat maps of teacher, student and twin will appear here."),
            text_alignment="center",
        )
        st.space("medium")


def _example_row(store: Store, run: Run | None) -> Example | None:
    """One image with the heat map of each network, and the run's figures; None where it fails."""
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
    figures = run.results or {}
    with st.container(border=True):
        _pictures(seen, figures)
        st.markdown(_effect(run, figures))
        st.caption(_source(run, seen))
    return seen


def _pictures(seen: Example, figures: Results) -> None:
    arms = [arm for arm in _DRAWN if arm in seen.attributions]
    maps = heatmaps({arm: seen.attributions[arm] for arm in arms})
    with st.grid(len(arms) + 1, min_column_width=130, gap="small"):
        with st.container(gap="xsmall"):
            alt = _("Test image {index}: {label}").format(index=seen.index, label=seen.label)
            st.image(png(enlarged(seen.image)), width="stretch", alt=alt)
            st.markdown(f"**{_('image')}**  \n{plain(seen.label)}")
        for arm in arms:
            with st.container(gap="xsmall"):
                picture = png(arm_overlay(seen.image, maps, arm))
                st.image(picture, width="stretch", alt=heatmap_alt(arm, maps.positive[arm]))
                st.markdown(_prediction(arm, seen))
                st.caption(_("test accuracy {share}").format(share=percent(figures[arm].accuracy)))


def _prediction(arm: Arm, seen: Example) -> str:
    style, answer = ARM_STYLES[arm], seen.answers[arm]
    tick = ":material/check:" if answer == seen.label else ":material/close:"
    return f"**{style.glyph} {style.label}**  \n{plain(answer)} {tick}"


def _effect(run: Run, figures: Results) -> str:
    """The effect of λ in the run's own numbers."""
    student, twin = figures["student"], figures.get("twin")
    if twin is None:
        return _(
            "Agreement of the student's heat maps with its teacher's: **{student}** (0 is chance, 1 the same "
            "map)."
        ).format(student=score(student.cosine.corrected))
    values = {
        "weight": lambda_text(run.config.explanation_weight, run.config.explanation_share),
        "student": percent(student.accuracy),
        "twin": percent(twin.accuracy),
        "student_match": score(student.cosine.corrected),
        "twin_match": score(twin.cosine.corrected),
    }
    if run.config.cue == "none":
        text = _(
            "The student also learns to look where its teacher looks (λ = {weight}). Agreement of its heat "
            "maps with the teacher's: **{student_match}**, its twin's **{twin_match}** (0 is chance, 1 the "
            "same map). Test accuracy: **{student}**, its twin's **{twin}**."
        )
    else:
        text = _(
            "In training, a planted cue gives the class away; in the test images it is misleading. The "
            "student, which also learns to look where its teacher looks (λ = {weight}), classifies "
            "**{student}** of them correctly; its twin, which does not, **{twin}**."
        )
    placebo = figures.get("placebo")
    if placebo is None:
        return text.format(**values)
    beyond = _("A placebo, trained on the heat maps of other images: {placebo}.")
    return sentences(text.format(**values), beyond.format(placebo=percent(placebo.accuracy)))


def _source(run: Run, seen: Example) -> str:
    """Which run and image these are; the image was not drawn at random."""
    rule = (
        _(
            "Test image {index}, the first probe image that the student classifies correctly and its twin "
            "does not."
        )
        if seen.telling
        else _("Test image {index}, the first of the probe set.")
    )
    scale = _("Grad-CAM for {target}: brighter means more evidence.")
    name = _("{sentence}.").format(sentence=title(run))
    return sentences(name, rule.format(index=seen.index), scale.format(target=seen.target))


def _how_it_works() -> None:
    st.subheader(_("How it works"))
    with st.grid(3, min_column_width=260, gap="medium"):
        for heading, text in _parts():
            with st.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(f"**{heading}**")
                st.markdown(text)
    accuracy, explanation = (rf"L_{{\text{{{part}}}}}" for part in (_("accuracy"), _("explanation")))
    st.latex(rf"L \;=\; {accuracy} \;+\; \lambda \cdot {explanation}")
    st.caption(
        _("Training minimizes the error of the answers plus λ times the distance between the heat maps."),
        text_alignment="center",
    )


def _parts() -> Sequence[tuple[str, str]]:
    return (
        (
            f":material/school: {_('The teacher shows where')}",
            _(
                "A large network is the **teacher**. Heat maps show which parts of an image support its "
                "answers. A small **student** learns the answers and, weighted by **λ**, the heat maps."
            ),
        ),
        (
            f":material/join_inner: {_('A twin to compare with')}",
            _(
                "The **twin** has the same initial weights, images and order as the student, but λ = 0. "
                "Any difference between the two is caused by λ."
            ),
        ),
        (
            f":material/science: {_('A placebo as a control')}",
            _(
                "The **placebo** has the same λ, but heat maps of other images. Only the student's gain over "
                "it comes from the teacher's maps."
            ),
        ),
    )
