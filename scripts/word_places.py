"""Check where spoken words are said to be: `PYTHONPATH=. python scripts/word_places.py`, seconds.

Prints a Markdown table: how accurate the packaged teacher of spoken words is on whole clips, on their words
alone, on what is beside the words, and on as much of each clip half a clip later. If the word is where it is
said to be, the teacher needs nothing else, and is lost without it. What is hidden sounds like the quiet of
its own clip: each band at its 10 % quantile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import torch
from torch import Tensor

from kdviz.comparison import Snapshots, snapshots
from kdviz.datasets import Split, load
from kdviz.progress import silent
from kdviz.store import Store
from kdviz.store.prepared import PREPARED

_EXAMPLE = PREPARED / "speech-commands-mini.zip"
_QUIET = 0.1


def main() -> None:
    """Print a row for each split that the teacher was not trained on."""
    torch.set_num_threads(1)
    print("| split | clips | word's share | whole clip | word alone | without the word | as much elsewhere |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as directory:
        store = Store(directory)
        run = snapshots(store, store.import_run(_EXAMPLE))
        data = load(run.config.dataset, data=None, image_size=32, report=silent)
        for name, split in (("validation", data.validation), ("test", data.test)):
            assert split.object_masks is not None
            share = float(split.object_masks.float().mean())
            found = " | ".join(f"{each:.3f}" for each in _accuracies(run, split))
            print(f"| {name} | {len(split)} | {share:.3f} | {found} |")


def _accuracies(run: Snapshots, split: Split) -> Iterator[float]:
    assert split.object_masks is not None
    clips, words = split.images, split.object_masks[:, None]
    quiet = clips.float().quantile(_QUIET, dim=-1, keepdim=True).round().byte().expand_as(clips)
    yield _accuracy(run, clips, split.labels)
    for kept in (words, ~words, words.roll(clips.shape[-1] // 2, -1)):
        yield _accuracy(run, torch.where(kept, clips, quiet), split.labels)


@torch.no_grad()
def _accuracy(run: Snapshots, clips: Tensor, labels: Tensor) -> float:
    logits = run.networks["teacher"](run.normalizer.normalize(clips))
    return float((logits.argmax(1) == labels).double().mean())


if __name__ == "__main__":
    main()
