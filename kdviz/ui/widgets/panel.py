"""Panels: the text beside a picture, or a sentence, of an arm; and how a browser draws it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kdviz.figures.maps import MapLayer, OutlineLayer, WordLayer

_HERE = Path(__file__).parent


def _read(file: str) -> str:
    return (_HERE / file).read_text(encoding="utf-8")


MAP_LAYERS_JS, MAP_LAYERS_CSS = _read("map_layers.js"), _read("map_layers.css")
"""How a browser draws a map over an image; to be put before a component's own script and style."""

PLAYING_JS = MAP_LAYERS_JS + _read("playing.js")
"""The same, with a sound that is played."""

PANELS_JS, PANELS_CSS = MAP_LAYERS_JS + _read("panels.js"), MAP_LAYERS_CSS + _read("panels.css")
"""How a browser draws a map, with the text of panels."""


@dataclass(frozen=True)
class ClassProbability:
    """A class with its probability in [0, 1]. target: its number. explained: whether the map is for it."""

    target: int
    name: str
    share: float
    text: str
    explained: bool


@dataclass(frozen=True)
class PanelLine:
    """A line of text. about: shown when it is pointed at, "" for nothing. folded: behind a question mark."""

    text: str
    about: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Panel:
    """What a panel says.

    own: the panel that takes its place while the first of `choice` is chosen: the names of its class, and of
    the class of this one.
    """

    name: str
    alt: str
    color: str = ""
    glyph: str = ""
    lines: tuple[PanelLine, ...] = ()
    shares: tuple[ClassProbability, ...] = ()
    own: Panel | None = None
    choice: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MapPanel(Panel):
    """An image with text lines under it. heat: None for the image alone. mark: beside its colour bar."""

    heat: MapLayer | None = None
    outlines: tuple[OutlineLayer, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Sentence:
    """A text with its map. alt: is read aloud. name: "" where it is the only one of its panel."""

    words: tuple[WordLayer, ...]
    alt: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SentencePanel(Panel):
    """Sentences of an arm, with text lines beside them."""

    sentences: tuple[Sentence, ...]
