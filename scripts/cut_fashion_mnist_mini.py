"""Cut fashion-mnist-mini from the original files: the first 600 training and 200 test images of each class.

    python scripts/cut_fashion_mnist_mini.py [FOLDER]

FOLDER holds Fashion-MNIST's four .gz files; the default is where Debian's package
dataset-fashion-mnist puts them. The same files give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kdviz.datasets.fashion import CLASSES, PACKAGED, Pixels, read_part

DEBIANS_FOLDER = "/usr/share/datasets/fashion-mnist"
TRAIN_PER_CLASS, TEST_PER_CLASS = 600, 200


def first_of_each_class(images: Pixels, labels: Pixels, per_class: int) -> tuple[Pixels, Pixels]:
    """The first `per_class` images of each class, in the original order."""
    places = [np.flatnonzero(labels == label)[:per_class] for label in range(len(CLASSES))]
    chosen = np.sort(np.concatenate(places))
    return images[chosen], labels[chosen]


def main(folder: Path) -> None:
    """Write the packaged file, and say how large it is."""
    train_images, train_labels = first_of_each_class(*read_part(folder, "train"), TRAIN_PER_CLASS)
    test_images, test_labels = first_of_each_class(*read_part(folder, "t10k"), TEST_PER_CLASS)
    np.savez_compressed(
        PACKAGED,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
    )
    print(f"{PACKAGED}: {len(train_labels)} + {len(test_labels)} images, {PACKAGED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else DEBIANS_FOLDER))
