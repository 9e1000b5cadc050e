"""Listen to a clip, and to the part of it that each arm heard."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import streamlit as st

from kdviz.comparison import HEARD_SHARE, HeardPart, ImageExplanation, heard_parts
from kdviz.datasets import class_name
from kdviz.figures.maps import (
    density,
    image_layer,
    profile_layer,
    spectrogram_axes,
    undefined_reason,
    wav_file,
    wav_url,
)
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, listed, sentences
from kdviz.narrative import heard_name
from kdviz.store import Run, Store
from kdviz.ui.widgets.listener import SoundPart, listener
from kdviz.ui.widgets.waveform_maps import without_frequency

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def play_whole(samples: NDArray[np.int16], run: Run) -> None:
    """The clip above its spectrogram, and how that and the maps are read."""
    st.audio(wav_file(samples), format="audio/wav", alt=_("The clip"))
    below = _("Below it as a spectrogram: time runs to the right, pitch upwards, bright is loud.")
    st.caption(sentences(below, without_frequency(run.config)))


def listen(store: Store, run: Run, explanation: ImageExplanation) -> None:
    """The player, and what is played. explanation: of each arm for its own prediction, as in the pictures."""
    st.subheader(_("Listen"), anchor=False)
    parts = [_part(explanation, part) for part in heard_parts(store, run.id, explanation)]
    image = explanation.image
    listener(
        image_layer(image),
        spectrogram_axes(image.shape[1]),
        parts,
        [
            profile_layer(arm, density(values))
            for arm, values in explanation.attributions.items()
            if not undefined_reason(values)
        ],
        shown=f"{run.id} {explanation.index} {hash(image.tobytes())}",
        key="listener",
    )
    st.caption(
        _(
            "What a network heard: the {share} of the spectrogram's cells with the highest evidence for its "
            "own prediction; the rest is silent. Beside it, what it predicts from that alone: if the answer "
            "is kept, the map shows what it needs; if it changes, it needs more than that. The lines are "
            "that evidence over time and by frequency; the thin dotted one is an even spread."
        ).format(share=percent(HEARD_SHARE, 0))
    )


def _part(explanation: ImageExplanation, part: HeardPart) -> SoundPart:
    style = None if part.arm is None else ARM_STYLES[part.arm]
    return SoundPart(
        _name(explanation, part),
        _answer(explanation, part),
        wav_url(part.samples),
        None if part.arm is None else base64.b64encode(part.mask.astype("u1").tobytes()).decode(),
        part.arm or "",
        style.color if style else "",
        style.glyph if style else "",
    )


def _name(explanation: ImageExplanation, part: HeardPart) -> str:
    """With the class whose evidence it is, as in the pictures."""
    if part.arm is None:
        return heard_name(part)
    name = class_name(explanation.classes, explanation.arms[part.arm].target)
    return _("{part}: evidence for {name}").format(part=heard_name(part), name=name)


def _answer(explanation: ImageExplanation, part: HeardPart) -> str:
    """All arms' for the whole; of a part, whether it is still that of the arm whose part it is."""
    forms, answer = {arm: _("{arm}: {name} ({share})") for arm in part.predicted}, ""
    if part.arm is not None:
        whole = explanation.arms[part.arm].predicted
        kept = part.predicted[part.arm] == whole
        changed = _("From that alone: {name} ({share}); for {answer} it needs more than this part")
        answer = class_name(explanation.classes, whole)
        forms = {part.arm: _("From that alone: {name} ({share}), the same answer") if kept else changed}
    return listed(
        form.format(
            arm=ARM_STYLES[arm].label,
            name=class_name(explanation.classes, part.predicted[arm]),
            share=percent(part.confidences[arm], 0),
            answer=answer,
        )
        for arm, form in forms.items()
    )
