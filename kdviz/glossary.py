"""Glossary: the terms of the project, from `kdviz/locale/glossary.<language>.md`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from kdviz.language import CATALOGUES, language

_ABOUT_ALL_INPUTS = ("planted-cue",)
"""Terms whose text speaks of each kind of input by its name."""

_IMAGES = re.compile(r"\b(an )?image(s?)\b|图像")
_OTHER_INPUTS: Mapping[str, tuple[str, str]] = {"text": ("text", "文本"), "audio": ("clip", "录音")}
"""What the glossary, which is of images, calls another kind of input: in English and in Chinese."""


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


def terms_of(modality: str) -> dict[str, Term]:
    """The same with inputs called by the name of their kind."""
    return {name: _about(term, name, modality) for name, term in terms().items()}


def _about(term: Term, name: str, modality: str) -> Term:
    if modality not in _OTHER_INPUTS or name in _ABOUT_ALL_INPUTS:
        return term
    english, chinese = _OTHER_INPUTS[modality]

    def other(found: re.Match[str]) -> str:
        if found[0] == "图像":
            return chinese
        return f"{'a ' if found[1] else ''}{english}{found[2]}"

    return replace(term, text=_IMAGES.sub(other, term.text))


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
