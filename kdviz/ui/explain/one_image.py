"""One image through all arms: side by side, under a divider, or by every method."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from kdviz.comparison import (
    ImageExplanation,
    RunImages,
    chance_levels,
    explain_image,
    explain_test_image,
    explainers_offered,
    known_chance_levels,
    prepare_image,
)
from kdviz.explainers import BASELINES, EXPLAINERS
from kdviz.figures.maps import colour_bar, enlarged, highest_arm, image_layer, png
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, listed, sentences
from kdviz.progress import Message
from kdviz.store import Run, Store
from kdviz.types import ExplainerSpec
from kdviz.ui.explain.controls import View, open_method
from kdviz.ui.explain.numbers import numbers
from kdviz.ui.explain.panels import Drawn, arm_panel, difference_panel, image_panel, method_panel
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.downloads import explanation_downloads
from kdviz.ui.widgets.overlay import Panel, Touched, comparer

_DARK = 40
"""Of 255: a picture whose every point is below says little to a network that learnt from brighter ones."""

_TOUCHED = Touched(
    opacity=lambda percent: url_state.set_choice("opacity", int(percent)),
    divider=lambda percent: url_state.set_choice("divider", int(percent)),
    apart=lambda shown: url_state.set_choice("apart", "yes" if shown else "no"),
    target=lambda target: url_state.set_choice("target", int(target)),
)


def own_picture(view: View, images: RunImages) -> Tensor | None:
    """The person's picture as the run's networks see it; None, and what to do, while there is none.

    Raises DataError for a file that cannot be read.
    """
    if view.file is None:
        wanted = (
            _("Give a picture above: choose a file, drop one, or paste one.")
            if view.source == "upload"
            else _("Take a picture above.")
        )
        what = _("Every model of this run is then asked what it sees, and where.")
        where = _("The picture stays in memory for this visit: it is not saved, and not in the link.")
        st.info(sentences(wanted, what, where), icon=":material/add_photo_alternate:")
        return None
    image, enlarged = _fitted(view.file, tuple(images.test.images.shape[1:]), images)
    _count, channels, height, width = image.shape
    seen = (
        _("Shown as the networks see it: the middle, {height} × {width} pixels, grey.")
        if channels == 1
        else _("Shown as the networks see it: the middle, {height} × {width} pixels.")
    ).format(height=height, width=width)
    smaller = _("It was smaller than that, and has been enlarged.") if enlarged else ""
    known = _("The models know {count} classes and must choose one of them, whatever the picture shows.")
    kept = _("It is kept in memory for this visit alone.")
    st.caption(sentences(seen, smaller, known.format(count=len(images.classes)), kept))
    if (brightest := int(image.max())) < _DARK:
        st.warning(
            _(
                "The picture is almost black: its brightest point has {share} of white. A 16-bit file is "
                "read from 0 to 65,535; one that holds smaller numbers must be scaled up before."
            ).format(share=percent(brightest / 255)),
            icon=":material/dark_mode:",
        )
    return image


@st.cache_data(scope="session", max_entries=2, show_spinner=False)
def _fitted(file: bytes, shape: tuple[int, ...], _images: RunImages) -> tuple[Tensor, bool]:
    """Decoded once, since a photograph takes longer than all else; forgotten with the visit."""
    return prepare_image(file, _images)


def explained(store: Store, run: Run, view: View, picture: Tensor | None) -> DeltaGenerator:
    """The pictures and the numbers. picture: one's own; None for a test image.

    Returns the place for the progress of what is still to be measured: see `measure_chance`.
    """
    if view.shape == "methods":
        _methods(store, run, view, picture)
        return st.container()
    with st.skeleton(height=420):
        seen = _seen(store, run, view, picture, view.explainer)
    drawn = Drawn.of(seen, view)
    chance = known_chance_levels(store, run.id, view.explainer, baseline=view.baseline)
    _sentence(seen, view)
    panels = [arm_panel(drawn, view, arm, chance) for arm in seen.arms]
    if view.shape == "swipe":
        by_arm = dict(zip(seen.arms, panels, strict=True))
        shown = [by_arm[arm] for arm in view.pair] + [difference_panel(drawn, view, view.pair)]
    else:
        last = difference_panel(drawn, view, ("teacher", "student"))
        shown = [image_panel(drawn, view, _image_alt(seen)), *panels, last]
    _compare(drawn, view, shown)
    place = st.container()
    _scale(drawn, view)
    _made_by(run, seen, view)
    with st.expander(_("The numbers as tables"), icon=":material/table:", key="numbers_open"):
        numbers(seen, chance, file=f"kdviz-{run.id}-{view.explainer}")
    if seen.index is not None:
        explanation_downloads(seen, file=f"{run.id}-{view.explainer}-{seen.index}")
    return place


def measure_chance(store: Store, run: Run, view: View, place: DeltaGenerator) -> None:
    """The chance level of the explainer, where it is unknown: after all else, and then the page anew."""
    explainer, baseline = view.explainer, view.baseline
    known = known_chance_levels(store, run.id, explainer, baseline=baseline)
    if view.shape != "methods" and known is None:
        with place, bar() as report:
            chance_levels(store, run.id, explainer, baseline=baseline, report=report)
        st.rerun()


def _seen(store: Store, run: Run, view: View, picture: Tensor | None, explainer: str) -> ImageExplanation:
    baseline, target = view.baseline, view.target
    if picture is not None:
        return explain_image(store, run.id, picture, explainer=explainer, target=target, baseline=baseline)
    intact = view.intact
    return explain_test_image(
        store, run.id, view.index, explainer=explainer, target=target, baseline=baseline, intact=intact
    )


def _compare(drawn: Drawn, view: View, panels: list[Panel]) -> None:
    comparer(
        "swipe" if view.shape == "swipe" else "row",
        image_layer(drawn.look.image),
        panels,
        opacity=view.opacity,
        divider=view.divider,
        apart=view.apart,
        touched=_TOUCHED,
        unit=drawn.unit,
    )


# --- by every method ----------------------------------------------------------------------------


def _methods(store: Store, run: Run, view: View, picture: Tensor | None) -> None:
    """A row of maps a method, as soon as each is there."""
    offered = explainers_offered(run.config)
    with st.skeleton(height=200):
        first = _seen(store, run, view, picture, offered[0].name)
    _sentence(first, view)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(png(enlarged(first.image)), width=120, alt=_image_alt(first))
        with st.container(width=320):
            _opacity(view)
            st.caption(
                _("In each row one scale for all arms, with its full colour at the teacher's maximum.")
            )
    with bar() as report:
        for done, spec in enumerate(offered):
            report(Message("Explaining by {method}", {"method": spec.label}), done / len(offered))
            _method(store, run, view, picture, spec)


def _method(store: Store, run: Run, view: View, picture: Tensor | None, spec: ExplainerSpec) -> None:
    with st.container(border=True):
        st.button(
            f"**{_(spec.label)}**",
            key=f"open_{spec.name}",
            help=_(spec.about),
            icon=":material/warning:" if spec.warning else None,
            on_click=open_method,
            args=(spec.name,),
            type="tertiary",
        )
        with st.skeleton(height=220):
            drawn = Drawn.of(_seen(store, run, view, picture, spec.name), view)
        chance = known_chance_levels(store, run.id, spec.name, baseline=view.baseline)
        panels = [method_panel(drawn, view, arm, chance) for arm in drawn.heat]
        comparer(
            "row",
            image_layer(drawn.look.image),
            [*panels, difference_panel(drawn, view, ("teacher", "student"))],
            opacity=view.opacity,
            controls=False,
            touched=_TOUCHED,
            unit=drawn.unit,
            key=f"comparer_{spec.name}",
        )


def _opacity(view: View) -> None:
    st.session_state["opacity_slider"] = view.opacity
    st.slider(
        _("Opacity"),
        0,
        100,
        format="%d %%",
        key="opacity_slider",
        on_change=lambda: url_state.set_choice("opacity", int(st.session_state["opacity_slider"])),
    )


# --- in words -----------------------------------------------------------------------------------


def _sentence(seen: ImageExplanation, view: View) -> None:
    names = [plain(name) for name in seen.classes]
    st.markdown(sentences(_answers(seen, names), _question(seen, names, view)))


def _answers(seen: ImageExplanation, names: list[str]) -> str:
    said = {arm: of.predicted for arm, of in seen.arms.items()}
    known = seen.label if seen.label is not None else said["teacher"]
    others = listed(
        _("{arm} says {answer}").format(arm=ARM_STYLES[arm].label, answer=names[answer])
        for arm, answer in said.items()
        if answer != known
    )
    if seen.label is None:
        sentence = _("The teacher says **{name}**; {others}.") if others else _("All arms say **{name}**.")
    else:
        sentence = _("**{name}**; {others}.") if others else _("**{name}**, and all arms say so.")
    return sentence.format(name=names[known], others=others)


def _question(seen: ImageExplanation, names: list[str], view: View) -> str:
    reasons = {
        "teacher": _("Shown is the evidence for **{name}**, the teacher's answer."),
        "label": _("Shown is the evidence for **{name}**, the label."),
        "own": _("Shown is each model's evidence for its own answer."),
    }
    sentence = reasons.get(str(view.target), _("Shown is the evidence for **{name}**."))
    return sentence.format(name=names[seen.target])


def _image_alt(seen: ImageExplanation) -> str:
    if seen.index is not None:
        return _("Test image {index}: {label}").format(index=seen.index, label=seen.label_name)
    return _("Your picture, as the networks see it")


def _scale(drawn: Drawn, view: View) -> None:
    sizes = sorted({of.attribution.shape for of in drawn.look.arms.values()})
    cells = listed(f"{height} × {width}" for height, width in sizes)
    arm, most = highest_arm(drawn.heat)
    above = _("Highest: {arm}, {most}×.").format(arm=ARM_STYLES[arm].label, most=f"{most:.1f}")
    if drawn.signed:
        text = _(
            "One scale for all arms, from −{top} to {top} times the mean strength of the evidence: the "
            "teacher's largest. Orange speaks for the class, purple against it. The maps' own cells: {cells}."
        )
    elif not np.isfinite(drawn.heat["teacher"]).all():
        text = _(
            "One scale for all arms, from 0 to {top} times an even spread of the evidence: the highest of "
            "all, as the teacher's map is undefined. Positive part only. The maps' own cells: {cells}."
        )
    elif drawn.clipped:
        text = _(
            "One scale for all arms, from 0 to {top} times an even spread of the evidence: the teacher's "
            "maximum, without its highest {clipped} of cells. Positive part only. The maps' own cells: "
            "{cells}."
        )
    else:
        text = _(
            "One scale for all arms, from 0 to {top} times an even spread of the evidence: the teacher's "
            "maximum. Positive part only. The maps' own cells: {cells}."
        )
    text = text.format(top=f"{drawn.top:.1f}", cells=cells, clipped=percent(drawn.clipped))
    both_ways = _("Colours from purple over 0 to orange")
    if not drawn.signed:
        alt = _("Colours from 0, dark, to {top}, light").format(top=f"{drawn.top:.1f}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(png(colour_bar(colours=view.colours)), width=160, alt=alt)
            st.caption(sentences(text, above) if most > drawn.top else text)
        text = _(
            "The difference has its own scale, the same both ways, which is said under it; 0 is see-through."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(png(colour_bar(signed=True)), width=160, alt=both_ways)
        st.caption(text)


def _made_by(run: Run, seen: ImageExplanation, view: View) -> None:
    """What a person needs to make the maps again."""
    spec, config = EXPLAINERS[view.explainer], run.config
    where = (
        _("at the pixels")
        if "spatial-features" not in spec.requires
        else _("at the last feature map")
        if config.explained_layer == "last"
        else _("at the second-to-last feature map")
    )
    text = _("Run {run}, latest weights; {method} {where}, for {target}.").format(
        run=run.id,
        method=_(spec.label),
        where=where,
        target=_("each model's own answer") if view.target == "own" else plain(seen.classes[seen.target]),
    )
    absent = _("An absent pixel is: {baseline}.").format(baseline=_(BASELINES[view.baseline].label))
    st.caption(sentences(text, absent) if spec.takes_baseline else text)
