"""What a data set is said to hold is what it holds."""

import pytest
import torch
from PIL import Image

from kdviz.datasets import DATASETS, Counts, counted, load
from kdviz.datasets.counts import TEST_SHARE, VALIDATION_SHARE, held_count
from kdviz.datasets.inspection import inspect_files
from kdviz.datasets.split import SPLITS
from kdviz.errors import DataError

HERE = [name for name, spec in DATASETS.items() if spec.counts and not spec.downloads]


def held(name, data=None, image_size=16):
    data_set = load(name, data=data, image_size=image_size, report=lambda what, fraction: None)
    sizes = (len(split) for split in (data_set.train, data_set.validation, data_set.test))
    return Counts(*sizes, len(data_set.classes))


@pytest.mark.parametrize("name", HERE)
def test_a_packaged_data_set_matches_its_spec(name):
    assert counted(name, None) == held(name)


def test_a_folder_is_counted_without_being_read(tiny_folder):
    assert counted("folder", str(tiny_folder)) == held("folder", str(tiny_folder))


def test_no_folder_is_one_clear_line():
    with pytest.raises(DataError, match=r"^data: no folder or zip '/nowhere'"):
        counted("folder", "/nowhere")


def texts(tmp_path, sizes, splits=("",)):
    """A table with this many texts of each class, whose splits take turns."""
    rows = [f"thing {label} {n},{'abcde'[label]},{splits[n % len(splits)]}" for label, size in enumerate(sizes) for n in range(size)]  # fmt: skip
    file = tmp_path / "texts.csv"
    file.write_text("\n".join(["text,label,split", *rows]))
    return str(file)


@pytest.mark.parametrize(
    "sizes", [(24, 23), (3, 3), (3, 40), (31, 32), (4, 5, 6, 7, 8), (13, 13, 12), (9, 18, 21)]
)
@pytest.mark.parametrize(
    "splits",
    [("",), ("train", "train", "test"), ("train", "train", "validation"), ("train", "test", "validation")],
)
def test_own_texts_are_counted_as_they_are_split(tmp_path, sizes, splits):
    """Each class is cut by itself, however unequal they are."""
    file = texts(tmp_path, sizes, splits)
    assert counted("text-file", file) == held("text-file", file)


@pytest.mark.parametrize("sizes", [(31, 32), (30, 33), (4, 8, 13)])
@pytest.mark.parametrize("tested", [0, 2])
def test_own_images_are_counted_as_they_are_split(tmp_path, sizes, tested):
    """tested: number of images of each class in a folder for testing; without any, there is no such folder."""
    folder = tmp_path / "pictures"
    for label, size in zip("abc", sizes, strict=False):
        for n in range(size):
            split = "" if not tested else "test" if n < tested else "train"
            place = folder / split / label
            place.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (16, 16), (n, size, 0)).save(place / f"{n}.png")
    found = inspect_files(str(folder), lambda what, fraction: None)
    assert counted("folder", str(folder)) == held("folder", str(folder))
    assert counted("folder", str(folder)) == Counts(*map(found.total, SPLITS), len(sizes))


def test_a_share_of_a_class_is_that_of_its_tensor():
    """The rule in plain numbers is the one in single precision by which runs were split."""
    sizes = torch.arange(1, 5_000)
    for share in (VALIDATION_SHARE, TEST_SHARE):
        expected = (sizes * share).round().clamp(min=1)
        assert [held_count(size, share) for size in sizes.tolist()] == expected.tolist()
