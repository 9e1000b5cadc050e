"""The comparer: heatmaps over one image, side by side or under a divider, drawn by the browser.

Opacity, divider, difference and the values under the pointer need no rerun. Its data come from
`kdviz.figures.maps.layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from kdviz.figures.maps import CueLayer, ImageLayer, SpectrogramAxes, palettes
from kdviz.language import _
from kdviz.ui.frame.component import component
from kdviz.ui.widgets.larger_view import LARGER_VIEW_CSS, LARGER_VIEW_JS, larger_view_words
from kdviz.ui.widgets.panel import PANELS_CSS, PANELS_JS, Panel

_MOUNT = component(
    "kdviz_comparer", __file__, css=PANELS_CSS + LARGER_VIEW_CSS, js=PANELS_JS + LARGER_VIEW_JS
)


@dataclass(frozen=True)
class ComparerCallbacks:
    """Called with what was set in the comparer: percents, whether the difference is shown, a class."""

    opacity: Callable[[int], None]
    divider: Callable[[int], None]
    apart: Callable[[bool], None]
    target: Callable[[int], None]


def comparer(
    mode: Literal["row", "swipe"],
    image: ImageLayer,
    panels: Sequence[Panel],
    *,
    opacity: int,
    callbacks: ComparerCallbacks,
    unit: str = "",
    cue: CueLayer | None = None,
    axes: SpectrogramAxes | None = None,
    divider: int = 50,
    apart: bool = False,
    own_first: bool = False,
    controls: bool = True,
    key: str = "comparer",
) -> None:
    """Draw the panels in a row; or the first two under a divider, and the third as their difference.

    opacity, divider, apart: initial values. controls: whether they can be changed. unit: of the values under
    the pointer. own_first: whether the panels `own` are shown at first. cue: outlined on every image, its
    text under the first one. axes: of a spectrogram; None for other images.
    """

    def callback(name: str) -> Callable[[], None]:
        def changed() -> None:
            value = st.session_state[key][name]
            if value is not None:
                getattr(callbacks, name)(value)

        return changed

    _MOUNT(
        key=key,
        data={
            "mode": mode,
            "image": image,
            "panels": [asdict(panel) for panel in panels],
            "palettes": palettes(),
            "opacity": opacity,
            "divider": divider,
            "apart": apart,
            "ownFirst": own_first,
            "controls": controls,
            "unit": unit,
            "cue": cue,
            "axes": axes,
            "words": _words(),
        },
        on_opacity_change=callback("opacity"),
        on_divider_change=callback("divider"),
        on_apart_change=callback("apart"),
        on_target_change=callback("target"),
    )


def _words() -> dict[str, Any]:
    """The component's own texts, with placeholders in braces."""
    return {
        "stage": _("Heat maps. Arrow keys read the values; hold the space bar for the original."),
        "point": _(
            "Point at a picture, or use the arrow keys on it, to read the values; click it, or press Enter, "
            "for a larger view."
        ),
        "touch": _("Touch a picture to read the values; tap it for a larger view."),
        "where": _("Row {row}, column {column} of the map's cells; values in {unit}."),
        "heard": _("{time} s, {pitch}; values in {unit}."),
        "undefined": _("undefined"),
        "opacity": _("Opacity"),
        "divider": _("Divider"),
        "divided": _("{left} on the left up to {cut} %, then {right}"),
        "apart": _("Difference"),
        "original": _("Hold for the original"),
        "explain": _("Show the evidence for {name}"),
        "evidence": _("Evidence for:"),
        "details": _("More about this map"),
        **larger_view_words(),
    }
