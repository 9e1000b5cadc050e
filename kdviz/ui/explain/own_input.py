"""A visitor's own image or text, prepared for a run's networks, with notes about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from kdviz.comparison import (
    OwnSound,
    OwnText,
    RunImages,
    is_unlike,
    prepare_image,
    prepare_sound,
    prepare_text,
)
from kdviz.datasets import class_names
from kdviz.figures.maps import png, thumbnail, time_text, unread_text
from kdviz.figures.style import percent
from kdviz.language import _, listed, sentences
from kdviz.sound import SAMPLE_RATE
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain, shortened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_EXAMPLE = "own_example"
"""In the session: an example is shown in place of a picture of the visitor's own."""

_NAMED, _CLASSES = 5, 12
"""Unknown words, and classes, that are named."""

_DARK = 40
"""Of 255: an image whose brightest value is lower is too dark for a network trained on brighter ones."""


_FLAT = 4
"""Of 255: an image whose pixels deviate less from their mean, in every colour, shows nothing."""


@dataclass(frozen=True, eq=False)
class OwnInput:
    """A visitor's input in the format of a run, raw, (1, C, *S). text, sound: as in `ImageExplanation`.

    doubtful: a warning says that answers and maps may mean nothing, so no conclusion is drawn from them.
    blank: the networks can see or read nothing in it, so that nothing is said of its maps.
    """

    image: Tensor
    text: str | None = None
    sound: NDArray[np.int16] | None = None
    doubtful: bool = False
    blank: bool = False


def own_input(query: ImageQuery, images: RunImages) -> OwnInput | None:
    """The visitor's image, text or sound; None, with instructions, while there is none.

    Raises DataError for one that cannot be read.
    """
    if query.file is not None:
        st.session_state.pop(_EXAMPLE, None)
    elif query.source == "upload" and st.session_state.get(_EXAMPLE):
        st.caption(
            _(
                "An example: the first test image, as it was before anything was planted in it. Choose a "
                "file above for a picture of your own."
            )
        )
        return _own_picture(query, _first_image(images), images)
    else:
        _ask_for_one(query.source, images)
        return None
    if query.source == "typed":
        given = prepare_text(query.file.decode(), images)
        _note(images, text_notes(given))
        if given.is_unknown:
            st.warning(
                _("No word is known to the networks: nothing to compare."), icon=":material/question_mark:"
            )
        elif mostly := mostly_unknown(given):
            st.warning(mostly, icon=":material/question_mark:")
        return OwnInput(given.numbers, given.text, doubtful=given.is_mostly_unknown, blank=given.is_unknown)
    if query.source == "sound":
        heard = prepare_sound(query.file, images)
        _note(images, _sound_notes(heard))
        if unlike := is_unlike(heard.image, images):
            text = _(
                "No test clip sounds like this one (compared by the level of each band, and how it varies): "
                "it may be quieter or louder, in noise, or of another kind. What the networks predict for "
                "it, and what they listen to, may mean nothing."
            )
            st.warning(text, icon=":material/warning:")
        return OwnInput(heard.image, sound=heard.samples.numpy(), doubtful=unlike)
    return _own_picture(query, query.file, images)


def _sound_notes(given: OwnSound) -> str:
    kept = _("It is kept in memory for this visit only.")
    seconds = time_text(len(given.samples) / SAMPLE_RATE)
    if given.cut:
        return sentences(_("Only the loudest part ({seconds}) is used.").format(seconds=seconds), kept)
    return kept


def text_notes(given: OwnText) -> str:
    """How much of a text is not read, and which words are unknown; "" if all are read and known."""
    named, more = given.unknown[:_NAMED], len(given.unknown) - _NAMED
    words = listed(_("“{word}”").format(word=plain(shortened(word))) for word in named)
    unknown = _("Not in the vocabulary (dotted): {words}.")
    if more > 0:
        unknown = _("Not in the vocabulary (dotted): {words}, and {count} more.")
    unknown = unknown.format(words=words, count=more)
    effect = _(
        "The networks read such a word as a random vector: unless it was frequent in training, it moves "
        "their answers without a meaning."
    )
    return sentences(unread_text(given.unread), *([unknown, effect] if named else []))


def mostly_unknown(given: OwnText) -> str:
    """That an answer means little, where most words of a text are unknown; "" elsewhere."""
    if not given.is_mostly_unknown:
        return ""
    return _("Most words are unknown, so this answer means little.")


def _own_picture(query: ImageQuery, file: bytes, images: RunImages) -> OwnInput:
    shape = tuple(images.test.images.shape[1:])
    image, enlarged = _prepared(file, shape, query.letterbox, images)
    _note(images, _description(image, enlarged, query.letterbox))
    if blank := _blank(image):
        text, icon = blank
        st.warning(text, icon=icon)
        return OwnInput(image, doubtful=True, blank=True)
    if unlike := is_unlike(image, images):
        text = _(
            "No test image looks like this one (compared by coarse colours). What the networks predict "
            "for it, and where they look, may mean nothing."
        )
        st.warning(text, icon=":material/warning:")
    return OwnInput(image, doubtful=unlike)


def _blank(image: Tensor) -> tuple[str, str] | None:
    """Why nothing can be seen in a picture, with an icon; None if something can."""
    if (brightest := int(image.max())) < _DARK:
        text = _(
            "The picture is almost black: its brightest pixel is {share} of white. A 16-bit file is "
            "read from 0 to 65,535; scale one with smaller numbers up before."
        )
        return text.format(share=percent(brightest / 255)), ":material/dark_mode:"
    if float(image.float().std(dim=(-2, -1)).max()) < _FLAT:
        text = _(
            "The picture is almost a single colour: there is nothing in it to look at, so the maps and "
            "their agreement mean nothing."
        )
        return text, ":material/crop_square:"
    return None


def _ask_for_one(source: str, images: RunImages) -> None:
    known = _known_classes(images)[0]
    if source == "typed":
        what = _("Type a text above: every model of this run answers, and shows the evidence in it.")
        where = _("The text stays in memory for this visit: it is not saved, and not in the link.")
        st.info(sentences(what, known, where), icon=":material/edit_note:")
        return
    if source == "sound":
        what = _(
            "Record a sound or choose a file above: every model of this run answers, and shows the evidence."
        )
        where = _("The sound stays in memory for this visit: it is not saved, and not in the link.")
        st.info(sentences(what, known, where), icon=":material/graphic_eq:")
        return
    wanted = (
        _("Add a picture above: choose a file, drop one, or paste one.")
        if source == "upload"
        else _("Take a picture above.")
    )
    what = _("It is then explained by every model of this run.")
    where = _("The picture stays in memory for this visit: it is not saved, and not in the link.")
    st.info(sentences(wanted, what, known, where), icon=":material/add_photo_alternate:")
    if source == "upload":
        st.button(
            _("Try an example"),
            icon=":material/image:",
            key="try_example",
            on_click=safely(st.session_state.update),
            args=({_EXAMPLE: True},),
        )


def _first_image(images: RunImages) -> bytes:
    """The first test image, before a cue was planted in it, as a file."""
    image = images.plain.images[0].movedim(0, -1).numpy()
    return png(thumbnail(image, max(image.shape)))


def _description(image: Tensor, enlarged: bool, letterbox: bool) -> str:
    """How a picture was made one of the networks' size and colours."""
    _count, channels, height, width = image.shape
    if letterbox:
        text = _(
            "Shown as the networks get it: all of it, {height} × {width} pixels with bars in the mean colour "
            "of the training images."
        )
    else:
        text = _("Shown as the networks get it: the centre, {height} × {width} pixels.")
    text = text.format(width=width, height=height)
    grey = _("Its colours are dropped, as these networks know grey images only.") if channels == 1 else ""
    smaller = ""
    if enlarged and letterbox:
        smaller = _("It was smaller than that, and has been enlarged.")
    elif enlarged:
        smaller = _("Its shorter side has fewer pixels than that, so this part has been enlarged.")
    kept = _("It is kept in memory for this visit only.")
    return sentences(text, grey, smaller, kept)


def _note(images: RunImages, text: str) -> None:
    """What was done with an input, and the classes that can be predicted; on hover all of many."""
    known, about = _known_classes(images)
    st.caption(sentences(text, known), help=about)


def _known_classes(images: RunImages) -> tuple[str, str | None]:
    """The classes that can be predicted, in a sentence; and all of many, else None."""
    names = [plain(name) for name in class_names(images.classes)]
    more = len(names) - _CLASSES
    known = _(
        "The models know {count} classes: {names}. They predict one of them, whatever the picture shows."
    )
    if more > 0:
        known = _(
            "The models know {count} classes: {names}, and {more} more. They predict one of them, whatever "
            "the picture shows."
        )
    known = known.format(count=len(names), names=listed(names[:_CLASSES]), more=more)
    return known, listed(names) if more > 0 else None


@st.cache_data(scope="session", max_entries=2, show_spinner=False)
def _prepared(
    file: bytes, shape: tuple[int, ...], letterbox: bool, _images: RunImages
) -> tuple[Tensor, bool]:
    """Decoded once, since a photograph takes longer than everything else; dropped with the session."""
    return prepare_image(file, _images, letterbox=letterbox)
