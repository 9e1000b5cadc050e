"""Lesson 2: Grad-CAM, from the feature maps to the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
import torch

from kdviz.comparison.input.walkthroughs import (
    Predictions,
    grad_cam_walkthrough,
    predictions,
    strongest_channels,
)
from kdviz.explainers import GradCamSteps
from kdviz.figures.maps import (
    density,
    heatmap_alt,
    map_alt,
    map_picture,
    overlay,
    png,
    scale_limit,
    signed_map_alt,
    signed_map_picture,
    undefined_reason,
    with_arm_bar,
)
from kdviz.figures.style import three_digits
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.frame import find_out, image_picker, input_image, network_picker, not_shown

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_SHOWN = 5


def grad_cam(store: Store, run: Run) -> None:
    """Five channels and the rest; each may be left out of the sum."""
    words, picture = st.columns([2, 5], gap="large")
    with words:
        st.markdown(
            _(
                "Before its answer a network holds the image as **feature maps**, one a channel: coarse "
                "pictures of where something was found. Grad-CAM gives each map a **weight α**, how much "
                "the class's score rises with it, adds the weighted maps up and keeps what is **above "
                "0**."
            )
        )
        arm = network_picker(run)
        index = image_picker(run)
        asked = predictions(store, run.id, index)
        input_image(asked, index)
        st.caption(
            _("Explained: **{name}**, the teacher's answer.").format(name=plain(asked.classes[asked.target]))
        )
    with picture:
        steps = grad_cam_walkthrough(store, run.id, index, arm)
        channels = strongest_channels(steps, _SHOWN)
        kept = _kept(len(channels), steps.features.shape[0])
        _weighing(steps, channels, kept)
        _adding(asked, arm, steps, channels, kept)
    not_shown(
        _(
            "A map shows where the score is sensitive, not the reason for the answer; nothing finer than "
            "one of its {height} × {width} cells; and not what would happen if the place were covered."
        ).format(height=steps.summed.shape[0], width=steps.summed.shape[1])
    )
    find_out(
        _(
            "Leave out one channel after the other. How few channels are enough for nearly the same map, "
            "in the teacher and in the student? Then ask Explain whether the student's map is like its "
            "twin's."
        )
    )


def _kept(shown: int, count: int) -> list[int]:
    """The ranks of the channels that are added up; the last one stands for all others."""
    ranks = list(range(shown + (count > shown)))
    others = _("others")
    return st.pills(
        _("Channels in the sum"),
        ranks,
        selection_mode="multi",
        default=ranks,
        format_func=lambda rank: str(rank + 1) if rank < shown else others,
        key="ln_channels",
        bind="query-params",
        help=_("Press one to leave it out, and again to take it back."),
    )


def _weighing(steps: GradCamSteps, channels: list[int], kept: list[int]) -> None:
    """A column a channel: its map, its weight, and the product."""
    features, weighted = steps.features[channels].numpy(), steps.weighted[channels].numpy()
    rest = (steps.summed - steps.weighted[channels].sum(0)).numpy()
    top, reach = float(abs(features).max()), float(abs(weighted).max())
    signed = bool((features < 0).any())
    others = steps.features.shape[0] - len(channels)
    with st.grid(len(channels) + (others > 0), min_column_width=100, gap="small"):
        for rank, channel in enumerate(channels):
            with st.container(gap="xsmall"):
                name = _("channel {number}").format(number=channel)
                st.markdown(f"**{rank + 1}** :small[{name}]")
                _feature_map(features[rank], top, name, signed=signed)
                st.markdown(f"× α = {three_digits(float(steps.weights[channel]))}")
                _product(weighted[rank], reach, name, kept=rank in kept)
        if others > 0:
            with st.container(gap="xsmall", vertical_alignment="bottom"):
                name = _("the {n} other channels, weighted and added").format(n=others)
                st.markdown(f":small[{name}]")
                _product(rest, reach, name, kept=len(channels) in kept)
    st.caption(
        _(
            "Upper row: feature maps, full colour at {top}. Lower row: weighted maps, orange speaks for "
            "the class, purple against it, full colour at ±{reach} and beyond. Shown one by one: the "
            "channels that change the sum most."
        ).format(top=three_digits(top), reach=three_digits(reach))
    )


def _feature_map(values: FloatArray, top: float, name: str, *, signed: bool) -> None:
    picture = signed_map_picture(values, reach=top) if signed else map_picture(values, top=top)
    st.image(png(picture), width="stretch", alt=map_alt(name, values))


def _product(values: FloatArray, reach: float, name: str, *, kept: bool) -> None:
    picture = png(signed_map_picture(values, reach=reach))
    st.image(picture, width="stretch", alt=signed_map_alt(name, values))
    st.caption(_("added") if kept else _(":material/block: left out"))


def _adding(asked: Predictions, arm: Arm, steps: GradCamSteps, channels: list[int], kept: list[int]) -> None:
    """The sum of what is kept, its positive part, and the picture that Explain shows."""
    total = chosen_sum(steps, channels, kept)
    summed, positive = total.numpy(), total.relu().numpy()
    reach, top = float(steps.summed.abs().max()), float(steps.positive.max())
    heat = {arm: density(summed)}
    with st.grid(3, min_column_width=150, gap="medium", width=720):
        with st.container(gap="xsmall"):
            st.markdown(_("**Σ** the sum"))
            alt = signed_map_alt(_("The sum"), summed)
            st.image(png(signed_map_picture(summed, reach=reach)), width="stretch", alt=alt)
        with st.container(gap="xsmall"):
            st.markdown(_("→ **ReLU**: what is above 0"))
            alt = map_alt(_("The positive part"), positive)
            st.image(png(map_picture(positive, top=top)), width="stretch", alt=alt)
        with st.container(gap="xsmall"):
            st.markdown(_("→ laid over the image"))
            picture = overlay(asked.image, heat[arm], top=scale_limit({"teacher": heat[arm]}))
            st.image(png(with_arm_bar(picture, arm)), width="stretch", alt=heatmap_alt(arm, heat[arm]))
    if reason := undefined_reason(summed):
        st.warning(
            _(
                "Undefined: {reason}. A map without anything above 0 is hatched, and left out of all "
                "averages."
            ).format(reason=_(reason)),
            icon=":material/texture:",
        )


def chosen_sum(steps: GradCamSteps, channels: list[int], kept: list[int]) -> torch.Tensor:
    """The sum of the weighted maps of some channels, (h, w).

    kept: places in `channels`; the place after the last stands for all channels that are not in it.
    """
    own = [channel for rank, channel in enumerate(channels) if rank in kept]
    total = steps.weighted[own].sum(0)
    return total + (steps.summed - steps.weighted[channels].sum(0)) if len(channels) in kept else total
