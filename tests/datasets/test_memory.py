"""Memory of a run's images: only those that it changes or chooses are copied from the disk."""

import pytest

from kdviz.datasets import load, memory, prepare
from kdviz.errors import DataError
from kdviz.progress import silent


def test_a_thousand_images_of_512_pixels_take_three_quarters_of_a_gigabyte():
    assert memory.images_bytes(1000, (512, 512)) == 1000 * 3 * 512 * 512
    assert memory.gigabytes(memory.images_bytes(1000, (512, 512))) == "0.7 GB"


@pytest.mark.parametrize("cue", ["none", "hue-patch"])
@pytest.mark.parametrize("train_count", [None, 4])
def test_the_copies_are_those_that_a_run_makes(as_folder, two_classes, cue, train_count):
    dataset = load("folder", data=as_folder(two_classes), image_size=16, report=silent)
    data = prepare(dataset, cue=cue, train_count=train_count)
    splits = [data.teacher_train, data.student_train, data.validation, data.test]
    splits += [each for each in (data.validation_intact, data.test_intact) if each is not None]
    mapped = {each.images.data_ptr() for each in (dataset.train, dataset.validation, dataset.test)}
    made = sum(len(each) for each in splits if each.images.data_ptr() not in mapped)
    if cue != "none" and train_count:
        made += train_count  # the student's images are chosen, then changed
    assert made == memory.copied_images(
        train=len(dataset.train),
        evaluated=len(dataset.validation) + len(dataset.test),
        train_count=train_count,
        has_cue=cue != "none",
    )


def test_images_that_do_not_fit_are_read_from_disk_and_refused_where_they_would_be_copied(
    as_folder, two_classes, monkeypatch
):
    monkeypatch.setattr(memory, "machine_memory_bytes", lambda: 1 << 20)
    dataset = load("folder", data=as_folder(two_classes), image_size=512, report=silent)
    assert prepare(dataset).student_train.images.data_ptr() == dataset.train.images.data_ptr()
    with pytest.raises(DataError) as refused:
        prepare(dataset, cue="hue-patch")
    assert str(refused.value) == (
        "data: 20 images of 512 x 512 px take 0.0 GB of memory, this machine has 0.0 GB. "
        "Choose a smaller image_size, fewer images, or no cue."
    )


def test_the_limit_of_a_container_counts(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    limit.write_text("123\n")
    monkeypatch.setattr(memory, "_LIMITS", (str(tmp_path / "none"), str(limit)))
    assert memory.machine_memory_bytes() == 123
    limit.write_text("max\n")
    assert memory.machine_memory_bytes() > 1 << 20
