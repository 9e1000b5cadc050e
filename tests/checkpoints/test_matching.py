"""Files are recognized, compared tensor by tensor, and load into networks that compute the same."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from kdviz.checkpoints import candidates, inspect_file, load_matched, outputs_by_name, teacher_settings
from kdviz.checkpoints.recognition import TENSOR_NAMES, _known, _size, tensor_names
from kdviz.errors import ModelError
from kdviz.models import MODELS, build
from tests.option_a import OptionA

IMAGES = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def trained(net: nn.Module) -> nn.Module:
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.8, 1.2)
    return net.eval()


def made(name: str) -> nn.Module:
    torch.manual_seed(0)
    return trained(
        OptionA(int(name[6:]) // 6) if name.startswith("cifar-") else models.get_model(name, num_classes=7)
    )


def written(net: nn.Module, form: str, folder):
    state = net.state_dict()
    path = folder / f"net{'.safetensors' if 'safetensors' in form else '.th' if '.th' in form else '.pth'}"
    if "module" in form:
        state = {f"module.{name}": tensor for name, tensor in state.items()}
    if "safetensors" in form:
        save_file(state, path)
    else:
        torch.save({"state_dict": state, "best_prec1": 91.7} if "wrapped" in form else state, path)
    return path


@pytest.mark.parametrize(
    ("name", "form", "architecture"),
    [
        ("cifar-20", ".th wrapped module", "resnet20-a"),
        ("cifar-20", ".th", "resnet20-a"),
        ("cifar-56", "safetensors module", "resnet56-a"),
        ("cifar-32", "safetensors", "resnet32-a"),
        ("resnet18", ".pth", "resnet18"),
        ("resnet18", "safetensors", "resnet18"),
        ("resnet18", ".pth wrapped", "resnet18"),
        ("resnet18", ".pth wrapped module", "resnet18"),
        ("mobilenet_v3_small", ".pth", "mobilenet-v3-small"),
        ("shufflenet_v2_x1_0", "safetensors", "shufflenet-v2-x1-0"),
        ("mobilenet_v2", ".pth module", "mobilenet-v2"),
        ("squeezenet1_1", ".pth", "squeezenet1-1"),
        ("mnasnet0_5", ".pth", "mnasnet0-5"),
    ],
)
def test_a_file_is_recognized_and_its_network_computes_the_same(tmp_path, name, form, architecture):
    original = made(name)
    found = inspect_file(written(original, form, tmp_path)).equally_alike[0]
    assert (found.candidate.architecture, found.complete) == (architecture, True)
    assert (found.missing, found.unexpected, dict(found.wrong_shape)) == ((), (), {})
    assert found.classes == (10 if name.startswith("cifar-") else 7)
    net = build(
        architecture, classes=found.classes, input_shape=(3, 64, 64), width=found.candidate.width
    ).eval()
    load_matched(net, inspect_file(tmp_path / next(tmp_path.iterdir()).name).checkpoint.tensors, found, None)
    with torch.no_grad():
        torch.testing.assert_close(net.double()(IMAGES.double()), original.double()(IMAGES.double()))


def test_our_own_files_tell_their_width(tmp_path):
    net = build("resnet8-lite", classes=4, input_shape=(1, 28, 28), width=2.0, seed=3)
    save_file(
        {name: tensor.contiguous() for name, tensor in net.state_dict().items()}, tmp_path / "w.safetensors"
    )
    found = inspect_file(tmp_path / "w.safetensors").equally_alike[0]
    assert (found.candidate.naming, found.candidate.width, found.classes, found.channels) == (
        "kdviz",
        2.0,
        4,
        1,
    )


def test_every_difference_is_in_the_table(tmp_path):
    state = made("resnet18").state_dict()
    del state["layer1.0.conv1.weight"]
    state |= {"layer2.0.conv1.weight": torch.zeros(1, 2, 3, 3), "extra.weight": torch.zeros(3)}
    torch.save(state, tmp_path / "w.pth")
    found = inspect_file(tmp_path / "w.pth").equally_alike[0]
    assert found.candidate.architecture == "resnet18"
    assert found.missing == ("layer1.0.conv1.weight",)
    assert found.unexpected == ("extra.weight",)
    assert dict(found.wrong_shape) == {"layer2.0.conv1.weight": ((1, 2, 3, 3), (128, 64, 3, 3))}
    assert len(found.loaded) == len(state) - 2
    with pytest.raises(ModelError) as refused:
        load_matched(build("resnet18", classes=7, input_shape=(3, 64, 64)), state, found, None)
    assert str(refused.value) == (
        "teacher_weights: tensor 'layer2.0.conv1.weight' has shape (1, 2, 3, 3), 'resnet18' needs "
        "(128, 64, 3, 3). Choose another network or width."
    )


def test_outputs_can_be_chosen_by_class(tmp_path):
    original = made("squeezenet1_1")
    found = inspect_file(written(original, ".pth", tmp_path))
    net = build("squeezenet1-1", classes=3, input_shape=(3, 64, 64)).eval()
    load_matched(net, found.checkpoint.tensors, found.equally_alike[0], (5, 0, 2))
    with torch.no_grad():
        torch.testing.assert_close(net(IMAGES), original(IMAGES)[:, [5, 0, 2]])


def test_a_file_of_another_kind_of_network_is_refused_in_one_line(tmp_path):
    torch.save({"embedding.weight": torch.zeros(3, 4)}, tmp_path / "w.pth")
    with pytest.raises(ModelError) as refused:
        inspect_file(tmp_path / "w.pth")
    assert str(refused.value) == (
        "teacher_weights: no known network has tensors like those of 'w.pth', such as 'embedding.weight'. "
        "Give weights of a network that `python -m kdviz models` lists."
    )


@pytest.mark.parametrize(
    ("outputs", "classes", "expected"),
    [
        (10, ("Ship", "cat"), (8, 3)),
        (1000, ("golden_retriever", "tabby"), (207, 281)),
        (10, ("tulip", "cat"), None),
        (7, ("cat",), None),
    ],
)
def test_classes_are_found_by_name(outputs, classes, expected):
    assert outputs_by_name(outputs, classes) == expected


@pytest.mark.parametrize(
    ("classes", "sides", "expected"),
    [
        (tuple("abcdefg"), (64, 64), {}),
        (("a", "b"), (64, 64), {"teacher_classes": "new"}),
        (tuple("abcdefg"), (32, 32), {"teacher_size": 224}),
    ],
)
def test_settings_follow_from_the_file_and_the_data(tmp_path, classes, sides, expected):
    path = written(made("mobilenet_v2"), ".pth", tmp_path)
    found = teacher_settings(path, inspect_file(path).equally_alike[0], classes=classes, sides=sides)
    assert found == {
        "teacher": "mobilenet-v2", "teacher_width": 1.0, "teacher_weights": str(path), "teacher_epochs": 0,
        **expected,
    }  # fmt: skip


def test_the_stored_names_are_those_of_the_networks(monkeypatch):
    """Of a few: all of them take a minute. `scripts/make_tensor_names.py` writes the file."""
    some = ["resnet8-lite", "resnet20-a", "vit-tiny", "mobilenet-v2", "resnet18"]
    monkeypatch.setattr("kdviz.checkpoints.recognition.MODELS", {name: MODELS[name] for name in some})
    assert TENSOR_NAMES.is_file()
    assert {name: _known()[name] for name in some} == tensor_names()
    assert _known().keys() == {name for name, spec in MODELS.items() if "image" in spec.modalities}


@pytest.mark.parametrize("name", ["resnet18", "vgg11_bn", "swin_t", "cifar-20"])
def test_the_order_of_tensors_does_not_matter(name):
    state = made(name).state_dict()
    mixed = dict(sorted(state.items(), key=lambda each: each[0][::-1]))
    assert _size(mixed) == _size(state)
    assert candidates(mixed) == candidates(state)
    assert candidates(state)[0].architecture == {"cifar-20": "resnet20-a"}.get(name, name.replace("_", "-"))
