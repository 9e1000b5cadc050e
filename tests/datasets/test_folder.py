import errno
import io
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from kdviz.datasets import cache, load
from kdviz.errors import DataError

SPLITS = ("train", "validation", "test")


@pytest.fixture
def read(heard):
    return lambda path, size=16: load("folder", data=path, image_size=size, report=heard)


def refusal(read, path) -> str:
    with pytest.raises(DataError) as refused:
        read(path)
    return str(refused.value)


def labelled_pixels(data):
    """Every image with its label, by the image's bytes."""
    splits = [getattr(data, name) for name in SPLITS]
    pairs = [zip(split.images, split.labels.tolist(), strict=True) for split in splits]
    return {image.numpy().tobytes(): label for pair in pairs for image, label in pair}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_every_picture_is_read_once_with_its_own_label(read, as_folder, as_zip, two_classes, kind):
    data = read({"folder": as_folder, "zip": as_zip}[kind](two_classes))
    expected = {}
    for name, content in two_classes.items():
        pixels = np.asarray(Image.open(io.BytesIO(content))).transpose(2, 0, 1)
        expected[pixels.tobytes()] = int(name.startswith("dogs"))
    assert labelled_pixels(data) == expected
    assert [len(getattr(data, name)) for name in SPLITS] == [6, 2, 2]
    assert data.classes == ("cats", "dogs")
    assert data.notes == ()
    for name in SPLITS:
        assert getattr(data, name).labels.bincount().unique().numel() == 1


def test_a_given_test_folder_is_the_test_split(read, as_folder, png):
    files = {f"train/{name}/{place}.png": png(seed=place) for name in "ab" for place in range(6)}
    files |= {f"test/{name}/{place}.png": png(seed=place) for name in "ab" for place in range(20, 23)}
    data = read(as_folder(files))
    assert [len(getattr(data, name)) for name in SPLITS] == [10, 2, 6]
    shown = {image.numpy().tobytes() for image in data.test.images}
    assert shown == {
        np.asarray(Image.open(io.BytesIO(png(seed=place)))).transpose(2, 0, 1).tobytes()
        for place in range(20, 23)
    }


def test_a_second_reading_maps_the_same_data_from_disk(read, heard, as_folder, two_classes):
    folder = as_folder(two_classes)
    first = read(folder)
    assert any(what.startswith("Reading images") for what, _ in heard)
    heard.clear()
    second = read(folder)
    assert heard == [("Looking for images", 0.0), ("Images are ready", 1.0)]
    for name in SPLITS:
        assert torch.equal(getattr(first, name).images, getattr(second, name).images)
        assert torch.equal(getattr(first, name).labels, getattr(second, name).labels)
    assert (first.classes, first.notes, first.mean) == (second.classes, second.notes, second.mean)


def test_changed_files_are_read_anew_and_the_old_copy_is_removed(
    read, as_folder, two_classes, png, cache_home
):
    read(as_folder(two_classes))
    data = read(as_folder({"cats/new.png": png(seed=99)}))
    assert sum(len(getattr(data, name)) for name in SPLITS) == 11
    assert len(list((cache_home / "kdviz" / "folders").iterdir())) == 1


def test_a_picture_replaced_by_one_of_the_same_size_and_time_is_read_anew(read, as_folder, two_classes, png):
    folder = as_folder(two_classes)
    before = labelled_pixels(read(folder))
    picture = Path(folder) / "cats" / "0.png"
    old = picture.stat()
    picture.write_bytes(png(seed=99))
    os.utime(picture, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert picture.stat().st_size == old.st_size
    after = labelled_pixels(read(folder))
    assert len(set(after) - set(before)) == 1


def test_each_size_is_kept_for_itself(read, as_folder, two_classes, cache_home):
    folder = as_folder(two_classes)
    assert [read(folder, size).input_shape[1:] for size in (16, 24, 16)] == [(16, 16), (24, 24), (16, 16)]
    assert len(list((cache_home / "kdviz" / "folders").iterdir())) == 2


def test_a_damaged_copy_is_made_anew(read, as_folder, two_classes, cache_home):
    folder = as_folder(two_classes)
    before = labelled_pixels(read(folder))
    for file in cache_home.rglob("train.npy"):
        file.write_bytes(b"")
    assert labelled_pixels(read(folder)) == before


def test_without_a_place_for_copies_the_images_are_in_memory(read, as_folder, two_classes, cache_home):
    cache_home.write_text("a file where a directory should be")
    data = read(as_folder(two_classes))
    assert len(labelled_pixels(data)) == 10
    where = str(cache_home / "kdviz" / "folders")
    assert data.notes == (
        f"The images could not be cached in {where!r} (Not a directory) and are decoded again each time.",
    )


def test_a_full_disk_leaves_the_images_in_memory_and_no_litter(
    read, as_folder, two_classes, cache_home, monkeypatch
):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "_write_rows", full)
    data = read(as_folder(two_classes))
    assert len(labelled_pixels(data)) == 10
    where = cache_home / "kdviz" / "folders"
    reason = "(No space left on device) and are decoded again each time."
    assert data.notes == (f"The images could not be cached in {str(where)!r} {reason}",)
    assert list(where.iterdir()) == []


def test_broken_files_are_skipped_and_listed(read, as_zip, two_classes):
    broken = {f"cats/{name}.jpg": b"dear diary" for name in "abcdefg"}
    data = read(as_zip({**two_classes, **broken, "dogs/cut.png": two_classes["dogs/0.png"][:200]}))
    assert data.notes == (
        "8 broken files were skipped: cats/a.jpg, cats/b.jpg, cats/c.jpg, cats/d.jpg, cats/e.jpg, ….",
    )
    assert len(labelled_pixels(data)) == 10


def test_small_pictures_are_enlarged_and_counted(read, as_folder, two_classes, png):
    data = read(as_folder({**two_classes, "cats/small.png": png(size=10)}))
    assert data.notes == ("1 image was smaller than the chosen size, and enlarged.",)
    assert data.input_shape == (3, 16, 16)


def test_classes_that_the_test_lacks_are_named(read, as_folder, png):
    files = {f"train/{name}/{place}.png": png(seed=place) for name in "abc" for place in range(3)}
    data = read(as_folder({**files, "test/b/1.png": png(seed=9)}))
    assert data.notes == ("Classes without test images: a, c.",)


def test_progress_never_goes_back(read, heard, as_folder, png):
    read(as_folder({f"{name}/{place}.png": png(size=2) for name in "ab" for place in range(50)}))
    fractions = [fraction for _, fraction in heard]
    assert fractions == sorted(fractions)
    assert ("Reading images: 48 of 100", 0.48) in heard


def test_a_stop_during_reading_leaves_no_litter(as_folder, two_classes, cache_home):
    class StoppedError(Exception):
        pass

    def stop(message, fraction):
        if message.id.startswith("Reading"):
            raise StoppedError

    with pytest.raises(StoppedError):
        load("folder", data=as_folder(two_classes), image_size=16, report=stop)
    assert list((cache_home / "kdviz" / "folders").iterdir()) == []


def test_reading_does_not_write_to_the_copy(read, as_folder, two_classes, cache_home):
    folder = as_folder(two_classes)
    read(folder)
    before = {file: file.read_bytes() for file in cache_home.rglob("*.npy")}
    read(folder).train.images.zero_()
    assert {file: file.read_bytes() for file in before} == before


def test_a_folder_without_readable_images_is_refused(read, as_folder):
    folder = as_folder({"cats/1.jpg": b"a", "dogs/2.jpg": b"b"})
    assert refusal(read, folder) == (
        "data: none of the 2 files is an image that can be read (first: 'cats/1.jpg'). "
        "These can: JPEG, PNG, WEBP, BMP, GIF, TIFF, PPM."
    )


@pytest.mark.parametrize(("layout", "needed"), [("{}", 3), ("train/{}", 2)])
def test_too_few_images_of_a_class_are_refused(read, as_folder, png, layout, needed):
    files = {f"{layout.format('cats')}/{place}.png": png(seed=place) for place in range(5)}
    files |= {f"{layout.format('dogs')}/{place}.png": png(seed=place) for place in range(needed - 1)}
    files |= {"test/cats/1.png": png()} if needed == 2 else {}
    assert refusal(read, as_folder(files)) == (
        f"data: class 'dogs' has {needed - 1} readable training images, at least {needed} are needed. "
        "Add some, or remove the class."
    )


def test_a_class_of_broken_files_is_refused(read, as_folder, two_classes):
    assert refusal(read, as_folder({**two_classes, "birds/1.jpg": b"a"})) == (
        "data: class 'birds' has 0 readable training images, at least 3 are needed. "
        "Add some, or remove the class."
    )


def test_a_test_folder_without_readable_images_is_refused(read, as_folder, png):
    files = {f"train/{name}/{place}.png": png(seed=place) for name in "ab" for place in range(3)}
    assert refusal(read, as_folder({**files, "test/a/1.png": b"x"})) == (
        "data: no test image can be read. Add some, or remove the test folder to have one cut."
    )


def test_a_picture_of_too_many_pixels_is_named(read, as_folder, two_classes):
    file = io.BytesIO()
    Image.new("1", (8001, 8000)).save(file, "PNG")
    assert refusal(read, as_folder({**two_classes, "cats/huge.png": file.getvalue()})) == (
        "data: 'cats/huge.png' has more than 64 million pixels. Make it smaller, or leave it out."
    )


def test_an_empty_folder_is_refused(read, tmp_path):
    (tmp_path / "empty").mkdir()
    path = str(tmp_path / "empty")
    assert refusal(read, path) == (
        f"data: {path!r} has no class folders with files in them. "
        "Give each class a folder of its own: <class>/*, or train/<class>/* and test/<class>/*."
    )


def test_no_path_at_all_is_refused(read):
    assert refusal(read, None) == (
        "data: the data set 'folder' needs a folder, a zip, an .npz or a CSV file of images. Give its path."
    )


def test_a_link_to_a_file_is_read_but_not_a_link_to_a_folder(read, as_folder, two_classes):
    folder = Path(as_folder(two_classes))
    (folder / "cats" / "linked.png").symlink_to(folder / "dogs" / "0.png")
    (folder / "around").symlink_to(folder)
    assert read(str(folder)).classes == ("cats", "dogs")
