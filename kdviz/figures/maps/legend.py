"""The legend of the lines that are drawn over images: each as it is drawn, and what it surrounds."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from kdviz.figures.maps.layers import CueLayer, OutlineLayer

_WIDTH, _HEIGHT = 28, 10
"""Of a sample of a line, in pixels."""


def line_legend(lines: Iterable[tuple[OutlineLayer, str]], *, cue: tuple[CueLayer, str] | None = None) -> str:
    """A line of HTML: the cue and the outlines, each with its name; "" without any."""
    frames = [] if cue is None else [(_frame(cue[0]), cue[1])]
    samples = [*frames, *((_line(layer), name) for layer, name in lines)]
    entry = "display:inline-flex;gap:.4rem;align-items:center"
    entries = [f'<span style="{entry}">{sample}{escape(name)}</span>' for sample, name in samples]
    row = "display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;font-size:.8125rem;opacity:.85"
    return f'<div style="{row}">{"".join(entries)}</div>' if entries else ""


def _frame(cue: CueLayer) -> str:
    border = f"border:3px solid {cue['colour']};box-shadow:0 0 0 1px #000,inset 0 0 0 1px #000"
    size = f"flex:none;box-sizing:border-box;width:{_WIDTH}px;height:1rem"
    return f'<span aria-hidden="true" style="{size};{border}"></span>'


def _line(layer: OutlineLayer) -> str:
    seam = _stroke("#fff", 2 * layer["stroke"])
    line = _stroke(layer["color"], layer["stroke"], layer["dashes"])
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{seam}{line}</svg>'
    # As a picture: pages drop drawings from HTML.
    return f'<img alt="" {size} style="flex:none" src="data:image/svg+xml,{quote(drawing)}">'


def _stroke(color: str, width: float, dashes: Iterable[int] = ()) -> str:
    pattern = " ".join(map(str, dashes))
    middle = _HEIGHT / 2
    return (
        f'<line x1="0" x2="{_WIDTH}" y1="{middle}" y2="{middle}" stroke="{color}" stroke-width="{width}" '
        f'stroke-dasharray="{pattern}"/>'
    )
