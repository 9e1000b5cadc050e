"""The image size for a visitor's own pictures: what is allowed, what it costs them, and one that fits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from kdviz.errors import ConfigError
from kdviz.image_size import LARGEST_SIDE, SMALLEST_SIDE, sides, written
from kdviz.language import _, decimal, percentage, sentences
from kdviz.ui.frame.errors import safely
from kdviz.ui.widgets.filled_in_size import keep_size, replaceable_size

if TYPE_CHECKING:
    from kdviz.datasets.inspection import ImageInspection

_DETAIL = 0.04
"""Area of a small detail, as a share of the picture: a platelet in the picture of a blood cell."""

_SMALLEST_PX, _LARGEST_PX = 28, 224
"""Sizes that are offered: larger ones are for those who have the time."""

_FILLED_IN_PX = 96
"""Largest size that is filled in unasked: that of the photographs in kdviz."""

_CUT = 0.01
"""Share of a picture's area that is cut off at the edges, from which this is said."""


def fill_in_size(found: ImageInspection, data: str, key: str) -> None:
    """Fill in the size of the pictures, once for each upload, unless a person or a link has given one.

    key: of the text field of the size, which must not be drawn yet.
    """
    replaceable = replaceable_size(key, data)
    if replaceable is None:
        return
    given, size = st.session_state.get(key), min(_fitting_size(found), _FILLED_IN_PX)
    if (given is None and key not in st.query_params) or given == replaceable:
        _set_size(key, size)
    keep_size(key, data, size)


def size_advice(found: ImageInspection | None, given: str | None, key: str) -> None:
    """What sizes are allowed, what is lost at the given one, and a button for that of the pictures.

    found: in the pictures, None where nobody has looked at them. key: of the text field of the size.
    """
    st.caption(
        _(
            "The side of a square, or height x width such as 40x100; {least} to {most} px. 64 is a good "
            "start: twice the side takes about four times as long."
        ).format(least=SMALLEST_SIDE, most=LARGEST_SIDE)
    )
    if found is None:
        return
    size = _fitting_size(found)
    if words := cropping(found, given):
        st.caption(f":material/crop: {words}")
    if words := _shrinking(found, given):
        st.caption(f":material/photo_size_select_small: {words}")
    if given == str(size):
        return
    st.button(
        _("Use {size} px, nearest to your pictures").format(size=size),
        icon=":material/aspect_ratio:",
        key=f"{key}_own",
        on_click=safely(_set_size),
        args=(key, size),
        help=_("From 28 to 224 px are offered. Larger images have finer maps, and take longer."),
    )


def cropping(found: ImageInspection, given: str | None) -> str:
    """How much of the pictures is cut off at a given size, and one that keeps all, if all have one form.

    "" where nothing is lost, or the size is no size.
    """
    try:
        height, width = sides(given or "")
    except ConfigError:
        return ""
    forms = found.sizes[:, 0] / found.sizes[:, 1] / (width / height)
    cut = 1 - np.minimum(forms, 1 / forms)
    median, most = float(np.median(cut)), float(cut.max())
    if most < _CUT:
        return ""
    lost = _("Pictures are cropped to {height} × {width}: {share} of the area, at the edges, is lost.")
    if most - median >= _CUT:
        lost = _(
            "Pictures are cropped to {height} × {width}: {share} of the area, at the edges, is lost in the "
            "median, at most {most}."
        )
    lost = lost.format(height=height, width=width, share=percentage(median, 0), most=percentage(most, 0))
    return sentences(lost, _keeping(found, min(height, width)))


def _keeping(found: ImageInspection, shorter: int) -> str:
    """The size with this shorter side that keeps all of every picture; "" where their forms differ."""
    widths, heights = found.sizes[:, 0], found.sizes[:, 1]
    ratio = float(np.median(widths / heights))
    longer = round(shorter * max(ratio, 1 / ratio))
    if longer > LARGEST_SIDE or np.ptp(widths / heights) > _CUT:
        return ""
    size = written(shorter, longer) if ratio > 1 else written(longer, shorter)
    return _("{size} keeps all of it.").format(size=size)


def _set_size(key: str, size: int) -> None:
    st.session_state[key] = str(size)


def _fitting_size(found: ImageInspection) -> int:
    """The image size nearest to the pictures: their median shorter side, within limits."""
    return min(max(_shorter_side(found), _SMALLEST_PX), _LARGEST_PX)


def _shrinking(found: ImageInspection, given: str | None) -> str:
    """What a picture's details are at a given size; "" where nothing is lost, or the size is no size."""
    try:
        shorter, own = min(sides(given or "")), _shorter_side(found)
    except ConfigError:
        return ""
    if shorter >= own:
        return ""
    return _(
        "{own} px are shrunk to {size} px: a detail of {share} of the area becomes {detail} × {detail} px."
    ).format(
        own=own, size=shorter, share=percentage(_DETAIL, 0), detail=decimal(shorter * math.sqrt(_DETAIL), 0)
    )


def _shorter_side(found: ImageInspection) -> int:
    """Of the pictures, the median."""
    shorter = sorted(min(size) for size in found.sizes.tolist())
    return int(shorter[len(shorter) // 2])
