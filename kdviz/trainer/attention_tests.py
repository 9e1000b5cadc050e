"""What a transformer's attention to words says of its answers, measured at the end of a run on texts."""

from __future__ import annotations

from collections.abc import Generator
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kdviz.datasets import balanced_subset
from kdviz.explainers import explain
from kdviz.models import Network
from kdviz.models.shuffled_attention import shuffled_attention
from kdviz.models.text_transformer import TextTransformer
from kdviz.trainer.final_budget import FinalWork
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.setup import TrainingSetup
from kdviz.types import Event

_ASKED = ("attention", "input-x-gradient")
_SHUFFLES = 5
_FEWEST_WORDS = 3


def attention_tested(
    network: Network, setup: TrainingSetup, work: FinalWork
) -> Generator[Event, None, dict[str, Any]]:
    """Whether attention ranks words as their removal does, and whether another attention gives other answers.

    As `ArmResult` has it: left_out_ranks, by explainer, and shuffled_accuracy. Empty for every other network.
    Source: Jain & Wallace 2019, arXiv:1902.10186, sections 4.1 and 4.2.1.
    """
    if not isinstance(network, TextTransformer):
        return {}
    test, normalizer = setup.data.test, setup.normalizer
    generator, right = torch.Generator().manual_seed(0), []
    with shuffled_attention(network, generator):
        for _ in range(_SHUFFLES):
            logits = yield from split_logits(network, test, normalizer)
            right.append(accuracy(logits, test.labels))
    words = normalizer.normalize(balanced_subset(test, work.held_out, seed=0).images)
    with torch.no_grad():
        predicted = network(words).argmax(1)
    removed = explain("occlusion", network, words, predicted)
    ranks = {name: mean_rank_agreement(explain(name, network, words, predicted), removed) for name in _ASKED}
    return {"left_out_ranks": ranks, "shuffled_accuracy": fmean(right)}


def mean_rank_agreement(scores: Tensor, others: Tensor) -> float:
    """Mean over texts of Kendall's τ-b between the sizes of two scores of each word, in [-1, 1].

    scores, others: (N, L), signed, NaN where a text has no word. Texts of fewer than 3 words, or with a score
    that is the same for all words, are left out; NaN if that leaves none.
    Source: Kendall 1945, "The treatment of ties in ranking problems".
    """
    from scipy.stats import kendalltau

    found = []
    for one, other in zip(scores.abs().cpu().numpy(), others.abs().cpu().numpy(), strict=True):
        here = np.isfinite(one) & np.isfinite(other)
        if here.sum() >= _FEWEST_WORDS and np.ptp(one[here]) and np.ptp(other[here]):
            found.append(kendalltau(one[here], other[here]).statistic)
    return float(np.mean(found)) if found else float("nan")
