"""The terms that the glossary of a report explains."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from kdviz.glossary import Term, terms
from kdviz.types import Arm

_TERMS_OF_EVERY_REPORT = (
    "lambda", "heat-map", "agreement", "chance-level", "corrected-agreement",
    "held-out-explainer", "confidence-interval",
)  # fmt: skip
_TERMS_OF_ARMS = {"same-answer": "same-answer-placebo", "teacher-maps": "control-without-marks"}
"""Those that are not called like their arm."""
_TERMS_OF_A_CUE = ("planted-cue", "cue-helps-random-cue")


_ABOUT_ALL_INPUTS = ("planted-cue",)
"""Terms whose text speaks of each kind of input by its name."""

_IMAGES = re.compile(r"\b(an )?image(s?)\b|图像")
_OTHER_INPUTS: Mapping[str, tuple[str, str]] = {"text": ("text", "文本"), "audio": ("clip", "录音")}
"""What the glossary, which is of images, calls another kind of input: in English and in Chinese."""


def glossary(arms: Collection[Arm], modality: str = "image", *, cue: bool) -> list[Term]:
    """The terms of the glossary that a report of these arms uses. cue: whether one is planted.

    modality: of the inputs, which the terms call by their name.
    """
    of_arms = (_TERMS_OF_ARMS.get(arm, arm) for arm in arms)
    known = {name: _about(term, name, modality) for name, term in terms().items()}
    return [known[name] for name in (*of_arms, *_TERMS_OF_EVERY_REPORT, *(_TERMS_OF_A_CUE if cue else ()))]


def _about(term: Term, name: str, modality: str) -> Term:
    """The term with its inputs called by their name."""
    if modality not in _OTHER_INPUTS or name in _ABOUT_ALL_INPUTS:
        return term
    english, chinese = _OTHER_INPUTS[modality]

    def other(found: re.Match[str]) -> str:
        if found[0] == "图像":
            return chinese
        return f"{'a ' if found[1] else ''}{english}{found[2]}"

    return replace(term, text=_IMAGES.sub(other, term.text))
