"""The command line as a person uses it: what it prints, what it refuses, what survives a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn
from typer.testing import CliRunner

from kdviz.agreement import MEASURES
from kdviz.cli import app
from kdviz.comparison import explain_test_image
from kdviz.config import RunConfig, options
from kdviz.models import build
from kdviz.report import heatmap_row_png, shown_maps
from kdviz.store import Store
from tests.programs import onnx_file

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny(tiny_folder):
    """Options for a run of about a second."""
    return [
        "distill", "--dataset", "folder", "--data", str(tiny_folder), "--image-size", "16",
        "--teacher", "resnet8-lite", "--teacher-width", "0.5", "--teacher-epochs", "1",
        "--student", "resnet8-lite", "--student-width", "0.25", "--epochs", "2",
        "--batch-size", "16", "--train-count", "64", "--explanation-weight", "3", "--device", "cpu",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def run_id(tiny, runs_dir):
    """A finished run with all arms."""
    return printed([*tiny, "--arms", "student,twin,placebo", "--json"], runs_dir)["run"]


@pytest.fixture(params=["zip", "npz", "csv"])
def own_file(request, tiny_folder, tmp_path):
    """The pictures of `tiny_folder` in a file of each kind."""
    pictures = sorted(tiny_folder.rglob("*.png"))
    if request.param == "zip":
        return shutil.make_archive(str(tmp_path / "own"), "zip", tiny_folder)
    if request.param == "csv":
        shutil.copytree(tiny_folder, tmp_path / "own")
        rows = [f"{each.relative_to(tiny_folder).as_posix()},{each.parent.name}" for each in pictures]
        (tmp_path / "own" / "labels.csv").write_text("\n".join(["path,label", *rows]))
        return str(tmp_path / "own" / "labels.csv")
    images = np.stack([np.asarray(Image.open(each)) for each in pictures])
    labels = np.array([each.parent.name == "below" for each in pictures], dtype=np.uint8)
    parts = {"train": slice(0, None, 2), "val": slice(1, None, 4), "test": slice(3, None, 4)}
    arrays = {f"{name}_images": images[part] for name, part in parts.items()}
    arrays |= {f"{name}_labels": labels[part] for name, part in parts.items()}
    np.savez(tmp_path / "own.npz", **arrays)
    return str(tmp_path / "own.npz")


@pytest.fixture(autouse=True)
def _same_process(monkeypatch):
    """Commands run in this process must not change its threads and garbage collection."""
    monkeypatch.setattr("kdviz.cli.training.prepare_process", lambda: None)


def called(arguments, runs_dir=None):
    where = [] if runs_dir is None else ["--runs-dir", str(runs_dir)]
    return CliRunner().invoke(app, [*arguments, *where])


def printed(arguments, runs_dir=None):
    result = called(arguments, runs_dir)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_each_kind_of_own_file_is_trained_on(tiny, own_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    given = [own_file if option == tiny[4] else option for option in tiny]
    given[given.index("--train-count") + 1] = "48"
    run_id = printed([*given, "--epochs", "1", "--json"], tmp_path / "runs")["run"]
    run = Store(tmp_path / "runs").run(run_id)
    assert (run.state, run.config.data) == ("finished", own_file)


def test_a_teachers_file_that_is_overwritten_is_another_teacher(tiny, tmp_path):
    """Same path, size and modification time; and the first one's content at another path is the first one."""
    networks = (
        build("resnet8-lite", classes=2, input_shape=(3, 16, 16), width=0.5, seed=seed) for seed in (1, 2)
    )
    first, second = (
        {name: tensor.contiguous() for name, tensor in network.state_dict().items()} for network in networks
    )
    store, file, copy = Store(tmp_path), tmp_path / "teacher.safetensors", tmp_path / "copy.safetensors"

    def trained(path) -> tuple[str, dict[str, torch.Tensor]]:
        """The key of a run with the teacher in the file, and that teacher."""
        given = ["--teacher-weights", str(path), "--teacher-epochs", "0", "--epochs", "1", "--json"]
        run = store.run(printed([*tiny, *given], tmp_path)["run"])
        return run.record.config_key, store.weights(run.id, "teacher")

    save_file(first, file)
    save_file(first, copy)
    before = file.stat()
    key, teacher = trained(file)
    torch.testing.assert_close(teacher, first, rtol=0, atol=0)
    save_file(second, file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    other_key, other = trained(file)
    torch.testing.assert_close(other, second, rtol=0, atol=0)
    assert other_key != key
    assert trained(copy)[0] == key
    assert len(list((tmp_path / "teachers").iterdir())) == 2


def test_distill_prints_one_json_object_last(tiny, runs_dir, run_id):
    shown = printed(["show", run_id, "--json"], runs_dir)
    assert shown["state"] == "finished"
    arms = shown["arms"]
    assert list(arms) == ["teacher", "student", "twin", "placebo"]
    assert {"parameters", "test_accuracy"} <= arms["teacher"].keys()
    assert {"parameters", "test_accuracy", "explanation_weight", "fidelity", "agreement"} <= arms[
        "twin"
    ].keys()
    assert [arms[arm]["explanation_weight"] for arm in ("student", "twin", "placebo")] == [3.0, 0.0, 3.0]
    assert set(arms["student"]["agreement"]) == set(MEASURES)
    assert {"raw", "chance", "corrected", "low", "high"} <= arms["student"]["agreement"]["cosine"].keys()


def test_two_clean_runs_print_the_same_figures(tiny, tmp_path):
    first, second = (printed([*tiny, "--json"], tmp_path / name) for name in ("a", "b"))
    assert first["arms"] == second["arms"]


def test_runs_lists_ids_and_states(runs_dir, run_id):
    listed = printed(["runs", "--json"], runs_dir)
    assert {"id": run_id, "state": "finished"}.items() <= listed[0].items()
    assert run_id in called(["runs"], runs_dir).stdout


def test_an_empty_runs_directory_prints_how_to_start(tmp_path):
    assert "python -m kdviz distill" in called(["runs"], tmp_path).stdout
    assert printed(["runs", "--json"], tmp_path) == []


def test_explain_scores_every_arm_and_saves_the_maps(runs_dir, run_id, tmp_path):
    out = tmp_path / "row.png"
    row = printed(["explain", run_id, "--image", "3", "--out", str(out), "--json"], runs_dir)
    assert list(row["arms"]) == ["teacher", "student", "twin", "placebo"]
    assert row["target"] == row["arms"]["teacher"]["predicted"]
    store = Store(runs_dir)
    compared, own = (explain_test_image(store, run_id, 3, target=target) for target in ("teacher", "own"))
    assert out.read_bytes() == heatmap_row_png(shown_maps(own, compared))


def test_explain_takes_another_explainer_and_target(runs_dir, run_id):
    arguments = ["explain", run_id, "--explainer", "saliency", "--target", "1", "--json"]
    assert printed(arguments, runs_dir)["target"] == "below"


def test_compare_shows_only_what_differs(tiny, runs_dir, run_id):
    other = printed([*tiny, "--seed", "5", "--json"], runs_dir)["run"]
    different = printed(["compare", run_id, other, "--json"], runs_dir)["different"]
    assert different == {"seed": [0, 5], "arms": [["student", "twin", "placebo"], ["student", "twin"]]}


def test_a_run_goes_on_from_another_and_compare_says_what_changed(runs_dir, run_id, tmp_path):
    child = printed(["distill", "--from", run_id, "--epochs", "1", "--json"], runs_dir)["run"]
    shown = printed(["show", child, "--json"], runs_dir)
    assert (shown["parent"], shown["config"]["parent"]) == (run_id, run_id)
    assert "parent" not in printed(["show", run_id, "--json"], runs_dir)
    (changes,) = printed(["compare", run_id, child, "--json"], runs_dir)["changes"]
    assert (changes["parent"], changes["run"]) == (run_id, child)
    before, after = (Store(runs_dir).run(each).results["student"].accuracy for each in (run_id, child))
    assert changes["accuracy"]["value"] == pytest.approx(after - before)
    assert [row["name"] for row in changes["classes"]] == ["above", "below"]
    told = called(["compare", run_id, child], runs_dir).output
    assert (
        f"{run_id} → {child}, student: {len(changes['mended'])} mended, {len(changes['broken'])} broken"
        in told
    )


def test_compare_takes_up_to_six_runs_and_prints_means_over_seeds(tiny, runs_dir):
    same = [printed([*tiny, "--seed", str(seed), "--json"], runs_dir)["run"] for seed in (11, 12)]
    told = called(["compare", *same], runs_dir).output
    assert f"{same[0]}, {same[1]}: 2 seeds (11, 12): accuracy " in told
    refused = called(["compare", same[0]], runs_dir)
    assert refused.exit_code == 1
    assert refused.stderr == "compare: 2 to 6 runs fit side by side, got 1. Name another run.\n"


@pytest.mark.parametrize("command", [["explain"], ["report", "--image", "3", "--out", "OUT/report.html"]])
def test_safe_kernels_are_in_force_where_a_run_is_explained(command, runs_dir, run_id, tmp_path, monkeypatch):
    monkeypatch.setenv("KDVIZ_SAFE_KERNELS", "1")
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", True)  # put back afterwards
    name, *options = (each.replace("OUT", str(tmp_path)) for each in command)
    assert called([name, run_id, *options], runs_dir).exit_code == 0
    assert not torch.backends.mkldnn.enabled


def test_export_packs_the_run(runs_dir, run_id, tmp_path):
    target = tmp_path / "run.zip"
    assert printed(["export", run_id, "--out", str(target), "--json"], runs_dir)["file"] == str(target)
    names = set(zipfile.ZipFile(target).namelist())
    assert {"config.json", "card.json", "results.json", "metrics.csv", "weights/student.safetensors"} <= names


def test_an_exported_run_comes_back_elsewhere_with_the_same_figures(runs_dir, run_id, tmp_path):
    called(["export", run_id, "--out", str(tmp_path / "run.zip")], runs_dir)
    brought = printed(["import", str(tmp_path / "run.zip"), "--json"], tmp_path / "runs")
    assert brought == {"run": run_id, "origin": run_id, "state": "finished"}
    one, other = (printed(["show", run_id, "--json"], where) for where in (runs_dir, tmp_path / "runs"))
    assert one == other
    again = called(["import", str(tmp_path / "run.zip")], tmp_path / "runs")
    assert f"The id {run_id} was taken already." in again.stdout
    one, other = (
        printed(["explain", run_id, "--image", "3", "--json"], where)
        for where in (runs_dir, tmp_path / "runs")
    )
    assert one == other


def test_a_file_that_cannot_be_imported_is_one_line(tmp_path):
    result = called(["import", str(tmp_path / "none.zip")], tmp_path / "runs")
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"import: there is no file {str(tmp_path / 'none.zip')!r}. Give a zip that `export` wrote.\n"
    )


def test_settings_that_this_version_does_not_know_are_not_imported(runs_dir, run_id, tmp_path):
    called(["export", run_id, "--out", str(tmp_path / "run.zip")], runs_dir)
    with zipfile.ZipFile(tmp_path / "run.zip") as old, zipfile.ZipFile(tmp_path / "new.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"resnet8-lite"', b'"resnet9"'))
    result = called(["import", str(tmp_path / "new.zip")], tmp_path / "runs")
    assert result.exit_code == 1
    assert "was refused: its settings are not understood: teacher: unknown name 'resnet9'." in result.stderr
    assert printed(["runs", "--json"], tmp_path / "runs") == []


def test_report_writes_one_page(runs_dir, run_id, tmp_path):
    out = tmp_path / "report.html"
    told = printed(["report", run_id, "--image", "3", "--image", "5", "--out", str(out), "--json"], runs_dir)
    assert told == {"run": run_id, "file": str(out), "bytes": out.stat().st_size}
    page = out.read_text()
    assert page.startswith("<!doctype html>")
    assert page.index("Test image 3:") < page.index("Test image 5:")


def test_a_report_that_cannot_be_written_is_one_line(runs_dir, run_id, tmp_path):
    target = tmp_path / "nowhere" / "report.html"
    result = called(["report", run_id, "--out", str(target)], runs_dir)
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"out: {str(target)!r} cannot be written: No such file or directory. Name another file.\n"
    )


def test_models_and_datasets_are_listed():
    assert {"name", "parameters", "multiply_adds"} <= printed(["models", "--json"])[0].keys()
    assert printed(["datasets", "--json"])[0]["name"] == "fashion-mnist-mini"


@pytest.mark.parametrize("field", RunConfig.model_fields)
def test_every_setting_is_an_option_with_help(field):
    shown = CliRunner().invoke(app, ["distill", "--help"], env={"COLUMNS": "400"}).output
    option = "--from" if field == "parent" else f"--{field.replace('_', '-')}"
    assert f"{option} " in shown
    for name in options(field):
        assert name in shown


@pytest.mark.parametrize("option", ["dataset", "data", "cue", "train-count", "marks", "batch-size"])
def test_help_of_an_option_speaks_of_every_kind_of_input(option):
    shown = CliRunner().invoke(app, ["distill", "--help"], env={"COLUMNS": "1000"}).output
    (line,) = [line.lower() for line in shown.splitlines() if f"--{option} " in line]
    assert all(noun in line for noun in ("image", "text", "sound"))


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            ["--explanation-weight", "-1"],
            ["explanation_weight: must be a number, at least 0 and at most 10000, got -1.0. Weight of the "
             "explanation loss: how much the student's maps have to match the teacher's, beside its answers. "
             "0: not at all, as for the twin."],
        ),
        (
            ["--temperature", "0"],
            ["temperature: must be a number, at least 1 and at most 20, got 0.0. Softens the teacher's "
             "probabilities; 1 leaves them unchanged, 4 is usual."],
        ),
        (
            ["--dataset", "shaps"],
            ["dataset: unknown name 'shaps'. Did you mean 'shapes'? Known: audio-folder, bank-intents, blood-cells, "
             "cifar10, cifar100, counterfactual-reviews, fashion-mnist, fashion-mnist-mini, flowers, folder, original-reviews, revised-reviews, sentiment, sentiment-films, shapes, "
             "speech-commands-mini, text-file."],
        ),
        (
            ["--teacher", "simple-cnn", "--explanation-loss", "attention"],
            ["explanation_loss: 'attention' needs token-attention, which the teacher 'simple-cnn' does not have. "
             "Losses that fit it: class-attention, class-shape, class-level, grad-cam, attention-transfer, "
                 "input-gradient, input-x-gradient.",
             "explanation_loss: 'attention' needs token-attention, which the student 'resnet8-lite' does not have. "
             "Losses that fit it: class-attention, class-shape, class-level, grad-cam, attention-transfer, "
                 "input-gradient, input-x-gradient."],
        ),
        (
            ["--teacher", "resnet18"],
            ["teacher: 'resnet18' needs images of at least 64 px, 'fashion-mnist-mini' has 28. "
             "Choose another teacher or larger images."],
        ),
        (
            ["--dataset", "folder"],
            ["data: the data set 'folder' needs a folder, a zip, an .npz or a CSV file of images. Give its path."],
        ),
        (
            ["--explanation-weight", "0", "--arms", "student,twin"],
            ["arms: at explanation_weight 0 the student is its own twin and placebo. Leave them out, or raise "
             "explanation_weight."],
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_line_and_nothing_is_made(given, lines, tmp_path):
    result = called(["distill", *given], tmp_path / "runs")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == lines
    assert not (tmp_path / "runs").exists()


def test_all_wrong_settings_are_named_at_once(tmp_path):
    result = called(["distill", "--epochs", "0", "--teacher", "resnet-20", "--kd-weight", "2"], tmp_path)
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["teacher", "kd_weight", "epochs"]


def test_a_batch_larger_than_the_data_ends_in_one_line(tiny, tmp_path):
    result = called([*tiny, "--batch-size", "500"], tmp_path)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith(
        "failed: batch_size: 500 is more than the 64 training images. Choose at most 64."
    )


def test_a_run_that_does_not_exist_is_one_line(runs_dir, run_id):
    result = called(["show", run_id[:-1] + "0"], runs_dir)
    assert result.exit_code == 1
    assert f"Did you mean {run_id!r}?" in result.stderr


# Kills the process in the third epoch, after the step of one arm: no test has to be quicker than the training.
DYING = """
import os, signal, sys

class Stderr:
    def __getattr__(self, name):
        return getattr(sys.__stderr__, name)

    def write(self, text):
        if text.startswith("Students: epoch 2/"):
            from torch.optim.optimizer import register_optimizer_step_post_hook as after_each_step
            after_each_step(lambda *step: os.kill(os.getpid(), signal.SIGKILL))
        return sys.__stderr__.write(text)

sys.stderr = Stderr()
"""


@pytest.mark.slow
def test_a_run_killed_and_resumed_ends_with_the_weights_of_one_never_killed(tiny, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(DYING)
    long = [*tiny, "--epochs", "4"]
    command = [sys.executable, "-m", "kdviz", *long, "--runs-dir", str(tmp_path / "killed")]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=False)
    assert ended.returncode == 128 + signal.SIGKILL
    killed = printed(["runs", "--json"], tmp_path / "killed")[0]
    assert killed["state"] == "interrupted"
    printed(["resume", killed["id"], "--json"], tmp_path / "killed")
    whole = printed([*long, "--json"], tmp_path / "whole")["run"]
    for arm in ("teacher", "student", "twin"):
        one, other = (
            load_file(tmp_path / where / run / "weights" / f"{arm}.safetensors")
            for where, run in (("killed", killed["id"]), ("whole", whole))
        )
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_inspect_lists_the_layers_that_can_be_explained_with_their_cells(tmp_path):
    network = build("mobilenet-small", classes=3, input_shape=(3, 96, 96), width=0.5)
    torch.save(network.state_dict(), tmp_path / "net.pth")
    found = printed(["inspect", str(tmp_path / "net.pth"), "--image-size", "96x48", "--json"])
    assert found["layers"] == [
        {"layer": "last", "stage": "stage3", "rows": 12, "columns": 6, "closed_form": True},
        {"layer": "stride4", "stage": "stage2", "rows": 24, "columns": 12, "closed_form": False},
        {"layer": "stride2", "stage": "stage1", "rows": 48, "columns": 24, "closed_form": False},
    ]
    shown = called(["inspect", str(tmp_path / "net.pth")]).output
    assert "Layers of mobilenet-small that can be explained (--explained-layer), images of 32 px:" in shown
    assert "last (default)" in shown
    assert "16 x 16" in shown
    assert "few cells" not in shown
    small = called(["inspect", str(tmp_path / "net.pth"), "--image-size", "24"]).output
    assert "The last map has few cells: 'stride4' finds an object more often (docs/teachers.md)." in small


def test_inspect_takes_an_onnx_file_and_names_it_in_the_command(tmp_path):
    pytest.importorskip("onnxscript")
    layers = (nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 8))
    path = onnx_file(nn.Sequential(*layers).eval(), tmp_path / "mine.onnx", side=32)
    shown = called(["inspect", str(path), "--dataset", "shapes"]).output
    assert "mine.onnx: an ONNX network with" in shown
    assert "It takes 3 channels of 32 x 32 px and returns 8 outputs." in shown
    words = shown.split("Start with: ")[1].split()
    assert words[words.index("--teacher-weights") + 1] == str(path)
