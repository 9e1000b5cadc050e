"""One test image in several runs: the maps of every run's student beside the teacher's, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kdviz.comparison import ImageExplanation, Target, explain_test_image, run_images
from kdviz.datasets import class_name
from kdviz.errors import KdvizError, StoreError
from kdviz.figures.maps import (
    ColourScale,
    Heatmaps,
    SentenceLine,
    has_unknown_words,
    heatmap_alt,
    heatmaps,
    image_layer,
    map_layer,
    sentences_html,
    undefined_reason,
    words_key,
)
from kdviz.figures.style import ARM_STYLES, RUN_STYLES, percent
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.types import Arm, FloatArray
from kdviz.ui.frame.error_text import on_screen
from kdviz.ui.frame.errors import errors, fragment
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.overlay import ComparerCallbacks, comparer
from kdviz.ui.widgets.panel import MapPanel, PanelLine
from kdviz.ui.widgets.pickers import image_picker

_OPACITY = 60
_UNUSED = ComparerCallbacks(*4 * (lambda _value: None,))


@dataclass(frozen=True, eq=False)
class _Shown:
    """A network of a compared run. place: of the run among the compared."""

    place: int
    arm: Arm
    explanation: ImageExplanation

    @property
    def name(self) -> str:
        return f"{RUN_STYLES[self.place].letter} · {ARM_STYLES[self.arm].label}"


@fragment
def compared_maps(store: Store, runs: Sequence[Run]) -> None:
    """An expander with the maps of one image; computed only while it is open. runs: on the same images."""
    title = _("Maps of the same image in each run")
    drawer = st.expander(title, icon=":material/center_focus_strong:", key="compare_maps", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        try:
            with bar() as report:
                count = len(run_images(runs[0].config, report=report).test)
        except KdvizError as error:
            errors(error)
            return
        index = image_picker(count, width=160)
        found = _explained(store, runs, index)
        if found:
            _draw(_shown(store, runs, found))


def _explained(store: Store, runs: Sequence[Run], index: int) -> dict[int, ImageExplanation]:
    """The image by place of its run, for the class that the first teacher predicts; without failed runs."""
    found: dict[int, ImageExplanation] = {}
    for place, run in enumerate(runs):
        target: Target = next((each.target for each in found.values()), "teacher")
        try:
            with bar() as report:
                found[place] = explain_test_image(store, run.id, index, target=target, report=report)
        except KdvizError as error:
            st.caption(f":material/info: {RUN_STYLES[place].letter}: {on_screen(str(error))}")
    return found


def _shown(store: Store, runs: Sequence[Run], found: Mapping[int, ImageExplanation]) -> list[_Shown]:
    """Each different teacher once, before the student of its first run."""
    shown, teachers = [], set()
    for place, explanation in found.items():
        teacher = _teacher_hash(store, runs[place])
        if teacher not in teachers:
            shown.append(_Shown(place, "teacher", explanation))
            teachers.add(teacher)
        shown.append(_Shown(place, "student", explanation))
    return shown


def _teacher_hash(store: Store, run: Run) -> str:
    try:
        return store.weights_hash(run.id, "teacher")
    except StoreError:
        return run.id


def _draw(shown: Sequence[_Shown]) -> None:
    explanation = shown[0].explanation
    texts = explanation.text is not None
    maps = [heatmaps(each.explanation.attributions, signed=texts, clip=True) for each in shown]
    scale = ColourScale(max(each.scale.limit for each in maps), signed=texts)
    name = plain(class_name(explanation.classes, explanation.target))
    title = _("Test image {index}: {label}").format(index=explanation.index, label=explanation.label_name)
    if explanation.text is not None:
        lines = [_sentence(each, of.values[each.arm]) for each, of in zip(shown, maps, strict=True)]
        st.markdown(plain(title))
        said, unknown = _("Evidence for {name}:").format(name=name), has_unknown_words(explanation.text)
        st.html(words_key(signed=True, before=said, unknown=unknown))
        st.html(sentences_html(explanation.text, lines, scale))
        st.caption(_("Grad-CAM, evidence for {name}. One scale for all runs.").format(name=name))
        return
    _comparer(shown, maps, scale, title)
    st.caption(_("Grad-CAM, evidence for {name}, positive part. One scale for all runs.").format(name=name))


def _comparer(shown: Sequence[_Shown], maps: Sequence[Heatmaps], scale: ColourScale, title: str) -> None:
    panels = [_panel(each, of.positive[each.arm], scale) for each, of in zip(shown, maps, strict=True)]
    explanation = shown[0].explanation
    image = MapPanel(_("image"), title, lines=(PanelLine(explanation.label_name),))
    comparer(
        "row",
        image_layer(explanation.image),
        [image, *panels],
        opacity=_OPACITY,
        callbacks=_UNUSED,
        unit=_("times an even spread"),
        controls=False,
        key="compared_maps",
    )


def _sentence(shown: _Shown, values: FloatArray) -> SentenceLine:
    style = RUN_STYLES[shown.place]
    about = " · ".join([shown.name, *(line.text for line in _lines(shown))])
    return SentenceLine(shown.name, style.color, style.glyph, values, about)


def _panel(shown: _Shown, positive: FloatArray, scale: ColourScale) -> MapPanel:
    style = RUN_STYLES[shown.place]
    return MapPanel(
        shown.name,
        _("{name}: {value}").format(name=style.letter, value=heatmap_alt(shown.arm, positive)),
        heat=map_layer(positive, scale),
        color=style.color,
        glyph=style.glyph,
        lines=_lines(shown),
    )


def _lines(shown: _Shown) -> tuple[PanelLine, ...]:
    of = shown.explanation.arms[shown.arm]
    name = class_name(shown.explanation.classes, of.predicted)
    lines = [_("Predicts {name} ({share})").format(name=name, share=percent(of.confidence))]
    if reason := undefined_reason(of.attribution):
        lines.append(_("Undefined: {reason}.").format(reason=reason))
    return tuple(map(PanelLine, lines))
