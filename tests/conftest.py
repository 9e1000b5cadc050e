"""What many tests need: a data set that is learnt in seconds, and a run small enough to repeat."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from kdviz.config import RunConfig, make_config
from kdviz.jobs import choose_kernels, execute, submit
from kdviz.jobs.surveys import SURVEY_THREAD
from kdviz.store import Store
from tests.crashes import Crashes
from tests.patience import PATIENCE_S
from tests.small_runs import SmallRun, copied, made_once, train

torch.set_num_threads(1)
choose_kernels()


def pytest_addoption(parser):
    parser.addoption("--write-golden", action="store_true", help="write tests/trainer/golden/runs.json again")


def pytest_configure(config):
    config.pluginmanager.register(Crashes())
    # A session in the background of a shell inherits a SIGINT that is ignored, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """Decoded images never reach the person's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session", autouse=True)
def _background_jobs_end():
    """An interpreter that exits while a thread computes in PyTorch is aborted."""
    yield
    for thread in threading.enumerate():
        if thread.name == SURVEY_THREAD:
            thread.join(timeout=PATIENCE_S)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    """A folder of this session, the same in each of its processes."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def tiny_folder(shared_folder) -> Path:
    """Two classes of 60 PNGs of 16x16: a bright square in the upper half, or in the lower half."""
    return made_once(shared_folder / "pictures", write_pictures)


def write_pictures(folder: Path) -> None:
    random = np.random.default_rng(0)
    for name, rows in (("above", (0, 8)), ("below", (8, 16))):
        (folder / name).mkdir(parents=True)
        for number in range(60):
            picture = random.integers(0, 80, (16, 16, 3), dtype=np.uint8)
            top, left = random.integers(rows[0], rows[1] - 4), random.integers(0, 12)
            picture[top : top + 5, left : left + 5] = 230
            Image.fromarray(picture).save(folder / name / f"{number}.png")


@pytest.fixture(scope="session")
def tiny_config(tiny_folder):
    """A maker of configs for runs of about a second; keywords change single settings."""

    def make(**values: Any) -> RunConfig:
        tiny = {
            "dataset": "folder",
            "data": str(tiny_folder),
            "image_size": 16,
            "teacher": "resnet8-lite",
            "teacher_width": 0.5,
            "teacher_epochs": 2,
            "student": "resnet8-lite",
            "student_width": 0.25,
            "epochs": 3,
            "batch_size": 16,
            "train_count": 64,
            "explanation_weight": 3.0,
            "device": "cpu",
        }
        return make_config({**tiny, **values})

    return make


@pytest.fixture(scope="session")
def train_tiny(tiny_config):
    """Trains a tiny run in a store, with a planted cue and all arms but scratch; returns its id."""

    def train(store: Store, **values: Any) -> str:
        tiny = {"cue": "hue-patch", "epochs": 2, "train_count": 48, "arms": ("student", "twin", "placebo")}
        run_id = submit(store, tiny_config(**{**tiny, **values}), foreground=True)
        assert execute(store, run_id).state == "finished"
        return run_id

    return train


@pytest.fixture(scope="session")
def whole(tiny_config, tmp_path_factory) -> tuple[Store, str, Path]:
    """A store with a tiny run that nothing disturbed, its id, and its exported file beside it."""
    folder = tmp_path_factory.mktemp("whole")
    store = Store(folder / "runs")
    run_id = submit(store, tiny_config(arms=("student",)), foreground=True)
    execute(store, run_id)
    return store, run_id, store.export(run_id, folder / "run.zip")


@pytest.fixture(scope="session")
def small_run(shared_folder, tiny_config, tmp_path_factory) -> SmallRun:
    """A maker of copies of a finished run on a data set: it is trained once in a session."""

    def copy(dataset: str) -> tuple[Store, str]:
        settings = tiny_config().model_dump() if dataset == "folder" else {"dataset": dataset}
        made = made_once(shared_folder / f"run-on-{dataset}", lambda folder: train(folder, settings))
        return copied(made, tmp_path_factory.mktemp(dataset) / "runs")

    return copy
