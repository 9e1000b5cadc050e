"""Spoken words that are packaged with kdviz, decoded once per process."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.datasets.folder import decoding_threads
from kdviz.datasets.packaged_jpegs import Arrays, Files, open_packaged, reported
from kdviz.datasets.sound_split import sound_split
from kdviz.datasets.split import DataSet, Split
from kdviz.progress import Report
from kdviz.sound import loud_cells


def load_speech_commands_mini(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Ten spoken words, a second each. No speaker is in two splits. A clip's object is its loud part."""
    return reported(_read, "speech-commands-mini", report)


@lru_cache
def _read(name: str) -> DataSet:
    return open_packaged(name, _decoded)


def _decoded(files: Files, labels: Tensor, arrays: Arrays) -> Split:
    with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-decode") as threads:
        sounds = torch.from_numpy(np.stack(list(threads.map(_samples, files))))
    split = sound_split(sounds, labels)
    return replace(split, object_masks=loud_cells(split.images))


def _samples(file: NDArray[np.uint8]) -> NDArray[np.int16]:
    import soundfile  # slow to import

    samples: NDArray[np.int16] = soundfile.read(io.BytesIO(file.tobytes()), dtype="int16")[0]
    return samples
