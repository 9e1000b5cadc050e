"""Measuring whether a student looks at a person's marks, before and after it was trained on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.agreement import paired_difference
from kdviz.comparison.input.explanation import compared_part
from kdviz.comparison.models.offered import explainers_offered
from kdviz.comparison.models.slices import Work, affordable_count, explaining_cost, slices
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.training_set.marked_evidence import (
    MarkedEvidence,
    MarkedNetwork,
    arms_without_marks,
    keep_marked_evidence,
    known_marked_evidence,
)
from kdviz.config import RunConfig
from kdviz.datasets import Split, marked, read_marks
from kdviz.datasets.text_split import words_read
from kdviz.explainers import explain
from kdviz.faithfulness import mask_areas, mask_share
from kdviz.inputs import load_dataset, prepare_data
from kdviz.progress import Message, silent
from kdviz.store import Store
from kdviz.types import Arm, Interval, Preparing

FEWEST_FOR_INTERVAL = 10
"""Images below which a bootstrap interval is much too narrow, so that none is given."""

Floats = NDArray[np.float64]


def marked_evidence(store: Store, run_id: str) -> Work[MarkedEvidence]:
    """Compute it for a run on marks, unless it is known. Raises what `snapshots` raises."""
    if (known := known_marked_evidence(store, run_id)) is not None:
        return known
    yield Preparing(Message("Reading images and networks"))
    later = snapshots(store, run_id)
    earlier = snapshots(store, str(later.config.parent))
    made = yield from _made(earlier, later, _marked_images(store, run_id, later.config))
    keep_marked_evidence(store, run_id, made)
    return made


def _marked_images(store: Store, run_id: str, config: RunConfig) -> Split:
    """The training images with a mark, as the student was trained on them."""
    marks = read_marks(Path(store.own_files(run_id)["marks"]))
    images = prepare_data(config, marked(load_dataset(config, silent), marks)).student_train
    assert images.object_masks is not None
    return images.take(images.object_masks.flatten(1).any(1).nonzero().flatten())


def _made(earlier: Snapshots, later: Snapshots, images: Split) -> Work[MarkedEvidence]:
    explainer = explainers_offered(later.config)[0].name
    asked: list[tuple[Snapshots, Arm]] = [(earlier, "student"), (later, "student")]
    asked += [(later, arm) for arm in arms_without_marks(later.config)]
    shape = tuple(images.images.shape[1:])
    cost = sum(explaining_cost(run.networks[arm], explainer, shape) for run, arm in asked)
    marked = len(images)
    images = images.take(torch.arange(min(marked, affordable_count(cost))))
    parts = []
    for part in slices(len(images), cost, later.normalizer.device):
        some = images.take(torch.arange(part.start, part.stop))
        parts.append(torch.stack([_shares(run, arm, explainer, some) for run, arm in asked]))
        what = Message("Explaining {count} training images", {"count": len(images)})
        yield Preparing(what, part.stop / len(images))
    assert images.object_masks is not None
    areas = _areas(images.object_masks, images).double().numpy()
    shares = torch.cat(parts, 1).double().numpy() if parts else np.empty((len(asked), 0))
    return summarized(explainer, areas, shares, [arm for _run, arm in asked[2:]], marked=marked)


def _areas(masks: Tensor, images: Split) -> Tensor:
    """(N,) share of each input that its mask covers; of a text the share of its words."""
    if images.texts is None:
        return mask_areas(masks)
    words = words_read(images.images)
    return (masks & words).sum(1) / words.sum(1)


def _shares(run: Snapshots, arm: Arm, explainer: str, images: Split) -> Tensor:
    """(N,) share of a network's evidence for the label inside the marks, on the CPU."""
    assert images.object_masks is not None
    with run.lock:
        inputs = run.normalizer.normalize(images.images)
        labels = images.labels.to(inputs.device)
        maps = explain(explainer, run.networks[arm], inputs, labels, layer=run.config.explained_layer).cpu()
    return mask_share(compared_part(maps, explainer), images.object_masks)


def summarized(
    explainer: str, areas: Floats, shares: Floats, controls: Sequence[Arm], *, marked: int
) -> MarkedEvidence:
    """Means over the images on which every share is known.

    areas: (N,) of the marks. shares: (2 or 3, N) of the student before, after, and of the control. marked:
    number of images with a mark, of which these are explained.
    """
    counts = zip(get_args(MarkedNetwork), np.isnan(shares).sum(1).tolist(), strict=False)
    known = ~np.isnan(shares).any(0)
    before, after, *others = shares[:, known]
    return MarkedEvidence(
        explainer,
        int(known.sum()),
        _mean(areas[known]),
        _mean(before),
        _mean(after),
        next(((arm, _mean(each)) for arm, each in zip(controls, others, strict=True)), None),
        _difference(after, before),
        _difference(after, others[0]) if others else None,
        marked=marked,
        explained=shares.shape[1],
        blank={network: count for network, count in counts if count},
    )


def _difference(after: Floats, before: Floats) -> Interval:
    """The gain from before to after, without ends for few images."""
    found = paired_difference(after, before)
    return found if len(after) >= FEWEST_FOR_INTERVAL else Interval(found.value, math.nan, math.nan)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan
