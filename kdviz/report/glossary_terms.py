"""The terms that the glossary of a report explains."""

from __future__ import annotations

from collections.abc import Collection

from kdviz.glossary import Term, terms_of
from kdviz.types import Arm

_TERMS_OF_EVERY_REPORT = (
    "lambda", "heat-map", "agreement", "chance-level", "corrected-agreement",
    "held-out-explainer", "confidence-interval",
)  # fmt: skip
_TERMS_OF_ARMS = {"same-answer": "same-answer-placebo", "teacher-maps": "control-without-marks"}
"""Those that are not called like their arm."""
_TERMS_OF_A_CUE = ("planted-cue", "cue-helps-random-cue")


def glossary(arms: Collection[Arm], modality: str = "image", *, cue: bool) -> list[Term]:
    """The terms of the glossary that a report of these arms uses. cue: whether one is planted.

    modality: of the inputs, which the terms call by their name.
    """
    of_arms = (_TERMS_OF_ARMS.get(arm, arm) for arm in arms)
    known = terms_of(modality)
    return [known[name] for name in (*of_arms, *_TERMS_OF_EVERY_REPORT, *(_TERMS_OF_A_CUE if cue else ()))]
