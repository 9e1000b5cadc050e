"""Files whose last layer is missing, or another: the rest is loaded, and a new one can be fitted."""

import pytest
import torch
from torch import nn
from torchvision import models

from kdviz.checkpoints import classifier_keys, inspect_file, load_matched, require_filled, teacher_settings
from kdviz.errors import ModelError
from kdviz.models import build


def without_head(state):
    return {name: tensor for name, tensor in state.items() if not name.startswith("fc.")}


def with_sequential(state):
    return without_head(state) | {"fc.1.weight": torch.zeros(3, 512), "fc.1.bias": torch.zeros(3)}


def with_fewer_features(state):
    return state | {"fc.weight": torch.zeros(3, 128), "fc.bias": torch.zeros(3)}


def without_bias(state):
    return {name: tensor for name, tensor in state.items() if name != "fc.bias"}


def behind_a_prefix(state):
    """As where a training script has a backbone and a head of its own."""
    return {f"backbone.{name}": tensor for name, tensor in without_head(state).items()} | {
        "head.weight": torch.zeros(3, 512)
    }


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    return models.resnet18(num_classes=7).state_dict()


@pytest.mark.parametrize(
    ("changed", "missing", "unexpected", "wrong_shape"),
    [
        (without_head, {"fc.weight", "fc.bias"}, set(), set()),
        (with_sequential, {"fc.weight", "fc.bias"}, {"fc.1.weight", "fc.1.bias"}, set()),
        (with_fewer_features, set(), set(), {"fc.weight"}),
        (without_bias, {"fc.bias"}, set(), set()),
        (behind_a_prefix, {"fc.weight", "fc.bias"}, set(), set()),
    ],
)
def test_the_body_is_loaded_and_a_new_last_layer_is_asked_for(
    tmp_path, state, changed, missing, unexpected, wrong_shape
):
    torch.save(changed(state), tmp_path / "net.pth")
    inspected = inspect_file(tmp_path / "net.pth")
    (found,) = inspected.equally_alike
    assert found.candidate.architecture == "resnet18"
    assert (found.complete, found.lacks_head, found.can_teach, found.classes) == (False, True, True, 0)
    assert ({*found.missing}, {*found.unexpected}, {*found.wrong_shape}) == (missing, unexpected, wrong_shape)
    settings = teacher_settings(tmp_path / "net.pth", found, classes=("a", "b", "c"), sides=(64, 64))
    assert settings["teacher_classes"] == "new"
    tensors = inspected.checkpoint.tensors
    net = build("resnet18", classes=3, input_shape=(3, 64, 64), seed=5).eval()
    before = {name: net.state_dict()[name].clone() for name in classifier_keys(net)}
    load_matched(net, tensors, found, None, with_classifier=False)
    assert all(torch.equal(tensor, net.state_dict()[name]) for name, tensor in before.items())
    original = models.resnet18(num_classes=7)
    original.load_state_dict(state)
    original.fc = nn.Identity()
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        features = original.eval()(images)
        weight, bias = before.values()
        expected = features @ weight.T + bias
        torch.testing.assert_close(net(images), expected, atol=1e-4, rtol=1e-4)


def test_without_a_new_one_it_is_refused_in_one_line(tmp_path, state):
    torch.save(without_head(state), tmp_path / "net.pth")
    (found,) = inspect_file(tmp_path / "net.pth").equally_alike
    with pytest.raises(ModelError) as refused:
        require_filled(found)
    assert str(refused.value) == (
        "teacher_weights: the file has all of 'resnet18' but its last layer (fc.bias, fc.weight). Give "
        "teacher_classes 'new' to train a new one."
    )


def test_where_more_is_missing_none_can_be_fitted(tmp_path, state):
    less = without_head(state)
    del less["layer4.1.conv2.weight"]
    torch.save(less, tmp_path / "net.pth")
    (found,) = inspect_file(tmp_path / "net.pth").equally_alike
    assert not found.can_teach
    with pytest.raises(
        ModelError, match=r"tensor 'layer4\.1\.conv2\.weight' of 'resnet18' is not in the file"
    ):
        require_filled(found, with_classifier=False)


def test_a_last_layer_that_is_a_convolution_cannot_be_fitted(tmp_path):
    state = models.squeezenet1_1(num_classes=7).state_dict()
    torch.save(
        {name: tensor for name, tensor in state.items() if "classifier" not in name}, tmp_path / "net.pth"
    )
    found = inspect_file(tmp_path / "net.pth").matches[0]
    assert (found.head, found.can_teach) == ((), False)
