"""The first page: what kdviz is, what λ does, and where to start."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import streamlit as st

from kdviz.config import make_config
from kdviz.figures.style import lambda_text, percent
from kdviz.language import _, sentences
from kdviz.store import Run, Store
from kdviz.store.lambda_ladder import LambdaLadder, prepared_ladder
from kdviz.store.prepared import is_prepared
from kdviz.store.prepared_examples import WEAKER, came_with_kdviz, packed_run
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.page_switch import open_page
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.responsive import NARROW, WIDE, only_when
from kdviz.ui.frame.run_menu import NEW_RUN
from kdviz.ui.frame.tour import begin_tour
from kdviz.ui.home.prepared_examples import link_to_examples, prepared_examples
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.lambda_scrubber import lambda_scrubber, students_note
from kdviz.ui.widgets.submitting import is_own


def home(store: Store) -> None:
    """The whole page."""
    runs = store.runs()
    prepared = next((run for run in runs if is_prepared(run)), None)
    others = [run for run in runs if not came_with_kdviz(run)]
    latest = next(iter([*(run for run in others if is_own(store, run)), *others]), None)
    ladder = prepared_ladder()
    what_the_patch_does = _(
        "In the student's training, the patch's colour gave the answer away. In these test images it "
        "misleads. The teacher had learned from images in which it was random."
    )
    _arrange()
    with st.container(key="hero"):
        with st.container(key="hero_words"):
            st.title(_("Does the student look where its teacher looks?"))
            st.markdown(
                _(
                    "A small network can copy a large one's answers and still look at the wrong thing. "
                    "kdviz trains it to look where its teacher looks, shows it live, and measures what that "
                    "gains."
                )
            )
            # In the card a projector has no room for it, and a phone none above the slider.
            with nullcontext() if projecting() else only_when(NARROW, key="hero_patch_narrow"):
                st.markdown(what_the_patch_does)
        with st.container(key="hero_scrubber", border=True):
            if not projecting():
                with only_when(WIDE, key="hero_patch"):
                    st.markdown(what_the_patch_does)
            lambda_scrubber(ladder)
            if not projecting():
                st.markdown(_who_follows(ladder))
            st.caption(sentences(_("Yellow: where the network looks."), _twin_of(), _other_seed(ladder)))
            with st.popover(
                _("How it was made"), icon=":material/info:", type="tertiary", key="ladder_source"
            ):
                st.markdown(_source(ladder))
        with st.container(key="hero_ways"):
            _ways_in(prepared, ladder)
            if latest:
                _continue(latest, own=is_own(store, latest))
            link_to_examples()
        with st.container(key="hero_how"):
            _how_it_works()
    prepared_examples(store)


def _arrange() -> None:
    """Wide screens have the scrubber beside words and buttons; narrow ones between them."""
    places = {
        "hero_words": "1 / 1",
        "hero_ways": "2 / 1",
        "hero_how": "3 / 1",
        "hero_scrubber": "1 / 2 / 5 / 3",
    }
    areas = "".join(f"& > :has(> .st-key-{key}) {{ grid-area: {area}; }}" for key, area in places.items())
    grid = f"display: grid; column-gap: 3rem; grid-template: auto auto auto 1fr / 5fr 7fr; {areas}"
    whole = ".st-key-hero_ways a * { white-space: normal; overflow: visible; }"  # the title of a run
    st.html(f"<style>@media {WIDE} {{ .st-key-hero {{ {grid} }} }} {whole}</style>")


def _ways_in(prepared: Run | None, ladder: LambdaLadder) -> None:
    """Buttons to the other pages, the most useful first."""
    with st.container(horizontal=True):
        if prepared and st.button(
            _("Explore the prepared run"),
            icon=":material/center_focus_strong:",
            type="primary",
            key="explore",
        ):
            index = ladder.images[ladder.opening].index  # both have the same test images
            st.session_state["image"] = index
            view = {"run": prepared.id, "image": str(index)}
            open_page("pages/explain.py", with_language(view))
        if st.button(
            _("Distill your own"),
            icon=":material/model_training:",
            type="secondary" if prepared else "primary",
            key="distill_own",
        ):
            open_page("pages/distill.py", _same_experiment(prepared))
        if prepared and st.button(
            _("Take the tour (60 s)"), icon=":material/signpost:", type="tertiary", key="take_tour"
        ):
            begin_tour(prepared)
    if not prepared:
        st.caption(_("The prepared run and its tour were deleted. *Runs* restores a deleted run."))


def _same_experiment(prepared: Run | None) -> dict[str, str]:
    """A link to the form with the experiment of this page, beside its run if there is one."""
    if prepared:
        return with_language({NEW_RUN: "1", "run": prepared.id})
    return settings_link(make_config({"dataset": "shapes", "cue": "hue-patch"}))


def _continue(run: Run, *, own: bool) -> None:
    """A link to the visitor's newest run, or to that of others."""
    text = _("Continue with {run}") if own else _("Latest run on this server: {run}")
    st.page_link(
        "pages/explain.py" if run.state == "finished" else "pages/distill.py",
        label=text.format(run=plain(run.title)),
        icon=":material/arrow_forward:",
        help=run.id,
        query_params=with_language({"run": run.id}),
    )


def _twin_of() -> str:
    """What the ends of the slider are."""
    return _(
        "At λ = 0 the network is the twin: the same student without the teacher's maps. Further right it is "
        "the student."
    )


def _who_follows(ladder: LambdaLadder) -> str:
    """How often the students at both ends of the slider follow the patch."""
    text = _(
        "The twin does not guess: where the patch is wrong, it answers what the patch meant on "
        "**{followed}** of the images. At λ = {weight} the student does so on **{rest}**."
    )
    first, last = (percent(ladder.cue_followed[end]) for end in (0, -1))
    return text.format(followed=first, weight=f"{ladder.weights[-1]:g}", rest=last)


def _source(ladder: LambdaLadder) -> str:
    """Which students these are, what the maps show, and how the images were chosen."""
    maps = _(
        "Grad-CAM for each network's own prediction: brighter means more evidence, on one scale for an image."
    )
    rule = _(
        "Images: for each class, the first test image where λ = 0 predicts what the patch meant and "
        "λ = {largest} is correct."
    )
    return sentences(
        students_note(ladder),
        maps,
        rule.format(largest=lambda_text(ladder.weights[-1], None)),
    )


def _other_seed(ladder: LambdaLadder) -> str:
    """That the packed runs are of another seed, with the λ at which that shows; "" if it does not."""
    results = packed_run(WEAKER).results or {}
    student = results.get("student")
    if student is None or student.explanation_weight not in ladder.weights:
        return ""
    at = ladder.weights.index(student.explanation_weight)
    here, there = percent(ladder.accuracies[at]), percent(student.accuracy)
    text = _(
        "One seed: in the runs that came with kdviz, of another seed, λ = {weight} gives {there} instead of "
        "{here}."
    )
    return "" if here == there else text.format(weight=f"{ladder.weights[at]:g}", here=here, there=there)


def _how_it_works() -> None:
    st.subheader(_("How it works"))
    for heading, text in _parts():
        st.markdown(f"**{heading}**  \n{text}")
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
                "A large network is the **teacher**; it learned from images in which the patch was random. "
                "Heat maps show which parts of an image support its answers. A small **student** learns the "
                "answers and, weighted by **λ**, the heat maps."
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
