"""How two explanations, or two models, are compared: measures, chance level, intervals, fidelity."""

from kdviz.agreement.chance import agreement, corrected_difference, scores_against_chance
from kdviz.agreement.fidelity import Fidelity, fidelity
from kdviz.agreement.intervals import paired_difference, verdict
from kdviz.agreement.measures import MEASURES, Maps, Measure

__all__ = [
    "MEASURES",
    "Fidelity",
    "Maps",
    "Measure",
    "agreement",
    "corrected_difference",
    "fidelity",
    "paired_difference",
    "scores_against_chance",
    "verdict",
]
