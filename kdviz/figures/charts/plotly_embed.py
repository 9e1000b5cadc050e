"""Charts for a page of its own, that nothing draws for it: the figure as data, and what draws it."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs


def plotly_library() -> str:
    """The script that draws figures; a page holds it once."""
    library: str = get_plotlyjs()
    return library


def figure_data(figure: go.Figure) -> dict[str, Any]:
    """A figure as JSON types, undefined values as None; without the template, so that the page colours it."""
    content: dict[str, Any] = json.loads(figure.to_json())
    content["layout"].pop("template", None)
    return content
