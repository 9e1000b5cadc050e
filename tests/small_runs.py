"""Small runs with a planted cue, one for each kind of input, each trained once in a session of tests."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from kdviz.config import make_config
from kdviz.jobs import execute, start_survey, submit
from kdviz.store import Store
from tests.patience import PATIENCE_S

SmallRun = Callable[[str], tuple[Store, str]]
"""By the name of a data set: a store of the caller's own with the small run on it, and the run's id."""

TINY = {"teacher_epochs": 1, "epochs": 1, "train_count": 64, "batch_size": 16, "device": "cpu"}
SETTINGS: dict[str, dict[str, Any]] = {
    "folder": {"cue": "hue-patch", "train_count": 48},
    "shapes": {"cue": "hue-patch"},
    "sentiment": {"cue": "marker-word"},
    "speech-commands-mini": {"cue": "beep", "teacher_width": 0.5, "student_width": 0.25},
}
EXPLAINERS = ("grad-cam", "integrated-gradients")
SURVEYED = ("shapes", "sentiment", "speech-commands-mini")


def made_once(path: Path, make: Callable[[Path], None]) -> Path:
    """A file or folder that the processes of a session share: the first one that asks makes it."""
    with FileLock(f"{path}.lock"):
        if not path.exists():
            unfinished = path.with_name(f"{path.name}-unfinished")
            make(unfinished)
            unfinished.rename(path)
    return path


def copied(made: Path, directory: Path) -> tuple[Store, str]:
    """A copy of a store that has one run, and its id."""
    shutil.copytree(made, directory)
    store = Store(directory)
    (run,) = store.runs()
    return store, run.id


def train(directory: Path, settings: dict[str, Any], explainers: Sequence[str] = EXPLAINERS) -> None:
    """A run with all arms but scratch and its surveys, in a store of its own. Few test images are graded.

    explainers: of the surveys.
    """
    store = Store(directory)
    arms = ("student", "twin", "placebo")
    config = make_config({**settings, **TINY, "arms": arms, **SETTINGS[settings["dataset"]]})
    run_id = submit(store, config, foreground=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kdviz.trainer.evaluation.HELD_OUT_IMAGES", 8)
        patch.setattr("kdviz.comparison.test_set.surveying.MOST_IMAGES_SLOW", 60)
        assert execute(store, run_id).state == "finished"
        for explainer in explainers if config.dataset in SURVEYED else ():
            assert start_survey(store, run_id, explainer).wait(PATIENCE_S).state == "done"
