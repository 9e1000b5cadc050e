"""Links from a page to the terms of the glossary."""

from __future__ import annotations

from kdviz.glossary import terms
from kdviz.ui.frame.language_switch import with_language


def glossary_link(name: str) -> str:
    """A Markdown link to a term. Raises KeyError for an unknown name."""
    link = "&".join(f"{key}={value}" for key, value in with_language({"lesson": "glossary"}).items())
    return f"[{terms()[name].label}](learn?{link}#{name})"
