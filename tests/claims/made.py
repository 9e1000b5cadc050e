"""A claim whose runs are made up: by arm, condition and seed, the accuracy and agreement that are wanted."""

from collections.abc import Callable
from dataclasses import replace

from kdviz.claims import CLAIMS, Claim, Contrast
from kdviz.store import Store
from kdviz.study import Done, carry_out
from tests.study.made import Trainer, figures

CLAIM = CLAIMS["biased-data"]


def claim_of(*contrasts: Contrast, **changed) -> Claim:
    """A claim of a student, its twin and its placebo with these contrasts."""
    return replace(CLAIM, contrasts=contrasts, **changed)


def carried_out(
    store: Store, claim: Claim, seeds: int, accuracy: Callable[[str, int], float], *, agreement=0.5
) -> list[Done]:
    """Its runs, finished. accuracy: by arm and seed."""

    def results(config):
        arms = {arm: figures(accuracy(arm, config.seed), agreement=agreement) for arm in config.arms}
        return {"teacher": {"parameters": 100, "test_accuracy": 0.95}, **arms}

    return list(carry_out(store, claim.study(seeds), claim.points(seeds), execute=Trainer(results)))
