"""The memory that images and networks take, and that the machine has.

Images of one's own are decoded to disk and mapped from there, a batch at a time. Only what a run changes or
chooses is copied into memory.
"""

from __future__ import annotations

import os
from contextlib import suppress
from math import prod
from pathlib import Path

from kdviz.errors import DataError

STATED_BYTES = 2 << 30
"""Images that take more than this are said to, before a run starts."""

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def copied_images(*, train: int, evaluated: int, train_count: int | None, has_cue: bool) -> int:
    """How many images a run holds in memory.

    train, evaluated: images of the training split, and of validation and test. train_count: those chosen for
    the student, which are copied. With a planted cue every image is, and those to evaluate on twice.
    """
    chosen = train_count or 0
    return chosen + (train + (train_count or train) + 2 * evaluated if has_cue else 0)


def images_bytes(count: int, size: tuple[int, ...]) -> int:
    """Memory of colour images of this height and width, in bytes."""
    return count * 3 * prod(size)


def machine_memory_bytes() -> int:
    """The machine's memory, or what a container's limit leaves of it; very large where it is unknown."""
    found = [1 << 62]
    with suppress(ValueError, OSError, AttributeError):  # not on Windows
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in _LIMITS:
        with suppress(OSError, ValueError):  # no such limit, or "max"
            found.append(int(Path(limit).read_text("utf-8")))
    return min(found)


def check_memory(count: int, input_shape: tuple[int, ...]) -> None:
    """Raises DataError for inputs (C, *S) that the machine's memory cannot hold."""
    size = input_shape[1:]
    needed, there = images_bytes(count, size), machine_memory_bytes()
    if needed > there:
        raise DataError(
            f"data: {count:,} images of {' x '.join(map(str, size))} px take {gigabytes(needed)} of memory, "
            f"this machine has {gigabytes(there)}. Choose a smaller image_size, fewer images, or no cue."
        )


def gigabytes(size_bytes: int) -> str:
    """A size as text, such as "3.1 GB"."""
    return f"{size_bytes / 2**30:.1f} GB"
