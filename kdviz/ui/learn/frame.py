"""What lessons have in common: whose picture is looked at, the question at the end, what is not shown."""

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
    """The place of a test image: the same one on all pages."""
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
    """One of the run's networks: the same one in all lessons."""
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


def input_image(asked: Predictions, index: int) -> None:
    """The test image with its label."""
    name = asked.classes[asked.label]
    st.image(
        png(enlarged(asked.image)),
        width=160,
        alt=_("Test image {index}: {name}").format(index=index, name=name),
    )
    st.caption(_("Test image {index}: **{name}**").format(index=index, name=plain(name)))


def not_shown(text: str) -> None:
    """What the picture does not say."""
    st.caption(f":material/visibility_off: {text}")


def find_out(question: str) -> None:
    """The question at the end, which an experiment answers."""
    st.info(f"**{_('Find out')}** · {question}", icon=":material/science:")
