"""Components that lessons share: pickers, the input image, the limitation and the exercise at the end."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import run_images
from kdviz.comparison.input.walkthroughs import Predictions
from kdviz.figures.maps import enlarged, png
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.store import Run
from kdviz.types import Arm
from kdviz.ui.frame.formatting import plain


def image_picker(run: Run) -> int:
    """The index of a test image, shared by all pages."""
    count = len(run_images(run.config).test)
    st.session_state["image"] = min(int(st.session_state.get("image", 0)), count - 1)
    return st.number_input(
        _("Test image"),
        0,
        count - 1,
        key="image",
        bind="query-params",
        help=_("From 0 to {last}.").format(last=count - 1),
        width=160,
    )


def network_picker(run: Run, arms: tuple[Arm, ...] = ("teacher", "student")) -> Arm:
    """One of the run's networks, shared by all lessons."""
    offered: list[Arm] = [arm for arm in arms if arm == "teacher" or arm in run.config.arms]
    chosen: Arm | None = st.segmented_control(
        _("Network"),
        offered,
        default=offered[0],
        required=True,
        format_func=lambda arm: ARM_STYLES[arm].label,
        key="ln_arm",
        bind="query-params",
    )
    return chosen or offered[0]


def input_image(predicted: Predictions, index: int) -> None:
    """The test image with its label."""
    name = predicted.classes[predicted.label]
    st.image(
        png(enlarged(predicted.image)),
        width=160,
        alt=_("Test image {index}: {name}").format(index=index, name=name),
    )
    st.caption(_("Test image {index}: **{name}**").format(index=index, name=plain(name)))


def target_caption(predicted: Predictions) -> None:
    """The class that is explained."""
    name = plain(predicted.classes[predicted.target])
    st.caption(_("Target: **{name}**, the teacher's predicted class.").format(name=name))


def limitation(text: str) -> None:
    """What the lesson's pictures do not show."""
    st.caption(f":material/visibility_off: {text}")


def exercise(question: str) -> None:
    """A question that an experiment answers."""
    st.info(f"**{_('Try it')}** · {question}", icon=":material/science:")
