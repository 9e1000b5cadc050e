"""Runs that earlier versions wrote are read figure by figure; golden/README.md says which is which."""

import csv
import io
import json
import math
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.comparison import explain_test_image
from kdviz.comparison.test_set.survey import survey_from_arrays
from kdviz.config import make_config
from kdviz.errors import StoreError
from kdviz.jobs import execute, import_run, resume
from kdviz.store import Run, Store, to_plain

GOLDEN = Path(__file__).with_name("golden")
FIVE = ("cosine", "pearson", "spearman", "ssim", "top-20-iou")
SIX = (*FIVE, "pointing")
COMMON = ("student", "twin", "placebo", "scratch")

# By export: the arms and measures that its figures have, and some of the figures, read off its results.json.
EXPORTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, float]]] = {
    "export-five-measures": (COMMON, FIVE, {
        "teacher/test_accuracy": 0.6875,
        "student/test_accuracy": 0.5,
        "student/agreement/cosine/corrected": 0.1762431784079506,
        "student/untrained_agreement/cosine/raw": 0.08500422785080441,
    }),
    "export-with-weights": (("student",), FIVE, {
        "teacher/test_accuracy": 0.435,
        "student/test_accuracy": 0.138,
        "student/agreement/cosine/corrected": 0.039021456631997395,
        "student/untrained_agreement/cosine/raw": 0.008495286828524892,
    }),
    "export-calibration": (COMMON, FIVE, {
        "student/calibration_error": 0.40483063241378936,
        "student/agreement/cosine/corrected": 0.1762431784079506,
    }),
    "export-mistake": (COMMON, SIX, {
        "student/calibration_error": 0.3557361532518422,
        "student/agreement/cosine/corrected": 0.1524003680012872,
        "student/untrained_agreement/cosine/raw": 0.06582671704018724,
    }),
    "export-same-answer": (("student", "twin", "placebo", "same-answer", "scratch"), SIX, {
        "student/calibration_error": 0.40440452393952575,
        "student/agreement/cosine/corrected": 0.0831139410453098,
        "student/untrained_agreement/cosine/raw": 0.05332327364753056,
    }),
}  # fmt: skip
WITH_SURVEY = ("export-five-measures", "export-calibration", "export-mistake", "export-same-answer")
FINISHED, INTERRUPTED = "finished run", "interrupted run"
ALL = ("student", "twin", "placebo", "same-answer", "scratch")
ARMS_OF = {"runs-schema-1": COMMON, "runs-schema-2": ALL, "runs-schema-3": ALL}


# --- exports ------------------------------------------------------------------------------------


@pytest.fixture(params=EXPORTS)
def name(request) -> str:
    return request.param


@pytest.fixture
def imported(store, name) -> Run:
    return store.run(import_run(store, GOLDEN / f"{name}.zip"))


def member(name: str, path: str) -> Any:
    """What a golden export holds, read without kdviz."""
    with zipfile.ZipFile(GOLDEN / f"{name}.zip") as packed:
        content = packed.read(path)
    return json.loads(content) if path.endswith(".json") else content


def flat(figures: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure by its place, undefined ones as NaN."""
    if isinstance(figures, Mapping):
        for key, value in figures.items():
            yield from flat(value, f"{place}/{key}" if place else key)
    else:
        yield place, math.nan if figures is None else figures


def exact(figures: Mapping[Any, Any]) -> dict[Any, str]:
    """By repr: every bit counts, and NaN is equal to itself."""
    return {place: repr(value) for place, value in figures.items()}


def defined(figures: Mapping[Any, Any]) -> dict[str, Any]:
    """By place; what is undefined is left out."""
    return {place: value for place, value in flat(figures) if value == value}


def figures_of(run: Run) -> dict[str, Any]:
    return defined(to_plain(run.results))


def settings_as_stored(run: Run, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The run's settings, those that the file holds."""
    settings = run.config.model_dump(mode="json")
    return {name: getattr(run.config, name) if name not in settings else settings[name] for name in stored}


def test_every_figure_is_read_to_the_last_bit(imported, name):
    arms, measures, some = EXPORTS[name]
    figures = figures_of(imported)
    assert exact(figures) == exact(defined(member(name, "results.json")))
    assert {place: figures[place] for place in some} == some
    assert {place.partition("/")[0] for place in figures} == {"teacher", *arms}
    assert (
        tuple(dict.fromkeys(place.split("/")[2] for place in figures if "student/agreement/" in place))
        == measures
    )


def test_its_settings_are_what_they_were(imported, name):
    stored = member(name, "config.json")
    assert settings_as_stored(imported, stored) == stored
    assert imported.record.config_key == member(name, "run.json")["config_key"]
    assert imported.config.mistake == ("kl-mean" if name == "export-mistake" else "none")


def test_a_run_without_files_of_its_own_still_has_its_key(store):
    run = store.run(import_run(store, GOLDEN / "export-with-weights.zip"))
    assert make_config(run.config.model_dump()).key == run.record.config_key == "360a1eb947cec9fd"


def test_its_record_is_what_it_was(imported, name):
    written = member(name, "run.json")
    assert (imported.id, imported.state, imported.record.origin) == (written["id"], "finished", written["id"])
    assert (imported.record.note, list(imported.record.tags), imported.record.pinned) == (
        written["note"],
        written["tags"],
        written["pinned"],
    )
    times = ("created", "started", "updated", "finished")
    assert [getattr(imported.record, time) for time in times] == [written[time] for time in times]
    assert imported.record.progress.seconds == written["seconds"]


def test_its_curves_are_what_they_were(store, imported, name):
    rows = list(csv.DictReader(io.StringIO(member(name, "metrics.csv").decode(), newline="")))
    expected = {
        " ".join((row["stage"], row["epoch"], row["arm"], row["measure"])): float(row["value"] or "nan")
        for row in rows
    }
    found = {f"{m.stage} {m.epoch} {m.arm} {m.measure}": m.value for m in store.metrics(imported.id)}
    assert len(expected) == len(rows) > 80
    assert exact(found) == exact(expected)


def test_its_maps_notes_and_card_are_read(store, imported, name):
    last = store.probe_epochs(imported.id)[-1]
    with np.load(io.BytesIO(member(name, f"probe/epoch-{last:04}.npz"))) as arrays:
        probe = store.probe(imported.id, last)
        np.testing.assert_array_equal(probe.maps["student"], arrays["map student"])
        np.testing.assert_array_equal(probe.indices, arrays["indices"])
    skipped = [] if name == "export-with-weights" else ["1 broken file was skipped: above/broken.png."]
    assert store.notes(imported.id) == skipped
    assert store.card(imported.id) == member(name, "card.json")


@pytest.mark.parametrize("name", WITH_SURVEY, indirect=True)
def test_its_survey_is_read_with_the_measures_that_it_has(store, imported, name):
    arms, measures, _ = EXPORTS[name]
    survey = survey_from_arrays(store.survey(imported.id, "grad-cam"))
    with np.load(io.BytesIO(member(name, "surveys/grad-cam.npz"))) as arrays:
        for row, measure in enumerate(measures):
            np.testing.assert_array_equal(survey.scores["twin"][measure].raw, arrays["raw twin"][row])
    assert (tuple(survey.scores), tuple(survey.scores["twin"])) == (arms, measures)
    assert set(survey.localization) == ({"cue"} if measures == SIX else set())


def test_an_export_of_before_runs_could_be_imported_is_refused_in_one_line(store):
    path = GOLDEN / "export-without-record.zip"
    with pytest.raises(StoreError) as caught:
        import_run(store, path)
    assert str(caught.value) == (f"import: {str(path)!r} was refused: run.json is missing.")
    assert store.runs(include_deleted=True) == []


@pytest.mark.slow
def test_old_weights_answer_as_they_did(store):
    """Expected is what the version that trained them answered."""
    row = explain_test_image(store, import_run(store, GOLDEN / "export-with-weights.zip"), 3)
    answers = {arm: row.classes[view.predicted] for arm, view in row.arms.items()}
    assert answers == {"teacher": "circle", "student": "square"}
    sure = {arm: float(view.probabilities.max()) for arm, view in row.arms.items()}
    assert sure == pytest.approx({"teacher": 0.3037267327, "student": 0.2070463449}, abs=1e-4)
    assert row.arms["student"].scores["cosine"] == pytest.approx(0.5650421271, abs=1e-3)


# --- runs directories ---------------------------------------------------------------------------


@pytest.fixture(params=ARMS_OF)
def directory(request, tmp_path) -> Path:
    """A runs directory of that version: a finished run, one that was interrupted, and the latter's teacher."""
    for part in ("", "-state"):
        with zipfile.ZipFile(GOLDEN / f"{request.param}{part}.zip") as packed:
            packed.extractall(tmp_path / request.param)
    return tmp_path / request.param


def rows(directory: Path) -> dict[str, Any]:
    """The runs by name, as the database holds them."""
    connection = sqlite3.connect(directory / "kdviz.sqlite")
    connection.row_factory = sqlite3.Row
    found = {row["name"]: dict(row) for row in connection.execute("SELECT * FROM runs")}
    found["version"] = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return found


def test_an_old_runs_directory_is_opened_with_all_that_is_in_it(directory):
    written = rows(directory)
    assert written["version"] == int(directory.name[-1])
    store = Store(directory)
    interrupted, finished = store.runs()
    assert (interrupted.record.name, interrupted.state) == (INTERRUPTED, "interrupted")
    assert (finished.record.name, finished.state) == (FINISHED, "finished")
    for run in (interrupted, finished):
        row = written[run.record.name]
        assert (run.id, run.record.config_key, run.record.created) == (
            row["id"],
            row["config_key"],
            row["created"],
        )
        stored = json.loads(row["config"])
        assert settings_as_stored(run, stored) == stored
    figures = figures_of(finished)
    assert exact(figures) == exact(defined(json.loads(written[FINISHED]["results"])))
    assert {place.partition("/")[0] for place in figures} == {"teacher", *ARMS_OF[directory.name]}
    assert store.probe_epochs(finished.id) == [0, 1, 2]
    assert interrupted.results is None


def test_runs_of_before_visitors_belong_to_nobody_and_those_of_one_to_them(directory):
    knows = directory.name == "runs-schema-3"
    found = {run.record.name: (run.record.owner, run.record.shared) for run in Store(directory).runs()}
    assert found == {INTERRUPTED: ("0123456789abcdef" if knows else "", False), FINISHED: ("", knows)}


@pytest.mark.slow
def test_a_run_that_an_old_version_began_is_finished(directory):
    store = Store(directory)
    run_id = next(run.id for run in store.runs() if run.record.name == INTERRUPTED)
    assert make_config(store.run(run_id).config.model_dump()).key == store.run(run_id).record.config_key
    before = {metric[1:5]: metric.value for metric in store.metrics(run_id)}
    assert max(epoch for _, epoch, *_ in before) == 1.0
    resume(store, run_id, foreground=True)
    ended = execute(store, run_id)
    assert (ended.state, ended.record.message, ended.record.progress.epoch) == ("finished", "", 2.0)
    after = {metric[1:5]: metric.value for metric in store.metrics(run_id)}
    learnt = {
        key: value for key, value in before.items() if key[1] > 0
    }  # at 0 the teacher is looked at again
    assert exact({key: after[key] for key in learnt}) == exact(learnt)
    assert ("students", 2.0, "student", "agreement") in after
    assert store.probe_epochs(run_id) == [0, 1, 2]
    assert {"teacher/test_accuracy", "student/test_accuracy"} <= set(figures_of(ended))
