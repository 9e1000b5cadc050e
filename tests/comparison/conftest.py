"""One finished run of a second, with a planted cue and all arms but scratch."""

import pytest

from kdviz.config import make_config
from kdviz.jobs import execute, submit
from kdviz.store import Store


@pytest.fixture(scope="session")
def finished(tiny_folder, tmp_path_factory):
    """The store and the id of the run."""
    store = Store(tmp_path_factory.mktemp("comparison") / "runs")
    config = make_config(
        {
            "dataset": "folder",
            "data": str(tiny_folder),
            "image_size": 16,
            "cue": "hue-patch",
            "teacher": "resnet8-lite",
            "teacher_width": 0.5,
            "teacher_epochs": 2,
            "student": "resnet8-lite",
            "student_width": 0.25,
            "epochs": 2,
            "batch_size": 16,
            "train_count": 48,
            "arms": ("student", "twin", "placebo"),
            "device": "cpu",
        }
    )
    run_id = submit(store, config, foreground=True)
    assert execute(store, run_id).state == "finished"
    return store, run_id
