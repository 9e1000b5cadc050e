"""The probe set's overlays, epoch by epoch: one image a strip, all arms side by side on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
import torch

from kdviz.comparison import run_images, settings
from kdviz.figures import (
    ARM_STYLES,
    arm_key,
    blown_up,
    density,
    full_colour_at,
    marked,
    overlay,
    png,
    strip,
    strip_alt,
)
from kdviz.store import RunRecord, Store
from kdviz.types import ARMS, Arm
from kdviz.ui.words import plain

_SHOWN = 6
"""Images in sight before somebody asks for all."""


@dataclass(frozen=True)
class Frame:
    """One probe image after one epoch."""

    picture: bytes
    alt: str
    caption: str


def film(store: Store, run: RunRecord) -> None:
    """The panel: a slider over epochs, and the strips of the chosen one."""
    epochs = store.probe_epochs(run.id)
    st.subheader("Where they look", help=_HELP)
    if not epochs:
        st.caption("Overlays of a few test images appear here as soon as the students start.")
        return
    epoch = _epoch_slider(run.id, epochs)
    arms: tuple[Arm, ...] = tuple(arm for arm in ARMS if arm == "teacher" or arm in run.config["arms"])
    st.html(arm_key(arms, before="image"))
    with st.skeleton(height=300):
        frames = _frames(str(store.directory), run.id, run.attempt, epoch, store, run)
        everything = st.session_state.get("probe_all", False)
        with st.grid(3, min_column_width=330, gap="medium"):
            for frame in frames if everything else frames[:_SHOWN]:
                with st.container(gap="xsmall"):
                    st.image(frame.picture, width="stretch", alt=frame.alt)
                    st.caption(frame.caption)
    st.toggle(f"Show all {len(frames)} images", key="probe_all")


def _epoch_slider(run_id: str, epochs: list[int]) -> int:
    """The chosen epoch. It moves along with the newest one until somebody slides it back."""
    key, newest = f"epoch.{run_id}", f"newest.{run_id}"
    if st.session_state.get(key) in (None, st.session_state.get(newest)):
        st.session_state[key] = epochs[-1]
    st.session_state[newest] = epochs[-1]
    if st.session_state[key] not in epochs:
        st.session_state[key] = epochs[-1]
    if len(epochs) == 1:
        return epochs[0]
    return int(st.select_slider("After epoch", options=epochs, key=key))


@st.cache_resource(max_entries=128, show_spinner=False)
def _frames(
    directory: str,
    run_id: str,
    attempt: int,
    epoch: int,
    _store: Store,
    _run: RunRecord,
) -> list[Frame]:
    """Drawn once for all who watch. Each image has one scale for all arms and all epochs."""
    images, probe = run_images(settings(_run.config)), _store.probe(run_id, epoch)
    split, frames = images.test.take(torch.from_numpy(probe.indices)), []
    for place, pixels in enumerate(split.images.permute(0, 2, 3, 1).numpy()):
        heat = {arm: density(maps[place]) for arm, maps in probe.maps.items()}
        top = full_colour_at(heat)
        label, target = (images.classes[int(each[place])] for each in (split.labels, probe.targets))
        pictures = [
            blown_up(pixels),
            *(marked(overlay(pixels, h, top=top), arm) for arm, h in heat.items()),
        ]
        answers = {arm: images.classes[int(probe.predicted[arm][place])] for arm in heat}
        subject = f"Test image {int(probe.indices[place])}, label {label}, explained for {target}"
        frames.append(
            Frame(
                png(strip(pictures)),
                strip_alt(subject, heat),
                f"**{plain(label)}** · {plain(_said(label, answers))} · full colour at {top:.1f}×",
            )
        )
    return frames


def _said(label: str, answers: Mapping[Arm, str]) -> str:
    """Who was wrong, and how."""
    wrong = [f"{ARM_STYLES[arm].label} says {answer}" for arm, answer in answers.items() if answer != label]
    return ", ".join(wrong) or "all right"


_HELP = (
    "Grad-CAM for the teacher's answer. The brighter, the more of the evidence lies there: 1 is an even "
    "spread over the picture. One scale for all arms and epochs of an image: full colour is the teacher's "
    "brightest place. Hatched: the map is undefined."
)
