"""Explanations of networks: `MAPS` for training, `EXPLAINERS` for trained snapshots.

A map is differentiable with respect to the network's weights, and is what explanation losses compare. An
explainer returns plain attributions of a snapshot. `grad_cam_steps` and `integration_path` return the
intermediate quantities of two methods for one image; `search` and `climb` visualize what a channel responds
to.
"""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.explainers.baselines import absent_pixels
    from kdviz.explainers.explaining import explain
    from kdviz.explainers.feature_visualisation import Ascent, TopPatches, activations, climb, search
    from kdviz.explainers.maps import MAPS, Pass, run
    from kdviz.explainers.pixel_methods import completeness_gap
    from kdviz.explainers.registry import (
        BASELINES,
        EXPLAINERS,
        baselines_for,
        explainer_named,
        explainers_for,
    )
    from kdviz.explainers.step_by_step import GradCamSteps, IntegrationPath, grad_cam_steps, integration_path
    from kdviz.resolution import resized_to

export_lazily(__name__)
