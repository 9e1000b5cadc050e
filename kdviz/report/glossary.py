"""The terms of the glossary that a report uses."""

from __future__ import annotations

from collections.abc import Collection

from kdviz.glossary import Term, terms
from kdviz.types import Arm

_OF_EVERY_REPORT = (
    "lambda", "heat-map", "agreement", "chance-level", "corrected-agreement",
    "held-out-explainer", "confidence-interval",
)  # fmt: skip
_OF_A_CUE = ("planted-cue", "cue-intact-misleading-cue")


def glossary(arms: Collection[Arm], *, cue: bool) -> list[Term]:
    """The terms that a report of these arms uses. cue: whether one is planted."""
    of_arms = ("same-answer-placebo" if arm == "same-answer" else arm for arm in arms)
    known = terms()
    return [known[name] for name in (*of_arms, *_OF_EVERY_REPORT, *(_OF_A_CUE if cue else ()))]
