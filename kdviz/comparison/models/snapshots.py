"""A run's networks at their latest saved weights, and its test images.

The networks are private to this package, in eval mode, and never those of a running training.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.models.device_lock import FairLock, device_lock
from kdviz.config import RunConfig
from kdviz.datasets import Normalizer, Split, fingerprint
from kdviz.device import resolve_device
from kdviz.inputs import load_dataset, prepare_data
from kdviz.modalities import modality_of
from kdviz.models import Network, load_weights
from kdviz.networks import build_network, role_of
from kdviz.progress import Report, silent
from kdviz.store import Store
from kdviz.types import Arm


@dataclass(frozen=True, eq=False)
class RunImages:
    """The test images of a run.

    intact: where the cue helps, None without a cue. plain: before a cue was planted; a cue may add channels.
    """

    classes: tuple[str, ...]
    test: Split
    intact: Split | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    plain: Split

    def split(self, *, intact: bool) -> Split:
        """The images with the random cue, or where the cue helps if there is one."""
        return self.intact if intact and self.intact is not None else self.test

    def object_mask(self, index: int, *, intact: bool = False) -> NDArray[np.bool_] | None:
        """The mask of the object in the image at `index`, bool (*S); None if it is unknown or empty."""
        masks = self.split(intact=intact).object_masks
        return None if masks is None or not masks[index].any() else masks[index].numpy().astype(bool)


@dataclass(frozen=True, eq=False)
class Snapshots:
    """networks, hashes of their weights: by arm, in order, the teacher first."""

    config: RunConfig
    networks: Mapping[Arm, Network]
    hashes: Mapping[Arm, str]
    images: RunImages
    normalizer: Normalizer

    @property
    def lock(self) -> FairLock:
        """The lock to hold while computing with the networks."""
        return device_lock(self.normalizer.device)

    def predicted(self, images: Tensor, arms: Iterable[Arm]) -> dict[Arm, Tensor]:
        """The classes (N,) that networks predict for raw images (N, C, *S), on the CPU. Hold the lock."""
        return {arm: logits.argmax(1).cpu() for arm, logits in self._logits(images, arms).items()}

    def probabilities(self, images: Tensor, arms: Iterable[Arm]) -> dict[Arm, Tensor]:
        """The same with the probability of each class, (N, classes)."""
        return {arm: logits.float().softmax(1).cpu() for arm, logits in self._logits(images, arms).items()}

    def _logits(self, images: Tensor, arms: Iterable[Arm]) -> dict[Arm, Tensor]:
        inputs = self.normalizer.normalize(images)
        with torch.no_grad():
            return {arm: self.networks[arm](inputs) for arm in arms}


_SNAPSHOTS: Cache[Snapshots] = Cache(8)
_IMAGES: Cache[RunImages] = Cache(4)


def snapshots(store: Store, run_id: str, *, report: Report = silent) -> Snapshots:
    """All arms of a run. Raises StoreError while the students have no snapshot."""
    config = store.run(run_id).config
    hashes = store.weights_hashes(run_id, config.all_arms)
    key = (str(store.directory), run_id, *hashes.values())
    device = torch.device(resolve_device(config.device))
    images = run_images(config, report=report)
    return _SNAPSHOTS.get(
        key, lambda: _loaded(store, run_id, config, hashes, images, device), device_lock(device)
    )


def run_images(config: RunConfig, *, report: Report = silent) -> RunImages:
    """The test images of a run's settings, with the planted cue."""
    source = (config.dataset, config.data, fingerprint(config.dataset, config.data))
    how = (config.image_size, config.clip_seconds, config.columns, config.input_shape)
    key = (*source, *how, config.cue, config.cue_strength)
    return _IMAGES.get(key, lambda: _prepared(config, report), device_lock(torch.device("cpu")))


def _prepared(config: RunConfig, report: Report) -> RunImages:
    dataset = load_dataset(config, report)
    data = prepare_data(config, dataset)
    return RunImages(dataset.classes, data.test, data.test_intact, data.mean, data.std, dataset.test)


def _loaded(
    store: Store,
    run_id: str,
    config: RunConfig,
    hashes: Mapping[Arm, str],
    images: RunImages,
    device: torch.device,
) -> Snapshots:
    networks = {arm: _network(store, run_id, config, arm, images).to(device) for arm in hashes}
    normalizer = modality_of(config.dataset).normalizer(images.mean, images.std, device)
    return Snapshots(config, networks, hashes, images, normalizer)


def _network(store: Store, run_id: str, config: RunConfig, arm: Arm, images: RunImages) -> Network:
    classes, input_shape = len(images.classes), tuple(images.test.images.shape[1:])
    weights = store.weights(run_id, arm)
    network = build_network(
        config,
        role_of(arm),
        classes=classes,
        input_shape=input_shape,
        normalization=(images.mean, images.std),
        weights=weights,
    )
    load_weights(network, weights, source=f"run {run_id}, {arm}")
    return network.eval().requires_grad_(False)
