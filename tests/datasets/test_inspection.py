"""What is said of a user's files: the leak that was put in, the file that was broken, the sizes drawn."""

import io

import numpy as np
import pytest
from PIL import Image

from kdviz.datasets import load
from kdviz.datasets.inspection import inspect_files
from kdviz.datasets.leaks import Leaks, Pair
from kdviz.errors import DataError
from kdviz.notes import doubts_accuracy
from kdviz.progress import silent


def scene(seed, size=(96, 64)):
    """A smooth picture, unlike that of any other seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def files():
    """Four training and two test pictures of two classes, 96 x 64, all different."""
    seeds = iter(range(100))
    places = [("train", 4), ("test", 2)]
    return {
        f"{split}/{name}/{n}.png": encoded(scene(next(seeds)))
        for split, count in places
        for name in "ab"
        for n in range(count)
    }


def inspected(path):
    return inspect_files(path, silent)


def test_clean_files_have_nothing_to_report(as_folder, files):
    found = inspected(as_folder(files))
    assert (found.broken, found.leaks, found.notes) == ((), Leaks(), ())
    assert found.classes == ("a", "b")
    assert found.counts == {"train": (3, 3), "validation": (1, 1), "test": (2, 2)}
    assert {tuple(size) for size in found.sizes.tolist()} == {(96, 64)}


def test_the_counts_are_those_of_the_run(as_zip, files):
    path = as_zip({**files, "train/a/broken.png": b"x"})
    data, found = load("folder", data=path, image_size=16, report=silent), inspected(path)
    assert {name: found.total(name) for name in found.counts} == {
        name: len(getattr(data, name)) for name in found.counts
    }


def test_a_test_image_that_is_a_training_image_is_found_whatever_it_is_called(as_folder, files):
    files["test/b/innocent.png"] = files["train/a/2.png"]
    found = inspected(as_folder(files))
    assert found.leaks.copies == (Pair("train/a/2.png", "test/b/innocent.png"),)
    assert found.leaks.near_copies == ()


def test_a_test_image_that_was_made_from_a_training_image_is_found(as_folder, files):
    smaller = scene(1).resize((60, 40))
    found = inspected(as_folder({**files, "test/a/saved again.jpg": encoded(smaller, "JPEG", quality=60)}))
    assert found.leaks.copies == ()
    assert found.leaks.near_copies == (Pair("train/a/1.png", "test/a/saved again.jpg"),)


def test_copies_within_the_training_images_are_no_leak(as_folder, files):
    found = inspected(as_folder({**files, "train/a/copy.png": files["train/a/0.png"]}))
    assert found.leaks.copies == ()


def test_broken_files_are_named_and_not_counted(as_folder, files):
    found = inspected(
        as_folder({**files, "train/a/broken.jpg": b"x", "test/b/cut.png": files["test/b/0.png"][:90]})
    )
    assert found.broken == ("test/b/cut.png", "train/a/broken.jpg")
    assert found.images == 12


def test_crops_of_one_slide_in_training_and_test_are_named(as_folder, files):
    """Slide 12 is on both sides, in two classes; 13 is only in training, 7 only in the test."""
    pictures = iter([*files.values()][::-1] + [encoded(scene(seed)) for seed in range(200, 210)])
    added = [
        "train/a/Slide_00012_0", "train/b/Slide_00012_1", "test/b/Slide_00012_2", "train/a/Slide_00013_0",
        "train/a/Slide_00013_1", "test/a/Slide_00007_0", "test/a/Slide_00007_1", "test/a/1_200",
    ]  # fmt: skip
    found = inspected(as_folder({**files, **{f"{name}.png": next(pictures) for name in added}}))
    ((train, test),) = found.leaks.groups
    assert train in {"train/a/Slide_00012_0.png", "train/b/Slide_00012_1.png"}
    assert test == "test/b/Slide_00012_2.png"


def test_pictures_that_are_only_numbered_are_no_group(as_folder, files):
    plain = {"/image_".join(name.rsplit("/", 1)): each for name, each in files.items()}
    assert inspected(as_folder(plain)).leaks.groups == ()


def test_a_photograph_on_its_side_has_the_size_that_a_viewer_shows(as_folder, files):
    exif = Image.Exif()
    exif[0x0112] = 6
    found = inspected(as_folder({**files, "train/a/tall.jpg": encoded(scene(50), "JPEG", exif=exif)}))
    assert sorted(map(tuple, found.sizes.tolist()))[0] == (64, 96)


def test_the_samples_are_the_pictures_of_their_class(as_folder):
    files = {
        f"{name}/{n}.png": encoded(Image.new("RGB", (40, 30), colour))
        for name, colour in (("blue", (0, 0, 255)), ("red", (255, 0, 0)))
        for n in range(9)
    }
    found = inspected(as_folder(files))
    for samples, colour in zip(found.samples, ((0, 0, 255), (255, 0, 0)), strict=True):
        assert len(samples) == 6
        assert all((each == colour).all() for each in samples)


def test_masks_of_test_images_are_counted(as_folder, files):
    masks = {f"masks/{name}": encoded(Image.new("L", (96, 64), 255)) for name in list(files)[-3:]}
    assert inspected(as_folder({**files, **masks})).regions == 3


def test_what_a_run_would_refuse_is_refused(as_folder, files):
    path = as_folder({**files, "train/c/1.png": b"x"})
    with pytest.raises(DataError) as refused:
        inspected(path)
    with pytest.raises(DataError) as of_run:
        load("folder", data=path, image_size=16, report=silent)
    assert str(refused.value) == str(of_run.value)


def test_files_without_a_picture_are_refused(as_folder):
    with pytest.raises(DataError, match=r"^data: none of the 2 files is an image that can be read"):
        inspected(as_folder({"a/1.jpg": b"x", "b/1.jpg": b"x"}))


def test_a_run_on_the_files_notes_what_is_in_training_and_test_alike(as_folder, files):
    """Word by word what the check of the files says in a run, whatever the size at which it reads them."""
    files["test/b/innocent.png"] = files["train/a/2.png"]
    files["test/a/saved again.jpg"] = encoded(scene(1).resize((60, 40)), "JPEG", quality=60)
    files |= {
        f"{split}/a/slide_07_{n}.png": encoded(scene(300 + n)) for n, split in enumerate(("train", "test"))
    }
    path = as_folder(files)
    leaks = inspected(path).leaks
    assert [len(each) for each in (leaks.copies, leaks.near_copies, leaks.groups)] == [1, 1, 1]
    for size in (16, 48):
        notes = load("folder", data=path, image_size=size, report=silent).notes
        assert notes[-3:] == leaks.notes(7)
        assert inspected(path).said_in_a_run >= {*notes[-3:]}
    assert leaks.notes(7)[0].startswith(
        "Test images that are also training images, the same file: 1 of 7, such as test/b/innocent.png – train/a/2.png."
    )
    assert [doubts_accuracy(note) for note in (*notes[-3:], "1 broken file was skipped: x.png.")] == [
        True
    ] * 3 + [False]
