"""How two explanations, or two models, are compared: measures, chance level, intervals, fidelity."""

from kdviz.agreement.calibration import calibration_error
from kdviz.agreement.chance import (
    ImageScores,
    agreement,
    corrected_difference,
    image_scores,
    scores_against_chance,
    summary,
    summary_difference,
)
from kdviz.agreement.fidelity import Fidelity, fidelity
from kdviz.agreement.intervals import (
    direction,
    hierarchical_bootstrap,
    paired_difference,
    verdict,
    winning_shares,
)
from kdviz.agreement.measures import MEASURES, Maps, Measure

__all__ = [
    "MEASURES",
    "Fidelity",
    "ImageScores",
    "Maps",
    "Measure",
    "agreement",
    "calibration_error",
    "corrected_difference",
    "direction",
    "fidelity",
    "hierarchical_bootstrap",
    "image_scores",
    "paired_difference",
    "scores_against_chance",
    "summary",
    "summary_difference",
    "verdict",
    "winning_shares",
]
