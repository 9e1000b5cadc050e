"""torchvision's classification networks, traced and cut: torchvision and captum are the oracles."""

import os

import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn
from torchvision import models

from kdviz.errors import ModelError
from kdviz.explainers import MAPS, explain, run
from kdviz.losses import EXPLANATION_LOSSES, unreached_blocks
from kdviz.models import FAMILIES, MODELS, build, from_torchvision, initialise, load_weights, namings, renamed
from kdviz.models.building import skeleton
from kdviz.models.torchvision_registry import TORCHVISION_MODELS
from kdviz.models.torchvision_traced import _TablesOnCpu
from kdviz.models.vit import VisionTransformer

ALL = bool(os.environ.get("KDVIZ_ALL_NETWORKS"))
"""`make test-networks` tests every network; otherwise those that are built quickly."""

HEAVY = {"alexnet", "maxvit-t", "vgg11-bn", "vit-b-32", "wide-resnet50-2"}
TRACED = [
    "resnet34",
    "mobilenet-v3-large",
    "efficientnet-b1",
    *(name for name in FAMILIES if name in TORCHVISION_MODELS),
]
FIRST = [name for name in TRACED if ALL or name not in HEAVY]
LIGHT = ["squeezenet1-1", "shufflenet-v2-x0-5", "mobilenet-v2", "mnasnet0-5", "swin-t"]
RUN = FIRST if ALL else LIGHT
NAMED = [name for name in MODELS if name in TORCHVISION_MODELS] if ALL else FIRST
WITHOUT_AUXILIARY = {"googlenet", "inception-v3"}


def builder(name: str) -> str:
    return name.replace("-", "_")


def theirs(name: str, classes: int) -> nn.Module:
    """torchvision's own network, with numbers of our generator and used BatchNorm statistics."""
    options = {"aux_logits": False, "init_weights": False} if name in WITHOUT_AUXILIARY else {}
    options |= {"image_size": MODELS[name].minimum_size} if name.startswith("vit") else {}
    torch.manual_seed(0)
    net = models.get_model(builder(name), num_classes=classes, **options).eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.8, 1.2)
    for path, parameter in net.named_parameters():
        if path.endswith("layer_scale"):
            parameter.data.fill_(0.1)
    return net


def photographs(name: str, count: int = 2) -> torch.Tensor:
    side = MODELS[name].minimum_size
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))


def ours(name: str, original: nn.Module, classes: int):
    side = MODELS[name].minimum_size
    net = build(name, classes=classes, input_shape=(3, side, side)).eval()
    load_weights(net, from_torchvision(name, original.state_dict()), source="file")
    return net


def test_all_of_torchvisions_classification_networks_are_there():
    assert {builder(name) for name in MODELS} >= set(models.list_models(module=models))


@pytest.mark.parametrize("name", NAMED)
def test_every_tensor_has_torchvisions_name_and_shape(name):
    side = MODELS[name].minimum_size
    if name.startswith("vit-h"):
        side = 70
    naming = namings(name)["torchvision"]
    net = skeleton(name, classes=7, input_shape=(3, side, side))
    options = {"aux_logits": False, "init_weights": False} if name in WITHOUT_AUXILIARY else {}
    options |= {"image_size": side} if name.startswith("vit") else {}
    with torch.device("meta"), _TablesOnCpu():
        expected = models.get_model(builder(name), num_classes=7, **options).state_dict()
    tables = (".relative_position_index", ".relative_coords_table")
    assert {naming(key): tensor.shape for key, tensor in net.state_dict().items()} == {
        key: tensor.shape for key, tensor in expected.items() if not key.endswith(tables)
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_cut_open_and_joined_it_is_torchvisions_network(name):
    original = theirs(name, 7)
    net, images = ours(name, original, 7).double(), photographs(name).double()
    with torch.no_grad():
        expected = original.double()(images)
        torch.testing.assert_close(net(images), expected)
        for layer in ("last", "second-to-last"):
            features = net.forward_features(images, layer)
            assert min(net.grid(features).shape[2:]) >= 2
            torch.testing.assert_close(net.forward_head(features, layer), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*RUN} - HEAVY))
def test_grad_cam_is_captums(name):
    net, images = ours(name, theirs(name, 7), 7), photographs(name)
    target = torch.tensor([1, 3])
    with torch.enable_grad():
        expected = LayerGradCam(net, net.stages[-1]).attribute(images, target)[:, 0]
    found = explain("grad-cam", net, images, target)
    scale = float(expected.detach().abs().max())
    torch.testing.assert_close(found.relu(), expected.relu().detach(), rtol=1e-3, atol=1e-4 * scale)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*RUN} - HEAVY))
def test_its_usual_explanation_loss_reaches_every_block(name):
    side = MODELS[name].minimum_size
    teacher, student = (build(name, classes=3, input_shape=(3, side, side), seed=seed) for seed in (1, 2))
    pooled = "pooled-linear-head" in MODELS[name].offers
    loss = EXPLANATION_LOSSES["class-attention" if pooled else "grad-cam"]
    images = photographs(name, 4)
    taught = run(teacher.eval(), images, "last")
    target = taught.logits.argmax(1)
    student.train()
    maps = MAPS[loss.map](run(student, images, "last"), target, True)
    value = loss.distance(MAPS[loss.map](taught, target, False), maps).nansum()
    assert unreached_blocks(student, value, "last", loss.reaches_head) == ()


@pytest.mark.parametrize("name", FIRST)
def test_the_registry_knows_whether_pooling_and_one_linear_layer_follow(name):
    side = MODELS[name].minimum_size
    net = skeleton(name, classes=3, input_shape=(3, side, side))
    assert (net.pooled_classifier() is not None) == ("pooled-linear-head" in MODELS[name].offers)


@pytest.mark.parametrize("name", ["swin-t", "shufflenet-v2-x0-5", "convnext-tiny"])
def test_every_number_is_drawn(name):
    nets = [build(name, classes=3, input_shape=(3, 64, 64), seed=7) for _again in range(2)]
    for tensor in nets[1].state_dict().values():
        tensor.fill_(float("nan") if tensor.is_floating_point() else -1)
    initialise(nets[1], 7)
    first, second = (net(photographs(name)) for net in nets)
    torch.testing.assert_close(first, second)
    assert first.isfinite().all()


def test_a_vision_transformer_of_torchvision_has_the_same_logits_here():
    """A small one: the registry's differ in their sizes alone."""
    torch.manual_seed(0)
    original = models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=128, num_classes=5
    )
    original.eval().heads.head.weight.data.normal_()
    net = VisionTransformer(
        classes=5, input_shape=(3, 32, 32), width=1.0, patch=8, dim=32, depth=2, heads=4, mlp_ratio=4,
        norm_eps=1e-6,
    )  # fmt: skip
    names = renamed(net.state_dict(), namings("vit-b-16")["torchvision"])
    net.load_state_dict({names[key]: tensor for key, tensor in original.state_dict().items()})
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(net.eval()(images), original(images))


def test_sides_that_do_not_fit_are_refused_in_one_line():
    with pytest.raises(ModelError) as refused:
        build("maxvit-t", classes=3, input_shape=(3, 256, 256))
    assert str(refused.value) == (
        "image_size: 'maxvit-t' needs images whose sides are multiples of 224 px, got 256. "
        "Choose another network or larger images."
    )
