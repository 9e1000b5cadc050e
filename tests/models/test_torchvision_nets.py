"""torchvision's networks, taken apart and put together, are still torchvision's."""

from urllib.error import URLError

import pytest
import torch
from torch import Tensor, nn
from torchvision import models

from kdviz.errors import ModelError
from kdviz.models import build, from_torchvision, load_weights, pretrained

NAMES = ["resnet18", "resnet50", "mobilenet-v3-small", "efficientnet-b0"]
DOWNLOAD = "torchvision.models._api.load_state_dict_from_url"


def theirs(name: str, classes: int = 1000) -> nn.Module:
    """torchvision's own network, with running statistics that are not those of the start."""
    torch.manual_seed(0)
    net = models.get_model(name.replace("-", "_"), num_classes=classes).eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net


def photographs(channels: int = 3) -> Tensor:
    """In float64, where sums in another order still agree to many digits."""
    return torch.randn(2, channels, 64, 64, generator=torch.Generator().manual_seed(1)).double()


@pytest.mark.parametrize("name", NAMES)
def test_with_torchvisions_weights_the_logits_are_torchvisions(name):
    original = theirs(name, classes=7)
    net = build(name, classes=7, input_shape=(3, 64, 64)).eval()
    load_weights(net, from_torchvision(name, original.state_dict()), source="file")
    with torch.no_grad():
        torch.testing.assert_close(net.double()(photographs()), original.double()(photographs()))


@pytest.mark.parametrize("name", NAMES)
def test_imagenet_weights_fill_all_but_the_head(name, monkeypatch):
    original = theirs(name)
    monkeypatch.setattr(DOWNLOAD, lambda *args, **kwargs: original.state_dict())
    net = build(name, classes=3, input_shape=(3, 64, 64)).eval()
    weights = pretrained(name)
    assert not [key for key in weights if key.startswith("head.")]
    load_weights(net, weights, source="imagenet", with_head=False)
    body = nn.Sequential(*list(original.children())[: -2 if "resnet" in name else 1]).double()
    with torch.no_grad():
        torch.testing.assert_close(net.double().forward_features(photographs()), body(photographs()))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet-v3-small"])
def test_a_grey_picture_gives_what_it_would_give_in_colour(name, monkeypatch):
    original = theirs(name)
    monkeypatch.setattr(DOWNLOAD, lambda *args, **kwargs: original.state_dict())
    nets = {}
    for channels in (1, 3):
        nets[channels] = build(name, classes=3, input_shape=(channels, 64, 64)).eval()
        load_weights(nets[channels], pretrained(name, channels), source="imagenet", with_head=False)
        nets[channels].double()
    grey = photographs(channels=1)
    in_colour = grey.expand(-1, 3, -1, -1)
    with torch.no_grad():
        features, expected = nets[1].forward_features(grey), nets[3].forward_features(in_colour)
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-4 * expected.abs().max().item())


def test_without_a_connection_the_message_is_one_line(monkeypatch):
    def offline(*args: object, **kwargs: object) -> None:
        raise URLError("no route\nto host")

    monkeypatch.setattr(DOWNLOAD, offline)
    with pytest.raises(ModelError) as refused:
        pretrained("resnet18")
    assert str(refused.value) == (
        "weights: could not download ImageNet weights for 'resnet18' (<urlopen error no route to host>). "
        "Connect to the internet, give a file of weights, or train from the start."
    )


def test_a_network_that_torchvision_never_trained_has_no_weights_there():
    with pytest.raises(ModelError) as refused:
        pretrained("resnet20")
    assert str(refused.value) == (
        "weights: torchvision has none for 'resnet20'. Choose one of its networks, such as resnet18."
    )


def test_a_foreign_tensor_is_named():
    with pytest.raises(ModelError) as refused:
        from_torchvision("resnet18", {"module.conv1.weight": torch.zeros(1)})
    assert str(refused.value) == (
        "weights: tensor 'module.conv1.weight' is none of torchvision's. Give weights made by torchvision."
    )
