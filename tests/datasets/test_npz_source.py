"""MedMNIST's files: what is read is what the arrays hold."""

import numpy as np
import pytest
import torch

from kdviz.datasets import Counts, counted, load
from kdviz.errors import DataError
from kdviz.progress import silent

COUNTS = {"train": 12, "val": 4, "test": 6}


def arrays(shape=(16, 16, 3), classes=2):
    """Noise, with the label of image i as i modulo the number of classes, of shape (N, 1) as in MedMNIST."""
    random = np.random.default_rng(0)
    found = {}
    for split, count in COUNTS.items():
        found[f"{split}_images"] = random.integers(0, 256, (count, *shape), dtype=np.uint8)
        found[f"{split}_labels"] = (np.arange(count) % classes).astype(np.uint8)[:, None]
    return found


@pytest.fixture
def saved(tmp_path):
    def save(**given):
        np.savez_compressed(tmp_path / "cellmnist.npz", **given)
        return str(tmp_path / "cellmnist.npz")

    return save


def read(path):
    return load("folder", data=path, image_size=16, report=silent)


def refusal(path) -> str:
    with pytest.raises(DataError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 16)])
def test_every_split_holds_its_images_with_their_labels(saved, shape):
    given = arrays(shape)
    path = saved(**given)
    data = read(path)
    assert (data.classes, data.notes) == (("0", "1"), ())
    for name, split in (("train", data.train), ("val", data.validation), ("test", data.test)):
        images, labels = given[f"{name}_images"], given[f"{name}_labels"][:, 0]
        order = np.argsort(labels, kind="stable")  # names sort by label
        expected = images if images.ndim == 4 else np.repeat(images[..., None], 3, 3)
        assert torch.equal(split.images, torch.from_numpy(expected[order]).permute(0, 3, 1, 2))
        assert split.labels.tolist() == sorted(labels.tolist())
    assert counted("folder", path) == Counts(12, 4, 6, 2)


def test_classes_keep_the_order_of_their_numbers(saved):
    given = arrays(classes=12)
    assert read(saved(**given)).classes == tuple(f"{n:02d}" for n in range(12))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"train_images": np.zeros((12, 8, 8, 8), np.uint8)},
            "train_images is uint8 (12, 8, 8, 8). It must be uint8 (N, H, W) or (N, H, W, 3).",
        ),
        (
            {"train_labels": np.zeros((12, 14), np.uint8)},
            "train_labels is uint8 (12, 14). It must be one whole number for each image.",
        ),
        (
            {"train_labels": np.array([{}] * 12, dtype=object)},
            "train_labels cannot be read as an array. Download it again.",
        ),
    ],
)
def test_other_arrays_are_refused_in_one_line(saved, change, message):
    assert refusal(saved(**{**arrays(), **change})) == f"data: 'cellmnist.npz' was refused: {message}"


def test_an_npz_of_something_else_is_refused(saved):
    assert refusal(saved(x=np.zeros(3))) == (
        "data: 'cellmnist.npz' was refused: it has no arrays train_images and train_labels. "
        "MedMNIST's files do."
    )


def test_more_than_the_machine_can_hold_is_refused_before_it_is_unpacked(saved, monkeypatch):
    monkeypatch.setattr("kdviz.datasets.npz_source.machine_memory_bytes", lambda: 2048)
    assert refusal(saved(**arrays())).endswith(
        "it unpacks to 0.0 GB, more than the 0.0 GB that this machine can hold. Use a smaller image size."
    )
