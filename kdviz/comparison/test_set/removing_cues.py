"""Removing the planted cue from the test images of a run: which answers change."""

from __future__ import annotations

from kdviz.agreement import share_interval
from kdviz.comparison.models.slices import Work, affordable_count, slices
from kdviz.comparison.models.snapshots import snapshots
from kdviz.comparison.test_set.cue_removal import CueRemoval, keep_cue_removals, known_cue_removals
from kdviz.comparison.test_set.known_surveys import MOST_IMAGES
from kdviz.datasets import balanced_indices
from kdviz.models import multiply_adds
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.types import Preparing


def cue_removals(store: Store, run_id: str) -> Work[tuple[CueRemoval, ...]]:
    """Every arm of a run with a planted cue, the teacher first: two passes for each image, in slices.

    Raises StoreError without snapshots.
    """
    if (known := known_cue_removals(store, store.run(run_id))) is not None:
        return known
    run = snapshots(store, run_id)
    test = run.images.test
    shape = tuple(test.images.shape[1:])
    costs = {arm: 2 * max(1, multiply_adds(network, shape)) for arm, network in run.networks.items()}
    count = min(len(test), MOST_IMAGES, affordable_count(sum(costs.values())))
    indices = balanced_indices(test.labels, count, seed=0)
    cued = test.images[indices]
    plain = run.images.plain.images[indices].expand_as(cued)  # a coloured cue turns grey images into RGB
    found = []
    for done, (arm, cost) in enumerate(costs.items()):
        changed = 0
        for part in slices(len(cued), cost, run.normalizer.device):
            with run.lock:
                before, after = (run.predicted(images[part], [arm])[arm] for images in (cued, plain))
            changed += int((before != after).sum())
            fraction = (done + part.stop / len(cued)) / len(costs)
            yield Preparing(Message("Removing the cue from {count} images", {"count": len(cued)}), fraction)
        found.append(CueRemoval(arm, share_interval(changed, len(cued)), len(cued)))
    return keep_cue_removals(run_id, run.hashes, found)
