"""Maps of the probe set by epoch: a strip per image, all arms side by side on one scale.

Of a text, the strip has a line of shaded words for each arm. The strips are drawn in the browser, like the
comparer: moving over the epochs, and playing them, costs the server nothing. The epoch is in the URL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import streamlit as st

from kdviz.cache import Cache
from kdviz.datasets import CUES, class_names
from kdviz.errors import KdvizError, StoreError
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    OVERLAY_OPACITY,
    ImageLayer,
    MapLayer,
    frame_edges,
    has_unknown_words,
    heatmaps,
    heatmaps_alt,
    image_layer,
    map_layer,
    palettes,
    shaded_words,
    thumbnail,
    word_alt,
    word_style,
    words_key,
)
from kdviz.figures.style import ARM_STYLES, arm_legend
from kdviz.language import _, language, listed, sentences, speaking
from kdviz.store import Run, Store
from kdviz.store.prepared import ProbeImages, is_prepared, prepared_probe
from kdviz.types import ARMS, Arm, ProbeExplained
from kdviz.ui.frame import url_state
from kdviz.ui.frame.component import component
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.server import is_ready, wait_until_ready
from kdviz.ui.widgets.input_views import view_of
from kdviz.ui.widgets.panel import MAP_LAYERS_CSS, MAP_LAYERS_JS
from kdviz.ui.widgets.sentence import frame_meaning
from kdviz.vocabulary import words_of

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from kdviz.datasets import Split

_SHOWN, _SHOWN_BRIEFLY = 6, 2
"""Images shown before "Show all"; of a brief film."""

_MOST_FRAMES = 60
"""Largest number of epochs of a long run, evenly spaced."""

_SIDE = 120
"""Largest side of an image in pixels: it is about 80 points wide on a page."""

_HEIGHT = 500
"""Height in pixels of the placeholder, about that of the images on a wide page."""

_KEY = "epoch"

_SIGNED = EXPLAINERS["grad-cam"].signed
"""Whether the words of a text have evidence against the class, too, by the explainer of the probe set."""

_FRAMES: Cache[list[Frame]] = Cache(512)
"""Streamlit's cache asks for a signature at each of sixty calls: a fifth of the panel's time."""

_FILMS: Cache[Film] = Cache(32)

_MOUNT = component(
    "kdviz_film",
    __file__,
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
    css=MAP_LAYERS_CSS,
    js=MAP_LAYERS_JS,
)


class WordsLayer(TypedDict):
    """A text word by word: what stands before each, and the word."""

    words: list[tuple[str, str]]


@dataclass(frozen=True)
class Frame:
    """One probe image or text after one epoch.

    maps: one per arm; of a text, the look of each word. right: whether each arm's answer is. hatched: whether
    one of the maps is undefined. dotted: whether words are not in the vocabulary.
    """

    maps: Sequence[MapLayer] | Sequence[Sequence[str]]
    right: Sequence[bool]
    alt: str
    caption: str
    hatched: bool
    dotted: bool = False


@dataclass(frozen=True)
class Film:
    """All frames as the browser takes them, in JSON, and whether there are hatched maps and dotted words.

    It is made once for all visitors: they ask for it each second.
    """

    content: str
    hatched: bool
    dotted: bool


def film(store: Store, run: Run, *, brief: bool) -> None:
    """The panel: a slider over epochs, Play, and the strips of the chosen epoch.

    brief: with few images, a legend of one line, and the rest behind its question mark.
    """
    epochs = thinned(store.probe_epochs(run.id), _MOST_FRAMES)
    head = st.container(horizontal=brief, vertical_alignment="center")
    about = sentences(_help(), *_signs()) if brief else _help()
    head.subheader(_("Where they look"), help=about, width="content" if brief else "stretch")
    if not epochs:
        st.caption(_("Overlays of a few test images appear here as soon as the students start."))
        return
    if not is_prepared(run) and not is_ready():
        st.skeleton(height=_HEIGHT)
        wait_until_ready()
        st.rerun()
    try:
        _show_film(store, run, epochs, head, brief=brief)
    except KdvizError as error:  # damaged maps, or images that have gone
        errors(error)


def _show_film(store: Store, run: Run, epochs: Sequence[int], head: DeltaGenerator, *, brief: bool) -> None:
    view = view_of(run.config.dataset)
    pictures = _originals(str(store.directory), run.id, run.record.attempt, store, run)
    few = _SHOWN_BRIEFLY if brief else _SHOWN
    shown = len(pictures) if st.session_state.get("probe_all", False) else few
    key = (store.directory, run.id, run.record.attempt, tuple(epochs), shown, language())
    drawn = _FILMS.get(key, lambda: _made(store, run, epochs, pictures[:shown]))
    head.html(arm_legend(run.config.all_arms, before=view.first()))
    if not view.on_picture:
        framed = "" if CUES[run.config.cue].variants is None else frame_meaning(run)
        st.html(words_key(signed=_SIGNED, framed=framed, unknown=drawn.dotted))
    if not brief:
        st.markdown(sentences(*_signs()))
        if drawn.hatched:
            st.caption(_("Hatched: nothing speaks for that class yet, so there is no map."))
    data = [drawn.content, url_state.number(_KEY)]
    _MOUNT(key=f"film.{run.id}", data=data, on_epoch_change=lambda: _keep(run.id))
    if len(pictures) > few:
        st.toggle(_("Show all {n} images").format(n=len(pictures)), key="probe_all")


def _made(
    store: Store, run: Run, epochs: Sequence[int], pictures: Sequence[ImageLayer] | Sequence[WordsLayer]
) -> Film:
    """What the browser draws, with these images of the probe set."""
    frames = [_frames(store, run, epoch, len(pictures), language()) for epoch in epochs]
    looks: dict[str, int] = {}
    in_order = sorted(range(len(pictures)), key=store.probe(run.id, epochs[0]).indices.__getitem__)
    content = {
        "epochs": epochs,
        "arms": [
            {"colour": ARM_STYLES[arm].color, "glyph": ARM_STYLES[arm].glyph} for arm in run.config.all_arms
        ],
        "images": [
            {"image": pictures[place], "frames": [_sent(of[place], looks) for of in frames]}
            for place in in_order
        ],
        "looks": list(looks),
        "palettes": palettes(),
        "opacity": OVERLAY_OPACITY,
        "words": {"epoch": _("Maps after epoch"), "play": _("Play"), "pause": _("Pause")},
    }
    every = [frame for of in frames for frame in of]
    return Film(
        json.dumps(content),
        hatched=any(frame.hatched for frame in every),
        dotted=any(frame.dotted for frame in every),
    )


def _sent(frame: Frame, looks: dict[str, int]) -> dict[str, Any]:
    """A frame as plain data. The looks of words are sent once, in `looks`, and by number in each frame."""
    maps = [
        [looks.setdefault(look, len(looks)) for look in each] if isinstance(each, list) else each
        for each in frame.maps
    ]
    return {"maps": maps, "right": frame.right, "alt": frame.alt, "caption": frame.caption}


def thinned(epochs: Sequence[int], most: int) -> list[int]:
    """At most `most` of the epochs, evenly spaced, with the first and the last."""
    if len(epochs) <= most:
        return list(epochs)
    return [epochs[round(place)] for place in np.linspace(0, len(epochs) - 1, most)]


def _keep(run_id: str) -> None:
    """Write the epoch into the URL; without one, a link shows the latest."""
    epoch = st.session_state[f"film.{run_id}"].get(_KEY)
    url_state.set_number(_KEY, None if epoch is None else int(epoch))


@st.cache_resource(max_entries=32, show_spinner=False)
def _originals(
    directory: str, run_id: str, attempt: int, _store: Store, _run: Run
) -> list[ImageLayer] | list[WordsLayer]:
    """The probe images or texts, as the browser draws them."""
    epoch = _store.probe_epochs(run_id)[0]
    probed = _probed(_run, _store.probe(run_id, epoch))
    if isinstance(probed.images, tuple):
        return [_words_layer(each) for each in probed.images]
    return [image_layer(thumbnail(each, _SIDE), of=each) for each in probed.images]


def _words_layer(text: str) -> WordsLayer:
    words = words_of(text)
    ends = [0, *(word.stop for word in words)]
    return {"words": [(text[end : word.start], word.text) for end, word in zip(ends, words, strict=False)]}


def _frames(store: Store, run: Run, epoch: int, shown: int, spoken: str) -> list[Frame]:
    """Of the first `shown` images, made once for all visitors. One scale for all of an image."""

    def make() -> list[Frame]:
        probe = store.probe(run.id, epoch)
        probed = _probed(run, probe)
        with speaking(spoken):
            return [_frame(probe, place, probed) for place in range(min(shown, len(probed.labels)))]

    return _FRAMES.get((store.directory, run.id, run.record.attempt, epoch, shown, spoken), make)


def _probed(run: Run, probe: ProbeExplained) -> ProbeImages:
    if is_prepared(run):
        return prepared_probe()
    from kdviz.comparison import run_images  # imports PyTorch
    from kdviz.sound import drawn

    images = run_images(run.config)
    _check_fits(run, probe, len(images.test), len(images.classes))
    split = images.test.take(probe.indices)
    inputs = drawn(split.images).permute(0, 2, 3, 1).numpy() if split.texts is None else split.texts
    return ProbeImages(inputs, split.labels.numpy(), images.classes, _planted(split))


def _planted(split: Split) -> tuple[list[int], ...]:
    """The numbers of the planted words of each text; empty without any."""
    if split.texts is None or split.cue_masks is None:
        return ()
    return tuple(mask.nonzero().flatten().tolist() for mask in split.cue_masks)


def _check_fits(run: Run, probe: ProbeExplained, images: int, classes: int) -> None:
    """Raises StoreError for a probe set of other images or classes, as when the files have changed."""
    numbers = [probe.targets, *probe.predicted.values()]
    if probe.indices.max() >= images or any(each.max() >= classes for each in numbers):
        raise StoreError(
            f"run {run.id}: its probe maps are of other images than its data set has now. Put those back, or "
            "start a new run."
        )


def _frame(probe: ProbeExplained, place: int, probed: ProbeImages) -> Frame:
    classes, label = class_names(probed.classes), int(probed.labels[place])
    original = probed.images[place]
    signed = isinstance(original, str) and _SIGNED
    maps = heatmaps({arm: maps[place] for arm, maps in probe.maps.items()}, signed=signed)
    truth, target = classes[label], classes[int(probe.targets[place])]
    predicted = {arm: classes[int(probe.predicted[arm][place])] for arm in maps.values}
    number = int(probe.indices[place])
    subject = _("Test image {n}, label {label}, explained for {target}").format(
        n=number, label=truth, target=target
    )
    caption = _("Test image {n}: {label} · {answers}").format(
        n=number, label=truth, answers=_mistakes(truth, predicted)
    )
    arms = [arm for arm in ARMS if arm in maps.values]
    right = [predicted[arm] == truth for arm in arms]
    if isinstance(original, str):
        shaded = {arm: shaded_words(original, maps.values[arm], maps.scale) for arm in arms}
        alts = (word_alt(ARM_STYLES[arm].label, words) for arm, words in shaded.items())
        planted = probed.planted[place] if probed.planted else ()
        looks = [
            [word_style(word, frame_edges(number, planted)) for number, word in enumerate(words)]
            for words in shaded.values()
        ]
        alt = sentences(_("{sentence}.").format(sentence=subject), *alts)
        hatched = any(word.read and math.isnan(word.shade) for words in shaded.values() for word in words)
        return Frame(looks, right, alt, _unbroken(caption), hatched, has_unknown_words(original))
    layers = [map_layer(maps.values[arm], maps.scale) for arm in arms]
    hatched = any(layer["values"] is None for layer in layers)
    return Frame(layers, right, heatmaps_alt(subject, maps.positive), _unbroken(caption), hatched)


def _unbroken(caption: str) -> str:
    """Without line breaks inside "λ = 0"."""
    return caption.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")


def _mistakes(label: str, predicted: Mapping[Arm, str]) -> str:
    """The arms that are wrong, with their predictions."""
    wrong = [
        _("{arm} predicts {label}").format(arm=ARM_STYLES[arm].label, label=name)
        for arm, name in predicted.items()
        if name != label
    ]
    return f"✗ {listed(wrong)}" if wrong else f"✓ {_('all correct')}"


def _signs() -> tuple[str, str]:
    """What the signs below the maps mean, and for which answer the maps are."""
    marks = _("✓ right, ✗ wrong after this epoch.")
    whose = _(
        "Every map shows what speaks for the **teacher's** answer. Where a network is wrong, what it goes by "
        "may be elsewhere: *Explain* has the map of its own answer."
    )
    return marks, whose


def _help() -> str:
    return _(
        "Grad-CAM for the teacher's prediction. Brighter means more of the evidence. One scale for all arms "
        "and epochs of an image: full colour is the teacher's maximum. Hatched: the map is undefined."
    )
