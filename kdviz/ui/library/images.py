"""A data set: its size, normalization and class balance, sample images, and planted cues."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.cache import Cache
from kdviz.datasets import CUES, DataSet, Split, class_name, class_names, plant
from kdviz.datasets.samples import (
    class_counts,
    of_class,
    randomly_flipped,
    sample_of_class,
    sample_of_classes,
)
from kdviz.errors import KdvizError
from kdviz.figures.maps import gallery_row, png
from kdviz.language import _, decimal, plural, sentences
from kdviz.notes import shown_note
from kdviz.types import DatasetSpec, ModalityName
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.projector import projecting, settings_and_pictures
from kdviz.ui.library.clips import clips, sound_facts
from kdviz.ui.library.cue_choice import cue_choice
from kdviz.ui.library.dataset_choice import DatasetChoice, load_chosen
from kdviz.ui.library.distill_link import distill_link
from kdviz.ui.library.sentences import sentence_list, text_facts
from kdviz.ui.widgets.downloads import without_formulas

_LOADED: Cache[DataSet] = Cache(2)
_EACH, _EACH_WITH_CUE = 8, 5
_CLASSES_AT_ONCE = 10
_SPLITS = ("train", "validation", "test")
_CUE_SEED = 12
_UNBALANCED = 1.5
"""How many times the smallest class the largest one may have before the classes are said to be unbalanced."""


def browse(choice: DatasetChoice) -> None:
    """Gallery of a data set, and facts about it."""
    data = load_chosen(choice)
    if data is None:
        return
    to_distill = st.container()
    settings, pictures = settings_and_pictures()
    with settings:
        cue, strength = cue_choice(choice.spec)
        with nullcontext() if projecting() else to_distill:  # there, pictures come first
            distill_link(choice, cue, strength)
        split, classes = _gallery_controls(data)
    with pictures:
        gallery = st.container()
        masks = _outlines(split)  # below: pictures come first
    with gallery:
        try:
            if cue == "none":
                _gallery(data, split, classes, masks=masks)
            else:
                sample = sample_of_classes(split, classes, _EACH_WITH_CUE, turn=_turn())
                _with_cue(data, sample, cue, strength, masks=masks)
        except KdvizError as error:
            errors(error)
    _facts(choice, data)


def _facts(choice: DatasetChoice, data: DataSet) -> None:
    spec = choice.spec
    with st.container(border=True), st.grid(2, min_column_width=300, gap="medium"):
        sizes = [f"**{_split_label(name)}** {len(getattr(data, name)):,}" for name in _SPLITS]
        inputs, *others = _FACTS[spec.modality](data)
        st.markdown("  \n".join([inputs, " · ".join(sizes), balance_line(data)]))
        st.markdown("  \n".join([_source(spec), *others]))
    for note in data.notes:
        if note in choice.said:
            continue
        st.caption(f":material/info: {plain(shown_note(note))}")
    with st.expander(_("Images of each class"), icon=":material/table_rows:"):
        st.dataframe(
            without_formulas(balance_table(data)),
            hide_index=True,
            column_config={"Class": _("Class"), **{name: _split_label(name) for name in _SPLITS}},
            alt=_("Images of each class in each split"),
            key="balance",
        )


def balance_table(data: DataSet) -> pd.DataFrame:
    """The number of images of each class in each split, a row for each class."""
    counts = {name: class_counts(getattr(data, name), len(data.classes)) for name in _SPLITS}
    return pd.DataFrame({"Class": class_names(data.classes), **counts})


def balance_line(data: DataSet) -> str:
    """Whether the classes have similar numbers of training images, and how many."""
    counts = class_counts(data.train, len(data.classes))
    fewest, most = min(counts), max(counts)
    if fewest == most:
        return _("Balanced: {count} training images of each class").format(count=f"{most:,}")
    if most <= _UNBALANCED * fewest:
        return _("Balanced: {fewest} to {most} training images of each class").format(
            fewest=f"{fewest:,}", most=f"{most:,}"
        )
    return _("Not balanced: {fewest} to {most} training images a class").format(
        fewest=f"{fewest:,}", most=f"{most:,}"
    )


def _image_facts(data: DataSet) -> tuple[str, str, str]:
    return _images(data), _normalisation(data), _mirrored(data)


_FACTS: dict[ModalityName, Callable[[DataSet], tuple[str, ...]]] = {
    "image": _image_facts,
    "text": text_facts,
    "audio": sound_facts,
}


def _images(data: DataSet) -> str:
    channels, height, width = data.input_shape
    words = (
        _("**Images** {height} × {width} px, grey, {classes} classes")
        if channels == 1
        else _("**Images** {height} × {width} px, colour (RGB), {classes} classes")
    )
    return words.format(height=height, width=width, classes=len(data.classes))


def _source(spec: DatasetSpec) -> str:
    return _("**Source, licence** {source}").format(source=plain(_(spec.source)))


def _normalisation(data: DataSet) -> str:
    return _("**Normalization** mean {mean}, deviation {deviation}, of the training images in [0, 1]").format(
        mean=_numbers(data.mean), deviation=_numbers(data.std)
    )


def _mirrored(data: DataSet) -> str:
    if data.flips:
        return _("**Random horizontal flips** yes")
    return _("**Random horizontal flips** no, a flip can change the class")


def _split_label(name: str) -> str:
    return {"train": _("Training"), "validation": _("Validation"), "test": _("Test")}[name]


def _gallery_controls(data: DataSet) -> tuple[Split, range]:
    """The split to show, and which classes of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            _("Split"),
            _SPLITS,
            default="train",
            required=True,
            format_func=_split_label,
            key="browse_split",
            bind=url_state.binding("browse_split"),
            help=_("Training images fit the weights, validation images select, test images only measure."),
        )
        first = 0
        if len(data.classes) > _CLASSES_AT_ONCE:
            starts = list(range(0, len(data.classes), _CLASSES_AT_ONCE))
            first = int(
                st.selectbox(
                    _("Classes"),
                    starts,
                    format_func=lambda start: _("{low} to {high}").format(
                        low=start + 1, high=_end(data, start)
                    ),
                    key="browse_classes",
                    width=180,
                )
            )
        st.button(_("Other images"), icon=":material/shuffle:", on_click=safely(_next_sample))
    return getattr(data, str(name)), range(first, _end(data, first))


def _outlines(split: Split) -> bool:
    """Whether objects are outlined, where their place is known."""
    outlined = split.object_masks is not None and bool(split.object_masks.any())
    return outlined and st.toggle(
        _("Outline the object"),
        value=True,
        key="browse_masks",
        bind=url_state.binding("browse_masks"),
        help=_("The object's mask or box, as localization counts it. What a patch hides is not part of it."),
    )


def _gallery(data: DataSet, split: Split, classes: range, *, masks: bool) -> None:
    pictures = split.texts is None and split.sounds is None
    if split.texts is not None:
        _legend_of_frames(planted=False, marked=masks)
    mirrored = data.flips and pictures and _as_in_training()
    with st.grid(2, min_column_width=330, gap="medium"):
        for label in classes:
            images = sample_of_class(split, label, _EACH, turn=_turn())
            shown = randomly_flipped(images, seed=_turn()) if mirrored else images
            _row(data, shown, label, masks=masks)


def _as_in_training() -> bool:
    """Whether images are flipped at random."""
    return st.toggle(
        _("Random flips, as in training"),
        key="browse_mirrored",
        bind=url_state.binding("browse_mirrored"),
        help=_("In training, each image is flipped horizontally with probability ½ every time."),
    )


def _with_cue(data: DataSet, sample: Split, cue: str, strength: float, *, masks: bool) -> None:
    """The same images twice: the cue helps, as the student trains, and is drawn at random, as in the test."""
    count = len(data.classes)
    intact = _("The student's training images: the cue matches the class with ρ = {strength}.")
    by_luck = _(
        "The teacher's training images and the test images: the cue is drawn at random, so it is right by "
        "luck in 1 of {classes}."
    )
    sides = (
        (_("The cue helps"), strength, intact.format(strength=f"{strength:g}")),
        (_("Random cue"), None, by_luck.format(classes=count)),
    )
    if sample.texts is not None:
        _legend_of_frames(planted=CUES[cue].variants is not None, marked=masks)
    with st.grid(2, min_column_width=330, gap="medium"):
        for name, chance, about in sides:
            with st.container():
                st.subheader(name)
                if not projecting():  # room for the pictures
                    st.caption(about)
                planted = plant(sample, cue, classes=count, strength=chance, seed=_CUE_SEED)
                for label in sorted({int(label) for label in sample.labels}):
                    _row(data, of_class(planted, label), label, state=name, masks=masks)


def _legend_of_frames(*, planted: bool, marked: bool) -> None:
    """What the frames around words of the texts mean."""
    meanings = {_("Framed: the planted word."): planted, _("Framed: a word that a person marked."): marked}
    if said := sentences(*(text for text, shown in meanings.items() if shown)):
        st.caption(said)


def _row(data: DataSet, images: Split, label: int, *, state: str = "", masks: bool = False) -> None:
    """A few images of one class, and its name."""
    name = class_name(data.classes, label)
    with st.container(gap="xsmall"):
        if not len(images):
            st.caption(_("**{label}**: none in this split.").format(label=plain(name)))
            return
        alt = plural(
            "{count} image of the class {label}",
            "{count} images of the class {label}",
            len(images),
            label=name,
        )
        if state:
            alt = _("{name}: {value}").format(name=state, value=alt)
        if images.texts is not None:
            st.markdown(f"**{plain(name)}**")
            st.html(sentence_list(images, alt, marked=masks))
            return
        if images.sounds is not None:
            st.markdown(f"**{plain(name)}**")
            clips(images, alt, masks=masks and images.object_masks is not None)
            return
        pixels = list(images.images.permute(0, 2, 3, 1).numpy())
        objects = list(images.object_masks.numpy()) if masks and images.object_masks is not None else None
        st.image(png(gallery_row(pixels, objects)), width="stretch", alt=alt)
        st.caption(f"**{plain(name)}**")


def _turn() -> int:
    """The number of clicks on the button for other images."""
    return int(st.session_state.get(_SAMPLE, 0))


def _next_sample() -> None:
    st.session_state[_SAMPLE] = _turn() + 1


def _end(data: DataSet, start: int) -> int:
    return min(start + _CLASSES_AT_ONCE, len(data.classes))


def _numbers(values: Any) -> str:
    return ", ".join(decimal(value, 3) for value in values)


_SAMPLE = "browse_turn"
