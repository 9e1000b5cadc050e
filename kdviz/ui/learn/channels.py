"""Lesson: what a channel responds to."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.comparison.input.walkthroughs import predictions
from kdviz.comparison.test_set.channels import CHANNELS, SHOWN, Channel, Patch, Visualised, known_channels
from kdviz.datasets import class_names
from kdviz.figures.maps import (
    ColourScale,
    around,
    enlarged,
    png,
    shaded_words,
    side_by_side,
    with_arm_bar,
    with_box,
    word_alt,
    words_html,
)
from kdviz.figures.style import ARM_STYLES, three_digits
from kdviz.jobs import SurveyJob, channels_job, start_channels
from kdviz.language import _, listed
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.components import Question, ask, exercise, image_index, limitation, target_caption
from kdviz.ui.widgets.background_result import job_progress, result_or_job, two_skeletons
from kdviz.ui.widgets.clip_player import clip_player
from kdviz.ui.widgets.drawn_input import drawing_of

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
        rank = st.slider(
            _("Channel, by weight"), 1, CHANNELS, key="ln_rank", bind=url_state.binding("ln_rank"), width=280
        )
    predicted = predictions(store, run.id, index)
    target_caption(predicted)
    found = _found_or_progress(store, run, index)
    if found is not None:
        st.caption(
            _(
                "The white and black frame is the receptive field of the channel's most active cell, often "
                "the whole image. What is outside it is grey."
            )
        )
        drawing_of(predicted).axes()
        for column, arm in zip(st.columns(2, gap="large"), SHOWN, strict=True):
            with column:
                _channel(arm, found, rank, class_names(predicted.classes))
    _closing()


def _closing() -> None:
    limitation(
        _(
            "A channel also responds to weaker patterns, and one channel serves several classes: the images "
            "that activate it most may show another class. The optimized image is an extreme of the channel, "
            "not what it detects in a typical photograph."
        )
    )
    ask(
        Question(
            _("Does a channel respond only to the pattern of its optimized image?"),
            (_("Yes"), _("No")),
            _("No"),
            _(
                "The optimized image is an extreme. Weaker and other patterns activate the channel too, "
                "and one channel serves several classes."
            ),
        ),
        key="ln_check_channels",
    )
    exercise(
        _(
            "Choose a run with a planted cue. Does one of the student's channels respond to the patch? "
            "Does it still do so at a higher λ?"
        )
    )


def _found_or_progress(store: Store, run: Run, index: int) -> Visualised | None:
    """The channels if they are known; else None, with the progress of the search in the background."""

    def start() -> SurveyJob:
        return start_channels(store, run.id, index)

    found = result_or_job(
        lambda: known_channels(store, run.id, index), lambda: channels_job(store, run.id, index), start
    )
    if not isinstance(found, SurveyJob):
        return found
    job_progress(found, start, key="ln_search", stopped=_("The search was stopped."))
    if not found.ended:
        two_skeletons()
    return None


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
    if channel.texts:
        _texts(channel, classes)
        return
    _patches(arm, channel, classes)
    if channel.made is None:
        st.caption(_("It reads the waveform, so no spectrogram can be optimized for it."))
        return
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
            ).format(made=three_digits(channel.activation), highest=three_digits(channel.highest))
        )


def _texts(channel: Channel, classes: tuple[str, ...]) -> None:
    """The texts that activate a channel most, each around its most active word, on one scale."""
    if channel.highest <= 0:
        st.caption(_("No test image activates this channel."))
        return
    scale = ColourScale(channel.highest)
    for each in channel.texts:
        words = around(shaded_words(each.text, each.words, scale), each.place)
        name = _("image {index} ({name}) {value}").format(
            index=each.index, name=classes[each.label], value=three_digits(each.activation)
        )
        with st.container(gap="xxsmall"):
            st.html(words_html(words, alt=word_alt(name, words)))
            st.caption(plain(name))


def _patches(arm: Arm, channel: Channel, classes: tuple[str, ...]) -> None:
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
        _players(f"{arm}_{channel.number}", row)


def _players(key: str, row: Sequence[Patch]) -> None:
    """A button for each clip of a row; nothing for images."""
    heard = [patch for patch in row if patch.sound is not None]
    if not heard:
        return
    with st.grid(len(heard), min_column_width=90, gap="small"):  # each below its spectrogram
        for patch in heard:
            with st.container():
                name = _("Test image {index}").format(index=patch.index)
                clip_player(patch.sound, name, f"ln_listen_{key}_{patch.index}")
