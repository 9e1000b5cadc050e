"""Lesson 3: integrated gradients while they grow."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.comparison.input.walkthroughs import (
    PATH_STEPS,
    completeness,
    integration_walkthrough,
    path_images,
    predictions,
)
from kdviz.explainers import BASELINES, IntegrationPath
from kdviz.figures.charts import path_alt, path_figure, path_info
from kdviz.figures.maps import difference_overlay, enlarged, png, signed_map_alt, with_arm_bar
from kdviz.figures.style import percent, three_digits
from kdviz.language import _, sentences
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.frame import find_out, image_picker, network_picker, not_shown
from kdviz.ui.widgets.chart import untitled_chart


def integrated_gradients(store: Store, run: Run) -> None:
    """A slider from the baseline to the image."""
    words, picture = st.columns([2, 3], gap="large")
    with words:
        st.markdown(
            _(
                "Start from an empty picture, the **baseline**, and fade the image in. At each step the "
                "pixels that lift the class's score get their share of the rise. Once the image is there, "
                "the shares **sum to the whole rise of the score**: nothing is lost, nothing is invented."
            )
        )
        step = st.slider(_("Step on the way"), 0, PATH_STEPS, PATH_STEPS, key="ln_step", bind="query-params")
        baseline = st.segmented_control(
            _("Baseline"),
            list(BASELINES),
            default=next(iter(BASELINES)),
            required=True,
            format_func=lambda name: _(BASELINES[name].label),
            key="ln_baseline",
            bind="query-params",
            help="\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in BASELINES.values()),
        )
        arm = network_picker(run)
        index = image_picker(run)
    with picture:
        asked = predictions(store, run.id, index)
        with st.spinner(_("Walking from the baseline to the image …"), show_time=True):
            path = integration_walkthrough(store, run.id, index, arm, str(baseline))
        _pictures(store, run, path, arm, step)
        _curve(path, arm, step)
        st.caption(
            _("Explained: **{name}**, the teacher's answer.").format(name=plain(asked.classes[asked.target]))
        )
    not_shown(
        _(
            "A pixel gets nothing where it is equal to the baseline, even if it matters: black cannot be "
            "evidence against a black baseline. The map shows what the score is sensitive to on this way, "
            "not the reason."
        )
    )
    find_out(
        _(
            "Change the baseline. Which parts of the map stay, and which were only the difference to that "
            "baseline? Is the gap larger for the teacher or for the student?"
        )
    )


def _pictures(store: Store, run: Run, path: IntegrationPath, arm: Arm, step: int) -> None:
    pictures = path_images(store, run.id, path)
    attribution = (path.accumulated[step - 1] if step else 0 * path.accumulated[0]).numpy()
    reach = float(path.accumulated.abs().max()) or 1.0
    share = f"{float(path.positions[step - 1]) if step else 0.0:.0%}"
    with st.grid(2, min_column_width=150, gap="medium", width=520):
        with st.container(gap="xsmall"):
            st.image(
                png(enlarged(pictures[step])),
                width="stretch",
                alt=_("The picture at {share} of the way").format(share=share),
            )
            st.markdown(_("**{share}** of the way").format(share=share))
        with st.container(gap="xsmall"):
            overlaid = difference_overlay(pictures[-1], attribution, reach=reach, grid=True)
            name = _("The attribution so far")
            st.image(png(with_arm_bar(overlaid, arm)), width="stretch", alt=signed_map_alt(name, attribution))
            st.markdown(_("**attribution** so far"))
            st.caption(
                _("Orange for the class, purple against it; full colour at ±{reach}.").format(
                    reach=three_digits(reach)
                )
            )


def _curve(path: IntegrationPath, arm: Arm, step: int) -> None:
    info = path_info(arm, path.positions.tolist(), path.rises.tolist(), path.sums.tolist(), at=step)
    untitled_chart(
        info,
        path_figure(info),
        path_alt(info),
        title=_("The score's rise, and what is shared out so far"),
        key="ln_path",
        file="kdviz-path",
    )
    gap = completeness(path)
    rise, total = three_digits(float(path.rises[-1])), three_digits(float(path.sums[-1]))
    sentence = _("At the end: the attributions sum to **{total}**, the score rose by **{rise}**.").format(
        total=total, rise=rise
    )
    missed = (
        _("The gap is {gap} of the rise, because {n} steps are not endlessly many.").format(
            gap=percent(gap), n=PATH_STEPS
        )
        if math.isfinite(gap)
        else _("The score did not rise, so that there is nothing to share out.")
    )
    st.markdown(sentences(sentence, missed))
