"""The app on a runs directory of its own, without a worker; and runs in each state."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from kdviz.jobs import submit
from kdviz.store import Progress, Store
from kdviz.store.packaged_runs import PackagedRuns, packaged_runs
from kdviz.study import queueing
from kdviz.types import Measured, ProbeExplained
from kdviz.ui.explain import checks
from kdviz.ui.frame import server as engine
from kdviz.ui.runs import run_selection
from tests.patience import PATIENCE_S

APP = Path(__file__).parents[2] / "router.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """No worker takes a test's runs, nothing is computed ahead or packaged, paths may be named, and no test sees another's caches."""
    monkeypatch.setattr(engine, "prepare_process", lambda: None)
    monkeypatch.setattr(engine, "ensure_workers", lambda store: [])
    monkeypatch.setattr(engine, "offer_prepared_run", lambda store: None)
    monkeypatch.setattr(run_selection, "still_packed", lambda runs: [])
    monkeypatch.setattr(checks, "check_ahead", lambda store, run, explainer: None)
    monkeypatch.setattr(queueing, "packaged_runs", lambda: PackagedRuns({}, {}, {}))
    monkeypatch.setattr(engine, "visitor_is_local", lambda: True)  # AppTest has no connection to ask
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def _visited(monkeypatch):
    """A server that has had its first visitor. AppTest is a fresh one at each run; tests/browser has that case."""
    begin = PagesManager.__init__

    def begun(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begun)


@pytest.fixture(autouse=True)
def _main_module(monkeypatch):
    """AppTest leaves its page in the place of the main module, which processes that are forked later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def _no_foreign_components(monkeypatch):
    """Each AppTest would read the metadata of all installed packages, for components that kdviz does not use."""
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **how: None)


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(tmp_path / "runs"))
    return Store(tmp_path / "runs")


@pytest.fixture
def app(store) -> AppTest:
    return AppTest.from_file(APP, default_timeout=PATIENCE_S)


@pytest.fixture
def packaged(monkeypatch) -> PackagedRuns:
    """The results that come with kdviz, as on a fresh installation."""
    monkeypatch.setattr(queueing, "packaged_runs", packaged_runs)
    return packaged_runs()


def opened(app: AppTest, page: str, **link: str) -> AppTest:
    """The app on one of its pages, as a link opens it."""
    if page != "home":
        app.switch_page(f"pages/{page}.py")
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def page_text(app: AppTest) -> str:
    """What a page says in running text, messages and subheaders."""
    kinds = (app.markdown, app.caption, app.info, app.error, app.warning, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.fixture
def config(tiny_config):
    return tiny_config(arms=("student", "twin"))


@pytest.fixture
def live_run(store, config) -> str:
    """A run in its second epoch, with numbers and maps; one of the student's maps is undefined."""
    run_id = submit(store, config, foreground=True)
    store.set_progress(run_id, Progress("students", 3, 1.5, 5, 12, seconds=20.0, seconds_left=80.0))
    store.add_metrics(run_id, Measured("teacher", 2.0, "teacher", {"validation_accuracy": 0.9}))
    for epoch in (0.5, 1.0):
        for arm in ("student", "twin"):
            parts = {"ce": 1 / epoch, "kd": 2 / epoch, "explanation": 0.5 if arm == "student" else np.nan}
            store.add_metrics(run_id, Measured("students", epoch, arm, parts))
    for epoch in (0, 1):
        for arm, accuracy, agreement in (("student", 0.6, 0.5), ("twin", 0.5, np.nan)):
            figures = {"validation_accuracy": accuracy, "agreement": agreement, "agreement_low": 0.4}
            figures |= {"agreement_high": 0.6, "explanation_share": 0.25, "dead_map_rate": 0.1}
            store.add_metrics(run_id, Measured("students", float(epoch), arm, figures))
        store.save_probe(run_id, probe(epoch))
    return run_id


def probe(epoch: int) -> ProbeExplained:
    """Two images; the student's map of the first is blank before it has learnt anything."""
    corner = np.zeros((2, 4, 4), np.float32)
    corner[:, 0, 0] = 1
    student = corner * [[[float(epoch)]], [[1.0]]]
    maps = {"teacher": corner, "student": student.astype(np.float32), "twin": corner[:, ::-1]}
    zeros = np.zeros(2, np.int64)
    return ProbeExplained(epoch, np.arange(2), zeros, maps, dict.fromkeys(maps, zeros))


@pytest.fixture(scope="session")
def trained(small_run) -> tuple[Path, str]:
    """A runs directory with one run that was really trained, with a planted cue and a placebo."""
    store, run_id = small_run("folder")
    return store.directory, run_id


@pytest.fixture
def own_copy(trained, tmp_path, monkeypatch) -> Store:
    """A copy of that directory, in which the app is opened: what a test changes there is of no other."""
    directory = tmp_path / "copied"
    shutil.copytree(trained[0], directory)
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return Store(directory)


@pytest.fixture(scope="session")
def two_seeds(trained, train_tiny, tmp_path_factory) -> tuple[Path, str, str]:
    """A copy of that directory, and in it the run with a second seed."""
    directory = tmp_path_factory.mktemp("trained_twice") / "runs"
    shutil.copytree(trained[0], directory)
    return directory, trained[1], train_tiny(Store(directory), teacher_epochs=1, epochs=1, seed=1)


@pytest.fixture(scope="session")
def trained_on_texts(small_run) -> tuple[Path, str]:
    """A runs directory with one run on sentences, with a planted word, a placebo and two surveys."""
    store, run_id = small_run("sentiment")
    return store.directory, run_id


@pytest.fixture(scope="session")
def trained_on_sounds(small_run) -> tuple[Path, str]:
    """A runs directory with one run on spoken words, with a planted tone, a placebo and two surveys."""
    store, run_id = small_run("speech-commands-mini")
    return store.directory, run_id


@pytest.fixture
def sound_run(trained_on_sounds, app, monkeypatch) -> str:
    """The id of a finished run on spoken words, in whose directory the app is opened."""
    directory, run_id = trained_on_sounds
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return run_id


@pytest.fixture
def text_run(trained_on_texts, app, monkeypatch) -> str:
    """The id of a finished run on sentences, in whose directory the app is opened."""
    directory, run_id = trained_on_texts
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return run_id


@pytest.fixture
def trained_twice(two_seeds) -> Iterator[tuple[Path, str, str]]:
    """The same, for a test that leaves no further run in it: other tests would find it there."""
    yield two_seeds
    assert {run.id for run in Store(two_seeds[0]).runs()} == {*two_seeds[1:]}


@pytest.fixture
def finished(trained, app, monkeypatch) -> str:
    """The id of a finished run, in whose directory the app is opened."""
    directory, run_id = trained
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return run_id
