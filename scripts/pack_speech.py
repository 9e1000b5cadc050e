"""Pack the data set `speech-commands-mini` as it is shipped.

    PYTHONPATH=. python scripts/pack_speech.py SPEECH

SPEECH: a folder with LICENSE and one folder of clips for each word, of one second in Ogg Opus, whose names
begin with the speaker: "893705bb_nohash_0.ogg". The clips are stored byte for byte; the same folder gives the
same bytes.

A speaker is in one split, by a hash of the name, as in the original data set.
"""

from __future__ import annotations

import shutil
import sys
from hashlib import sha1
from pathlib import Path

import numpy as np

from kdviz.datasets.packaged_jpegs import PACKAGED, packaged_file
from kdviz.datasets.split import SPLITS

WORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
CLIPS = {"train": 80, "validation": 20, "test": 40}
"""Clips of each word."""

_TEST, _VALIDATION = 30, 45
"""Speakers whose hash in percent is below are in the test split, or else in the validation split."""


def pack(folder: Path) -> None:
    """Write the clips and their licence."""
    clips = [(path, split) for split in SPLITS for word in WORDS for path in _of_word(folder / word, split)]
    content = [np.frombuffer(path.read_bytes(), np.uint8) for path, _ in clips]
    np.savez(
        packaged_file("speech-commands-mini"),
        content=np.concatenate(content),
        ends=np.cumsum([len(each) for each in content]),
        names=np.array([f"{path.parent.name}/{path.name}" for path, _ in clips]),
        labels=np.array([WORDS.index(path.parent.name) for path, _ in clips], np.uint8),
        splits=np.array([SPLITS.index(split) for _, split in clips], np.uint8),
        classes=np.array(WORDS),
    )
    shutil.copyfile(folder / "LICENSE", PACKAGED / "SPEECH_COMMANDS_LICENSE")


def _of_word(folder: Path, split: str) -> list[Path]:
    """The clips of a word in a split."""
    files = [path for path in sorted(folder.glob("*.ogg")) if _split(path) == split]
    if len(files) < CLIPS[split]:
        raise SystemExit(f"{folder.name}: {len(files)} clips for {split}, {CLIPS[split]} are needed.")
    return files[: CLIPS[split]]


def _split(path: Path) -> str:
    speaker = path.name.partition("_")[0]
    share = int(sha1(speaker.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    return "test" if share < _TEST else "validation" if share < _VALIDATION else "train"


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
