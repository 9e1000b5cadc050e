import pytest

from kdviz.datasets.layout import arranged
from kdviz.errors import DataError


def seen(*names):
    """Class and place of each file, as in `cats/1.png` -> `cats`, or `test:cats`."""
    layout = arranged(names, "here")
    in_test = layout.in_test or [False] * len(layout.names)
    return {
        name: f"{'test:' if test else ''}{layout.classes[label]}"
        for name, label, test in zip(layout.names, layout.labels, in_test, strict=True)
    }


def test_folders_are_classes():
    assert seen("cats/1.png", "dogs/1.png", "dogs/old/2.png") == {
        "cats/1.png": "cats",
        "dogs/1.png": "dogs",
        "dogs/old/2.png": "dogs",
    }
    assert arranged(["cats/1.png", "dogs/1.png"], "here").in_test is None


@pytest.mark.parametrize("test", ["test", "Test", "val", "validation"])
def test_train_and_test_folders_are_splits(test):
    assert seen("train/cats/1.png", "train/dogs/1.png", f"{test}/cats/2.png") == {
        "train/cats/1.png": "cats",
        "train/dogs/1.png": "dogs",
        f"{test}/cats/2.png": "test:cats",
    }


def test_a_train_folder_alone_leaves_the_test_to_be_cut():
    layout = arranged(["train/cats/1.png", "train/dogs/1.png"], "here")
    assert layout.classes == ("cats", "dogs")
    assert layout.in_test is None


def test_a_class_of_trains_is_not_a_split():
    assert seen("train/1.png", "test/1.png") == {"train/1.png": "train", "test/1.png": "test"}


@pytest.mark.parametrize("wrapping", ["pets/", "my pets/2024/"])
def test_folders_around_the_classes_are_looked_through(wrapping):
    assert set(seen(f"{wrapping}cats/1.png", f"{wrapping}dogs/1.png", f"{wrapping}README.md").values()) == {
        "cats",
        "dogs",
    }
    assert seen(f"{wrapping}train/cats/1.png", f"{wrapping}train/dogs/1.png", f"{wrapping}test/cats/1.png")[
        f"{wrapping}test/cats/1.png"
    ] == ("test:cats")


def test_hidden_files_and_files_beside_the_classes_are_left_out():
    names = [
        "cats/1.png",
        "dogs/1.png",
        "README.md",
        ".git/config/x",
        "cats/.DS_Store",
        "__MACOSX/cats/._1.png",
    ]
    assert arranged(names, "here").names == ("cats/1.png", "dogs/1.png")


def test_folders_beside_train_and_test_are_said_to_be_left_out():
    names = ["train/cats/1.png", "train/dogs/1.png", "test/cats/2.png", "val/cats/3.png", "extra/4.png"]
    layout = arranged(names, "here")
    assert layout.notes == ("Not read, beside the train folder: extra, val.",)
    assert len(layout.names) == 3


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            [],
            "data: 'here' has no class folders with files in them. "
            "Give each class a folder of its own: <class>/*, or train/<class>/* and test/<class>/*.",
        ),
        (
            ["1.png", "2.png"],
            "data: 'here' has no class folders with files in them. "
            "Give each class a folder of its own: <class>/*, or train/<class>/* and test/<class>/*.",
        ),
        (
            ["cats/1.png", "cats/2.png"],
            "data: 'here' has one class only, 'cats'. At least two are needed, a folder each.",
        ),
        (
            ["train/cats/1.png", "train/dogs/1.png", "test/birds/1.png"],
            "data: 'here' has test images of 'birds' but no training images. "
            "Give both the same class folders.",
        ),
    ],
)
def test_a_layout_without_classes_to_tell_apart_is_refused(names, message):
    with pytest.raises(DataError) as refused:
        arranged(names, "here")
    assert str(refused.value) == message
