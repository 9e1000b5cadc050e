"""Pointing of maps on the images whose answer a planted cue decides, each for the network's own answer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from kdviz.comparison.input.explanation import compared_part
from kdviz.comparison.models.slices import Work, explaining_cost, slices
from kdviz.comparison.models.snapshots import Snapshots
from kdviz.datasets import Split
from kdviz.explainers import explain
from kdviz.faithfulness import pointing_hit
from kdviz.models import Network
from kdviz.progress import Message
from kdviz.types import Arm, FloatArray, Preparing


def deciding_hits(
    run: Snapshots,
    explainer: str,
    images: Split,
    plain: Tensor,
    predicted: Mapping[Arm, Tensor],
    maps: Mapping[Arm, Tensor],
    *,
    so_far: float,
) -> Work[dict[Arm, FloatArray]]:
    """(N,) by arm: `pointing_hit` on the cue where the answer is another without it; NaN on other images.

    plain: the images without their cues. predicted: (N,) classes. maps: (N, *s) for the teacher's class, used
    again where a network answers the same. so_far: the share of the survey that is done.
    """
    assert images.cue_masks is not None
    found: dict[Arm, FloatArray] = {}
    what = Message("Removing the cue from {count} images", {"count": len(images)})
    for arm, network in run.networks.items():
        yield Preparing(what, so_far)
        cost = explaining_cost(network, explainer, tuple(images.images.shape[1:]))
        changed = torch.cat(
            [
                _predicted(run, arm, plain[part]) != predicted[arm][part]
                for part in slices(len(plain), cost, run.normalizer.device)
            ]
        )
        own = maps[arm].clone()
        other = (changed & (predicted[arm] != predicted["teacher"])).nonzero().flatten()
        for part in slices(len(other), cost, run.normalizer.device):
            at = other[part]
            own[at] = _explained(run, network, explainer, images.images[at], predicted[arm][at])
            yield Preparing(what, so_far)
        hits = pointing_hit(compared_part(own, explainer), images.cue_masks)
        found[arm] = hits.float().where(changed, torch.nan).numpy()
    return found


def _predicted(run: Snapshots, arm: Arm, images: Tensor) -> Tensor:
    with run.lock:
        return run.predicted(images, [arm])[arm]


def _explained(run: Snapshots, network: Network, explainer: str, images: Tensor, target: Tensor) -> Tensor:
    with run.lock:
        inputs = run.normalizer.normalize(images)
        maps = explain(explainer, network, inputs, target.to(inputs.device), layer=run.config.explained_layer)
        return maps.cpu()
