"""Memory of a data set: two copies of three bytes a pixel."""

import pytest

from kdviz.datasets import load, memory
from kdviz.errors import DataError
from kdviz.progress import silent


def test_a_thousand_images_of_512_pixels_take_one_and_a_half_gigabytes():
    assert memory.images_bytes(1000, (512, 512)) == 2 * 1000 * 3 * 512 * 512
    assert memory.gigabytes(memory.images_bytes(1000, (512, 512))) == "1.5 GB"


def test_images_that_the_machine_cannot_hold_are_refused_before_they_are_read(
    as_folder, two_classes, monkeypatch
):
    monkeypatch.setattr(memory, "machine_memory_bytes", lambda: 1 << 20)
    with pytest.raises(DataError) as refused:
        load("folder", data=as_folder(two_classes), image_size=512, report=silent)
    assert str(refused.value) == (
        "data: 10 images of 512 x 512 px take 0.0 GB of memory, this machine has 0.0 GB. "
        "Choose a smaller image_size, or fewer images."
    )


def test_the_limit_of_a_container_counts(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    limit.write_text("123\n")
    monkeypatch.setattr(memory, "_LIMITS", (str(tmp_path / "none"), str(limit)))
    assert memory.machine_memory_bytes() == 123
    limit.write_text("max\n")
    assert memory.machine_memory_bytes() > 1 << 20
