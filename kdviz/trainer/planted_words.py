"""How often explainers find a planted word, counted at the end of a run on texts."""

from __future__ import annotations

from typing import Any

import torch

from kdviz.datasets import balanced_subset
from kdviz.explainers import explain
from kdviz.faithfulness import mean_mask_area, pointing_hit
from kdviz.models import Network
from kdviz.trainer.final_budget import FinalWork
from kdviz.trainer.setup import TrainingSetup

_STEPPED = "integrated-gradients"
_FINDERS = ("saliency", "input-x-gradient", _STEPPED)


def planted_word_found(network: Network, setup: TrainingSetup, work: FinalWork) -> dict[str, Any]:
    """How often each explainer's map of the network's own answer is highest on a helpful planted word.

    As `ArmResult` has it: cue_hits, by explainer, and cue_chance, of a random word; each in [0, 1]. Of texts
    alone: their networks are small enough to be explained in several ways after each run. Empty without a
    planted word. Source: Bastings et al. 2022, arXiv:2111.07367, precision for a shortcut of one word.
    """
    intact, normalizer = setup.data.test_intact, setup.normalizer
    if setup.modality.name != "text" or intact is None or intact.cue_masks is None:
        return {}
    texts = balanced_subset(intact, work.held_out, seed=0)
    assert texts.cue_masks is not None
    words = normalizer.normalize(texts.images)
    with torch.no_grad():
        predicted = network.eval()(words).argmax(1)
    parameters: dict[str, Any] = {_STEPPED: {"steps": work.steps}}
    maps = {
        name: explain(name, network, words, predicted, **parameters.get(name, {})).cpu() for name in _FINDERS
    }
    hits = {name: float(pointing_hit(found, texts.cue_masks).nanmean()) for name, found in maps.items()}
    return {"cue_hits": hits, "cue_chance": mean_mask_area(texts.cue_masks, maps[_STEPPED])}
