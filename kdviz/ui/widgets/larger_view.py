"""The larger view: a map as large as the window allows, in a dialog of the component that draws it."""

from __future__ import annotations

from pathlib import Path

from kdviz.language import _

_HERE = Path(__file__)

LARGER_VIEW_JS = _HERE.with_suffix(".js").read_text(encoding="utf-8")
LARGER_VIEW_CSS = _HERE.with_suffix(".css").read_text(encoding="utf-8")
"""To be put between `MAP_LAYERS_JS` or `MAP_LAYERS_CSS` and a component's own."""


def larger_view_words() -> dict[str, str]:
    """Its texts, with placeholders in braces."""
    return {
        "enlarge": _("{name}: larger view"),
        "image": _("image"),
        "larger": _("Larger view"),
        "back": _("Previous map"),
        "on": _("Next map"),
        "close": _("Close"),
    }
