"""Whether maps of spoken words are at the time of the word, measured at the end of a run on sounds."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from kdviz.datasets import Split
from kdviz.faithfulness import over_time, time_figures
from kdviz.trainer.setup import TrainingSetup
from kdviz.types import TimeFigures


def words_are_timed(setup: TrainingSetup, clips: Split) -> bool:
    """Whether it is known when the word of each clip is heard, without a tone that may be heard with it."""
    return setup.modality.name == "audio" and clips.object_masks is not None and clips.cue_masks is None


def word_times(setup: TrainingSetup, clips: Split, maps: Mapping[str, Tensor]) -> dict[str, TimeFigures]:
    """Figures of maps (n, bands, frames) of the first clips, by explainer. Empty if words are not timed."""
    if not words_are_timed(setup, clips):
        return {}
    assert clips.object_masks is not None
    spoken = clips.object_masks.any(1)
    return {name: time_figures(over_time(each), spoken[: len(each)]) for name, each in maps.items()}
