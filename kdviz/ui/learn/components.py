"""Components that lessons share: pickers, the input image, the limitation and the exercise at the end."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import run_images
from kdviz.comparison.input.walkthroughs import Predictions
from kdviz.figures.maps import enlarged, png
from kdviz.language import _
from kdviz.store import Run
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.pickers import arm_picker, image_picker


def image_index(run: Run) -> int:
    """The index of a test image, shared by all pages."""
    return image_picker(len(run_images(run.config).test), width=160)


def teacher_or_student() -> Arm:
    """The network that all lessons show."""
    return arm_picker(_("Network"), ("teacher", "student"), key="ln_arm", bind=url_state.binding("ln_arm"))


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
