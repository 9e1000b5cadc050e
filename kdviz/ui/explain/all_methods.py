"""One input by every method: a row of maps each, which narrow screens fold to a line."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison import (
    ImageExplanation,
    PlantedCue,
    evidence_on,
    explainers_offered,
    known_chance_levels,
)
from kdviz.figures.maps import CLIPPED, enlarged, png
from kdviz.language import _, decimal, listed, percentage, sentences
from kdviz.narrative import brightest_spots, cue_meaning, method_line, strongest_words
from kdviz.progress import Message
from kdviz.store import Run, Store
from kdviz.types import ExplainerSpec
from kdviz.ui.explain.captions import image_alt, own_first, show_predictions
from kdviz.ui.explain.checks import checks_mark
from kdviz.ui.explain.controls import ImageQuery, open_method
from kdviz.ui.explain.cue import shown_cue
from kdviz.ui.explain.drawing import draw_legend, draw_panels
from kdviz.ui.explain.explained import explained, for_own_predictions, views
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.explain.listen import play_whole
from kdviz.ui.explain.outline_legend import outline_legend
from kdviz.ui.explain.own_input import OwnInput
from kdviz.ui.explain.panels import difference_panel, folded, small_panel
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.projector import projecting, settings_and_pictures
from kdviz.ui.frame.responsive import NARROW, WIDE, folded_when_narrow, only_when
from kdviz.ui.widgets.input_views import view_of


def all_methods(store: Store, run: Run, query: ImageQuery, given: OwnInput | None) -> None:
    """A row of maps per method, as soon as each is ready; above them, what most of them show."""
    offered = explainers_offered(run.config)
    cue = shown_cue(run, query) if given is None else None
    with st.skeleton(height=200):
        first = explained(store, run, query, given, offered[0].name)
    if first.sound is not None:
        play_whole(first.sound, run)
    show_predictions(first, query)
    above, rows = settings_and_pictures()
    with above:
        summary, peaks, read = st.empty(), [], []
        _head(run, query, given, first, cue)
    with rows, bar() as report:
        for done, spec in enumerate(offered):
            report(Message("Explaining by {method}", {"method": spec.label}), done / len(offered))
            line = f"line_{spec.name}"
            with folded_when_narrow(
                _(spec.label),
                key=f"method_{spec.name}",
                start_open=spec.name == query.explainer,
                shown=line,
                alignment="center",
            ):
                shown, own = _one_method(store, run, query, given, spec, cue, line=line)
            read.append(own if own_first(query) else shown)
            spots = ""
            if cue is not None:
                peaks.append({arm: found.peak for arm, found in evidence_on(cue, own).items()})
                spots = brightest_spots(peaks, cue, own)
            summary.markdown(plain(sentences(spots, strongest_words(read))))


def _head(
    run: Run, query: ImageQuery, given: OwnInput | None, first: ImageExplanation, cue: PlantedCue | None
) -> None:
    """The image itself, the opacity of all maps, and what their colours and outlines are."""
    scale = _(
        "In each row one scale, with its full colour at the teacher's maximum; a map of another class has "
        "its own."
    )
    clipped = _("In maps of many cells, the teacher's highest {share} are above full colour.")
    clipped = clipped.format(share=percentage(CLIPPED)) if first.text is None else ""
    framed = "" if cue is None else _("Framed: {text}.").format(text=plain(cue_meaning(cue, first)))
    with st.container(horizontal=True, vertical_alignment="center", key="methods_head"):
        if first.text is None:
            st.image(png(enlarged(first.image)), width=96, alt=image_alt(first))
            with st.container(width=200):
                _opacity(query)
        with st.container(width="stretch", gap="xsmall"):
            view = views(run, query, given, first, first, cue)[0]
            draw_legend(view, cue)
            st.caption(sentences(scale, clipped, framed, _without_signs(run, view)))
            outline_legend(view, cue)


def _without_signs(run: Run, view: ExplanationView) -> str:
    """How methods that know no evidence against a class shade words, beside those that do."""
    if view.explanation.text is None or not view.signed:
        return ""
    names = [_(spec.label) for spec in explainers_offered(run.config) if not spec.signed]
    if not names:
        return ""
    return _("Without signs, so in orange alone: {methods}.").format(methods=listed(names))


def _one_method(
    store: Store,
    run: Run,
    query: ImageQuery,
    given: OwnInput | None,
    spec: ExplainerSpec,
    cue: PlantedCue | None,
    *,
    line: str,
) -> tuple[ImageExplanation, ImageExplanation]:
    """Draw a method's row. Returns its explanation, and that of each arm's own prediction.

    line: key of what narrow screens show of a folded row, beside the method's name.
    """
    with only_when(NARROW, key=line):
        brief = st.empty()
    name, maps = _places(above=not view_of(run.config.dataset).on_picture)
    with name:
        st.button(
            f"**{_(spec.label)}**",
            key=f"open_{spec.name}",
            help=_(spec.about),
            on_click=safely(open_method),
            args=(spec.name,),
            type="tertiary",
        )
        if not projecting():  # as below
            checks_mark(store, run, spec.name)
        if spec.warning:
            st.caption(f":material/warning: {_(spec.warning)}")
    of_method = replace(query, explainer=spec.name)
    with maps, st.skeleton(height=180):
        explanation = explained(store, run, of_method, given, spec.name)
        own = for_own_predictions(store, run, of_method, given, explanation)
    view, own_view = views(run, of_method, given, explanation, own, cue)
    chance = known_chance_levels(store, run.id, spec.name, baseline=query.baseline) or {}
    if said := method_line(explanation, own, cue, chance):
        brief.caption(plain(said))
        spots = said if cue is None else _("Brightest: {places}").format(places=said)
        if not projecting():  # there it would push the maps below the first screen
            with name, only_when(WIDE, key=f"said_{spec.name}"):
                st.caption(plain(spots))
    if view.maps.clipped:
        with name:
            _clipped(view)
    panels = [
        small_panel(view, arm, chance, own=own_view, own_first=own_first(query)) for arm in explanation.arms
    ]
    if explanation.text is None:  # the words of a text are its pixels: a line more is long
        panels.append(folded(difference_panel(view, ("teacher", "student"))))
    with maps:
        draw_panels(view, panels, mode="row", cue=cue, controls=False, name=spec.name)
    return explanation, own


def _places(*, above: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Of a method's name and of its maps: beside each other, unless a projector or a text needs the room."""
    if projecting():
        return st.container(), st.container()
    if above:
        return st.container(horizontal=True, vertical_alignment="center"), st.container()
    name, maps = st.columns([2, 9])
    return name, maps


def _clipped(view: ExplanationView) -> None:
    """A line on the scale of a row whose highest cells are above it."""
    text = _("Full colour: {top} times an even spread; {share} of the teacher's cells are above that.")
    top, share = decimal(view.maps.scale.limit, 1), percentage(view.maps.clipped)
    st.caption(text.format(top=top, share=share))


def _opacity(query: ImageQuery) -> None:
    st.session_state["opacity_slider"] = query.opacity
    st.slider(
        _("Opacity"),
        0,
        100,
        format="%d %%",
        key="opacity_slider",
        on_change=safely(lambda: url_state.set_choice("opacity", int(st.session_state["opacity_slider"]))),
    )
