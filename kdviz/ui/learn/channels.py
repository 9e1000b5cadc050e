"""Lesson 6: what a channel responds to."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison.input.walkthroughs import predictions
from kdviz.comparison.models.channels import CHANNELS, SHOWN, Channel, Visualised, known_channels
from kdviz.figures.maps import enlarged, png, side_by_side, with_arm_bar, with_box
from kdviz.figures.style import ARM_STYLES, duration, three_digits
from kdviz.jobs import SurveyJob, channels_job, start_channels
from kdviz.language import _, listed, text_of
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import job_bar
from kdviz.ui.learn.frame import find_out, image_picker, not_shown

_AT_ONCE_S = 0.15
"""What is found in this time appears without a bar."""

_A_ROW = 3


def channels(store: Store, run: Run) -> None:
    """Teacher and student side by side, a rank of channel at a time."""
    st.markdown(
        _(
            "A channel is bright where it finds *its* pattern. Two ways to see which: the **test images that "
            "excite it most**, and an image made for it from noise, changed step by step so that the channel "
            "gets brighter (**gradient ascent**). First come the channels that the class uses most."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        index = image_picker(run)
        rank = st.slider(
            _("Channel, by the class's weight"), 1, CHANNELS, key="ln_rank", bind="query-params", width=280
        )
    asked = predictions(store, run.id, index)
    target = plain(asked.classes[asked.target])
    st.markdown(
        _("Used for **{name}**, the teacher's answer to test image {index}.").format(name=target, index=index)
    )
    found = _awaited(store, run, index)
    if found is not None:
        st.caption(
            _(
                "The white outline is all that the channel's brightest cell can see of an image: often "
                "nearly everything."
            )
        )
        columns = st.columns(2, gap="large")
        for column, arm in zip(columns, SHOWN, strict=True):
            with column:
                _channel(arm, found, rank, asked.classes)
    not_shown(
        _(
            "Strong patterns are not all that a channel answers to, and one channel serves several "
            "classes: its strongest images may show another one. The made image is what the channel "
            "climbs to, not what the network sees in a photograph."
        )
    )
    find_out(
        _(
            "Choose a run with a planted cue and look at student and teacher. Does a channel of the "
            "student answer to the patch? Would it still, at a higher λ?"
        )
    )


def _awaited(store: Store, run: Run, index: int) -> Visualised | None:
    """What is known; else its progress, while it is found in the background."""
    if (known := known_channels(store, run.id, index)) is not None:
        return known
    job = channels_job(store, run.id, index)
    if job is None or job.progress.state == "done":
        job = start_channels(store, run.id, index)
    if job.wait(_AT_ONCE_S).state == "done":
        return known_channels(store, run.id, index)
    _progress(store, run, index, job)
    return None


def _progress(store: Store, run: Run, index: int, job: SurveyJob) -> None:
    state = job.progress.state
    if state in ("failed", "stopped"):
        if state == "failed":
            st.error(job.progress.message, icon=":material/error:")
        else:
            st.caption(_("Stopped before it was done."))
        st.button(
            _("Try again"),
            icon=":material/refresh:",
            key="ln_again",
            on_click=_start,
            args=(store, run.id, index),
        )
        return

    def words() -> str:
        now = job.progress
        left = duration(now.seconds_left)
        doing = _("Waiting for its turn") if now.state == "waiting" else text_of(now.doing)
        return _("{doing}, about {left} left …").format(doing=doing, left=left) if left else f"{doing} …"

    job_bar([job], words, stop_key="ln_halt")
    with st.grid(2, min_column_width=320):
        st.skeleton(height=300)
        st.skeleton(height=300)


def _start(store: Store, run_id: str, index: int) -> None:
    start_channels(store, run_id, index)


def _channel(arm: Arm, found: Visualised, rank: int, classes: tuple[str, ...]) -> None:
    style = ARM_STYLES[arm]
    if rank > len(found[arm]):
        st.caption(_("The {arm} has only {n} channels.").format(arm=style.label, n=len(found[arm])))
        return
    channel = found[arm][rank - 1]
    st.markdown(
        _("**{glyph} {arm}** · channel {number}, weight α {weight}").format(
            glyph=style.glyph, arm=style.label, number=channel.number, weight=three_digits(channel.weight)
        )
    )
    _patches(channel, classes)
    made, about = st.columns([1, 2], vertical_alignment="center")
    with made:
        st.image(
            png(with_arm_bar(enlarged(channel.made), arm)),
            width=180,
            alt=_("Image made for channel {number} of the {arm}").format(
                number=channel.number, arm=style.label
            ),
        )
    with about:
        st.caption(
            _(
                "Made by gradient ascent: the channel's mean is {made} here; its brightest cell in the "
                "test images is {seen}."
            ).format(made=three_digits(channel.activation), seen=three_digits(channel.patches[0].activation))
        )


def _patches(channel: Channel, classes: tuple[str, ...]) -> None:
    if channel.patches[0].activation <= 0:
        st.caption(_("No test image makes this channel bright."))
        return
    for start in range(0, len(channel.patches), _A_ROW):
        row = channel.patches[start : start + _A_ROW]
        names = [
            _("image {index} ({name}) {value}").format(
                index=patch.index, name=classes[patch.label], value=three_digits(patch.activation)
            )
            for patch in row
        ]
        picture = side_by_side([with_box(patch.image, patch.box) for patch in row])
        st.image(
            png(picture),
            width="stretch",
            alt=_("Test images that excite channel {number}: {images}").format(
                number=channel.number, images=listed(names)
            ),
        )
        st.caption(plain(" · ".join(names)))
