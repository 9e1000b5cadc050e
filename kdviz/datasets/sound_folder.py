"""A user's own sounds, decoded in threads; files that cannot be heard are listed and skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from os.path import expanduser
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from kdviz.cache import Cache
from kdviz.clip_seconds import frames_in
from kdviz.datasets.counts import Counts, counts_by_split
from kdviz.datasets.file_source import FileSource, printable
from kdviz.datasets.folder import decoding_threads, first_names, split_places, were
from kdviz.datasets.layout import Layout
from kdviz.datasets.memory import gigabytes, machine_memory_bytes
from kdviz.datasets.opening import NO_SOUNDS, fingerprint, opened
from kdviz.datasets.sound_file import FORMATS, MAX_SOUND_MB, sound
from kdviz.datasets.sound_layout import COLUMNS, sound_layout
from kdviz.datasets.sound_split import sound_split
from kdviz.datasets.split import DataSet
from kdviz.errors import DataError
from kdviz.progress import Message, Report
from kdviz.sound import BANDS, HOP, frames

_AT_ONCE = 48

_LOADED: Cache[DataSet] = Cache(1)


@dataclass(frozen=True)
class _Decoded:
    """Sounds, int16 (N, samples), and their indices in a layout. cut: number of longer ones.

    skipped: names of files that cannot be heard. reason: of the first.
    """

    sounds: Tensor
    readable: list[int]
    cut: int
    skipped: list[str]
    reason: str


def load_audio_folder(data: str | None, clip_seconds: float, report: Report) -> DataSet:
    """The sounds in `data`, as many seconds of each. Raises DataError.

    Files that cannot be heard are left out, and named in the notes.
    """
    path = given_path(data)
    report(Message("Reading sounds"), 0.0)
    key = (str(path), sounds_fingerprint(path), clip_seconds)
    dataset = _LOADED.get(key, lambda: _read(data, clip_seconds, report))
    report(Message("Reading sounds"), 1.0)
    return dataset


def sounds_counted(data: str | None) -> Counts:
    """Numbers of sounds by split, without decoding any. Raises DataError."""
    with opened_sounds(data) as (_source, layout):
        pass
    return counts_by_split(layout.splits, layout.labels, len(layout.classes))


def sounds_fingerprint(path: Path) -> str:
    """A hash of the content of a folder or zip, or of a CSV with its sounds; "" if it does not exist."""
    return fingerprint(path, COLUMNS)


def given_path(data: str | None) -> Path:
    """The path of a user's sounds. Raises DataError if there is none."""
    if not data:
        raise DataError(NO_SOUNDS)
    return Path(expanduser(data))


@contextmanager
def opened_sounds(data: str | None) -> Iterator[tuple[FileSource, Layout]]:
    """The files of a user's sounds with their classes. Raises DataError."""
    path = given_path(data)
    with opened(path, COLUMNS) as source:
        yield source, sound_layout(source, path)


def content_of(source: FileSource, name: str) -> bytes:
    """A file, or what shows that it is too large. Raises DataError if it cannot be opened."""
    try:
        with source.open(name) as file:
            return file.read((MAX_SOUND_MB << 20) + 1)
    except Exception:  # a damaged zip can raise anything
        raise DataError("sound: it cannot be opened.") from None


def _read(data: str | None, clip_seconds: float, report: Report) -> DataSet:
    samples = frames_in(clip_seconds) * HOP
    with opened_sounds(data) as (source, layout):
        _check_memory(len(layout.names), samples)
        decoded = _decoded(source, layout.names, samples, report)
    if not decoded.readable:
        raise DataError(
            f"data: none of the {len(layout.names):,} files is a sound that can be heard (first: "
            f"{decoded.skipped[0]!r}: {decoded.reason}). These can be read: {', '.join(FORMATS)}."
        )
    labels = np.array(layout.labels, dtype=np.int64)[decoded.readable]
    splits = None if layout.splits is None else np.array(layout.splits)[decoded.readable]
    places = split_places(layout.classes, labels, splits, noun="sound")
    tested = set(labels[places["test"]].tolist())
    everything = sound_split(decoded.sounds, torch.from_numpy(labels))
    return DataSet(
        name="audio-folder",
        classes=layout.classes,
        flips=True,
        notes=(
            *layout.notes,
            *_notes(layout.classes, decoded, clip_seconds, tested),
        ),
        **{split: everything.take(of_split) for split, of_split in places.items()},
    )


def _check_memory(count: int, samples: int) -> None:
    """Raises DataError for more sounds than the memory holds, as a whole and by split."""
    each = 2 * samples + BANDS * frames(samples)
    needed, there = 2 * count * each, machine_memory_bytes()
    if needed > there:
        raise DataError(
            f"data: {count:,} sounds take {gigabytes(needed)} of memory, this machine has "
            f"{gigabytes(there)}. Give fewer, or choose a smaller clip_seconds."
        )


def _decoded(source: FileSource, names: Sequence[str], samples: int, report: Report) -> _Decoded:
    sounds, readable, reasons, cut = [], [], {}, 0

    def heard(name: str) -> tuple[Tensor, bool] | str:
        return _heard(source, name, samples)

    with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-decode") as threads:
        for start in range(0, len(names), _AT_ONCE):
            what = Message("Reading sounds: {done} of {count}", {"done": start, "count": len(names)})
            report(what, start / len(names))
            for index, found in enumerate(threads.map(heard, names[start : start + _AT_ONCE]), start):
                if isinstance(found, str):
                    reasons[printable(names[index])] = found
                    continue
                sounds.append(found[0])
                readable.append(index)
                cut += found[1]
    together = torch.stack(sounds) if sounds else torch.empty(0, samples, dtype=torch.int16)
    return _Decoded(together, readable, cut, list(reasons), next(iter(reasons.values()), ""))


def _heard(source: FileSource, name: str, samples: int) -> tuple[Tensor, bool] | str:
    """A clip of a sound, and whether it is longer; or why it cannot be heard."""
    try:
        return sound(content_of(source, name), samples)
    except DataError as error:
        return str(error).partition(": ")[2].partition(". ")[0].rstrip(".")


def _notes(classes: Sequence[str], decoded: _Decoded, clip_seconds: float, tested: set[int]) -> list[str]:
    notes, heard = [], len(decoded.readable)
    if decoded.skipped:
        names = first_names(decoded.skipped)
        notes.append(f"{were(len(decoded.skipped), 'file')} skipped: {names} (the first: {decoded.reason}).")
    if decoded.cut:
        notes.append(
            f"Only the loudest {clip_seconds:g} s are heard of {decoded.cut:,} of {heard:,} sounds: they are "
            "longer."
        )
    if untested := [name for label, name in enumerate(classes) if label not in tested]:
        notes.append(f"Classes without test sounds: {first_names(untested)}.")
    return notes
