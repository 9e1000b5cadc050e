"""Classes from a CSV: in a folder, in a zip, and given itself."""

import numpy as np
import pytest

from kdviz.datasets import Counts, counted, fingerprint, load
from kdviz.errors import DataError
from kdviz.progress import silent

SPLITS = ("train", "validation", "test")


def read(path):
    return load("folder", data=path, image_size=16, report=silent)


def refusal(path) -> str:
    with pytest.raises(DataError) as refused:
        read(path)
    return str(refused.value)


@pytest.fixture
def grey(png):
    """A maker of pictures of one grey level, by which a picture is known again."""
    return lambda level: png(np.full((16, 16, 3), level, np.uint8))


@pytest.fixture
def listed(grey):
    """Twelve pictures of the levels 0 to 11 in one folder, and a table that puts them into two classes."""
    table = ["path,label,split"]
    table += [
        f"scans/{n}.png,{'ab'[n % 2]},{'train' if n < 8 else 'val' if n < 10 else 'test'}" for n in range(12)
    ]
    return {f"scans/{n}.png": grey(n) for n in range(12)} | {"labels.csv": "\n".join(table).encode()}


def levels(split) -> dict[int, int]:
    return {int(image[0, 0, 0]): int(label) for image, label in zip(split.images, split.labels, strict=True)}


@pytest.mark.parametrize("kind", ["as_folder", "as_zip", "the CSV itself"])
def test_labels_and_splits_are_those_of_the_table(kind, request, listed):
    path = request.getfixturevalue(kind)(listed) if kind.startswith("as") else None
    path = path or f"{request.getfixturevalue('as_folder')(listed)}/labels.csv"
    data = read(path)
    assert data.classes == ("a", "b")
    assert [levels(getattr(data, name)) for name in SPLITS] == [
        {n: n % 2 for n in range(8)},
        {8: 0, 9: 1},
        {10: 0, 11: 1},
    ]
    assert data.notes == ()
    assert counted("folder", path) == Counts(8, 2, 2, 2)


def test_a_table_without_splits_has_them_cut(as_folder, grey):
    rows = "".join(f"{n}.png;{'ab'[n % 2]}\r\n" for n in range(20))
    files = {f"{n}.png": grey(n) for n in range(20)} | {"list.csv": f"\ufeffPath;Label\r\n{rows}".encode()}
    data = read(as_folder(files))
    assert [len(getattr(data, name)) for name in SPLITS] == [14, 2, 4]
    assert {**levels(data.train), **levels(data.test)}.items() <= {n: n % 2 for n in range(20)}.items()


def test_another_csv_beside_class_folders_changes_nothing(as_folder, two_classes):
    path = as_folder({**two_classes, "measurements.csv": b"a,b\n1,2\n"})
    assert read(path).classes == ("cats", "dogs")


def test_pictures_of_the_table_that_are_missing_are_named(as_folder, listed):
    table = listed["labels.csv"] + b"\nscans/gone.png,a,train"
    data = read(as_folder({**listed, "labels.csv": table}))
    assert data.notes == ("1 image of labels.csv not found: scans/gone.png.",)


def test_the_fingerprint_of_a_table_is_that_of_its_pictures(as_folder, listed, grey):
    path = f"{as_folder(listed)}/labels.csv"
    before = fingerprint("folder", path)
    as_folder({"scans/99.png": grey(99)})
    assert fingerprint("folder", path) == before
    as_folder({"scans/3.png": grey(99)})
    assert fingerprint("folder", path) != before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("../x.png,a,train", "line 14: '../x.png' points outside the folder. Give relative paths."),
        ("scans/0.png,,train", "line 14: path or label is empty. Fill in both, or remove the line."),
        ("scans/99.png,a,holdout", "line 14: split 'holdout' is unknown. Known: train, val, test."),
        (
            "scans/0.png,b,train",
            "line 14: 'scans/0.png' has two labels or splits, 'a train' and 'b train'. Give each image one.",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named(as_folder, listed, row, message):
    table = listed["labels.csv"] + f"\n{row}".encode()
    assert refusal(as_folder({**listed, "labels.csv": table})) == f"data: 'labels.csv', {message}"


def test_a_table_of_no_picture_is_refused(as_folder):
    path = as_folder({"labels.csv": b"path,label\nx.png,a\ny.png,b\n"})
    assert refusal(path) == (
        "data: none of the 2 images of 'labels.csv' was found (first: 'x.png'). "
        "Give paths relative to the CSV."
    )


def test_a_csv_without_the_columns_is_refused(as_folder):
    path = f"{as_folder({'labels.csv': b'name,kind'})}/labels.csv"
    assert refusal(path) == (
        "data: 'labels.csv' has no columns path and label. Its first line must be path,label or "
        "path,label,split."
    )


def test_a_csv_that_does_not_exist_is_named():
    assert refusal("/nowhere/labels.csv") == (
        "data: no file '/nowhere/labels.csv'. Give the path of a folder or file of images."
    )
