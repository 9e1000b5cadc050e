"""Flowers and blood cells: what is shipped, how it is split, and where the cells are."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.datasets import load
from kdviz.datasets.packaged_jpegs import PACKAGED, box_masks, packaged_file

SCRIPT = Path(__file__).parents[2] / "scripts" / "pack_jpegs.py"
MOST_BYTES = {"flowers": 6_200_000, "blood-cells": 2_400_000}


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("pack_jpegs", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def splits_of(name, report):
    data = load(name, data=None, image_size=32, report=report)
    return data.train, data.validation, data.test


def groups(name, of_file):
    """By split, the groups that its files come from."""
    with np.load(packaged_file(name)) as arrays:
        named = [of_file(file) for file in arrays["names"]]
        return [
            {group for group, at in zip(named, arrays["splits"], strict=True) if at == s} for s in range(3)
        ]


@pytest.mark.parametrize("name", MOST_BYTES)
def test_a_set_is_small_and_no_image_is_in_two_splits(name, heard):
    assert packaged_file(name).stat().st_size <= MOST_BYTES[name]
    splits = splits_of(name, heard)
    assert heard == [(f"Reading {name}", 0.0), (f"Reading {name}", 1.0)]
    rows = [image.numpy().tobytes() for split in splits for image in split.images]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("name", MOST_BYTES)
def test_it_is_decoded_once(name, heard):
    first, again = splits_of(name, heard), splits_of(name, heard)
    assert all(a is b for a, b in zip(first, again, strict=True))


def test_flowers_are_balanced(heard):
    counts = [torch.bincount(split.labels).tolist() for split in splits_of("flowers", heard)]
    assert counts == [[125] * 5, [25] * 5, [50] * 5]


def test_every_photographer_is_named_and_in_one_split_only():
    text = (PACKAGED / "FLOWERS_CREDITS").read_text("utf-8")
    assert text.startswith("CC BY 2.0, https://creativecommons.org/licenses/by/2.0/")
    names = dict(re.findall(r"^(\S+\.jpg) CC-BY by (.+) - https?://", text, re.MULTILINE))
    assert len(names) == 1000
    train, validation, test = groups("flowers", names.__getitem__)
    assert not train & validation
    assert not train & test
    assert not validation & test


def test_blood_cells_are_split_by_microscope_picture_and_licensed():
    train, validation, test = groups(
        "blood-cells", lambda file: file.split("/")[1][: len("BloodImage_00000")]
    )
    assert not train & validation
    assert not train & test
    assert not validation & test
    licence = (PACKAGED / "BLOOD_CELLS_LICENSE").read_text("utf-8")
    assert "MIT License" in licence
    assert "shenggan" in licence


def test_the_colour_of_the_stain_agrees_with_the_boxes(heard):
    """White cells and platelets are purple, red cells are not; pixels know nothing of the boxes."""
    test = splits_of("blood-cells", heard)[2]
    purple = test.images[:, 2].float() - test.images[:, 0].float()
    for label, least, most in ((0, 1.0, 1.0), (1, 0.0, 0.1), (2, 1.0, 1.0)):
        chosen = (test.labels == label) & ~test.object_masks.flatten(1).all(1)
        more = [
            purple[i][test.object_masks[i]].mean() > purple[i][~test.object_masks[i]].mean()
            for i in chosen.nonzero().flatten()
        ]
        assert least <= np.mean(more) <= most


def test_a_platelet_is_small_evidence(heard):
    test = splits_of("blood-cells", heard)[2]
    assert 0.04 < test.object_masks[test.labels == 2].float().mean() < 0.08
    assert test.object_masks.flatten(1).any(1).all()


def test_a_mask_is_the_union_of_the_boxes():
    boxes = np.array([[1, 0, 2, 3, 5], [1, 2, 1, 4, 3], [0, 5, 0, 6, 1]])
    masks = box_masks(torch.zeros(3, 3, 6, 7), boxes)
    for image in range(3):
        for row in range(6):
            for column in range(7):
                inside = any(
                    at == image and left <= column < right and top <= row < bottom
                    for at, left, top, right, bottom in boxes.tolist()
                )
                assert masks[image, row, column] == inside


def test_the_script_takes_whole_groups_until_the_quota_of_each_class_is_full(script):
    items = [
        ("a", "red"),
        ("a", "red"),
        ("a", "red"),
        ("b", "red"),
        ("b", "white"),
        ("c", "white"),
        ("d", "red"),
    ]
    chosen = script.taken(items, {"red": 2, "white": 1})
    assert sorted(items[index][1] for index in chosen) == ["red", "red", "white"]
    for index, (group, _) in enumerate(items):
        assert (index in chosen) == any(items[other][0] == group for other in chosen)
    with pytest.raises(SystemExit, match="do not fill the quota"):
        script.taken(items, {"white": 3})
