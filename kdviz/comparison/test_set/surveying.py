"""Computing a survey: predictions and maps of all arms of a run on its test set.

It is computed once per explainer, in short slices so that pages can compute in between, and stored in the
run's folder. `grading`, `triage` and `kdviz.narrative` evaluate it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import prod

import numpy as np
import torch
from torch import Tensor

from kdviz.agreement import ImageScores, image_scores, measures_for
from kdviz.comparison.input.explanation import comparable_maps, compared_part, compares_signs
from kdviz.comparison.models.slices import Work, affordable_count, explaining_cost, slices
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.deciding import deciding_hits
from kdviz.comparison.test_set.known_surveys import (
    MOST_IMAGES,
    MOST_IMAGES_SLOW,
    keep_survey,
    known_survey,
    survey_key,
)
from kdviz.comparison.test_set.survey import (
    ArmLocalization,
    ArmPredictions,
    Localization,
    Scores,
    Survey,
    survey_to_arrays,
)
from kdviz.datasets import Split, balanced_indices
from kdviz.errors import StoreError
from kdviz.explainers import EXPLAINERS, explain
from kdviz.faithfulness import mask_areas, mask_share, pointing_hit, touched_areas
from kdviz.models import Network
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.types import Arm, FloatArray, Preparing, Region, Results

_MOST_CELLS, _FEWEST_IMAGES = 4_000_000, 100  # maps of large pictures, pixel by pixel, must fit in memory
_CELL = 30_000  # multiply-adds that take as long as comparing one cell of two maps by all measures

_LOG = logging.getLogger(__name__)


def survey(store: Store, run_id: str, explainer: str = "grad-cam") -> Work[Survey]:
    """Compute and store the survey of a run's latest weights, unless it is known.

    Raises what `known_survey` and `snapshots` raise.
    """
    if (known := known_survey(store, run_id, explainer)) is not None:
        return known
    yield Preparing(Message("Reading images and networks"))
    run = snapshots(store, run_id)
    made = yield from _made(run, explainer, known=_images_in_results(store.run(run_id).results, explainer))
    keep_survey(run_id, made)
    try:
        store.save_survey(run_id, explainer, survey_to_arrays(made))
    except StoreError as error:  # it is shown anyway, and computed again after a restart
        _LOG.warning("%s", error)
    return made


def _images_in_results(results: Results | None, explainer: str) -> int:
    """On how many images a run's results have agreement by an explainer that no loss uses; 0 for others."""
    found = results["student"] if results else None
    return found.held_out.total if found and found.held_out_explainer == explainer else 0


def _made(run: Snapshots, explainer: str, *, known: int) -> Work[Survey]:
    """known: on how many images the run's results are, which a survey never falls short of."""
    test = run.images.test
    costs = _costs(run, explainer)
    count = max(min(known, len(test)), _count(explainer, test, sum(costs.values())))
    indices = balanced_indices(test.labels, count, seed=0)
    images = test.take(indices)
    pace = _Pace(costs, explainer, images)
    logits, maps = yield from _explained(run, explainer, images, pace)
    deciding: Mapping[Arm, FloatArray] = {}
    if images.cue_masks is not None:
        # A coloured cue turns grey images into RGB.
        plain = run.images.plain.images[indices].expand_as(images.images)
        predicted = {arm: of.argmax(1) for arm, of in logits.items()}
        deciding = yield from deciding_hits(
            run, explainer, images, plain, predicted, maps, so_far=pace.after(0)
        )
    return Survey(
        survey_key(run.config, run.hashes, explainer),
        explainer,
        len(test),
        run.images.classes,
        indices.numpy(),
        images.labels.numpy(),
        {arm: _predictions(logits[arm]) for arm in logits},
        (yield from _scores(maps, explainer, pace)),
        (yield from _scores(maps, explainer, pace, signs=False)) if compares_signs(explainer) else {},
        _localization(maps, explainer, images, deciding),
        peaks(maps["teacher"]),
    )


# --- what it takes ------------------------------------------------------------------------------


def _costs(run: Snapshots, explainer: str) -> dict[Arm, int]:
    """Approximate multiply-adds of explaining one image, by arm."""
    shape = tuple(run.images.test.images.shape[1:])
    return {arm: explaining_cost(network, explainer, shape) for arm, network in run.networks.items()}


class _Pace:
    """Progress of the work: the approximate share of its multiply-adds. costs: of one image, by arm."""

    def __init__(self, costs: Mapping[Arm, int], explainer: str, images: Split) -> None:
        size = images.images.shape[2:]
        self.costs = costs
        self.comparing = len(images) * _CELL * (prod(size) if _pixel_by_pixel(explainer) else 64)
        explaining = len(images) * sum(self.costs.values())
        ways = 2 if compares_signs(explainer) else 1
        self._all = explaining + self.comparing * ways * (len(self.costs) - 1)
        self._done = 0.0

    def after(self, cost: float) -> float:
        """The share done after some more work."""
        self._done += cost
        return min(1.0, self._done / self._all)


def _pixel_by_pixel(explainer: str) -> bool:
    """Whether its maps have the size of the image, not of a feature map."""
    return "spatial-features" not in EXPLAINERS[explainer].requires


def _count(explainer: str, test: Split, cost: int) -> int:
    """Number of images of a survey. cost: multiply-adds of explaining one of them by all arms."""
    most = min(len(test), MOST_IMAGES_SLOW if EXPLAINERS[explainer].slow else MOST_IMAGES)
    most = min(most, affordable_count(cost))
    if not _pixel_by_pixel(explainer):
        return most
    return min(most, max(_FEWEST_IMAGES, _MOST_CELLS // test.images[0, 0].numel()))


# --- explaining ---------------------------------------------------------------------------------


def _explained(
    run: Snapshots, explainer: str, images: Split, pace: _Pace
) -> Work[tuple[dict[Arm, Tensor], dict[Arm, Tensor]]]:
    """Logits (N, classes) and maps (N, h, w) by arm, the teacher first, on the CPU."""
    logits: dict[Arm, Tensor] = {}
    maps: dict[Arm, Tensor] = {}
    for arm, network in run.networks.items():
        parts = []
        for part in slices(len(images), pace.costs[arm], run.normalizer.device):
            target = logits["teacher"][part].argmax(1) if logits else None
            parts.append(_explained_slice(run, network, explainer, images.images[part], target))
            fraction = pace.after(pace.costs[arm] * (part.stop - part.start))
            what = Message("Explaining {count} images: {arm}", {"count": len(images), "arm": arm})
            yield Preparing(what, fraction)
        logits[arm], maps[arm] = (torch.cat(each) for each in zip(*parts, strict=True))
    return logits, maps


def _explained_slice(
    run: Snapshots, network: Network, explainer: str, images: Tensor, target: Tensor | None
) -> tuple[Tensor, Tensor]:
    """One slice, under the lock. target: None explains the network's own predictions."""
    with run.lock:
        inputs = run.normalizer.normalize(images)
        with torch.no_grad():
            logits = network(inputs)
        explained = logits.argmax(1) if target is None else target.to(inputs.device)
        maps = explain(explainer, network, inputs, explained, layer=run.config.explained_layer)
        return logits.float().cpu(), maps.cpu()


# --- comparing ----------------------------------------------------------------------------------


def _predictions(logits: Tensor) -> ArmPredictions:
    confidence, predicted = logits.softmax(1).max(1)
    return ArmPredictions(predicted.numpy(), confidence.numpy())


def _scores(maps: Mapping[Arm, Tensor], explainer: str, pace: _Pace, *, signs: bool = True) -> Work[Scores]:
    """By arm except the teacher, and measure. Holds no lock, since it uses no network."""
    scores: dict[Arm, dict[str, ImageScores]] = {arm: {} for arm in maps if arm != "teacher"}
    measures = measures_for(maps["teacher"].ndim - 1)
    for arm, of_arm in scores.items():
        pair = comparable_maps(maps["teacher"], maps[arm], explainer, signs=signs)
        for name in measures:
            of_arm[name] = image_scores(*pair, measure=name)
            yield Preparing(Message("Comparing the maps"), pace.after(pace.comparing / len(measures)))
    return scores


def _localization(
    maps: Mapping[Arm, Tensor], explainer: str, images: Split, deciding: Mapping[Arm, FloatArray]
) -> dict[Region, Localization]:
    """For each kind of mask that the images have. deciding: the `deciding_hits` of the cue, by arm."""
    masks: dict[Region, Tensor | None] = {"object": images.object_masks, "cue": images.cue_masks}
    shown = {arm: compared_part(each, explainer) for arm, each in maps.items()}
    return {
        region: Localization(
            mask_areas(of_ground, maps["teacher"]).numpy(),
            {
                arm: _arm_localization(each, of_ground, deciding.get(arm) if region == "cue" else None)
                for arm, each in shown.items()
            },
        )
        for region, of_ground in masks.items()
        if of_ground is not None
    }


def peaks(maps: Tensor) -> FloatArray:
    """(N, 2): the centre of the highest cell of each map (N, h, w), as shares down and across.

    NaN where nothing is positive, or several cells are the highest; and for texts (N, L), in which a place
    means nothing by itself.
    """
    if maps.ndim == 2:
        return np.full((len(maps), 2), np.nan, np.float32)
    height, width = maps.shape[1:]
    flat = maps.flatten(1).nan_to_num(nan=0.0)
    most, at = flat.max(1)
    places = torch.stack([(at // width + 0.5) / height, (at % width + 0.5) / width], 1)
    undefined = (most <= 0) | ((flat == most[:, None]).sum(1) > 1)
    found: FloatArray = places.masked_fill(undefined[:, None], torch.nan).float().numpy()
    return found


def _arm_localization(maps: Tensor, masks: Tensor, deciding: FloatArray | None) -> ArmLocalization:
    share, hit = (measure(maps, masks).float().numpy() for measure in (mask_share, pointing_hit))
    return ArmLocalization(share, hit, touched_areas(masks, maps).float().numpy(), deciding)
