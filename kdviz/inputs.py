"""The inputs of a run, loaded and prepared from its configuration."""

from __future__ import annotations

from kdviz.config import RunConfig
from kdviz.datasets import (
    DataSet,
    RunData,
    Split,
    balanced_subset,
    load,
    prepare,
    with_samples,
    with_spelling,
)
from kdviz.models import PRETRAINED
from kdviz.progress import Report
from kdviz.types import WITH_SAMPLES


def load_dataset(config: RunConfig, report: Report) -> DataSet:
    """The data set of a run. Raises DataError.

    Of texts with their spelling, and of sounds with their samples, where a network needs them.
    """
    data = load(
        config.dataset,
        data=config.data,
        image_size=config.image_size,
        clip_seconds=config.clip_seconds,
        columns=config.columns,
        report=report,
    )
    if config.input_shape[0] == WITH_SAMPLES:
        return with_samples(data)
    return with_spelling(data) if config.teacher == PRETRAINED else data


def prepare_data(config: RunConfig, dataset: DataSet) -> RunData:
    """The data of a run: training, validation and test images, with the cue planted."""
    return prepare(
        dataset,
        cue=config.cue,
        cue_strength=config.cue_strength,
        train_count=config.train_count,
        seed=config.seed,
    )


def images_to_mark(config: RunConfig, dataset: DataSet) -> Split:
    """The student's training images without a cue, which marks are for.

    In the order of `RunData.student_train`, which shows them with the cue.
    """
    return balanced_subset(dataset.train, config.train_count, seed=config.seed)
