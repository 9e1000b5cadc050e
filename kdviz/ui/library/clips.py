"""Clips of a data set: facts about them, and samples to see and to play."""

from __future__ import annotations

import streamlit as st

from kdviz.datasets import DataSet, Split
from kdviz.figures.maps import enlarged, frequency_text, object_outlined, png, time_text, wav_file
from kdviz.language import _, decimal
from kdviz.sound import BANDS, HIGHEST, LOWEST, SAMPLE_RATE, seconds

_SHOWN = 3
"""Clips of a class."""


def sound_facts(data: DataSet) -> tuple[str, ...]:
    """How long the clips are, how their spectrograms are computed and normalized, and what training moves."""
    return (
        _("**Clips** of {seconds}, mono, {rate} kHz, {classes} classes").format(
            seconds=time_text(seconds(data.input_shape[-1])),
            rate=SAMPLE_RATE // 1000,
            classes=len(data.classes),
        ),
        _("**Spectrogram** {bands} mel bands from {low} to {high}, a frame every {step} ms").format(
            bands=BANDS,
            low=frequency_text(LOWEST),
            high=frequency_text(HIGHEST),
            step=round(1000 * seconds(1)),
        ),
        _("**Normalization** mean {mean}, deviation {deviation}, of the training clips' levels").format(
            mean=decimal(data.mean[0], 3), deviation=decimal(data.std[0], 3)
        ),
        _("**In training** each clip is heard up to 0.12 s earlier or later, at random"),
    )


def clips(split: Split, alt: str, *, masks: bool) -> None:
    """The first clips, each with its spectrogram and a player.

    alt: what they are. masks: whether their words are outlined, which must be known.
    """
    assert split.sounds is not None
    pictures = [enlarged(each) for each in split.images[:_SHOWN].permute(0, 2, 3, 1).numpy()]
    if masks:
        assert split.object_masks is not None
        pictures = list(map(object_outlined, pictures, split.object_masks[:_SHOWN].numpy()))
    sounds = split.sounds[:_SHOWN].numpy()
    with st.grid(_SHOWN, min_column_width=150, gap="xsmall"):
        for number, (picture, samples) in enumerate(zip(pictures, sounds, strict=True), start=1):
            said = _("{name}, {number}").format(name=alt, number=number)
            with st.container(gap="xxsmall"):
                st.image(png(picture), width="stretch", alt=said)
                st.audio(wav_file(samples), format="audio/wav", alt=said)
