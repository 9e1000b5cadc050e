"""What if the patch were elsewhere: a patch to drag and recolour, with predictions and maps.

All variants are computed at once, when the panel comes into the window, and drawn by the browser without
reruns.
"""

from __future__ import annotations

import base64
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import streamlit as st

from kdviz.comparison import ExplainedVariants, explain_cue_on, explain_cue_variants, explainers_offered
from kdviz.datasets import CUES, CueVariant, class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    OVERLAY_OPACITY,
    ColourScale,
    CueLayer,
    cue_layer,
    density,
    heatmap_alt,
    heatmaps,
    image_layer,
    own_scale,
    palettes,
    wav_url,
)
from kdviz.language import _, language, sentences, speaking
from kdviz.narrative import as_it_is, cue_look_name, cue_place_name, scale_note, what_if_sentence
from kdviz.sound import drawn
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.cue import WHAT_IF_OPEN, WHAT_IF_PLACE, scroll_to_what_if, variant_verdict
from kdviz.ui.explain.own_input import OwnInput
from kdviz.ui.frame.component import component
from kdviz.ui.frame.errors import fragment
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.answers import answer_text, arm_mark
from kdviz.ui.widgets.in_sight import in_sight
from kdviz.ui.widgets.larger_view import LARGER_VIEW_CSS, LARGER_VIEW_JS, larger_view_words
from kdviz.ui.widgets.panel import MAP_LAYERS_CSS, MAP_LAYERS_JS

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_HEIGHT_PX = 400
"""Of the panel, about."""

_QUICK = 4
"""Passes of an explainer that is fast enough for all variants at once."""

_MOUNT = component(
    "kdviz_cue_mover", __file__, css=MAP_LAYERS_CSS + LARGER_VIEW_CSS, js=MAP_LAYERS_JS + LARGER_VIEW_JS
)


class SamplesChanged(TypedDict):
    """Samples of a sound from `start` on, int16 in base64."""

    start: int
    samples: str


@fragment
def what_if(store: Store, run: Run, query: ImageQuery, own: OwnInput | None = None) -> None:
    """An expander for an image with a patch, open at first; nothing is computed while it is not seen.

    own: the visitor's, on which the run's patch is put; None for the test image.
    """
    title = _("What if the patch were elsewhere?") if own is None else _("What if it had the patch?")
    drawer = st.expander(
        title, icon=":material/drag_pan:", key=WHAT_IF_OPEN, on_change="rerun", expanded=True
    )
    scroll_to_what_if(query.index if own is None else None)
    if not drawer.open:
        return
    with drawer:
        # Some 30 answers and maps of every network take as long as the page above.
        shown = f"{run.id} {query.index if own is None else 'own'}"
        if not in_sight(WHAT_IF_PLACE, shown, height=_HEIGHT_PX):
            return
        explainer = _explainer(run, query)
        how: dict[str, Any] = {"explainer": explainer, "baseline": query.baseline}
        with bar() as report:
            explained = (
                explain_cue_variants(store, run.id, query.index, intact=query.intact, report=report, **how)
                if own is None
                else explain_cue_on(store, run.id, own.image, sound=own.sound, report=report, **how)
            )
        if explained is not None:
            _MOUNT(key="cue_mover", data=[_mover_data(explained, query.colours, language())])
            _describe(explainer, query)


@lru_cache(maxsize=64)
def _mover_data(explained: ExplainedVariants, colours: str, spoken: str) -> dict[str, Any]:
    """Cached, since the page is drawn again at every click, and a class looks at the same images."""
    with speaking(spoken):
        return mover_data(explained, colours=colours)


def mover_data(explained: ExplainedVariants, *, colours: str = "cividis") -> dict[str, Any]:
    """What the browser draws, in the language being spoken. colours: one of COLOUR_MAPS."""
    planted = {arm: of.attributions[explained.planted] for arm, of in explained.arms.items()}
    scale = heatmaps(planted, clip=True, colours=colours).scale
    ways = explained.variants.cues
    return {
        "key": f"{explained.index} {explained.planted} {_content(explained)}",
        "image": image_layer(_pixels(explained, 0)),
        "places": _places(explained),
        "looks": _looks(explained),
        "arms": [_arm(arm, of.attributions[0], scale) for arm, of in explained.arms.items()],
        "variants": [
            {
                **_way(explained, way),
                "spot": None if way is None else _spot(explained, number),
                "said": what_if_sentence(explained, number),
                "tone": _tone(explained, number),
                "answers": [_answer(explained, number, arm, scale) for arm in explained.arms],
            }
            for number, way in enumerate(ways)
        ],
        "sound": _sound(explained),
        "start": explained.planted,
        "palettes": palettes(),
        "opacity": OVERLAY_OPACITY,
        "words": _words(explained),
    }


def _content(explained: ExplainedVariants) -> int:
    """A number that identifies the input without its cue."""
    return zlib.crc32(explained.variants.inputs[0].numpy().tobytes())


def _without(explained: ExplainedVariants, number: int, arm: Arm) -> str:
    """What an arm predicts without the patch, beside what it predicts with it."""
    if number == 0:
        return ""
    answers = explained.arms[arm]
    said = answer_text(class_name(explained.classes, answers.predicted(0)), answers.confidence(0))
    text = _("Without the patch: {answer}") if explained.index is not None else _("As it was given: {answer}")
    return text.format(answer=said)


def _sound(explained: ExplainedVariants) -> str | None:
    """The sound without its cue as a data URL; None of other inputs."""
    sounds = explained.variants.sounds
    return None if sounds is None else wav_url(sounds[0].numpy())


def _tone(explained: ExplainedVariants, number: int) -> SamplesChanged | None:
    """What a variant of a sound has in place of samples of that without a cue; None if nothing is changed."""
    sounds = explained.variants.sounds
    if sounds is None or not len(changed := (sounds[number] != sounds[0]).nonzero()):
        return None
    start, end = int(changed[0]), int(changed[-1]) + 1
    samples = sounds[number, start:end].numpy().astype("<i2")
    return {"start": start, "samples": base64.b64encode(samples.tobytes()).decode()}


def _explainer(run: Run, query: ImageQuery) -> str:
    """The page's method, or where it is slow the first of those offered."""
    quick = EXPLAINERS[query.explainer].passes <= _QUICK
    return query.explainer if quick else explainers_offered(run.config)[0].name


def _describe(explainer: str, query: ImageQuery) -> None:
    method, chosen = _(EXPLAINERS[explainer].label), _(EXPLAINERS[query.explainer].label)
    slow = _("The maps here are by {method}, since {chosen} takes too long for every variant at once.")
    text = _(
        "{method}, for each network's own prediction. All maps share one colour scale, except where a "
        "network predicts another class than the teacher."
    )
    instead = "" if method == chosen else slow.format(method=method, chosen=chosen)
    st.caption(sentences(instead, text.format(method=method)))


def _pixels(explained: ExplainedVariants, number: int) -> Any:
    """(H, W, C)."""
    return drawn(explained.variants.inputs)[number].permute(1, 2, 0).numpy()


def _by_pitch(explained: ExplainedVariants) -> bool:
    return CUES[explained.cue].indicated_by == "pitch"


def _by_place(explained: ExplainedVariants) -> bool:
    return CUES[explained.cue].indicated_by == "place"


def _way(explained: ExplainedVariants, way: CueVariant | None) -> dict[str, int | None]:
    """Numbers of a variant's place and look among those that are offered."""
    if way is None:
        return {"place": None, "look": None}
    place = sorted(_first_at(explained)).index(way.place)
    return {
        "place": place,
        "look": 0 if _by_place(explained) else sorted(_first_of(explained)).index(way.indicated),
    }


def _spot(explained: ExplainedVariants, number: int) -> CueLayer:
    """Where the cue of a variant is, in its colour."""
    return cue_layer(_pixels(explained, number), explained.box(number), "")


def _outline(explained: ExplainedVariants, number: int, text: str) -> dict[str, Any]:
    return {**_spot(explained, number), "name": text}


def _places(explained: ExplainedVariants) -> list[dict[str, Any]]:
    """Each place, as the first variant there has it."""
    first = _first_at(explained)
    shown = [
        _outline(explained, first[place], cue_place_name(explained, first[place])) for place in sorted(first)
    ]
    # A tone's row follows from its pitch: its place is a time.
    return [each | {"top": 0, "height": 1} for each in shown] if _by_pitch(explained) else shown


def _looks(explained: ExplainedVariants) -> list[dict[str, Any]]:
    """The colours of the patch: that of each class, with its name; or white alone."""
    if _by_place(explained):
        return [_outline(explained, 1, cue_look_name(explained, 1))]
    first = _first_of(explained)
    looks = [
        _outline(explained, first[named], _look(explained, first[named], named)) for named in sorted(first)
    ]
    # All tones are about the same grey: what tells them apart is their height.
    return [{**look, "pitch": _by_pitch(explained)} for look in looks]


def _look(explained: ExplainedVariants, number: int, named: int) -> str:
    """A colour has the name of its class; a tone, whose pitch is not seen, both."""
    name = class_name(explained.classes, named)
    return f"{cue_look_name(explained, number)}: {name}" if _by_pitch(explained) else name


def _first_at(explained: ExplainedVariants) -> dict[int, int]:
    """The first variant at each place."""
    ways = enumerate(explained.variants.cues)
    return {way.place: number for number, way in reversed([*ways]) if way is not None}


def _first_of(explained: ExplainedVariants) -> dict[int, int]:
    """The first variant that indicates each class."""
    ways = enumerate(explained.variants.cues)
    return {way.indicated: number for number, way in reversed([*ways]) if way is not None}


def _arm(arm: Arm, attribution: FloatArray, scale: ColourScale) -> dict[str, Any]:
    height, width = attribution.shape
    layer = {"height": height, "width": width, "palette": scale.palette, "signed": False}
    return {"arm": arm, **arm_mark(arm), "map": layer}


def _answer(explained: ExplainedVariants, number: int, arm: Arm, scale: ColourScale) -> dict[str, Any]:
    answers = explained.arms[arm]
    predicted, values = answers.predicted(number), density(answers.attributions[number])
    other = predicted != explained.arms["teacher"].predicted(number)
    if other:
        scale = own_scale(answers.attributions[number], colours=scale.colours)
    return {
        **_cells(values, scale),
        "scale": scale_note(values, scale, own=other),
        "own": other,
        "alt": heatmap_alt(arm, values),
        "answer": answer_text(class_name(explained.classes, predicted), answers.confidence(number)),
        "verdict": variant_verdict(explained, number, arm),
        "right": None if explained.label is None else predicted == explained.label,
        "without": _without(explained, number, arm),
        "changed": predicted != answers.predicted(explained.planted),
    }


def _cells(values: FloatArray, scale: ColourScale) -> dict[str, Any]:
    """A map's values, a byte a cell, in base64; None where it is undefined. limit: full colour in their unit.

    Not clipped at full colour: between two cells, what is above it counts, as in the maps of the row.
    """
    if not np.isfinite(values).all():
        return {"values": None, "limit": 255.0}
    unit = 255 / max(float(values.max()), scale.limit)
    sent = (unit * values).round().astype(np.uint8)
    return {"values": base64.b64encode(sent.tobytes()).decode(), "limit": unit * scale.limit}


def _words(explained: ExplainedVariants) -> dict[str, str]:
    """The component's own texts. In braces, what it fills in."""
    return {
        "board": _("Drag the patch to a dashed box, or choose one."),
        "piece": _("Patch: {look}, {place}. Arrow keys move it."),
        "looks": _("Patch") if _by_place(explained) else _("Colour of the patch, by what it meant"),
        "none": _("no patch"),
        "reset": as_it_is(explained),
        "play": _("Play it as it is now"),
        "own": _("own scale"),
        "details": _("More about this map"),
        **larger_view_words(),
    }
