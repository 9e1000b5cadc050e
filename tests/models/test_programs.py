"""Networks from programs of torch.export compute the same as the originals, and are cut at their maps."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from shutil import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models

from kdviz.checkpoints import program_tensors, read_program
from kdviz.comparison.models.program import _Program
from kdviz.errors import ModelError
from kdviz.explainers import explain
from kdviz.models import MODELS, build, card_of, load_weights, program_network, program_text
from tests.checkpoints.test_matching import made, trained
from tests.programs import exported, saved

IMAGES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def program_of(tmp_path_factory):
    """A maker of files of networks' programs, each exported once."""
    folder = tmp_path_factory.mktemp("programs")
    return cache(lambda name: exported(made(name), folder / f"{name}.pt2"))


def read(path, classes=7, side=64):
    text = read_program(path)
    network = program_network(text, classes, (3, side, side))
    network.load_program(program_tensors(path), None)
    return network.eval()


def require_equal(network, original, images=IMAGES):
    """Logits, and gradients to the images and to the map where it is cut."""
    given, other = (images.clone().requires_grad_() for _ in range(2))
    features = network.forward_features(given)
    logits, expected = network.forward_head(features), original(other)
    torch.testing.assert_close(logits, expected)
    to_images, to_features = torch.autograd.grad(logits[:, 1].sum(), [given, features])
    torch.testing.assert_close(to_images, *torch.autograd.grad(expected[:, 1].sum(), other))
    assert to_features.abs().sum() > 0
    assert min(features.shape[2:]) > 1


@pytest.mark.parametrize(
    ("name", "pooled", "cells"),
    [
        ("resnet18", True, (512, 2, 2)),
        ("mobilenet_v3_small", False, (576, 2, 2)),
        ("shufflenet_v2_x0_5", True, (1024, 2, 2)),
        ("squeezenet1_1", False, (7, 3, 3)),
        ("swin_t", True, (768, 2, 2)),
        ("convnext_tiny", False, (768, 2, 2)),
    ],
)
def test_a_program_computes_as_its_network(program_of, name, pooled, cells):
    original = made(name)
    network = read(program_of(name))
    require_equal(network, original)
    with torch.no_grad():
        features = network.forward_features(IMAGES)
        assert features.shape[1:] == cells
        classifier = network.pooled_classifier()
        assert (classifier is not None) == pooled
        if classifier:
            maps = torch.einsum("ck,nkhw->nchw", classifier.weight, features)
            torch.testing.assert_close(maps.mean((2, 3)) + classifier.bias, network(IMAGES))


@pytest.mark.parametrize("at_a_time", [1, 2])
@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5"])
def test_a_program_for_so_many_images_takes_any_number(tmp_path, name, at_a_time):
    """The second one has that number in the shapes that its channels are shuffled in."""
    original = made(name)
    require_equal(read(exported(original, tmp_path / "net.pt2", at_a_time=at_a_time)), original)


class Token(nn.Module):
    """A network that joins a learned vector to the cells of each image. repeat: else it is expanded."""

    def __init__(self, *, repeat: bool) -> None:
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 8, 3, stride=8), nn.Linear(8, 7)
        self.token, self.repeat = nn.Parameter(torch.rand(1, 1, 8)), repeat

    def forward(self, images):
        cells = self.conv(images).relu().flatten(2).transpose(1, 2)
        count = images.shape[0]
        token = self.token.repeat(count, 1, 1) if self.repeat else self.token.expand(count, -1, -1)
        return self.last(torch.cat([token, cells], 1).mean(1))


@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("at_a_time", [1, 2])
def test_what_is_repeated_for_each_image_is_so_for_any_number(tmp_path, repeat, at_a_time):
    original = Token(repeat=repeat).eval()
    require_equal(read(exported(original, tmp_path / "net.pt2", at_a_time=at_a_time)), original)


def test_its_grad_cam_and_cost_are_those_of_the_same_network_here(tmp_path):
    original = build("resnet18", classes=7, input_shape=(3, 64, 64), seed=3).eval()
    network = read(exported(original, tmp_path / "net.pt2"))
    target = torch.tensor([0, 3, 6])
    for layer in original.explained:
        first, second = (
            explain("grad-cam", each, IMAGES, target, layer=layer) for each in (network, original)
        )
        torch.testing.assert_close(first, second)
    ours, theirs = (card_of(each, (3, 64, 64)) for each in (network, original))
    assert (ours.parameters, ours.multiply_adds) == (theirs.parameters, theirs.multiply_adds)
    assert ours.explained_sizes == {**theirs.explained_sizes, "stride2": (32, 32)}  # here before its pooling


def test_a_program_of_core_operators_computes_the_same(tmp_path):
    original = made("mobilenet_v2")
    program = torch.export.export(original, (IMAGES[:2],), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))
    network = read(saved(program.run_decompositions(), tmp_path / "net.pt2"))
    require_equal(network, original)
    assert network.pooled_classifier() is not None


def test_free_sides_take_any_size(tmp_path):
    original = made("squeezenet1_1")
    free = torch.export.Dim.DYNAMIC
    program = torch.export.export(original, (IMAGES[:2],), dynamic_shapes=({0: free, 2: free, 3: free},))
    path = saved(program, tmp_path / "net.pt2")
    assert read_program(path).input_shape == (3, None, None)
    require_equal(read(path, side=96), original, torch.rand(2, 3, 96, 96))


def test_a_student_that_kdviz_exported_can_teach(tmp_path):
    """Its program also returns maps, and takes pixels in [0, 1]."""
    student = build("resnet8-lite", classes=7, input_shape=(3, 64, 64), width=0.5, seed=2).eval()
    program = _Program(student, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6)).eval()
    network = read(exported(program, tmp_path / "net.pt2"))
    torch.testing.assert_close(network(IMAGES), program(IMAGES)[0])
    assert network.pooled_classifier() is not None


@pytest.mark.parametrize("last", [nn.Softmax(1), nn.LogSoftmax(-1)])
def test_a_softmax_at_the_end_is_left_out(tmp_path, last):
    original = made("squeezenet1_1")
    network = read(exported(nn.Sequential(original, last).eval(), tmp_path / "net.pt2"))
    torch.testing.assert_close(network(IMAGES), original(IMAGES))


class Awkward(nn.Module):
    """Writes into tensors, through views too, makes tables, and standardizes weights."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.last = nn.Linear(8, 7, bias=False)

    def forward(self, images):
        weight = F.batch_norm(self.conv.weight.reshape(1, 8, -1), None, None, training=True, momentum=0.0)
        x = F.conv2d(images, weight.reshape_as(self.conv.weight), padding=1)
        x.relu_()
        mask = x.new_zeros(x.shape[2:])
        mask[2:5].fill_(1.0)
        places = torch.arange(x.shape[3], device=images.device).float()
        ones = torch.ones(x.shape[0], 1, 1, 1, device=images.device)
        y = x * ones + (mask + places).expand_as(x).to(torch.float64).to(x.dtype)
        y += 1
        return self.last(y.contiguous().view(x.shape[0], 8, -1).mean(-1))


def test_in_place_operators_and_tables_are_kept_as_they_are(tmp_path):
    original = Awkward().eval()
    require_equal(read(exported(original, tmp_path / "net.pt2")), original)


def test_weights_alone_make_the_network_again(program_of, tmp_path):
    path = Path(copy(program_of("shufflenet_v2_x0_5"), tmp_path))
    first = read(path)
    weights = {name: tensor.clone() for name, tensor in first.state_dict().items()}
    path.unlink()
    second = program_network(program_text(weights), 7, (3, 64, 64))
    load_weights(second, weights, source="a run")
    torch.testing.assert_close(second.eval()(IMAGES), first(IMAGES))


def test_weights_of_other_networks_have_no_program():
    with pytest.raises(ModelError, match="its weights have no program"):
        program_text({"program": torch.zeros(8, dtype=torch.uint8)})


def test_outputs_can_be_chosen(program_of):
    original, path = made("shufflenet_v2_x0_5"), program_of("shufflenet_v2_x0_5")
    network = program_network(read_program(path), 3, (3, 64, 64))
    network.load_program(program_tensors(path), (5, 0, 2))
    torch.testing.assert_close(network.eval()(IMAGES), original(IMAGES)[:, [5, 0, 2]])


def test_a_transformer_has_no_map_near_its_logits(tmp_path):
    net = trained(models.VisionTransformer(64, 16, 4, 2, 32, 64, num_classes=7))
    with pytest.raises(ModelError) as refused:
        read(exported(net, tmp_path / "net.pt2"))
    assert str(refused.value).startswith(
        "teacher_weights: the program's last feature map comes after 1 of its 18 layers: transformers have none"
    )


def test_another_size_is_refused(program_of):
    path = program_of("squeezenet1_1")
    with pytest.raises(ModelError) as refused:
        program_network(read_program(path), 7, (3, 32, 32))
    assert str(refused.value) == (
        "teacher_size: the program takes images of 64 px, got 32. Set teacher_size to its side, or export it with "
        "free sides."
    )


def test_programs_are_no_students():
    assert not {"program", "program-pooled"} & MODELS.keys()


def test_it_can_be_copied(program_of):
    network = read(program_of("shufflenet_v2_x0_5"))
    torch.testing.assert_close(deepcopy(network)(IMAGES), network(IMAGES))
