"""Chance levels of a run: the agreement of maps of unrelated images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from kdviz.agreement import image_scores, measures_for
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import baseline_image, comparable_maps
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.known_surveys import known_survey
from kdviz.datasets import balanced_subset
from kdviz.explainers import EXPLAINERS, explain
from kdviz.progress import Message, Report, silent
from kdviz.store import Store
from kdviz.types import Arm

Levels = Mapping[Arm, Mapping[str, float]]
"""By arm and measure."""

REFERENCE_IMAGES, REFERENCE_IMAGES_SLOW = 32, 16
"""Test images for estimating a chance level, by an explainer of a few passes, and by one of many."""

_SLICE = 8  # images explained before somebody else may have the device

_LEVELS: Cache[Levels] = Cache(256)
_SLICES: Cache[Tensor] = Cache(128)


def chance_levels(
    store: Store,
    run_id: str,
    explainer: str = "grad-cam",
    *,
    baseline: str = "mean",
    report: Report = silent,
) -> Levels:
    """Chance levels for an explainer in a run.

    From the run's results, or from a survey of its test set, else from a few test images. Interrupted work is
    continued.
    """
    if (known := known_chance_levels(store, run_id, explainer, baseline=baseline)) is not None:
        return known
    run = snapshots(store, run_id, report=report)
    levels = _measured(run, explainer, baseline, report)
    _LEVELS.keep(_key(run, explainer, baseline), levels)
    return levels


def known_chance_levels(
    store: Store, run_id: str, explainer: str = "grad-cam", *, baseline: str = "mean"
) -> Levels | None:
    """The same if it is already known; never computes it."""
    record = store.run(run_id)
    arms = record.config.arms
    if explainer == "grad-cam" and record.results is not None:
        scores = {arm: record.results[arm].agreement for arm in arms}
        return {arm: {name: score.chance for name, score in of.items()} for arm, of in scores.items()}
    as_surveyed = baseline == "mean" or not EXPLAINERS[explainer].takes_baseline
    survey = known_survey(store, run_id, explainer) if as_surveyed else None
    if survey is not None:
        return {arm: {name: of.level for name, of in each.items()} for arm, each in survey.scores.items()}
    return _LEVELS.find(_key(snapshots(store, run_id), explainer, baseline))


def _measured(run: Snapshots, explainer: str, baseline: str, report: Report) -> Levels:
    spec, test = EXPLAINERS[explainer], run.images.test
    most = REFERENCE_IMAGES_SLOW if spec.slow else REFERENCE_IMAGES
    images = balanced_subset(test, min(most, len(test)), seed=0).images
    slices, done = -(-len(images) // _SLICE), 0
    maps: dict[Arm, Tensor] = {}
    for arm in run.networks:
        parts = []
        for part in _explained(run, arm, images, explainer, baseline):
            parts.append(part)
            done += 1
            what = Message("Explaining {n} images for the chance level", {"n": len(images)})
            report(what, done / (slices * len(run.networks)))
        maps[arm] = torch.cat(parts)
    measures = measures_for(maps["teacher"].ndim - 1)
    return {
        arm: {name: _level(maps["teacher"], of_arm, explainer, name) for name in measures}
        for arm, of_arm in maps.items()
        if arm != "teacher"
    }


def _explained(run: Snapshots, arm: Arm, images: Tensor, explainer: str, baseline: str) -> Iterator[Tensor]:
    """Maps of an arm for the teacher's predicted classes, slice by slice; each slice is cached."""
    for start in range(0, len(images), _SLICE):

        def compute(start: int = start) -> Tensor:
            inputs = run.normalizer.normalize(images[start : start + _SLICE])
            with torch.no_grad():
                target = run.networks["teacher"](inputs).argmax(1)
            absent = baseline_image(run, explainer, inputs, baseline)
            layer = run.config.explained_layer
            return explain(explainer, run.networks[arm], inputs, target, layer=layer, baseline=absent).cpu()

        key = (run.hashes["teacher"], run.hashes[arm], *_key(run, explainer, baseline), len(images), start)
        yield _SLICES.get(key, compute, run.lock)


def _level(teacher: Tensor, other: Tensor, explainer: str, measure: str) -> float:
    return image_scores(*comparable_maps(teacher, other, explainer), measure=measure).level


def _key(run: Snapshots, explainer: str, baseline: str) -> tuple[str, ...]:
    absent = baseline if EXPLAINERS[explainer].takes_baseline else ""
    return (*run.hashes.values(), explainer, absent)
