"""Plotly in a standalone page: figures as JSON, and the script that draws them."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs


def plotly_library() -> str:
    """The script that draws figures; a page includes it once."""
    library: str = get_plotlyjs()
    return library


def figure_data(figure: go.Figure) -> dict[str, Any]:
    """A figure as JSON types, undefined values as None; without the template, since the page sets colours."""
    content: dict[str, Any] = json.loads(figure.to_json())
    content["layout"].pop("template", None)
    return content
