"""`python -m kdviz study`: trained once, taken over, interrupted, by two processes at once."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from kdviz.agreement import Verdict
from kdviz.cli import app
from kdviz.store import Store

ROOT = Path(__file__).parents[2]

FIGURES = ["accuracy", "agreement", "agreement_untrained", "fidelity", "fidelity_kl", "calibration_error"]


@pytest.fixture(scope="module")
def file(tiny_folder, tmp_path_factory):
    """Four runs of about a second."""
    file = tmp_path_factory.mktemp("studies") / "tiny.toml"
    file.write_text(f"""
name = "Tiny"
per_image = true

[settings]
dataset = "folder"
data = '{tiny_folder}'
image_size = 16
teacher = "resnet8-lite"
teacher_width = 0.5
teacher_epochs = 1
student = "resnet8-lite"
student_width = 0.25
epochs = 2
batch_size = 16
train_count = 64
device = "cpu"
arms = ["student", "twin"]

[grid]
explanation_weight = [0, 3]
seed = [0, 1]
""")
    return file


@pytest.fixture(autouse=True)
def _same_process(monkeypatch):
    """Commands run in this process must not change its threads and garbage collection."""
    monkeypatch.setattr("kdviz.cli.study.prepare_process", lambda: None)


@pytest.fixture(scope="module")
def finished(file, tmp_path_factory):
    """(runs directory, folder of the tables, what was printed) of a study from its start."""
    runs_dir, out = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kdviz.cli.study.prepare_process", lambda: None)
        return runs_dir, out, called(file, runs_dir, out)


def called(file, runs_dir, out):
    given = ["study", str(file), "--runs-dir", str(runs_dir), "--out", str(out), "--json"]
    return CliRunner().invoke(app, given)


def told(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def process(file, runs_dir, out):
    command = [sys.executable, "-m", "kdviz", "study", str(file), "--runs-dir", str(runs_dir), "--out", str(out), "--json"]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_study_is_trained_and_its_tables_written(finished):
    runs_dir, out, result = finished
    answer = told(result)
    assert {name: answer[name] for name in ("study", "runs", "trained", "failed")} == {
        "study": "Tiny", "runs": 4, "trained": 4, "failed": [],
    }  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == sorted(answer["files"])
    assert len(pd.read_csv(out / "runs.csv")) == 2 * 2 + 2 * 3
    assert {run.record.name.partition(":")[0] for run in Store(runs_dir).runs()} == {"Tiny"}


def test_progress_is_a_line_a_run_where_output_is_kept(finished):
    lines = finished[2].stderr.splitlines()
    assert lines[0] == "Tiny: 4 runs."
    assert lines[1].startswith("1/4 explanation_weight = 0, seed = 0: finished, ")
    assert lines[3].endswith(" left")
    assert lines[4].startswith("4/4 explanation_weight = 3, seed = 1: finished, ")


def test_the_student_at_lambda_zero_is_the_twin_of_every_other(finished):
    """Bit for bit, so one run at λ = 0 serves them all."""
    rows = pd.read_csv(finished[1] / "runs.csv")
    alone = rows[(rows["explanation_weight"] == 0) & (rows["arm"] == "student")].sort_values("seed")
    twins = rows[rows["arm"] == "twin"].sort_values("seed")
    assert alone[FIGURES].notna().all().all()
    assert (alone[FIGURES].to_numpy() == twins[FIGURES].to_numpy()).all()


def test_intervals_cover_images_where_they_were_kept(finished):
    summary = pd.read_csv(finished[1] / "summary.csv")
    of_student = summary[(summary["arm"] == "student") & (summary["explanation_weight"] == 3)].set_index(
        "figure"
    )
    rows = pd.read_csv(finished[1] / "runs.csv")
    student = rows[(rows["arm"] == "student") & (rows["explanation_weight"] == 3)]
    assert of_student.loc["accuracy", "images"] == 24
    assert of_student.loc["calibration_error", "images"] == 0
    for figure in ("accuracy", "fidelity", "agreement"):
        assert of_student.loc[figure, "mean"] == pytest.approx(student[figure].mean(), abs=1e-9)
    assert of_student.loc["accuracy", "less_twin_says"] in set(Verdict)
    rests = of_student.loc["accuracy", ["less_twin_images", "less_twin_seeds"]]
    assert rests.to_list() == [24, 2]
    assert "(n = 24 images, 2 seeds)" in (finished[1] / "summary.md").read_text()


def test_what_is_there_is_taken_over_and_the_tables_come_out_the_same(file, finished, tmp_path):
    runs_dir, out, _ = finished
    assert told(called(file, runs_dir, tmp_path))["trained"] == 0
    for name in ("runs.csv", "summary.csv", "summary.md"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_a_run_that_fails_is_named_and_the_others_are_kept(file, finished, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        file.read_text().replace("train_count = 64", "").replace("[grid]", "[grid]\ntrain_count = [64, 5000]")
    )
    result = called(wrong, finished[0], tmp_path / "out")
    assert result.exit_code == 1
    answer = json.loads(result.stdout.splitlines()[-1])
    assert (answer["runs"], len(answer["failed"])) == (8, 4)
    assert "train_count = 5000, explanation_weight = 0, seed = 0: run " in result.stderr
    assert len(pd.read_csv(tmp_path / "out" / "runs.csv")) == 10


def test_a_wrong_file_is_one_line_and_nothing_is_made(file, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(file.read_text().replace("seed =", "sede ="))
    result = called(wrong, tmp_path / "runs", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith("wrong.toml: grid: unknown name 'sede'. Did you mean 'seed'?")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_the_study_that_comes_along_for_trying_runs(tmp_path):
    answer = told(called(ROOT / "studies" / "smoke.toml", tmp_path / "runs", tmp_path / "out"))
    assert (answer["runs"], answer["trained"], answer["failed"]) == (4, 4, [])
    summary = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert {"accuracy_intact", "object_share", "cue_share", "calibration_error"} <= set(summary["figure"])
    compared = summary[(summary["arm"] == "student") & (summary["explanation_weight"] == 3)]
    assert compared[["less_twin_says", "less_placebo_says"]].notna().all().all()


@pytest.mark.slow
def test_of_two_processes_one_goes_on_where_the_other_was_interrupted(file, finished, tmp_path):
    outs = [tmp_path / name for name in ("one", "other")]
    first, second = (process(file, tmp_path / "runs", out) for out in outs)
    assert first.stderr is not None
    for line in first.stderr:
        if line.startswith(("1/4", "2/4")):
            first.send_signal(signal.SIGINT)
            break
    _, said = first.communicate()
    answer = json.loads(second.communicate()[0].splitlines()[-1])
    runs = Store(tmp_path / "runs").runs()
    assert first.returncode == 130
    again = f"study {file} --out {outs[0]} --runs-dir {tmp_path / 'runs'}"
    assert said.splitlines()[-1] == f"Interrupted. Resume with: python -m kdviz {again}"
    assert (len(runs), answer["failed"]) == (4, [])
    assert answer["trained"] < 4
    assert sum(run.record.attempt for run in runs) <= 5
    once, twice = (pd.read_csv(out / "summary.csv") for out in (finished[1], outs[1]))
    pd.testing.assert_frame_equal(once, twice)
