"""The probe set's overlays, epoch by epoch: one image a strip, all arms side by side on one scale.

The strips are drawn in the browser, from maps of a few bytes each: moving over the epochs, and playing
them, costs the server nothing. The epoch that is looked at is in the URL.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
import torch

from kdviz.comparison import run_images
from kdviz.datasets import Split
from kdviz.figures.maps import (
    OVERLAY_OPACITY,
    colour_table,
    density,
    heatmaps_alt,
    png,
    scale_limit,
    thumbnail,
)
from kdviz.figures.style import ARM_STYLES, arm_legend
from kdviz.language import _, language, listed
from kdviz.store import Run, Store
from kdviz.types import ARMS, Arm, ProbeExplained
from kdviz.ui.frame import url_state

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_SHOWN = 6
"""Images in sight before somebody asks for all."""

_MOST_FRAMES = 60
"""Of a long run, so many epochs are kept, evenly spread."""

_SIDE = 120
"""Pixels of a picture's longer side, at least: it is about 80 points wide on a page."""

_KEY = "epoch"

_DRAWN = st.components.v2.component(
    "kdviz_film",
    html="""
<div class="film">
  <div class="controls">
    <button type="button"></button>
    <label for="epoch"></label>
    <input id="epoch" type="range" min="0" step="1">
    <output for="epoch"></output>
  </div>
  <div class="strips"></div>
</div>
""",
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Frame:
    """One probe image after one epoch. maps: by arm, as the browser takes them."""

    maps: Sequence[Mapping[str, Any]]
    alt: str
    caption: str


def film(store: Store, run: Run) -> None:
    """The panel: a slider over epochs, Play, and the strips of the chosen epoch."""
    epochs = thinned(store.probe_epochs(run.id), _MOST_FRAMES)
    st.subheader(_("Where they look"), help=_help())
    if not epochs:
        st.caption(_("Overlays of a few test images appear here as soon as the students start."))
        return
    arms: tuple[Arm, ...] = tuple(arm for arm in ARMS if arm == "teacher" or arm in run.config.arms)
    st.html(arm_legend(arms, before=_("image")))
    pictures = _pictures(str(store.directory), run.id, run.record.attempt, store, run)
    with st.skeleton(height=300):
        frames = [
            _frames(str(store.directory), run.id, run.record.attempt, epoch, language(), store, run)
            for epoch in epochs
        ]
    shown = len(pictures) if st.session_state.get("probe_all", False) else _SHOWN
    images = [
        {"picture": picture, "frames": [vars(of[place]) for of in frames]}
        for place, picture in enumerate(pictures[:shown])
    ]
    _DRAWN(
        key=f"film.{run.id}",
        data={
            "epochs": epochs,
            "at": url_state.number(_KEY),
            "arms": [{"colour": ARM_STYLES[arm].color} for arm in arms],
            "images": images,
            "colours": _text(colour_table()),
            "opacity": OVERLAY_OPACITY,
            "side": _SIDE,
            "words": {"epoch": _("After epoch"), "play": _("Play"), "pause": _("Pause")},
        },
        on_epoch_change=lambda: _keep(run.id),
    )
    if len(pictures) > _SHOWN:
        st.toggle(_("Show all {n} images").format(n=len(pictures)), key="probe_all")


def thinned(epochs: Sequence[int], most: int) -> list[int]:
    """At most so many of the epochs, evenly spread, the first and the last among them."""
    if len(epochs) <= most:
        return list(epochs)
    return [epochs[round(place)] for place in np.linspace(0, len(epochs) - 1, most)]


def _keep(run_id: str) -> None:
    """Put the epoch into the URL; the newest is where every link leads that names none."""
    epoch = st.session_state[f"film.{run_id}"].get(_KEY)
    url_state.set_number(_KEY, None if epoch is None else int(epoch))


@st.cache_resource(max_entries=32, show_spinner=False)
def _pictures(directory: str, run_id: str, attempt: int, _store: Store, _run: Run) -> list[str]:
    """The probe images as the browser takes them."""
    epoch = _store.probe_epochs(run_id)[0]
    split, _classes = _probe_images(_run, _store.probe(run_id, epoch))
    pixels = split.images.permute(0, 2, 3, 1).numpy()
    return [f"data:image/png;base64,{_text(png(thumbnail(each, _SIDE)))}" for each in pixels]


@st.cache_resource(max_entries=512, show_spinner=False)
def _frames(
    directory: str, run_id: str, attempt: int, epoch: int, spoken: str, _store: Store, _run: Run
) -> list[Frame]:
    """Made once for all who watch. Each image has one scale for all arms and all epochs."""
    probe = _store.probe(run_id, epoch)
    split, classes = _probe_images(_run, probe)
    return [_frame(probe, place, int(label), classes) for place, label in enumerate(split.labels)]


def _probe_images(run: Run, probe: ProbeExplained) -> tuple[Split, Sequence[str]]:
    images = run_images(run.config)
    return images.test.take(torch.from_numpy(probe.indices)), images.classes


def _frame(probe: ProbeExplained, place: int, label: int, classes: Sequence[str]) -> Frame:
    heat = {arm: density(maps[place]) for arm, maps in probe.maps.items()}
    top = scale_limit(heat)
    truth, target = classes[label], classes[int(probe.targets[place])]
    answers = {arm: classes[int(probe.predicted[arm][place])] for arm in heat}
    subject = _("Test image {n}, label {label}, explained for {target}").format(
        n=int(probe.indices[place]), label=truth, target=target
    )
    caption = _("{label} · {answers} · full colour at {top:.1f}×").format(
        label=truth, answers=_said(truth, answers), top=top
    )
    arms = [arm for arm in ARMS if arm in heat]
    return Frame([_map(heat[arm], top) for arm in arms], heatmaps_alt(subject, heat), caption)


def _map(heatmap: FloatArray, top: float) -> Mapping[str, Any]:
    """A heatmap as bytes, 255 for `reach` times the value of full colour; none where it is undefined."""
    if not np.isfinite(heatmap).all():
        return {"size": list(heatmap.shape), "levels": "", "reach": 1.0}
    reach = max(float(heatmap.max()) / top, 1.0)
    levels = (heatmap / (top * reach) * 255).round().astype(np.uint8)
    return {"size": list(heatmap.shape), "levels": _text(levels), "reach": reach}


def _text(data: Any) -> str:
    return base64.b64encode(bytes(data)).decode()


def _said(label: str, answers: Mapping[Arm, str]) -> str:
    """Who was wrong, and how."""
    wrong = [
        _("{arm} says {answer}").format(arm=ARM_STYLES[arm].label, answer=answer)
        for arm, answer in answers.items()
        if answer != label
    ]
    return listed(wrong) or _("all right")


def _help() -> str:
    return _(
        "Grad-CAM for the teacher's answer. The brighter, the more of the evidence lies there: 1 is an even "
        "spread over the picture. One scale for all arms and epochs of an image: full colour is the "
        "teacher's brightest place. Hatched: the map is undefined."
    )
