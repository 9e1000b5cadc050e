"""How many test images each class has."""

from __future__ import annotations

from kdviz.cache import Cache
from kdviz.config import RunConfig
from kdviz.datasets import fingerprint
from kdviz.errors import KdvizError

_COUNTED: Cache[tuple[int, ...]] = Cache(256)


def label_counts(config: RunConfig) -> tuple[int, ...]:
    """The number of test images of each class; empty where the files of the run are gone."""
    try:
        files = fingerprint(config.dataset, config.data)
        key = (config.dataset, config.data, config.columns, files)
        return _COUNTED.get(key, lambda: _counted(config))
    except KdvizError:
        return ()


def _counted(config: RunConfig) -> tuple[int, ...]:
    from kdviz.comparison.models.snapshots import run_images  # PyTorch is slow to import

    images = run_images(config)
    return tuple(images.test.labels.bincount(minlength=len(images.classes)).tolist())
