import pytest

from kdviz.datasets.layout import arranged
from kdviz.errors import DataError


def seen(*names):
    """Class and place of each file, as in `cats/1.png` -> `cats`, or `test:cats`."""
    layout = arranged(names, "here")
    splits = layout.splits or ["train"] * len(layout.names)
    return {
        name: f"{'' if split == 'train' else f'{split}:'}{layout.classes[label]}"
        for name, label, split in zip(layout.names, layout.labels, splits, strict=True)
    }


def test_folders_are_classes():
    assert seen("cats/1.png", "dogs/1.png", "dogs/old/2.png") == {
        "cats/1.png": "cats",
        "dogs/1.png": "dogs",
        "dogs/old/2.png": "dogs",
    }
    assert arranged(["cats/1.png", "dogs/1.png"], "here").splits is None


@pytest.mark.parametrize("test", ["test", "Test", "val", "validation"])
def test_train_and_test_folders_are_splits(test):
    assert seen("train/cats/1.png", "train/dogs/1.png", f"{test}/cats/2.png") == {
        "train/cats/1.png": "cats",
        "train/dogs/1.png": "dogs",
        f"{test}/cats/2.png": "test:cats",
    }


@pytest.mark.parametrize("validation", ["val", "valid", "validation"])
def test_a_validation_folder_beside_both_is_the_validation_split(validation):
    assert seen("train/a/1.png", "train/b/1.png", "test/a/2.png", f"{validation}/b/3.png") == {
        "train/a/1.png": "a",
        "train/b/1.png": "b",
        "test/a/2.png": "test:a",
        f"{validation}/b/3.png": "validation:b",
    }


def test_a_train_folder_alone_leaves_the_test_to_be_cut():
    layout = arranged(["train/cats/1.png", "train/dogs/1.png"], "here")
    assert layout.classes == ("cats", "dogs")
    assert layout.splits is None


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
    assert layout.notes == ("Not read, beside the train folder: extra.",)
    assert len(layout.names) == 4


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
