"""Programs of torch.export are read without torch.export.load, which runs code that is in them."""

import io
import json
import os
import pickle
import re
import warnings
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.export.pt2_archive import constants

from kdviz.checkpoints import inspect_file, is_program, program_tensors, read_checkpoint, read_program
from kdviz.checkpoints.reading import _RECIPE
from kdviz.errors import ModelError
from kdviz.models import EXPORT_RECIPE, program_network
from tests.programs import changed, contents, exported, saved, written

KNOWS_OBJECTS = pytest.mark.skipif(
    not hasattr(constants, "OPAQUE_OBJ_FILENAME_PREFIX"), reason="PyTorch 2.11 reads no such constant"
)


class Small(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.classifier = nn.Linear(4, classes)

    def forward(self, images):
        return self.classifier(self.conv(images).relu().mean((2, 3)))


class Canary:
    """A pickle that would make a folder when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture
def file(tmp_path):
    return exported(Small().eval(), tmp_path / "net.pt2", side=16)


def used(path: Path) -> None:
    program_network(read_program(path), 5, (3, 16, 16)).load_program(program_tensors(path), None)


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        used(path)
    message = str(error.value)
    assert "\n" not in message
    return message


def run_by_torch(path: Path) -> None:
    """What torch.export.load and a call do with a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            torch.export.load(path).module()(torch.rand(3, 3, 16, 16))
        except Exception as error:
            print(error)


def test_it_says_what_the_program_takes_and_returns(file):
    text = read_program(file)
    assert is_program(file)
    assert (text.input_shape, text.classes) == ((3, 16, 16), 5)
    assert {each.name: each.shape for each in text.tensors.values()} == {
        "conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "classifier.weight": (5, 4), "classifier.bias": (5,),
    }  # fmt: skip


def test_its_tensors_are_those_of_the_network(tmp_path):
    net = Small().eval().to(memory_format=torch.channels_last)
    found = program_tensors(exported(net, tmp_path / "net.pt2", side=16))
    assert found.keys() == net.state_dict().keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in net.state_dict().items())


def test_half_precision_becomes_single(tmp_path):
    net = Small().eval().to(torch.bfloat16)
    images = torch.rand(2, 3, 16, 16, dtype=torch.bfloat16)
    program = torch.export.export(net, (images,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))
    found = program_tensors(saved(program, tmp_path / "net.pt2"))
    assert {tensor.dtype for tensor in found.values()} == {torch.float32}


def with_pickled_weight(path: Path, canary: Path) -> None:
    members = contents(path)
    name = next(name for name in members if name.endswith("weights_config.json"))
    config = json.loads(members[name])
    config["config"]["conv.bias"]["use_pickle"] = True
    place = name.replace("model_weights_config.json", config["config"]["conv.bias"]["path_name"])
    written({**members, name: json.dumps(config).encode(), place: pickled(canary)}, path)


def with_pickled_constant(path: Path, canary: Path) -> None:
    with_constant(path, "tensor_99", pickled(canary))


def with_pickled_object(path: Path, canary: Path) -> None:
    with_constant(path, "opaque_obj_0", plainly(canary))


def with_constant(path: Path, file: str, content: bytes) -> None:
    members = contents(path)
    name = next(name for name in members if name.endswith("constants_config.json"))
    meta = {"path_name": file, "is_param": False, "use_pickle": True, "tensor_meta": None}
    folder = name.replace("model_constants_config.json", "")
    config = json.dumps({"config": {"x": meta}}).encode()
    written({**members, name: config, f"{folder}{file}": content}, path)


def with_pickled_sample(path: Path, canary: Path) -> None:
    members = contents(path)
    name = next(name for name in members if "sample_inputs" in name)
    written({**members, name: pickled(canary)}, path)


def with_expression(path: Path, canary: Path) -> None:
    def change(described):
        for each in described["graph_module"]["graph"]["tensor_values"].values():
            each["sizes"][0] = {"as_expr": {"expr_str": f"__import__('os').mkdir({str(canary)!r})"}}

    changed(path, change)


def with_guard(path: Path, canary: Path) -> None:
    changed(
        path, lambda described: described.update(guards_code=[f"__import__('os').mkdir({str(canary)!r})"])
    )


def pickled(canary: Path) -> bytes:
    buffer = io.BytesIO()
    torch.save(Canary(canary), buffer)
    return buffer.getvalue()


def plainly(canary: Path) -> bytes:
    return pickle.dumps(Canary(canary))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_pickled_weight, "pickled objects in it, which could run code"),
        (with_pickled_constant, None),
        pytest.param(with_pickled_object, None, marks=KNOWS_OBJECTS),
        (with_pickled_sample, None),
        (with_expression, None),
        (with_guard, None),
    ],
)
def test_code_in_a_file_never_runs(file, tmp_path, change, message):
    """Refused where the program needs it; else it is not even read."""
    canary = tmp_path / "canary"
    change(file, canary)
    if message:
        assert message in refused(file)
    else:
        used(file)
    assert not canary.exists()
    run_by_torch(file)
    assert canary.exists()  # the file was a canary indeed


@pytest.mark.parametrize(
    "target", ["torch.os.mkdir", "torch.ops.aten.from_file.default", "torch.ops.prim.print", "os.mkdir"]
)
def test_only_operators_of_networks_are_called(file, target):
    def change(described):
        described["graph_module"]["graph"]["nodes"][1]["target"] = target

    assert f"the program calls {target!r}, which is no operator of an image classifier" in refused(
        changed(file, change)
    )


class BesideOthers(Small):
    """What it says of an image depends on the others."""

    def forward(self, images):
        return super().forward(images - images.mean(0))


class InPairs(Small):
    """It takes an even number of images alone."""

    def forward(self, images):
        return super().forward(images.unflatten(0, (-1, 2)).flatten(0, 1))


@pytest.mark.parametrize("network", [BesideOthers, InPairs])
def test_a_program_that_needs_a_number_of_images_is_refused_with_the_recipe(tmp_path, network):
    path = exported(network().eval(), tmp_path / "net.pt2", side=16, at_a_time=2)
    assert refused(path) == (
        "teacher_weights: the program takes 2 images at a time. Export it for any number: program = "
        "torch.export.export(model.eval(), (images,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)); "
        "torch.export.save(program, 'model.pt2')"
    )


@pytest.mark.parametrize(
    "recipe", [EXPORT_RECIPE, *re.findall(r"torch\.save\(.*?'\)|program = .*$", _RECIPE)]
)
def test_the_recipe_makes_a_file_that_can_be_read(tmp_path, monkeypatch, recipe):
    monkeypatch.chdir(tmp_path)
    net = Small()
    exec(recipe, {"torch": torch, "model": net, "images": torch.rand(2, 3, 16, 16)})
    (made,) = tmp_path.iterdir()
    tensors = program_tensors(made) if made.suffix == ".pt2" else read_checkpoint(made).tensors
    assert torch.equal(tensors["conv.weight"], net.conv.weight)


def test_a_network_in_training_mode_is_refused(tmp_path):
    path = exported(
        nn.Sequential(nn.Conv2d(3, 3, 3), nn.Dropout(), Small()).train(), tmp_path / "net.pt2", side=16
    )
    assert refused(path) == (
        "teacher_weights: the program was exported in training mode. Call model.eval() before "
        "torch.export.export, and export it again."
    )


@pytest.mark.parametrize("kept", [10, 2000, 9000])
def test_a_truncated_file_is_said_to_be_damaged(file, kept):
    file.write_bytes(file.read_bytes()[:kept])
    assert refused(file) == "teacher_weights: 'net.pt2' is damaged or truncated. Copy it again."


def test_a_member_that_is_no_json_is_refused_in_one_line(file):
    members = contents(file)
    written({name: b"\x00" if "models/" in name else content for name, content in members.items()}, file)
    assert "is no program that can be read" in refused(file)


def test_a_tensor_may_not_be_larger_than_its_bytes(file):
    members = contents(file)
    name = next(name for name in members if name.endswith("weights_config.json"))
    config = json.loads(members[name])
    meta = config["config"]["conv.bias"]["tensor_meta"]
    meta["sizes"], meta["strides"] = [{"as_int": 1 << 40}], [{"as_int": 0}]
    written({**members, name: json.dumps(config).encode()}, file)
    with pytest.raises(ModelError, match="is no program that can be read"):
        program_tensors(file)


def test_what_returns_no_logits_is_no_classifier(tmp_path):
    path = exported(nn.Conv2d(3, 4, 3).eval(), tmp_path / "net.pt2", side=16)
    assert "is no image classifier" in refused(path)


def test_a_program_is_no_file_of_weights(file):
    with pytest.raises(ModelError, match="Choose 'program' as teacher"):
        read_checkpoint(file)


def test_a_text_named_as_a_program_is_told_of(tmp_path):
    (tmp_path / "net.pt2").write_text("no program")
    for read in (inspect_file, read_program):
        with pytest.raises(ModelError, match=r"'net\.pt2' is not a program of torch\.export\. Export one: "):
            read(tmp_path / "net.pt2")
