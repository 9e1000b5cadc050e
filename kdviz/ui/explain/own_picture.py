"""A visitor's own image, prepared for a run's networks, with notes about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kdviz.comparison import RunImages, is_unlike, prepare_image
from kdviz.figures.style import percent
from kdviz.language import _, sentences
from kdviz.ui.explain.controls import ImageQuery

if TYPE_CHECKING:
    from torch import Tensor

_DARK = 40
"""Of 255: an image whose brightest value is lower is too dark for a network trained on brighter ones."""


def own_picture(query: ImageQuery, images: RunImages) -> Tensor | None:
    """The visitor's image in the format of the run; None, with instructions, while there is none.

    Raises DataError for a file that cannot be read.
    """
    if query.file is None:
        _ask_for_one(query.source)
        return None
    shape = tuple(images.test.images.shape[1:])
    image, enlarged = _prepared(query.file, shape, query.letterbox, images)
    _describe(image, enlarged, query.letterbox, len(images.classes))
    if (brightest := int(image.max())) < _DARK:
        st.warning(
            _(
                "The picture is almost black: its brightest pixel is {share} of white. A 16-bit file is "
                "read from 0 to 65,535; scale one with smaller numbers up before."
            ).format(share=percent(brightest / 255)),
            icon=":material/dark_mode:",
        )
    elif is_unlike(image, images):
        st.warning(
            _(
                "This picture is unlike the images that the networks know: in its coarse colours it is "
                "further from every test image than nearly all of them are from the next one. What they "
                "predict, and where they look, may mean nothing."
            ),
            icon=":material/warning:",
        )
    return image


def _ask_for_one(source: str) -> None:
    wanted = (
        _("Add a picture above: choose a file, drop one, or paste one.")
        if source == "upload"
        else _("Take a picture above.")
    )
    what = _("It is then explained by every model of this run.")
    where = _("The picture stays in memory for this visit: it is not saved, and not in the link.")
    st.info(sentences(wanted, what, where), icon=":material/add_photo_alternate:")


def _describe(image: Tensor, enlarged: bool, letterbox: bool, classes: int) -> None:
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
    known = _("The models know {count} classes and must predict one of them, whatever the picture shows.")
    kept = _("It is kept in memory for this visit only.")
    st.caption(sentences(text, grey, smaller, known.format(count=classes), kept))


@st.cache_data(scope="session", max_entries=2, show_spinner=False)
def _prepared(
    file: bytes, shape: tuple[int, ...], letterbox: bool, _images: RunImages
) -> tuple[Tensor, bool]:
    """Decoded once, since a photograph takes longer than everything else; dropped with the session."""
    return prepare_image(file, _images, letterbox=letterbox)
