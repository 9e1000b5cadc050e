"""How a network is explained: `MAPS` while it learns, `EXPLAINERS` afterwards.

A map is differentiable, down to the network's weights, and is what an explanation loss compares.
An explainer reads a snapshot and gives back plain attributions.
"""

from kdviz.explainers.maps import MAPS, Pass, run
from kdviz.explainers.pixel_methods import completeness_gap
from kdviz.explainers.registry import EXPLAINERS, explain
from kdviz.resolution import resized_to

__all__ = ["EXPLAINERS", "MAPS", "Pass", "completeness_gap", "explain", "resized_to", "run"]
