"""CIFAR-10 and CIFAR-100 through torchvision, from a local directory or by download."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kdviz.datasets.download import DEFAULT_DIRECTORY, fetched, not_available
from kdviz.datasets.split import DataSet, Split, with_validation
from kdviz.progress import Message, Report


def _load(name: str, data: str | None, image_size: int | str, report: Report) -> DataSet:
    import torchvision  # imported on first use, since it takes a second

    source: Any = {"cifar10": torchvision.datasets.CIFAR10, "cifar100": torchvision.datasets.CIFAR100}[name]
    root = Path(data or DEFAULT_DIRECTORY)
    if root.name == source.base_folder:
        root = root.parent
    report(Message("Reading {name}", {"name": name}), 0.0)
    try:
        files = [root / source.base_folder / name for name, _ in source.train_list + source.test_list]
        if not all(file.is_file() for file in files):
            fetched(source.url, root / source.filename, source.tgz_md5, report)
        train = source(root, train=True, download=True)
        report(Message("Reading {name}", {"name": name}), 0.8)
        test = source(root, train=False)
    except (OSError, RuntimeError) as error:
        raise not_available(name, root, error) from None
    report(Message("Reading {name}", {"name": name}), 1.0)
    classes = tuple(label.replace("_", " ") for label in train.classes)
    return with_validation(name, classes, _split(train), _split(test))


load_cifar10 = partial(_load, "cifar10")
load_cifar100 = partial(_load, "cifar100")


def _split(part: Any) -> Split:
    images = np.ascontiguousarray(part.data.transpose(0, 3, 1, 2))
    return Split(torch.from_numpy(images), torch.tensor(part.targets, dtype=torch.int64))
