"""How long a user's own sounds are, by their headers, and the length of clips that suits them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from kdviz.cache import Cache
from kdviz.clip_seconds import FRAMES_A_SECOND, fitting_seconds
from kdviz.datasets.folder import decoding_threads, split_places
from kdviz.datasets.sound_file import seconds_of
from kdviz.datasets.sound_folder import content_of, given_path, opened_sounds, sounds_fingerprint
from kdviz.errors import DataError
from kdviz.progress import Message, Report

_AT_ONCE = 48
_FRAME = 1 / FRAMES_A_SECOND

_KNOWN: Cache[SoundLengths] = Cache(8)


@dataclass(frozen=True)
class SoundLengths:
    """Seconds of each sound that can be read. fitting: the length of clips that suits those to train with."""

    seconds: tuple[float, ...]
    fitting: float

    def longer(self, clip: float) -> tuple[float, ...]:
        """The sounds that are cut to clips of this length; a frame more does not count."""
        return tuple(each for each in self.seconds if each > clip + _FRAME)

    def shorter(self, clip: float) -> tuple[float, ...]:
        """The sounds that are padded; a frame less does not count."""
        return tuple(each for each in self.seconds if each < clip - _FRAME)


def sound_lengths(data: str | None, report: Report) -> SoundLengths:
    """The lengths of the sounds in `data`, without decoding them. Raises DataError."""
    path = given_path(data)
    return _KNOWN.get((str(path), sounds_fingerprint(path)), lambda: _read(data, report))


def _read(data: str | None, report: Report) -> SoundLengths:
    seconds: list[float | None] = []
    with opened_sounds(data) as (source, layout):
        names = layout.names

        def length(name: str) -> float | None:
            try:
                return seconds_of(content_of(source, name))
            except DataError:
                return None

        with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-lengths") as threads:
            for start in range(0, len(names), _AT_ONCE):
                message = Message("Measuring sounds: {done} of {count}", {"done": start, "count": len(names)})
                report(message, start / len(names))
                seconds += threads.map(length, names[start : start + _AT_ONCE])
    readable = [number for number, each in enumerate(seconds) if each is not None]
    if not readable:
        raise DataError(f"data: none of the {len(names):,} files is a sound that can be heard. Give others.")
    lengths = [each for each in seconds if each is not None]
    labels = np.array(layout.labels, dtype=np.int64)[readable]
    splits = None if layout.splits is None else np.array(layout.splits)[readable]
    train = split_places(layout.classes, labels, splits, noun="sound")["train"]
    report(Message("Measuring sounds"), 1.0)
    return SoundLengths(tuple(lengths), fitting_seconds([lengths[place] for place in train]))
