"""Edit a word and see what moves: an edited copy of a text, its answers and maps beside the original's."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
import streamlit as st

from kdviz.comparison import (
    ArmExplanation,
    ImageExplanation,
    OwnText,
    Target,
    explain_cue_variants,
    explain_image,
    prepare_text,
    run_images,
)
from kdviz.datasets import class_name, class_names
from kdviz.errors import DataError
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import ColourScale, heatmaps, own_scale, shaded_words, strength, word_alt, word_layers
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, sentences
from kdviz.narrative import edit_sentence, planted_word, scale_note
from kdviz.store import Run, Store
from kdviz.types import Arm, FloatArray
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.own_input import mostly_unknown, text_notes
from kdviz.ui.frame.errors import errors, fragment, safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.live_typing import live_typing
from kdviz.ui.widgets.panel import PanelLine, Sentence, SentencePanel
from kdviz.ui.widgets.sentence import FramedWord, sentence_row


@fragment
def edited_text(store: Store, run: Run, query: ImageQuery, explanation: ImageExplanation) -> None:
    """An expander with an editable copy of a text; nothing is computed before it is changed."""
    assert explanation.text is not None
    title = _("Edit a word and see what moves")
    drawer = st.expander(title, icon=":material/edit:", key="edit_open", on_change="rerun", expanded=True)
    if not drawer.open:
        return
    with drawer:
        key = f"edited_{zlib.crc32(explanation.text.encode())}"
        _suggestions(store, run, query, explanation, key)
        edited = st.text_area(_("Edited text"), value=explanation.text, key=key, height=68)
        live_typing("edited_")
        if edited.strip() == explanation.text.strip():
            st.caption(
                _("Change, add or remove words: the answers and maps appear here, beside the original's.")
            )
            return
        st.button(
            _("Back to the original"),
            icon=":material/undo:",
            type="tertiary",
            key=f"{key}_back",
            on_click=safely(_put),
            args=(key, explanation.text),
        )
        if not edited.strip():
            st.caption(_("No word is left. Write some."))
            return
        try:
            _show_change(store, run, query, explanation, edited)
        except DataError as error:
            errors(error)


@dataclass(frozen=True)
class AlignedTexts:
    """Words of a text and of an edited one. first, second: a number for each word; equal words share one.

    changed: numbers of words that the other text does not have at that place.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    changed: frozenset[int]


def aligned(first: Sequence[str], second: Sequence[str]) -> AlignedTexts:
    """Number the words of two texts in reading order; a word that replaces another one shares its number."""
    numbers: tuple[list[int], list[int]] = ([], [])
    changed: set[int] = set()
    following = 0
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        together = b - a == d - c
        places = (range(following, following + b - a), range(following, following + d - c))
        if not together:
            places = (places[0], range(places[0].stop, places[0].stop + d - c))
        following = max(places[0].stop, places[1].stop)
        for found, part in zip(numbers, places, strict=True):
            found += part
        if kind != "equal":
            changed |= {*places[0], *places[1]}
    return AlignedTexts(tuple(numbers[0]), tuple(numbers[1]), frozenset(changed))


def change_panels(before: ImageExplanation, after: ImageExplanation, *, signed: bool) -> list[SentencePanel]:
    """For each arm the text and the edited one, on one scale and in one unit; changed words are framed.

    Each arm's maps of both are for one class. The scale is that of the maps above: the teacher's, or for a
    map of another class its own, which is said. The class stands beside each.
    """
    maps = heatmaps(before.attributions, signed=signed, clip=True)
    own = {arm for arm, of in before.arms.items() if of.target != before.target}
    scales = {
        arm: own_scale(of.attribution, signed=signed) if arm in own else maps.scale
        for arm, of in before.arms.items()
    }
    notes = {arm: scale_note(maps.values[arm], scales[arm], own=arm in own) for arm in before.arms}
    return [
        SentencePanel(
            ARM_STYLES[arm].label,
            "",
            color=ARM_STYLES[arm].color,
            glyph=ARM_STYLES[arm].glyph,
            lines=(
                PanelLine(_moved(before, before.arms[arm], after.arms[arm])),
                *(PanelLine(note) for note in [notes[arm]] if note),
            ),
            sentences=_pair(before, after, arm, scales[arm]),
        )
        for arm in before.arms
    ]


def _suggestions(store: Store, run: Run, query: ImageQuery, explanation: ImageExplanation, key: str) -> None:
    """Buttons that put the text without its planted word, or with that of another class, into the field."""
    if explanation.index is None:
        return
    explained = explain_cue_variants(
        store, run.id, explanation.index, explainer="grad-cam", intact=query.intact
    )
    if explained is None or explained.variants.texts is None:
        return

    with st.container(horizontal=True, gap="xsmall"):
        for number, (way, text) in enumerate(
            zip(explained.variants.cues, explained.variants.texts, strict=True)
        ):
            if number == explained.planted:
                continue
            named = planted_word(explained, number if way else explained.planted)
            label = _("with “{word}”") if way else _("without “{word}”")
            st.button(
                label.format(word=plain(named)),
                key=f"{key}_{number}",
                on_click=safely(_put),
                args=(key, text),
            )


def _put(key: str, text: str) -> None:
    st.session_state[key] = text


def _show_change(
    store: Store, run: Run, query: ImageQuery, explanation: ImageExplanation, edited: str
) -> None:
    """Both texts explained for what each network predicts for the original, or for a chosen class.

    For one class, so that a colour moves where evidence does. Raises DataError.
    """
    assert explanation.text is not None
    original, given = (prepare_text(text, run_images(run.config)) for text in (explanation.text, edited))

    def explained(text: OwnText, target: Target) -> ImageExplanation:
        return explain_image(
            store,
            run.id,
            text.numbers,
            explainer=query.explainer,
            target=target,
            baseline=query.baseline,
            text=text.text,
        )

    before = explained(original, "own" if query.target in ("teacher", "own") else explanation.target)
    targets = {of.target for of in before.arms.values()}
    by_class = {target: explained(given, target) for target in targets}
    arms = {arm: by_class[of.target].arms[arm] for arm, of in before.arms.items()}
    after = replace(by_class[before.target], arms=arms)
    signed = query.signed and EXPLAINERS[query.explainer].signed
    new = tuple(word for word in given.unknown if word not in original.unknown)
    notes = text_notes(replace(given, unknown=new)), mostly_unknown(given)
    st.markdown(sentences(plain(edit_sentence(before, after)), *notes))
    sentence_row(
        change_panels(before, after, signed=signed),
        signed=signed,
        unit=_("the unit of the original's map"),
        choose=lambda _target: None,
        framed=FramedWord(_("word"), _("edited")),
        key="edited_sentences",
    )


def _moved(before: ImageExplanation, first: ArmExplanation, second: ArmExplanation) -> str:
    """What an arm predicts for both texts, and the probability of the explained class."""
    names, target = class_names(before.classes), first.target
    shares = [percent(float(of.probabilities[target]), 0) for of in (first, second)]
    moved = _("{name}: {before} → {after}").format(name=names[target], before=shares[0], after=shares[1])
    answers = [names[of.predicted] for of in (first, second)]
    predicts = (
        _("Still predicts {name}.").format(name=answers[0])
        if answers[0] == answers[1]
        else _("Predicted {before}, now predicts {after}.").format(before=answers[0], after=answers[1])
    )
    return sentences(_("{sentence}.").format(sentence=moved), predicts)


def _pair(
    before: ImageExplanation, after: ImageExplanation, arm: Arm, scale: ColourScale
) -> tuple[Sentence, ...]:
    unit = strength(before.arms[arm].attribution, signed=scale.signed)
    words = []
    for explanation in (before, after):
        assert explanation.text is not None
        values = _in_unit(explanation.arms[arm].attribution, float(unit), signed=scale.signed)
        words.append(shaded_words(explanation.text, values, scale))
    found = aligned(*([word.text for word in each if word.read] for each in words))
    name = class_name(before.classes, before.arms[arm].target)
    named = (
        _("as it was: evidence for {name}").format(name=name),
        _("edited: evidence for {name}").format(name=name),
    )
    return tuple(
        Sentence(
            word_layers(each, outlined=_at(columns, found.changed), columns=columns),
            word_alt(name, each),
            name,
        )
        for each, columns, name in zip(words, (found.first, found.second), named, strict=True)
    )


def _in_unit(attribution: FloatArray, unit: float, *, signed: bool) -> FloatArray:
    values = attribution if signed else np.maximum(attribution, 0)
    return (values / (unit or np.nan)).astype(np.float32)


def _at(columns: Sequence[int], changed: Collection[int]) -> set[int]:
    return {place for place, column in enumerate(columns) if column in changed}
