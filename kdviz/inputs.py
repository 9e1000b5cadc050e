"""The inputs of a run, loaded and prepared from its configuration."""

from __future__ import annotations

from kdviz.config import RunConfig
from kdviz.datasets import DataSet, RunData, load, prepare
from kdviz.progress import Report


def load_dataset(config: RunConfig, report: Report) -> DataSet:
    """The data set of a run. Raises DataError."""
    return load(config.dataset, data=config.data, image_size=config.image_size, report=report)


def prepare_data(config: RunConfig, dataset: DataSet) -> RunData:
    """The data of a run: training, validation and test images, with the cue planted."""
    return prepare(
        dataset,
        cue=config.cue,
        cue_strength=config.cue_strength,
        train_count=config.train_count,
        seed=config.seed,
    )
