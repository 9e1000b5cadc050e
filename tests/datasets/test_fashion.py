import gzip
import hashlib
import importlib.util
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.datasets import load
from kdviz.datasets.fashion import CLASSES, PACKAGED, read_part
from kdviz.errors import DataError

SCRIPT = Path(__file__).parents[2] / "scripts" / "cut_fashion_mnist_mini.py"
FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def idx(array) -> bytes:
    """The format as its authors describe it, value by value."""
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}i", *array.shape)
        + bytes(array.flatten().tolist())
    )


@pytest.fixture
def originals():
    """The four files with 20 + 10 images, by name."""
    random, arrays = np.random.default_rng(0), {}
    for part, count in (("train", 20), ("t10k", 10)):
        arrays[f"{part}-images-idx3"] = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        arrays[f"{part}-labels-idx1"] = (np.arange(count) % 10).astype(np.uint8)
    return arrays


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("cut_fashion_mnist_mini", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packed(arrays):
    return {f"{name}-ubyte.gz": gzip.compress(idx(array)) for name, array in arrays.items()}


def test_the_mini_set_is_small_balanced_and_licensed(heard):
    data = load("fashion-mnist-mini", data=None, image_size=32, report=heard)
    splits = (data.train, data.validation, data.test)
    assert [torch.bincount(split.labels).unique().tolist() for split in splits] == [[500], [100], [200]]
    assert data.train.images.shape == (5000, 1, 28, 28)
    assert (data.train.images.dtype, data.train.labels.dtype) == (torch.uint8, torch.int64)
    assert data.classes == CLASSES
    assert PACKAGED.stat().st_size <= 4_000_000
    licence = PACKAGED.with_name("FASHION_MNIST_LICENSE").read_text()
    assert "MIT License" in licence
    assert "Zalando SE" in licence
    assert heard == [("Reading fashion-mnist-mini", 0.0), ("Reading fashion-mnist-mini", 1.0)]


def test_no_image_of_the_mini_set_is_in_two_splits(heard):
    data = load("fashion-mnist-mini", data=None, image_size=32, report=heard)
    rows = [
        {image.numpy().tobytes() for image in split.images}
        for split in (data.train, data.validation, data.test)
    ]
    assert not rows[0] & rows[1]
    assert not rows[0] & rows[2]
    assert not rows[1] & rows[2]


def test_the_script_takes_the_first_images_of_each_class_in_order(script):
    labels = np.array([3, 0, 3, 3, *range(10)], dtype=np.uint8)
    images = np.arange(14, dtype=np.uint8)
    chosen, of_class = script.first_of_each_class(images, labels, 2)
    assert chosen.tolist() == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13]
    assert of_class.tolist() == [3, 0, 3, 0, 1, 2, 4, 5, 6, 7, 8, 9]


@pytest.mark.slow
def test_the_packaged_file_is_what_the_script_cuts(script, tmp_path, monkeypatch):
    folder = Path(script.DEBIANS_FOLDER)
    if not folder.is_dir():
        pytest.skip("Fashion-MNIST's original files are not here")
    monkeypatch.setattr(script, "PACKAGED", tmp_path / "mini.npz")
    script.main(folder)
    with np.load(tmp_path / "mini.npz") as cut, np.load(PACKAGED) as kept:
        assert set(cut) == set(kept)
        for name in cut:
            np.testing.assert_array_equal(cut[name], kept[name])


@pytest.mark.parametrize("layout", [".", "FashionMNIST/raw"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_the_full_set_is_read_from_a_local_directory(originals, as_folder, heard, layout, is_packed):
    files = (
        packed(originals) if is_packed else {f"{name}-ubyte": idx(array) for name, array in originals.items()}
    )
    folder = as_folder({f"{layout}/{name}": content for name, content in files.items()})
    data = load("fashion-mnist", data=folder, image_size=32, report=heard)
    assert (len(data.train), len(data.validation), len(data.test)) == (10, 10, 10)
    np.testing.assert_array_equal(data.test.images[:, 0], originals["t10k-images-idx3"])
    np.testing.assert_array_equal(data.test.labels, originals["t10k-labels-idx1"])
    assert heard[-1] == ("Reading fashion-mnist", 1.0)


@pytest.fixture
def mirror(originals, as_folder, monkeypatch):
    """Where torchvision would find the files, in a folder of this machine."""
    import torchvision

    files = packed(originals)
    sums = [(name, hashlib.md5(content).hexdigest()) for name, content in files.items()]
    where = Path(as_folder(files, "mirror"))
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", [f"{where.as_uri()}/"])
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "resources", sums)
    return where


def test_the_full_set_is_downloaded_once_with_progress(mirror, originals, tmp_path, heard):
    data = load("fashion-mnist", data=str(tmp_path / "kept"), image_size=32, report=heard)
    assert len(data.test) == len(originals["t10k-labels-idx1"])
    downloads = [fraction for what, fraction in heard if what.startswith("Downloading")]
    assert downloads == sorted(downloads)
    assert downloads[-1] == 1.0
    for file in mirror.iterdir():
        file.unlink()
    again = load("fashion-mnist", data=str(tmp_path / "kept"), image_size=32, report=heard)
    assert torch.equal(again.train.images, data.train.images)


def test_without_a_connection_the_way_out_is_the_mini_set(mirror, tmp_path, heard):
    (mirror / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(DataError) as refused:
        load("fashion-mnist", data=str(tmp_path / "kept"), image_size=32, report=heard)
    message = str(refused.value)
    assert message.startswith(
        f"data: fashion-mnist is not in {str(tmp_path / 'kept')!r} and could not be downloaded ("
    )
    assert message.endswith("). Put its files there, or use 'fashion-mnist-mini', which needs no download.")
    assert "\n" not in message


def test_a_download_that_is_not_the_right_file_is_not_kept(mirror, tmp_path, heard):
    (mirror / "train-images-idx3-ubyte.gz").write_bytes(b"a login page")
    with pytest.raises(DataError, match="is not the file that was expected"):
        load("fashion-mnist", data=str(tmp_path / "kept"), image_size=32, report=heard)
    assert list((tmp_path / "kept" / "FashionMNIST" / "raw").iterdir()) == []


def test_a_broken_original_file_is_named(originals, as_folder):
    files = packed(originals)
    files["t10k-labels-idx1-ubyte.gz"] = b"not gzip"
    folder = as_folder(files)
    with pytest.raises(DataError) as refused:
        read_part(Path(folder), "t10k")
    assert str(refused.value) == (
        f"data: {folder + '/t10k-labels-idx1-ubyte.gz'!r} is broken (Not a gzipped file (b'no')). "
        "Delete it to download it again."
    )


def test_a_missing_original_file_is_named(as_folder, originals):
    files = packed(originals)
    del files["train-labels-idx1-ubyte.gz"]
    folder = as_folder(files)
    with pytest.raises(DataError) as refused:
        read_part(Path(folder), "train")
    assert str(refused.value) == (
        f"data: {folder!r} lacks train-labels-idx1-ubyte.gz. Give Fashion-MNIST's four files."
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [("images-idx3", lambda pixels: pixels[:, :20]), ("labels-idx1", lambda labels: labels + 20)],
)
def test_files_of_another_data_set_are_refused(originals, as_folder, name, change):
    originals[f"train-{name}"] = change(originals[f"train-{name}"])
    folder = as_folder(packed(originals))
    with pytest.raises(DataError) as refused:
        read_part(Path(folder), "train")
    assert str(refused.value) == (
        f"data: the train files in {folder!r} are not Fashion-MNIST's. Replace them."
    )
