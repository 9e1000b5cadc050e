import hashlib
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torchvision

from kdviz.datasets import load
from kdviz.errors import DataError

FOLDERS = {"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python"}


@pytest.fixture(params=["cifar10", "cifar100"])
def stub(request, tmp_path, monkeypatch):
    """A name, an archive in torchvision's format with 60 + 20 images, and the test images in it."""
    name, random = request.param, np.random.default_rng(0)
    source = {"cifar10": torchvision.datasets.CIFAR10, "cifar100": torchvision.datasets.CIFAR100}[name]
    labels_key, names_key = {
        "cifar10": ("labels", "label_names"),
        "cifar100": ("fine_labels", "fine_label_names"),
    }[name]
    folder = tmp_path / "made" / FOLDERS[name]
    folder.mkdir(parents=True)

    def written(file, content):
        (folder / file).write_bytes(pickle.dumps(content))
        return [file, hashlib.md5((folder / file).read_bytes()).hexdigest()]

    batches = {}
    for file, count in (("train_batch", 60), ("held_batch", 20)):
        batches[file] = random.integers(0, 256, (count, 3072), dtype=np.uint8)
    sums = {
        file: written(file, {"data": rows, labels_key: [place % 10 for place in range(len(rows))]})
        for file, rows in batches.items()
    }
    class_names = [f"class_{number}" for number in range(10)]
    meta = written("names", {names_key: class_names})
    archive = tmp_path / "made" / source.filename
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, arcname=FOLDERS[name])
    monkeypatch.setattr(source, "url", archive.as_uri())
    monkeypatch.setattr(source, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(source, "train_list", [sums["train_batch"]])
    monkeypatch.setattr(source, "test_list", [sums["held_batch"]])
    monkeypatch.setattr(source, "meta", {"filename": "names", "key": names_key, "md5": meta[1]})
    return name, archive, batches["held_batch"]


def check(data, rows):
    assert (len(data.train), len(data.validation), len(data.test)) == (50, 10, 20)
    np.testing.assert_array_equal(data.test.images, rows.reshape(-1, 3, 32, 32))
    assert data.test.labels.tolist() == [place % 10 for place in range(20)]
    assert data.classes[3] == "class 3"


@pytest.mark.parametrize("inside", [False, True])
def test_a_local_directory_is_used_when_it_is_there(stub, heard, monkeypatch, inside):
    name, archive, rows = stub
    archive.unlink()
    folder = archive.parent / FOLDERS[name] if inside else archive.parent
    check(load(name, data=str(folder), image_size=64, report=heard), rows)
    assert heard[-1] == (f"Reading {name}", 1.0)


@pytest.mark.filterwarnings("ignore:Python 3.14 will, by default, filter:DeprecationWarning")
def test_what_is_missing_is_downloaded_with_progress(stub, heard, tmp_path):
    name, archive, rows = stub
    check(load(name, data=str(tmp_path / "kept"), image_size=32, report=heard), rows)
    assert (f"Downloading {archive.name}", 1.0) in heard


def test_without_a_connection_the_way_out_is_the_mini_set(stub, heard, tmp_path):
    name, archive, _ = stub
    archive.unlink()
    kept = str(Path(tmp_path / "kept"))
    with pytest.raises(DataError) as refused:
        load(name, data=kept, image_size=32, report=heard)
    assert str(refused.value) == (
        f"data: {name} is not in {kept!r} and could not be downloaded "
        f"([Errno 2] No such file or directory: {str(archive)!r}). "
        "Put its files there, or use 'fashion-mnist-mini', which needs no download."
    )
