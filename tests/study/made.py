"""Study files, and runs whose figures are known: nothing is trained."""

import json
import math
from pathlib import Path
from threading import Barrier

from kdviz.errors import StoreError
from kdviz.store.results import from_json
from tests.patience import PATIENCE_S

FEW = """
name = "Few"
about = "Made up."

[settings]
dataset = "shapes"
arms = ["student", "placebo"]

[grid]
explanation_weight = [0, 3]
seed = [0, 1, 2]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "few.toml"
    file.write_text(text)
    return file


def figures(accuracy, *, weight=0.0, agreement=0.5):
    accuracy = min(accuracy, 1.0)  # of the largest seeds and λ
    cosine = {"raw": 0.9, "chance": 0.8, "corrected": agreement, "low": agreement - 0.1,
              "high": agreement + 0.1, "n": 500, "dead_rate": 0.0}  # fmt: skip
    return {
        "parameters": 50, "test_accuracy": accuracy, "explanation_weight": weight, "fidelity": accuracy - 0.05,
        "fidelity_kl": 0.2, "agreement": {"cosine": cosine},
        "untrained_agreement": {"explainer": "integrated-gradients", "cosine": cosine},
    }  # fmt: skip


def results(config):
    """As they are stored. λ brings 0.01 of accuracy each, the placebo half of it; seeds move all arms by 0.1."""
    base, weight = 0.5 + 0.1 * config.seed, config.explanation_weight
    gain = 0.01 * weight
    found = {"teacher": {"parameters": 100, "test_accuracy": 0.95}}
    found["student"] = figures(base + gain, weight=weight, agreement=0.1 * weight)
    if "twin" in config.arms:
        found["twin"] = figures(base)
    if "placebo" in config.arms:
        found["placebo"] = figures(base + gain / 2, weight=weight, agreement=math.nan)
    return found


class Trainer:
    """Finishes every run at once, as `execute` would, and remembers which."""

    def __init__(self, results=results):
        self.runs = []
        self.results = results

    def finished(self, config):
        return from_json(json.dumps(self.results(config)))

    def __call__(self, store, run_id, on_event=None):
        with store.hold(run_id):
            store.claim(run_id)
            self.runs.append(run_id)
            store.finish(run_id, self.finished(store.run(run_id).config))
        return store.run(run_id)


def failing(store, run_id, on_event=None):
    store.claim(run_id)
    store.set_state(run_id, "failed", "the loss is not finite")
    return store.run(run_id)


def interrupted(store, run_id, on_event=None):
    store.claim(run_id)
    store.set_state(run_id, "interrupted")
    raise KeyboardInterrupt


class Overtaken(Trainer):
    """Another process has gone on with each run in the moment before, and finishes it."""

    def __call__(self, store, run_id, on_event=None):
        super().__call__(store, run_id)
        raise StoreError(f"run {run_id}: another process is working on it.")


class Together(Trainer):
    """Lets no run go on before `count` of them are under way, and finishes each."""

    def __init__(self, count):
        super().__init__()
        self._all_here = Barrier(count)

    def __call__(self, store, run_id, on_event=None):
        self._all_here.wait(PATIENCE_S)
        return super().__call__(store, run_id, on_event)
