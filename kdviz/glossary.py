"""Glossary: the terms of the project, from `kdviz/locale/glossary.<language>.md`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kdviz.language import CATALOGUES, language


@dataclass(frozen=True)
class Term:
    """title: in the language of the page. text: Markdown."""

    title: str
    text: str

    @property
    def label(self) -> str:
        """The title without the English term behind a translated one."""
        return re.sub("（.+）$", "", self.title)

    @property
    def plain(self) -> str:
        """The text without Markdown: a link is its label, and emphasis is left out. Knows no formulas."""
        return re.sub(r"\[(.+?)\]\(.+?\)", r"\1", self.text).replace("*", "")


def terms() -> dict[str, Term]:
    """Every term by its name in links, such as "corrected-agreement", in the order of the file."""
    return _terms(language())


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
