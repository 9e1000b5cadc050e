"""The results that come with the package: what the file holds, and that it is read as the store reads."""

import math
from dataclasses import replace

import pytest

from kdviz.config import make_config, stored_settings
from kdviz.store import Store, grouped, to_plain
from kdviz.store.archive import JSON_FILES
from kdviz.store.packaged_runs import (
    PACKAGED_RUNS,
    is_packaged,
    packaged_runs,
    read_packaged_runs,
    save_packaged_runs,
)
from kdviz.types import Measured
from tests.study.made import Trainer, results

RUNS = list(packaged_runs().runs.values())


@pytest.fixture
def finished(store):
    """A finished run with a NaN among its curves and its results."""
    config = make_config({"dataset": "shapes", "arms": ["student", "twin", "placebo"]})
    run_id = store.create(config.model_dump(mode="json"), key=config.key, name="Mine")
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"kd": 0.5, "agreement": math.nan}))
    store.add_metrics(run_id, Measured("students", 2.0, "student", {"kd": 1 / 3}))
    return Trainer(results)(store, run_id)


def test_what_is_read_is_what_the_store_reads(store, finished, tmp_path):
    """NaN included, which `repr` shows and `==` does not."""
    metrics = store.metrics(finished.id)
    save_packaged_runs(tmp_path / "runs.json.gz", {"cores": 2}, [(finished, metrics)])
    found = read_packaged_runs(tmp_path / "runs.json.gz")
    (run,) = found.runs.values()
    assert repr(run) == repr(replace(finished, record=replace(finished.record, id=run.id)))
    assert repr(found.measured[run.id]) == repr(tuple(grouped(metrics)))
    assert list(found.runs) == [finished.config.key]
    assert found.maker == {"cores": 2}


def test_equal_content_gives_equal_bytes(store, finished, tmp_path):
    for name in ("first", "second"):
        save_packaged_runs(tmp_path / name, {}, [(finished, ())])
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_its_id_is_that_of_no_store(store, finished, tmp_path):
    save_packaged_runs(tmp_path / "runs.json.gz", {}, [(finished, ())])
    (run,) = read_packaged_runs(tmp_path / "runs.json.gz").runs.values()
    assert is_packaged(run.id)
    assert not is_packaged(finished.id)
    assert run.id.endswith(finished.id)


def test_the_file_is_small_enough_and_names_its_machine():
    assert PACKAGED_RUNS.stat().st_size <= 1_000_000
    maker = packaged_runs().maker
    assert maker["processor"]
    assert maker["cores"] >= 1
    assert maker["versions"]["kdviz"]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.id)
def test_each_run_has_results_of_all_its_arms_and_settings_of_today(run):
    """A changed default or field leaves the file with runs that answer nothing: make it again."""
    assert (run.state, is_packaged(run.id), run.record.progress.seconds > 0) == ("finished", True, True)
    assert set(run.results) == set(run.config.all_arms)
    JSON_FILES["results.json"].validate_python(to_plain(run.results))
    settings = run.config.model_dump(mode="json")
    assert stored_settings(settings) == settings
    assert make_config(settings).key == run.record.config_key


def test_they_are_in_no_runs_directory(store: Store):
    assert store.runs(include_deleted=True) == []
