"""Glossary: the terms of the project, from `kdviz/locale/glossary.<language>.md`, and links to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kdviz.language import CATALOGUES, language
from kdviz.ui.frame.language_switch import with_language


@dataclass(frozen=True)
class Term:
    """title: in the language of the page. text: Markdown."""

    title: str
    text: str


def terms() -> dict[str, Term]:
    """Every term by its name in links, such as "corrected-agreement", in the order of the file."""
    return _terms(language())


def glossary_link(name: str) -> str:
    """A Markdown link to a term. Raises KeyError for an unknown name."""
    link = "&".join(f"{key}={value}" for key, value in with_language({"lesson": "glossary"}).items())
    label = re.sub("（.+）$", "", terms()[name].title)
    return f"[{label}](learn?{link}#{name})"


@cache
def _terms(code: str) -> dict[str, Term]:
    text = (CATALOGUES / f"glossary.{code}.md").read_text(encoding="utf-8")
    sections = (section.split("\n", 1) for section in text.split("\n## ")[1:])
    return {_name(heading): Term(heading, body.strip()) for heading, body in sections}


def _name(heading: str) -> str:
    """The English term in hyphens; a translated heading has it in parentheses at its end."""
    translated = re.fullmatch(r".+（(.+)）", heading)
    english = translated[1] if translated else heading
    return re.sub(r"\W+", "-", english.lower()).replace("λ", "lambda")
