"""Components: parts of a page that the browser draws by a module's own files, which stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st


def component(
    name: str, module: str, *, html: str = "", css: str = "", js: str = "", isolate_styles: bool = True
) -> Callable[..., Any]:
    """What mounts a component of Streamlit's.

    Args:
        name: unique in the app.
        module: the module's `__file__`. Its files, as far as there are any, end in .html, .css and .js.
        html: in place of such a file.
        css: stands before the module's own style.
        js: stands before the module's own script, which may return `whenGone` of component.js.
        isolate_styles: whether the component has a style sheet of its own, and does not see the page's.

    """
    return st.components.v2.component(
        name,
        html=html or _beside(module, ".html") or None,
        css=css + _beside(module, ".css") or None,
        js=_beside(__file__, ".js") + js + _beside(module, ".js"),
        isolate_styles=isolate_styles,
    )


def _beside(module: str, suffix: str) -> str:
    file = Path(module).with_suffix(suffix)
    return file.read_text(encoding="utf-8") if file.exists() else ""
