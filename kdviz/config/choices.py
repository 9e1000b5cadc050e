"""The names and values that settings may take, and what hangs on λ."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.datasets import CUES, DATASETS
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS
from kdviz.museum.mistakes import MISTAKES
from kdviz.types import Arm, Spec

LAMBDA_LADDER = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""The weights of the explanation loss that are offered; any other may be typed."""

IDLE_WITHOUT_LAMBDA = ("explanation_loss", "explanation_share")
"""Settings that have no effect at λ = 0."""

NEED_LAMBDA: frozenset[Arm] = frozenset({"twin", "placebo", "same-answer"})
"""Arms that are the student itself at λ = 0."""

CHOICES: Mapping[str, Mapping[str, Spec]] = {
    "dataset": DATASETS,
    "cue": CUES,
    "teacher": MODELS,
    "student": MODELS,
    "explanation_loss": EXPLANATION_LOSSES,
    "mistake": MISTAKES,
}
"""Fields whose value is a name in a registry."""
