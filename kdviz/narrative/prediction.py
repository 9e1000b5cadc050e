"""What a network predicts for one input, and whether that is right, in a line."""

from __future__ import annotations

from kdviz.comparison import ImageExplanation
from kdviz.datasets import class_name
from kdviz.figures.style import percent
from kdviz.language import _
from kdviz.types import Arm


def prediction_line(explanation: ImageExplanation, arm: Arm) -> str:
    """The class with its probability, and whether it is the label, if that is known."""
    of = explanation.arms[arm]
    if explanation.label is None:
        text = _("Predicts {name} ({share})")
    elif of.predicted == explanation.label:
        text = _("Predicts {name} ({share}), ✓ correct")
    else:
        text = _("Predicts {name} ({share}), ✗ wrong")
    return text.format(name=class_name(explanation.classes, of.predicted), share=percent(of.confidence))
