"""A file that cannot teach is refused in one line before there is a run, wherever the run is asked for."""

import pickle

import pytest
import torch
from typer.testing import CliRunner

from kdviz.cli.commands import app
from kdviz.config import make_config
from kdviz.errors import ModelError
from kdviz.jobs import submit
from kdviz.models import build
from kdviz.store import Store
from kdviz.study import queue_missing, read_study

LAST = {"head.2.weight", "head.2.bias"}


class Canary:
    def __reduce__(self):
        return print, ("code ran",)


@pytest.fixture(scope="module")
def state():
    network = build("resnet8-lite", classes=8, input_shape=(3, 32, 32), width=0.5)
    assert network.state_dict().keys() >= LAST
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def written(state, kind, path):
    first = next(iter(state))
    body = {name: tensor for name, tensor in state.items() if name not in LAST}
    match kind:
        case "no head":
            torch.save(body, path)
        case "another head":
            torch.save(body | {"head.2.1.weight": torch.zeros(3, 32)}, path)
        case "wrong shape":
            torch.save(state | {first: torch.zeros(7, 3, 3, 3)}, path)
        case "missing tensor":
            torch.save({name: tensor for name, tensor in state.items() if name != first}, path)
        case "another width":
            network = build("resnet8-lite", classes=8, input_shape=(3, 32, 32), width=1.0)
            torch.save(network.state_dict(), path)
        case "more outputs":
            torch.save(state | {name: torch.zeros(11, *state[name].shape[1:]) for name in LAST}, path)
        case "code":
            path.write_bytes(pickle.dumps(Canary(), protocol=4))
        case "truncated":
            torch.save(state, path)
            path.write_bytes(path.read_bytes()[:2000])
        case "text":
            path.write_text("no weights")
    return path


WRONG = [
    (
        "no head",
        "teacher_weights: the file has all of 'resnet8-lite' but its last layer (head.2.bias, "
        "head.2.weight). Give teacher_classes 'new' to train a new one.",
    ),
    (
        "another head",
        "teacher_weights: the file has all of 'resnet8-lite' but its last layer (head.2.bias, "
        "head.2.weight). Give teacher_classes 'new' to train a new one.",
    ),
    (
        "wrong shape",
        "teacher_weights: tensor 'stages.stem.0.weight' has shape (7, 3, 3, 3), 'resnet8-lite' needs "
        "(8, 3, 3, 3). Choose another network or width.",
    ),
    (
        "missing tensor",
        "teacher_weights: tensor 'stages.stem.0.weight' of 'resnet8-lite' is not in the file. Choose another "
        "network or width.",
    ),
    (
        "another width",
        "teacher_weights: 'net.pth' has the tensors of 'resnet8-lite' of width 1, not of 'resnet8-lite' of "
        "width 0.5. Choose that network.",
    ),
    (
        "more outputs",
        "teacher_weights: 'net.pth' has 11 outputs, the data 8 classes. Give teacher_classes: an output for "
        "each class, or 'new' to train a new last layer.",
    ),
    ("code", "teacher_weights: 'net.pth' has Python objects in it, which could run code. "),
    ("truncated", "teacher_weights: 'net.pth' is damaged or truncated. Copy it again."),
    ("text", "teacher_weights: 'net.pth' is not a file of weights. Give one of .safetensors, "),
]


def settings(file):
    return {
        "dataset": "shapes", "train_count": 64, "batch_size": 32, "epochs": 1, "teacher": "resnet8-lite",
        "teacher_width": 0.5, "teacher_epochs": 0, "teacher_weights": str(file),
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "line"), WRONG, ids=[kind for kind, _line in WRONG])
def test_distill_refuses_it_and_leaves_no_run(tmp_path, state, kind, line):
    given = settings(written(state, kind, tmp_path / "net.pth"))
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    runs = tmp_path / "runs"
    done = CliRunner().invoke(app, ["distill", *options, "--runs-dir", str(runs)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert Store(runs).runs() == []
    assert [each for each in runs.iterdir() if each.is_dir()] == []


def test_a_study_refuses_it_before_its_first_run(tmp_path, state):
    """The first combination alone could be trained."""
    good, bad = tmp_path / "good.pth", written(state, "missing tensor", tmp_path / "bad.pth")
    torch.save(state, good)
    fixed = "".join(
        f"{name} = {value!r}\n" for name, value in settings(good).items() if name != "teacher_weights"
    )
    plan = tmp_path / "plan.toml"
    plan.write_text(f"name = 'two'\n[settings]\n{fixed}[grid]\nteacher_weights = ['{good}', '{bad}']\n")
    runs = tmp_path / "runs"
    done = CliRunner().invoke(
        app, ["study", str(plan), "--runs-dir", str(runs), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 1
    assert "of 'resnet8-lite' is not in the file" in done.stderr
    assert Store(runs).runs() == []
    with pytest.raises(ModelError, match="is not in the file"):
        queue_missing(Store(runs), *read_study(plan))
    assert Store(runs).runs() == []


def test_submit_refuses_it_and_takes_it_with_a_new_last_layer(tmp_path, state):
    store = Store(tmp_path / "runs")
    given = settings(written(state, "another head", tmp_path / "net.pth"))
    with pytest.raises(ModelError, match="but its last layer"):
        submit(store, make_config(given))
    assert store.runs() == []
    run_id = submit(store, make_config({**given, "teacher_classes": "new"}))
    assert store.run(run_id).state == "queued"


def test_a_run_with_a_new_last_layer_trains_from_the_command_line(tmp_path, state):
    given = {
        **settings(written(state, "no head", tmp_path / "net.pth")),
        "teacher_classes": "new",
        "arms": "student",
    }
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    runs = tmp_path / "runs"
    done = CliRunner().invoke(app, ["distill", *options, "--runs-dir", str(runs)])
    assert done.exit_code == 0, done.stderr
    (run,) = Store(runs).runs()
    assert run.state == "finished"


def test_imagenets_weights_of_a_network_without_any_are_refused_too(tmp_path):
    store = Store(tmp_path / "runs")
    config = make_config({**settings("imagenet"), "teacher_epochs": 1})
    with pytest.raises(ModelError, match=r"weights: torchvision has none for 'resnet8-lite'\."):
        submit(store, config)
    assert store.runs() == []


def test_inspect_says_why_and_whether_it_can_teach(tmp_path, state):
    said = {
        "no head": "The last layer alone is not, so it can teach, with a new last layer: --teacher-classes new.",
        "missing tensor": "The rest is not only its last layer, so it cannot teach.",
        "more outputs": "It can teach: for 11 classes as it is, or for others, with a new last layer: --teacher-classes new.",
    }
    for kind, expected in said.items():
        done = CliRunner().invoke(app, ["inspect", str(written(state, kind, tmp_path / "net.pth"))])
        assert done.exit_code == 0
        assert " tensors are in the file" in done.stdout
        assert expected in " ".join(done.stdout.split())
