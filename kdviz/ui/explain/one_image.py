"""One image explained by all arms: side by side, under a divider, or by all methods."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison import (
    ImageExplanation,
    Levels,
    PlantedCue,
    chance_levels,
    cue_effects,
    finding_surveys,
    known_chance_levels,
)
from kdviz.datasets import CUES
from kdviz.figures.maps import divider_percent
from kdviz.language import _, sentences
from kdviz.narrative import (
    answer_notes,
    answers_sentence,
    brief_twin,
    by_other_explainers,
    chosen_class_headline,
    cue_alone,
    cue_headline,
    headline_arms,
    placebo_sentence,
    places_contradict,
    places_sentence,
    unseen_on_image,
    why_sentence,
)
from kdviz.report import shown_maps
from kdviz.store import Run, Store
from kdviz.ui.explain.all_methods import all_methods
from kdviz.ui.explain.captions import image_alt, own_first, show_provenance, show_scale, show_target
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.cue import (
    helping_cue_note,
    shown_cue,
    true_cue_note,
    try_own,
    with_why,
)
from kdviz.ui.explain.cue_mover import what_if
from kdviz.ui.explain.cue_words import what_if_word
from kdviz.ui.explain.drawing import draw_panels
from kdviz.ui.explain.edited_text import edited_text
from kdviz.ui.explain.explained import alone_without_help, explained, for_own_predictions, views
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.explain.listen import listen, play_whole
from kdviz.ui.explain.only_twin_wrong import next_button
from kdviz.ui.explain.outline_legend import outline_legend
from kdviz.ui.explain.own_input import OwnInput
from kdviz.ui.explain.panels import (
    arm_panel,
    difference_panel,
    image_panel,
)
from kdviz.ui.explain.tables import tables
from kdviz.ui.frame.plain_words import plain_words
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.responsive import NARROW
from kdviz.ui.widgets.downloads import explanation_downloads
from kdviz.ui.widgets.input_views import view_of
from kdviz.ui.widgets.panel import Panel

_SWIPE_PX, _ROW_PX, _NARROW_ROW_PX = 420, 580, 525
"""Heights of the pictures with their lines: under a divider, in a row, and of a row on a narrow screen."""


def show_explanation(store: Store, run: Run, query: ImageQuery, given: OwnInput | None) -> DeltaGenerator:
    """The pictures and the numbers. given: the visitor's own; None for a test image.

    Returns the place for the progress of what is still to be measured: see `measure_chance`.
    """
    if query.layout == "methods":
        all_methods(store, run, query, given)
        return st.container()
    with st.skeleton(height=_expected_px(run, query)):
        explanation = explained(store, run, query, given, query.explainer)
        own = for_own_predictions(store, run, query, given, explanation)
    chance = known_chance_levels(store, run.id, query.explainer, baseline=query.baseline)
    cue = shown_cue(run, query) if given is None else None
    view, own_view = views(run, query, given, explanation, own, cue)
    view = replace(view, alone=alone_without_help(store, run, query, explanation))
    if cue is not None:
        why, brief = _why_with_cue(store, run, query, explanation, own, cue)
    else:
        why, brief = _why_without_cue(given, explanation, own, chance or {})
    if cue is not None and query.intact:
        helping_cue_note()
    if explanation.sound is not None:
        play_whole(explanation.sound, run)
    if cue is not None and not query.intact:
        true_cue_note(explanation, cue)
    alone = "" if cue is None else cue_alone(own, cue)
    links = partial(_links, store, run, query, explanation)
    with with_why(why, brief, cue, about_brief=alone, links=links):
        draw_panels(
            view,
            _panels(view, [arm_panel(view, arm, chance, own=own_view) for arm in explanation.arms]),
            mode="swipe" if query.layout == "swipe" else "row",
            cue=cue,
            divider=_divider(own if own_first(query) else explanation, query),
        )
        outline_legend(view, cue)
    show_target(explanation, query)
    if explanation.text is not None:
        edited_text(store, run, query, explanation)
    if explanation.sound is not None:
        listen(store, run, own)
    if cue is not None:
        (what_if if explanation.text is None else what_if_word)(store, run, query)
    elif given is not None and explanation.text is None and CUES[run.config.cue].variants is not None:
        what_if(store, run, query, given)
    progress = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        plain_words(cue=run.config.cue != "none")
        with st.popover(_("Colours and scales"), icon=":material/palette:", type="tertiary", key="scales"):
            show_scale(view)
            show_provenance(run, explanation, query)
    tables(explanation, chance)
    _downloads(view, explanation, own, cue, run)
    return progress


def _downloads(
    view: ExplanationView, compared: ImageExplanation, own: ImageExplanation, cue: PlantedCue | None, run: Run
) -> None:
    """The maps that are shown at first, as files."""
    query, named = view.query, "own" if compared.index is None else str(compared.index)
    shown = own if own_first(query) else compared
    maps = partial(shown_maps, shown, compared, signed=view.signed, colours=query.colours, alone=view.alone)
    explanation_downloads(
        shown,
        maps,
        file=f"{run.id}-{query.explainer}-{named}",
        grid=query.grid,
        opacity=query.opacity / 100,
        box=None if cue is None or compared.text is not None else cue.box,
    )


def _links(store: Store, run: Run, query: ImageQuery, explanation: ImageExplanation) -> None:
    """The buttons below the headline: to another test image, or to one's own."""
    if explanation.index is None:
        return
    try_own(view_of(run.config.dataset))
    if {"student", "twin"} <= set(explanation.arms):
        next_button(store, run, query)


def _why_with_cue(
    store: Store,
    run: Run,
    query: ImageQuery,
    explanation: ImageExplanation,
    own: ImageExplanation,
    cue: PlantedCue,
) -> tuple[str, str]:
    """Why the arms predict what they do, and what the maps miss of it; in sentences and in a line.

    The line follows a chosen class, whose maps are shown in place of those for each network's own answer.
    """
    arms = headline_arms(own)
    effects = cue_effects(store, run.id, query.index, arms=arms, intact=query.intact) or {}
    known = {} if query.intact else finding_surveys(store, run)  # of the cue as it is in the test
    others = [survey for name, survey in known.items() if name != query.explainer]
    why = sentences(
        why_sentence(own, cue),
        *answer_notes(own, cue, effects)[1:],
        unseen_on_image(own, cue, effects),
        by_other_explainers(own, cue, others),
    )
    if query.target not in ("teacher", "own"):
        return why, chosen_class_headline(explanation, cue)
    return why, cue_headline(own, cue, effects)


def _why_without_cue(
    given: OwnInput | None, explanation: ImageExplanation, own: ImageExplanation, chance: Levels
) -> tuple[str, str]:
    """The same where nothing is planted. Of a doubtful own input, answers and brightest spots alone."""
    if given is None:
        return placebo_sentence(explanation, chance), brief_twin(explanation, chance)
    if given.blank:
        return "", ""
    answers, places = answers_sentence(own), places_sentence(own)
    if given.doubtful:
        return "", sentences(answers, places)
    if places_contradict(own, explanation, chance):
        places = ""
    same = len({own.arms[arm].target for arm in headline_arms(own)}) == 1
    headline = sentences(answers, places, brief_twin(explanation, chance) if same else "")
    return placebo_sentence(explanation, chance), headline


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


def _divider(drawn: ImageExplanation, query: ImageQuery) -> int:
    """In percent: as it was set, else where something is seen of both maps. drawn: with the maps at first."""
    if query.layout != "swipe" or query.divider is not None:
        return 50 if query.divider is None else query.divider
    left, right = (drawn.arms[arm].attribution for arm in query.pair)
    return divider_percent(left, right)


def _panels(view: ExplanationView, arms: list[Panel]) -> list[Panel]:
    """The comparer's panels: all arms in a row, or a pair and its difference."""
    if view.query.layout == "swipe":
        by_arm = dict(zip(view.explanation.arms, arms, strict=True))
        return [*(by_arm[arm] for arm in view.query.pair), difference_panel(view, view.query.pair)]
    image = [] if view.explanation.text is not None else [image_panel(view, image_alt(view.explanation))]
    return [*image, *arms, difference_panel(view, ("teacher", "student"))]
