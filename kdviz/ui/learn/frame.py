"""What lessons have in common: whose picture is looked at, the question at the end, what is not shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from kdviz.comparison import run_images, settings
from kdviz.comparison.lessons import Answers
from kdviz.figures import ARM_STYLES, blown_up, duration, png
from kdviz.jobs import queue
from kdviz.language import _
from kdviz.store import RunRecord, Store
from kdviz.study import Point, Standing, seconds_left
from kdviz.types import Arm
from kdviz.ui.estimate import rounded
from kdviz.ui.words import plain


def image_picker(run: RunRecord) -> int:
    """The place of a test image: the same one on all pages."""
    count = len(run_images(settings(run.config)).test)
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


def network_picker(run: RunRecord, arms: tuple[Arm, ...] = ("teacher", "student")) -> Arm:
    """One of the run's networks: the same one in all lessons."""
    offered: list[Arm] = [arm for arm in arms if arm == "teacher" or arm in run.config["arms"]]
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


def input_image(asked: Answers, index: int) -> None:
    """The test image with its label."""
    name = asked.classes[asked.label]
    st.image(
        png(blown_up(asked.image)),
        width=160,
        alt=_("Test image {index}: {name}").format(index=index, name=name),
    )
    st.caption(_("Test image {index}: **{name}**").format(index=index, name=plain(name)))


def waiting(store: Store, now: Standing) -> str:
    """That runs wait for the queue, and how long the first of them still does, where that is known."""
    ids = {run.id for run in now.waiting}
    starts = [place.starts_in_s for place in queue(store) if place.run_id in ids]
    first = min(starts, default=0.0)
    if math.isnan(first) or first < 1:
        return _("Waiting for the queue …")
    return _("Waiting for the queue, about {left} left").format(left=duration(rounded(first)))


def time_left(points: Sequence[Point], now: Standing) -> str:
    """What those of the points that are on their way still take, by those that are done; "" if unknown."""
    keys = {run.config_key for run in (*now.going, *now.waiting)}
    left = seconds_left([point for point in points if point.config.key in keys], now.done)
    spent = sum(run.progress.seconds for run in now.going)
    return "" if math.isnan(left) else duration(rounded(max(left - spent, 0.0)))


def not_shown(text: str) -> None:
    """What the picture does not say."""
    st.caption(f":material/visibility_off: {text}")


def find_out(question: str) -> None:
    """The question at the end, which an experiment answers."""
    st.info(f"**{_('Find out')}** · {question}", icon=":material/science:")
