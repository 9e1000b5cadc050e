"""The comparer: heatmaps over one image, side by side or under a divider, drawn by the browser.

Opacity, divider, difference and the values under the pointer need no rerun. What is drawn comes from
`kdviz.figures.maps.layers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from kdviz.figures.maps import MapLayer
from kdviz.language import _


def _part(ending: str) -> str:
    return Path(__file__).with_suffix(ending).read_text(encoding="utf-8")


_MOUNT = st.components.v2.component("kdviz_comparer", html=_part(".html"), css=_part(".css"), js=_part(".js"))


@dataclass(frozen=True)
class Share:
    """A class with its probability in [0, 1]. target: its number. explained: whether the map is for it."""

    target: int
    name: str
    share: float
    text: str
    explained: bool


@dataclass(frozen=True)
class Panel:
    """One picture and what is said under it. heat: None for the image alone. cells: heat is not smoothed."""

    name: str
    alt: str
    heat: MapLayer | None = None
    cells: bool = False
    outlines: tuple[MapLayer, ...] = ()
    color: str = ""
    glyph: str = ""
    lines: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Touched:
    """What is told of what was set in the comparer: percents, whether the difference is shown, a class."""

    opacity: Callable[[int], None]
    divider: Callable[[int], None]
    apart: Callable[[bool], None]
    target: Callable[[int], None]


def comparer(
    mode: Literal["row", "swipe"],
    image: MapLayer,
    panels: list[Panel],
    *,
    opacity: int,
    touched: Touched,
    unit: str = "",
    divider: int = 50,
    apart: bool = False,
    controls: bool = True,
    key: str = "comparer",
) -> None:
    """Draw the panels in a row; or the first two under a divider, and the third as their difference.

    opacity, divider, apart: where they stand, until somebody moves them. controls: whether somebody can.
    unit: of the values under the pointer.
    """

    def tell(name: str) -> Callable[[], None]:
        def changed() -> None:
            value = st.session_state[key][name]
            if value is not None:
                getattr(touched, name)(value)

        return changed

    _MOUNT(
        key=key,
        data={
            "mode": mode,
            "image": image,
            "panels": [asdict(panel) for panel in panels],
            "opacity": opacity,
            "divider": divider,
            "apart": apart,
            "controls": controls,
            "unit": unit,
            "words": _words(),
        },
        on_opacity_change=tell("opacity"),
        on_divider_change=tell("divider"),
        on_apart_change=tell("apart"),
        on_target_change=tell("target"),
    )


def _words() -> dict[str, Any]:
    """What the browser says by itself. In braces, what it fills in."""
    return {
        "stage": _("Heat maps. Arrow keys read the values; hold the space bar for the original."),
        "point": _("Point at a picture, or use the arrow keys on it, to read the values."),
        "where": _("Row {row}, column {column} of the map's cells; values in {unit}."),
        "undefined": _("undefined"),
        "opacity": _("Opacity"),
        "divider": _("Divider"),
        "divided": _("{left} on the left up to {cut} %, then {right}"),
        "apart": _("Difference"),
        "original": _("Hold for the original"),
        "explain": _("Show the evidence for {name}"),
    }
