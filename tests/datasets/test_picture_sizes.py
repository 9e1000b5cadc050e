"""The size of a user's pictures, from a few of them."""

import pytest
from PIL import Image

from kdviz.datasets.picture_sizes import shorter_side
from kdviz.errors import DataError


def pictures(folder, sizes):
    for number, size in enumerate(sizes):
        for label in ("a", "b"):
            (folder / label).mkdir(exist_ok=True)
            Image.new("RGB", size).save(folder / label / f"{number}.png")
    return str(folder)


def test_it_is_the_median_shorter_side(tmp_path):
    assert shorter_side(pictures(tmp_path, [(40, 90), (70, 50), (200, 60)])) == 50


def test_broken_files_are_passed_over_and_none_readable_is_zero(tmp_path):
    data = pictures(tmp_path, [(40, 90)])
    (tmp_path / "a" / "0.png").write_bytes(b"no picture")
    assert shorter_side(data) == 40
    (tmp_path / "b" / "0.png").write_bytes(b"no picture")
    assert shorter_side(data) == 0


def test_files_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(DataError):
        shorter_side(str(tmp_path / "none.zip"))
