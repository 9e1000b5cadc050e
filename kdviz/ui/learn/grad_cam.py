"""Lesson: Grad-CAM, from the feature maps to the heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from kdviz.comparison.input.walkthroughs import (
    GradCamWalkthrough,
    grad_cam_walkthrough,
    predictions,
)
from kdviz.figures.maps import heatmaps, undefined_reason
from kdviz.figures.style import three_digits
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.learn.components import (
    Question,
    ask,
    exercise,
    image_index,
    labelled_input,
    limitation,
    target_caption,
    teacher_or_student,
)
from kdviz.ui.widgets.drawn_input import Drawing, drawing_of
from kdviz.ui.widgets.sentence import frame_meaning
from kdviz.ui.widgets.waveform_maps import without_frequency

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_SHOWN = 5


def grad_cam(store: Store, run: Run) -> None:
    """The five strongest channels and the rest; each can be left out of the sum."""
    controls, pictures = st.columns([2, 5], gap="large")
    with controls:
        st.markdown(
            _(
                "Before its classifier, a network represents the image as **feature maps**, one per channel: "
                "coarse pictures of where a pattern was detected. Grad-CAM gives each map a **weight α**, "
                "the mean gradient of the class score with respect to that map. It adds up the weighted maps "
                "and keeps the **positive** part (ReLU)."
            )
        )
        arm = teacher_or_student()
        index = image_index(run)
        predicted = predictions(store, run.id, index)
        labelled_input(predicted, index)
        target_caption(predicted)
    with pictures:
        steps = grad_cam_walkthrough(store, run.id, index, arm)
        channels = steps.strongest(_SHOWN)
        included = _channel_pills(len(channels), len(steps.features))
        drawing = drawing_of(predicted)
        _channel_columns(drawing, steps, channels, included)
        _sum_and_overlay(drawing, arm, steps, steps.partial_sum(channels, included))
        drawing.legend(signed=True, frame=frame_meaning(run))
        if about := without_frequency(run.config):
            st.caption(about)
    _closing(" × ".join(map(str, steps.summed.shape)))


def _closing(cells: str) -> None:
    """cells: how many a map has."""
    limitation(
        _(
            "The map shows where the class score is sensitive, not why. It resolves nothing finer than one "
            "of its {cells} cells, and it does not predict what happens if a region is masked."
        ).format(cells=cells)
    )
    ask(
        Question(
            _("A channel with a negative weight α is active at a place. What does it do to the sum there?"),
            (_("It raises it"), _("It lowers it"), _("Nothing")),
            _("It lowers it"),
            _(
                "Its weighted map is negative there, so it counts against the class; ReLU then removes "
                "places where the whole sum is negative."
            ),
        ),
        key="ln_check_cam",
    )
    exercise(
        _(
            "Leave out one channel after another. How few channels give nearly the same map, in the teacher "
            "and in the student? Then compare the student's map with its twin's on the Explain page."
        )
    )


def _channel_pills(shown: int, count: int) -> list[int]:
    """Positions of the channels that are added up; `shown` stands for all other channels."""
    positions = list(range(shown + (count > shown)))
    others = _("others")
    return st.pills(
        _("Channels in the sum"),
        positions,
        selection_mode="multi",
        default=positions,
        format_func=lambda position: str(position + 1) if position < shown else others,
        key="ln_channels",
        bind=url_state.binding("ln_channels"),
        help=_("Click a channel to leave it out, and again to include it."),
    )


def _channel_columns(
    drawing: Drawing, steps: GradCamWalkthrough, channels: list[int], included: list[int]
) -> None:
    """One column per channel: feature map, weight and product. The last column sums up all others."""
    features, weighted = steps.features[channels], steps.weighted[channels]
    top, reach = _highest(features), _highest(weighted)
    signed = bool((features < 0).any())
    others = len(steps.features) - len(channels)
    _in_rows_of_equal_length("gc_channels", drawing.cell_px)
    with (
        st.container(key="gc_channels"),
        st.grid(len(channels) + (others > 0), min_column_width=drawing.cell_px, gap="small"),
    ):
        for position, channel in enumerate(channels):
            with st.container(gap="xsmall"):
                name = _("channel {number}").format(number=channel)
                st.markdown(f"**{position + 1}** :small[{name}]")
                drawing.alone(features[position], top, name, signed=signed)
                st.markdown(f"× α = {three_digits(float(steps.weights[channel]))}")
                _product(drawing, weighted[position], reach, name, included=position in included)
        if others > 0:
            with st.container(gap="xsmall", vertical_alignment="bottom"):
                name, rest = _("sum of the {n} other weighted maps").format(n=others), steps.without(channels)
                own = _highest(rest)
                st.markdown(f":small[{name}]")
                _product(drawing, rest, own, name, included=len(channels) in included)
                st.caption(_("Own scale: ±{reach}").format(reach=three_digits(own)))
    st.caption(
        _(
            "Top: feature maps, full colour at {top}. Bottom: weighted maps, orange for the class, purple "
            "against it, full colour at ±{reach}. Channels are ordered by their contribution to the sum."
        ).format(top=three_digits(top), reach=three_digits(reach))
    )


def _highest(values: FloatArray) -> float:
    """The largest magnitude, of a text's map where it has words."""
    return float(np.nanmax(np.abs(values)))


def _in_rows_of_equal_length(key: str, px: int) -> None:
    """Six columns stand in one row or in two of three: five in a row would leave the last one alone."""
    third = f"min((100% - 2rem) / 3, ({6 * px}px + 5rem - 100%) * 999)"  # below 0 where six fit
    columns = f"repeat(auto-fit, minmax(max({px}px, {third}), 1fr))"
    st.html(f"<style>.st-key-{key} .stGrid {{ grid-template-columns: {columns} !important }}</style>")


def _product(drawing: Drawing, values: FloatArray, reach: float, name: str, *, included: bool) -> None:
    drawing.alone(values, reach, name, signed=True)
    st.caption(_("included") if included else _(":material/block: left out"))


def _sum_and_overlay(drawing: Drawing, arm: Arm, steps: GradCamWalkthrough, total: FloatArray) -> None:
    """The sum of the included channels, its positive part, and the overlay."""
    maps = heatmaps({"teacher": total})
    top = float(np.nanmax(steps.summed))
    with drawing.compared(3, px=150, width=720):
        with st.container(gap="xsmall"):
            st.markdown(_("**Σ** sum"))
            drawing.alone(total, _highest(steps.summed), _("Sum"), signed=True)
        with st.container(gap="xsmall"):
            st.markdown(_("→ **ReLU**: positive part"))
            drawing.alone(total.clip(min=0), top, _("Positive part"), signed=False)
        with st.container(gap="xsmall"):
            st.markdown(_("→ overlay on the image"))
            drawing.over(maps.positive["teacher"], maps.scale, arm)
    if reason := undefined_reason(total):
        st.warning(
            _(
                "Undefined: {reason}. A map without a positive value is shown hatched and left out of all "
                "averages."
            ).format(reason=_(reason)),
            icon=":material/texture:",
        )
