"""Loading a data set by its name, and what is known of it before."""

from __future__ import annotations

from os.path import expanduser
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.clip_seconds import OWN_SOUNDS, USUAL, frames_in
from kdviz.datasets.counts import Counts, images_counted
from kdviz.datasets.registry import DATASETS
from kdviz.errors import DataError, unknown_name
from kdviz.image_size import sides
from kdviz.types import OWN_TEXTS, RECOGNIZED, TextColumns

if TYPE_CHECKING:
    from kdviz.datasets.split import DataSet
    from kdviz.progress import Report


def input_shape(
    name: str, image_size: int | str, cue: str = "none", clip_seconds: float = USUAL
) -> tuple[int, ...]:
    """Shape of a network's input for a data set, with the cue planted: (C, H, W).

    image_size: of the user's images, in colour. clip_seconds: of the user's sounds. Others have a fixed size.
    """
    channels, *size = DATASETS[name].input_shape or (3, *sides(image_size))
    if name == OWN_SOUNDS:
        size[-1] = frames_in(clip_seconds)
    return (channels_with(cue, channels), *size)


def channels_with(cue: str, channels: int) -> int:
    """Number of colour channels after a cue is planted in images with this number."""
    return 3 if cue in ("hue-patch", "tint") else channels


def load(
    name: str,
    *,
    data: str | None,
    image_size: int | str,
    report: Report,
    clip_seconds: float = USUAL,
    columns: TextColumns = RECOGNIZED,
) -> DataSet:
    """Load the data set of that name. Raises DataError.

    data: the user's files; for downloaded data sets, their directory. image_size: for "folder", in pixels,
    such as 64 or "40x100". clip_seconds: for "audio-folder". columns: for a table of "text-file". Other data
    sets have a fixed size.
    """
    if name not in DATASETS:
        raise DataError(unknown_name("dataset", name, DATASETS))
    how = {OWN_SOUNDS: clip_seconds, OWN_TEXTS: columns}.get(name, image_size)
    dataset: DataSet = DATASETS[name].load(data, how, report)
    return dataset


def counted(name: str, data: str | None, columns: TextColumns = RECOGNIZED) -> Counts:
    """Numbers of images of a data set, without reading any. Raises DataError if there are none.

    columns: of a user's table of texts.
    """
    spec = DATASETS[name]
    if spec.counts is None or spec.classes is None:
        assert spec.own_files is not None
        found: Counts = spec.own_files.counted(*_files(name, data, columns))
        return found
    return images_counted(*spec.counts, spec.classes, spec.validation_count)


def has_object_masks(name: str, data: str | None, columns: TextColumns = RECOGNIZED) -> bool:
    """Whether images of a data set come with masks or boxes of the object, without reading a picture.

    columns: as of `counted`. Raises DataError if the user's files cannot be opened.
    """
    spec = DATASETS[name]
    if spec.object_masks is not None:
        return spec.object_masks
    assert spec.own_files is not None
    assert spec.own_files.masked is not None
    return bool(data) and bool(spec.own_files.masked(*_files(name, data, columns)))


def warnings_of(name: str, data: str, columns: TextColumns = RECOGNIZED) -> tuple[str, ...]:
    """What is left out of a user's files that a run can use, a sentence each. Raises DataError.

    columns: as of `counted`.
    """
    own = DATASETS[name].own_files
    return tuple(own.warned(*_files(name, data, columns))) if own and own.warned else ()


def fingerprint(name: str, data: str | None) -> str:
    """A hash of the content of a user's files; "" for data sets that never change."""
    own = DATASETS[name].own_files
    return str(own.fingerprint(Path(expanduser(data)))) if own and data else ""


def _files(name: str, data: str | None, columns: TextColumns) -> tuple[str | TextColumns | None, ...]:
    """A user's files, and how they are read where that matters."""
    return (data, columns) if name == OWN_TEXTS else (data,)
