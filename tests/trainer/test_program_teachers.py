"""Programs of torch.export as teachers: their pixels are found, and a run needs their file no more."""

import pytest
import torch
from torch import nn

from kdviz.comparison.models.program import _Program
from kdviz.comparison.models.snapshots import snapshots
from kdviz.config import make_config
from kdviz.datasets import load
from kdviz.errors import ConfigError, ModelError
from kdviz.jobs import execute, submit
from kdviz.jobs.run_time import run_time_key
from kdviz.models import build, load_weights
from kdviz.networks import program_summary
from kdviz.progress import run_to_end, silent
from kdviz.store import Store
from kdviz.store.teachers import TeacherStore
from kdviz.trainer.teacher_check import check_teacher, examine_teacher
from tests.programs import exported


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return program(tmp_path_factory.mktemp("program"), list(range(8)))


def program(folder, order):
    """The teacher of kdviz for shapes, as a program that takes pixels in [0, 1]. Output k is class order[k]."""
    config = make_config({"dataset": "shapes"})
    weights = TeacherStore(folder).find(config.teacher_key)
    net = build(config.teacher, classes=8, input_shape=(3, 32, 32), width=config.teacher_width)
    last = {name: weights[name][order] for name in ("head.2.weight", "head.2.bias")}
    load_weights(net, {**weights, **last}, source="the shelf")
    pixels = load("shapes", data=None, image_size=32, report=silent).train.images / 255
    mean, std = pixels.mean((0, 2, 3)), pixels.std((0, 2, 3))
    return exported(_Program(net, mean.tolist(), std.tolist()).eval(), folder / "net.pt2", side=32)


def with_program(file, **given):
    return make_config(
        {
            "dataset": "shapes", "teacher": "program-pooled", "teacher_weights": str(file), "teacher_epochs": 0,
            "teacher_input": "unit", "train_count": 64, "epochs": 1, "cue": "none", "arms": ("student",),
            "device": "cpu", **given,
        }
    )  # fmt: skip


def test_its_pixels_and_what_follows_its_map_are_found(file):
    found = run_to_end(examine_teacher(file, make_config({"dataset": "shapes"})))
    assert found.settings == {
        "teacher": "program-pooled", "teacher_width": 1.0, "teacher_weights": str(file), "teacher_epochs": 0,
        "teacher_input": "unit",
    }  # fmt: skip
    assert found.checks[0].accuracy > 0.9
    assert (found.program.classes, found.program.input_shape) == (8, (3, 32, 32))
    assert found.program.card.explained_sizes["last"] == (4, 4)


def test_the_order_of_its_outputs_is_found_where_it_is_not_that_of_the_classes(tmp_path):
    order = [3, 0, 7, 1, 2, 6, 5, 4]
    found = run_to_end(examine_teacher(program(tmp_path, order), make_config({"dataset": "shapes"})))
    assert found.reordered
    assert found.settings["teacher_classes"] == ",".join(str(order.index(label)) for label in range(8))
    assert found.checks[0].accuracy > 0.9


def test_chosen_outputs_and_a_new_last_layer(file):
    turned = ",".join(str((place + 1) % 8) for place in range(8))
    assert check_teacher(with_program(file, teacher_classes=turned)).accuracy < 0.1
    assert check_teacher(with_program(file, teacher_classes="new")).accuracy > 0.9


def test_a_run_keeps_the_program_with_its_weights(tmp_path, file):
    mine = tmp_path / "mine.pt2"
    mine.write_bytes(file.read_bytes())
    store = Store(tmp_path / "runs")
    run = execute(store, submit(store, with_program(mine), foreground=True))
    assert run.state == "finished", run.record.message
    assert run.results["teacher"].accuracy > 0.9
    mine.unlink()
    found = snapshots(store, run.id)
    images = found.normalizer.normalize(found.images.test.images[:50])
    with torch.no_grad():
        right = found.networks["teacher"](images).argmax(1) == found.images.test.labels[:50]
    assert right.float().mean() > 0.9


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"teacher_weights": "{weights}"},
            "teacher: 'program-pooled' needs a .pt2 file as teacher_weights, got '{weights}'. Export one, or "
            "choose another teacher.",
        ),
        (
            {"teacher_weights": None, "teacher_input": None, "teacher_epochs": 1},
            "teacher: 'program-pooled' needs a .pt2 file as teacher_weights, got ''. Export one, or choose "
            "another teacher.",
        ),
        (
            {"teacher": "resnet8-lite"},
            "teacher: 'net.pt2' is a program: set it to 'program', got 'resnet8-lite'.",
        ),
        ({"teacher_epochs": 3}, "teacher_epochs: a program is used as it is, got 3. Set it to 0."),
        ({"teacher_width": 2}, "teacher_width: 'program-pooled' comes in one width."),
    ],
)
def test_settings_that_do_not_go_together(tmp_path, file, given, expected):
    weights = str(tmp_path / "net.pth")
    torch.save({"a": torch.ones(1)}, weights)
    given = {name: weights if value == "{weights}" else value for name, value in given.items()}
    with pytest.raises(ConfigError) as refused:
        with_program(file, **given)
    assert str(refused.value).startswith(expected.format(weights=weights))


def test_a_program_is_no_student(file):
    with pytest.raises(ConfigError, match="student: unknown name 'program'"):
        with_program(file, student="program")


def test_outputs_of_a_program_without_a_linear_last_layer_cannot_be_chosen(tmp_path):
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
    path = exported(net, tmp_path / "net.pt2", side=32)
    assert not program_summary(path, (32, 32)).own_classes
    config = with_program(path, teacher="program", teacher_input=None, teacher_classes="7,6,5,4,3,2,1,0")
    with pytest.raises(ModelError, match="outputs can be chosen of a program whose last layer is linear"):
        check_teacher(config)


def test_its_file_decides_how_long_a_run_takes(tmp_path, file):
    other = exported(nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval(),
                     tmp_path / "net.pt2", side=32)  # fmt: skip
    assert run_time_key(with_program(file)) == run_time_key(with_program(file))
    assert run_time_key(with_program(file)) != run_time_key(with_program(other))
