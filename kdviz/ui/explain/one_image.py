"""One image explained by all arms: side by side, under a divider, or by all methods."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison import (
    ImageExplanation,
    Levels,
    PlantedCue,
    chance_levels,
    explain_image,
    explain_test_image,
    explainers_offered,
    known_chance_levels,
    run_images,
)
from kdviz.figures.maps import enlarged, image_layer, png
from kdviz.language import _
from kdviz.narrative import brief_twin, brief_why, twin_sentence, why_sentence
from kdviz.progress import Message
from kdviz.store import Run, Store
from kdviz.types import ExplainerSpec
from kdviz.ui.explain.captions import image_alt, own_first, show_predictions, show_provenance, show_scale
from kdviz.ui.explain.controls import ImageQuery, open_method
from kdviz.ui.explain.cue import cue_outline, shown_cue, with_why
from kdviz.ui.explain.cue_mover import what_if
from kdviz.ui.explain.panels import (
    ExplanationView,
    arm_panel,
    difference_panel,
    image_panel,
    method_panel,
)
from kdviz.ui.explain.tables import tables
from kdviz.ui.frame import url_state
from kdviz.ui.frame.plain_words import plain_words
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.responsive import NARROW
from kdviz.ui.widgets.downloads import explanation_downloads
from kdviz.ui.widgets.overlay import ComparerCallbacks, MapPanel, comparer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_CALLBACKS = ComparerCallbacks(
    opacity=lambda percent: url_state.set_choice("opacity", int(percent)),
    divider=lambda percent: url_state.set_choice("divider", int(percent)),
    apart=lambda shown: url_state.set_choice("apart", "yes" if shown else "no"),
    target=lambda target: url_state.set_choice("target", int(target)),
)


_SWIPE_PX, _ROW_PX, _NARROW_ROW_PX = 420, 580, 525
"""Heights of the pictures with their lines: under a divider, in a row, and of a row on a narrow screen."""


def show_explanation(store: Store, run: Run, query: ImageQuery, picture: Tensor | None) -> DeltaGenerator:
    """The pictures and the numbers. picture: the visitor's own; None for a test image.

    Returns the place for the progress of what is still to be measured: see `measure_chance`.
    """
    if query.layout == "methods":
        _all_methods(store, run, query, picture)
        return st.container()
    with st.skeleton(height=_expected_px(run, query)):
        explanation = _explanation(store, run, query, picture, query.explainer)
        own = _for_own_predictions(store, run, query, picture, explanation)
    chance = known_chance_levels(store, run.id, query.explainer, baseline=query.baseline)
    cue = shown_cue(run, query) if picture is None else None
    mask = _object_mask(run, query, picture)
    view = ExplanationView.of(explanation, query, mask)
    own_view = None if own is explanation else ExplanationView.of(own, query, mask)
    with with_why(*_why(explanation, own, cue, chance or {}), cue):
        comparer(
            "swipe" if query.layout == "swipe" else "row",
            image_layer(explanation.image),
            _panels(view, [arm_panel(view, arm, chance, own=own_view) for arm in explanation.arms]),
            opacity=query.opacity,
            divider=query.divider,
            apart=query.apart,
            own_first=own_first(query),
            callbacks=_CALLBACKS,
            unit=view.unit,
            cue=None if cue is None else cue_outline(cue, explanation),
        )
    if cue is not None:
        what_if(store, run, query)
    progress = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        show_predictions(explanation, query)
        plain_words()
    show_scale(view)
    show_provenance(run, explanation, query)
    tables(explanation, chance)
    shown = "own" if explanation.index is None else str(explanation.index)
    explanation_downloads(explanation, file=f"{run.id}-{query.explainer}-{shown}")
    return progress


def _why(
    explanation: ImageExplanation, own: ImageExplanation, cue: PlantedCue | None, chance: Levels
) -> tuple[str, str]:
    """Why the arms predict what they do, in sentences and in a line."""
    if cue:
        return why_sentence(own, cue), brief_why(own, cue)
    return twin_sentence(explanation, chance), brief_twin(explanation, chance)


def _expected_px(run: Run, query: ImageQuery) -> int:
    """Height of the pictures on a wide screen; that on a narrow one is set, so that nothing below moves."""
    if query.layout == "swipe":
        return _SWIPE_PX
    rows = math.ceil((len(run.config.all_arms) + 2) / 2)  # with the image and the difference, two in a row
    narrow = f"height: {rows * _NARROW_ROW_PX}px !important;"
    st.html(f'<style>@media {NARROW} {{ [data-testid="stSkeleton"] {{ {narrow} }} }}</style>')
    return _ROW_PX


def measure_chance(store: Store, run: Run, query: ImageQuery, place: DeltaGenerator) -> None:
    """Compute the explainer's chance level if it is unknown, after everything else, and rerun the page."""
    explainer, baseline = query.explainer, query.baseline
    known = known_chance_levels(store, run.id, explainer, baseline=baseline)
    if query.layout != "methods" and known is None:
        with place, bar() as report:
            chance_levels(store, run.id, explainer, baseline=baseline, report=report)
        st.rerun()


def _explanation(
    store: Store, run: Run, query: ImageQuery, picture: Tensor | None, explainer: str
) -> ImageExplanation:
    baseline, target = query.baseline, query.target
    if picture is not None:
        return explain_image(store, run.id, picture, explainer=explainer, target=target, baseline=baseline)
    return explain_test_image(
        store,
        run.id,
        query.index,
        explainer=explainer,
        target=target,
        baseline=baseline,
        intact=query.intact,
    )


def _for_own_predictions(
    store: Store, run: Run, query: ImageQuery, picture: Tensor | None, shown: ImageExplanation
) -> ImageExplanation:
    """The same with each arm explained for its own prediction."""
    if all(of.target == of.predicted for of in shown.arms.values()):
        return shown
    return _explanation(store, run, replace(query, target="own"), picture, query.explainer)


def _object_mask(run: Run, query: ImageQuery, picture: Tensor | None) -> NDArray[np.bool_] | None:
    """What is outlined as the object; None for nothing."""
    if picture is not None or not query.object_outline:
        return None
    return run_images(run.config).object_mask(query.index, intact=query.intact)


def _panels(view: ExplanationView, arms: list[MapPanel]) -> list[MapPanel]:
    """The comparer's panels: all arms in a row, or a pair and its difference."""
    if view.query.layout == "swipe":
        by_arm = dict(zip(view.explanation.arms, arms, strict=True))
        return [*(by_arm[arm] for arm in view.query.pair), difference_panel(view, view.query.pair)]
    image = image_panel(view, image_alt(view.explanation))
    return [image, *arms, difference_panel(view, ("teacher", "student"))]


# --- by every method ----------------------------------------------------------------------------


def _all_methods(store: Store, run: Run, query: ImageQuery, picture: Tensor | None) -> None:
    """A row of maps per method, as soon as each is ready."""
    offered = explainers_offered(run.config)
    with st.skeleton(height=200):
        first = _explanation(store, run, query, picture, offered[0].name)
    show_predictions(first, query)
    with st.container(horizontal=True, vertical_alignment="center", key="methods_head"):
        st.image(png(enlarged(first.image)), width=120, alt=image_alt(first))
        with st.container(width=320):
            _opacity(query)
            st.caption(
                _("In each row one scale for all arms, with its full colour at the teacher's maximum.")
            )
    with bar() as report:
        for done, spec in enumerate(offered):
            report(Message("Explaining by {method}", {"method": spec.label}), done / len(offered))
            _one_method(store, run, query, picture, spec)


def _one_method(
    store: Store, run: Run, query: ImageQuery, picture: Tensor | None, spec: ExplainerSpec
) -> None:
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
            explanation = _explanation(store, run, query, picture, spec.name)
        view = ExplanationView.of(explanation, query, _object_mask(run, query, picture))
        chance = known_chance_levels(store, run.id, spec.name, baseline=query.baseline)
        panels = [method_panel(view, arm, chance or {}) for arm in explanation.arms]
        comparer(
            "row",
            image_layer(explanation.image),
            [*panels, difference_panel(view, ("teacher", "student"))],
            opacity=query.opacity,
            controls=False,
            callbacks=_CALLBACKS,
            unit=view.unit,
            key=f"comparer_{spec.name}",
        )


def _opacity(query: ImageQuery) -> None:
    st.session_state["opacity_slider"] = query.opacity
    st.slider(
        _("Opacity"),
        0,
        100,
        format="%d %%",
        key="opacity_slider",
        on_change=lambda: url_state.set_choice("opacity", int(st.session_state["opacity_slider"])),
    )
