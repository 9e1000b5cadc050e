"""Lesson 6: what a channel responds to."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison.input.walkthroughs import predictions
from kdviz.comparison.test_set.channels import CHANNELS, SHOWN, Channel, Visualised, known_channels
from kdviz.figures.maps import enlarged, png, side_by_side, with_arm_bar, with_box
from kdviz.figures.style import ARM_STYLES, duration, three_digits
from kdviz.jobs import SurveyJob, channels_job, start_channels
from kdviz.language import _, listed, text_of
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import job_bar
from kdviz.ui.learn.components import exercise, image_index, limitation, target_caption

_WAIT_S = 0.15
"""A search that ends within this time is shown without a progress bar."""

_PER_ROW = 3


def channels(store: Store, run: Run) -> None:
    """One channel of teacher and student side by side, chosen by its rank."""
    st.markdown(
        _(
            "A channel is active where it detects *its* pattern. Two ways to find out which: the **test "
            "images with the highest activation**, and an image optimized from noise to activate it "
            "(**feature visualization** by gradient ascent). Channels are ordered by their weight for the "
            "target class."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        index = image_index(run)
        rank = st.slider(_("Channel, by weight"), 1, CHANNELS, key="ln_rank", bind="query-params", width=280)
    predicted = predictions(store, run.id, index)
    target_caption(predicted)
    found = _found_or_progress(store, run, index)
    if found is not None:
        st.caption(
            _(
                "The white outline is the receptive field of the channel's most active cell: often nearly "
                "the whole image."
            )
        )
        for column, arm in zip(st.columns(2, gap="large"), SHOWN, strict=True):
            with column:
                _channel(arm, found, rank, predicted.classes)
    _closing()


def _closing() -> None:
    limitation(
        _(
            "A channel also responds to weaker patterns, and one channel serves several classes: the images "
            "that activate it most may show another class. The optimized image is an extreme of the channel, "
            "not what it detects in a typical photograph."
        )
    )
    exercise(
        _(
            "Choose a run with a planted cue. Does one of the student's channels respond to the patch? "
            "Does it still do so at a higher λ?"
        )
    )


def _found_or_progress(store: Store, run: Run, index: int) -> Visualised | None:
    """The channels if they are known; else None, with the progress of the search in the background."""
    if (known := known_channels(store, run.id, index)) is not None:
        return known
    job = channels_job(store, run.id, index)
    if job is None or job.progress.state == "done":
        job = start_channels(store, run.id, index)
    if job.wait(_WAIT_S).state == "done":
        return known_channels(store, run.id, index)
    if job.progress.state in ("failed", "stopped"):
        _ended(store, run, index, job)
    else:
        _progress(job)
    return None


def _ended(store: Store, run: Run, index: int, job: SurveyJob) -> None:
    """Why the search ended without a result, and a button to start it again."""
    if job.progress.state == "failed":
        st.error(job.progress.message, icon=":material/error:")
    else:
        st.caption(_("The search was stopped."))
    st.button(
        _("Try again"),
        icon=":material/refresh:",
        key="ln_again",
        on_click=_restart,
        args=(store, run.id, index),
    )


def _restart(store: Store, run_id: str, index: int) -> None:
    start_channels(store, run_id, index)


def _progress(job: SurveyJob) -> None:
    job_bar([job], lambda: _progress_text(job), stop_key="ln_halt")
    with st.grid(2, min_column_width=320):
        st.skeleton(height=300)
        st.skeleton(height=300)


def _progress_text(job: SurveyJob) -> str:
    now = job.progress
    left = duration(now.seconds_left)
    doing = _("Queued") if now.state == "waiting" else text_of(now.doing)
    return _("{doing}, about {left} left …").format(doing=doing, left=left) if left else f"{doing} …"


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
    picture, caption = st.columns([1, 2], vertical_alignment="center")
    with picture:
        alt = _("Optimized image for channel {number} of the {arm}")
        st.image(
            png(with_arm_bar(enlarged(channel.made), arm)),
            width=180,
            alt=alt.format(number=channel.number, arm=style.label),
        )
    with caption:
        st.caption(
            _(
                "Optimized by gradient ascent: mean activation {made}. Highest activation of a cell in the "
                "test images: {highest}."
            ).format(
                made=three_digits(channel.activation), highest=three_digits(channel.patches[0].activation)
            )
        )


def _patches(channel: Channel, classes: tuple[str, ...]) -> None:
    if channel.patches[0].activation <= 0:
        st.caption(_("No test image activates this channel."))
        return
    for start in range(0, len(channel.patches), _PER_ROW):
        row = channel.patches[start : start + _PER_ROW]
        names = [
            _("image {index} ({name}) {value}").format(
                index=patch.index, name=classes[patch.label], value=three_digits(patch.activation)
            )
            for patch in row
        ]
        alt = _("Test images with the highest activation of channel {number}: {images}")
        st.image(
            png(side_by_side([with_box(patch.image, patch.box) for patch in row])),
            width="stretch",
            alt=alt.format(number=channel.number, images=listed(names)),
        )
        st.caption(plain(" · ".join(names)))
