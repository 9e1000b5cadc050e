"""Cards of the prepared runs on photographs, texts and sounds."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import StoreError
from kdviz.figures.maps import arm_lines, heatmaps, own_scale, sentences_html
from kdviz.figures.style import percent
from kdviz.language import _, language, speaking_of
from kdviz.store import Store
from kdviz.store.prepared_examples import (
    EXAMPLES,
    PreparedExample,
    open_example,
    prepared_example,
    prepared_sentence,
    prepared_sound,
)
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.page_switch import open_page
from kdviz.ui.home.labelled_pictures import answer_mark, labelled_pictures
from kdviz.ui.widgets.input_views import view_of

_COLUMNS, _CARD_PX = 2, 300
"""Cards side by side, and the smallest width of one."""

_ANCHOR = "examples"


def link_to_examples() -> None:
    """A link to the cards from the first screen, below which they are."""
    st.markdown(f":material/arrow_downward: [{_title()}](#{_ANCHOR})")


def _title() -> str:
    return _("On photographs, texts and sounds")


def prepared_examples(store: Store) -> None:
    """A card for each: its picture, its accuracies, and a button that opens it."""
    st.subheader(_title(), anchor=_ANCHOR)
    with st.grid(_COLUMNS, min_column_width=_CARD_PX, gap="medium"):
        for name in EXAMPLES:
            with (
                st.container(border=True, gap="small", height="stretch"),
                speaking_of(DATASETS[name].modality),
            ):
                _card(store, prepared_example(name))


def _card(store: Store, example: PreparedExample) -> None:
    results, spec = example.results, DATASETS[example.name]
    label, sound = _(spec.label), prepared_sound(example.name)
    if view_of(example.name).on_picture:
        _maps(example, label, columns=2 if sound else 4)
    else:
        _words(example)
    if sound:
        st.audio(sound, alt=_("Test image {index}").format(index=example.index))
    shares = {arm: percent(results[arm].accuracy) for arm in ("student", "twin", "teacher")}
    st.markdown(
        _told(example).format(
            data=label, count=example.train_count, epochs=example.epochs, classes=spec.classes, **shares
        )
    )
    if st.button(
        _("Explore {data}").format(data=label.lower()),
        icon=":material/center_focus_strong:",
        key=f"example_{example.name}",
    ):
        _open(store, example)


def _maps(example: PreparedExample, label: str, *, columns: int) -> None:
    st.html(labelled_pictures(example, columns=columns, alt=_alt(label, example.index)))
    st.caption(
        _(
            "Test image {index}, and what teacher, student and twin look at for their own predictions, the "
            "twin's on its own scale. It was picked since of these three only the twin is wrong."
        ).format(index=example.index)
    )


def _words(example: PreparedExample) -> None:
    """A line for each network, with the evidence for what it predicts, in the colours of Explain."""
    st.html(_shaded(language(), example))
    st.caption(
        _(
            "Test text {index}, and each network's evidence for what it predicts: orange for it, purple and "
            "underlined against it. The twin predicts the other class, so its colours are mostly reversed. "
            "Framed: what a person changed to say the opposite. Dotted: not in the vocabulary."
        ).format(index=example.index)
    )


@lru_cache(maxsize=8)
def _shaded(_language: str, example: PreparedExample) -> str:
    """The lines as HTML, made once for all visitors."""
    shown = prepared_sentence(example.name)
    maps = heatmaps(shown.maps, signed=True)
    lines = []
    for arm, line in zip(shown.values, arm_lines(maps.values), strict=True):
        same = example.predicted[arm] == example.predicted["teacher"]
        scale = maps.scale if same else own_scale(shown.maps[arm], signed=True)
        about = _("{name}: {value}").format(name=line.name, value=answer_mark(example, arm))
        lines.append(sentences_html(shown.text, [replace(line, about=about)], scale, outlined=shown.objects))
    return "".join(lines)


def _told(example: PreparedExample) -> str:
    if example.cue == "none":
        return _(
            "**{data}**: {count} training images, no planted cue. After {epochs} epochs the student is "
            "correct on **{student}** of the test images, its twin on {twin}, the teacher on {teacher}."
        )
    return _(
        "**{data}**: in the {count} training images a patch gives the class away; in the test images it "
        "is drawn at random, so it is right by luck in 1 of {classes}. There, after {epochs} epochs, the "
        "student is correct on **{student}**, its twin on {twin}, the teacher on {teacher}."
    )


def _alt(label: str, index: int) -> str:
    return _(
        "{data}: test image {index}, then heat maps of teacher, student and twin. Only the twin's prediction "
        "is wrong."
    ).format(data=label, index=index)


def _open(store: Store, example: PreparedExample) -> None:
    try:
        run_id = open_example(store, example.name)
    except StoreError as error:
        errors(error)
        return
    st.session_state["image"] = example.index
    view = {"run": run_id, "image": str(example.index)}
    open_page("pages/explain.py", with_language(view))
