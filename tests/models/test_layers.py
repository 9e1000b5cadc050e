"""The layers at which networks can be explained: their names, their cells, and Grad-CAM there."""

import json
import zlib

import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn

from kdviz.checkpoints import program_tensors, read_program
from kdviz.errors import ModelError
from kdviz.explainers import explain
from kdviz.models import MODELS, build, candidate_layers, card_of, program_network, program_text
from kdviz.models.building import skeleton
from kdviz.networks import require_layer
from kdviz.types import LAYER_STRIDES
from tests.networks import TESTED_NETWORKS
from tests.programs import exported

TRACED = ["shufflenet-v2-x0-5", "mobilenet-v2", "convnext-tiny", "alexnet", "vit-b-32", "vit-h-14"]
CONVOLUTIONAL = [name for name in TESTED_NETWORKS if "token-attention" not in MODELS[name].offers]


SIDES = {"vit-h-14": 98, "alexnet": 384}
"""Of patches of 14 px; without padding at the borders, cells have their stride in large images alone."""


def random_images(side: int) -> torch.Tensor:
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", [*TESTED_NETWORKS, *TRACED])
def test_a_layer_named_by_its_stride_is_the_last_with_cells_that_small(name):
    side, spec = SIDES.get(name, 96), MODELS[name]
    net = skeleton(name, classes=3, input_shape=(3, side, side)).eval()
    features, sizes = torch.empty(1, 3, side, side, device="meta"), {}
    for place, stage in enumerate(net.stages[: net.explained["last"]], start=1):
        features = stage(features)
        sizes[place] = net.grid(features).shape[-1]
    for layer, pixels in LAYER_STRIDES.items():
        fine = [place for place, cells in sizes.items() if side / cells <= pixels * 1.05]
        assert net.explained.get(layer) == (fine[-1] if fine else None)
        assert spec.has(layer) == (layer in net.explained)


def test_each_map_is_a_candidate_once_under_its_usual_name():
    def candidates(name):
        return dict(candidate_layers(skeleton(name, classes=3, input_shape=(3, 96, 96))))

    assert candidates("resnet18") == {
        "last": "layer4", "stride16": "layer3", "stride8": "layer2", "stride4": "layer1"
    }  # fmt: skip
    assert candidates("resnet8-lite") == {"last": "stage3", "stride4": "stage2", "stride2": "stage1"}
    assert candidates("vit-tiny") == {"last": "block3", "second-to-last": "block2"}
    assert list(candidates("mobilenet-v2")) == ["last", "stride16", "stride8", "stride4", "stride2"]


@pytest.mark.parametrize("name", [*CONVOLUTIONAL, "shufflenet-v2-x0-5"])
def test_grad_cam_is_captum_s_at_every_candidate(name):
    net = build(name, classes=4, input_shape=(3, 64, 64), seed=5).eval()
    images, target = random_images(64), torch.tensor([3, 0])
    for layer in candidate_layers(net):
        oracle = LayerGradCam(net, net.stages[net.explained[layer] - 1])
        expected = oracle.attribute(images, target=target)[:, 0].detach()
        found = explain("grad-cam", net, images, target, layer=layer)
        scale = float(expected.abs().max())
        torch.testing.assert_close(found / scale, expected / scale, atol=1e-5, rtol=1e-5)


def test_the_closed_form_is_used_under_each_name_of_the_last_map_and_nowhere_else():
    net = build("resnet8-lite", classes=3, input_shape=(3, 96, 96))
    closed = {layer for layer in net.explained if net.pooled_classifier(layer) is not None}
    assert closed == {"last", "stride16", "stride8"}


class PadsFirst(nn.Module):
    """Pads on one side before each strided convolution, as networks from TensorFlow do."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 4, 3, stride=2), nn.ReLU())
        self.second = nn.Sequential(nn.ZeroPad2d((1, 2, 1, 2)), nn.Conv2d(4, 8, 5, stride=2), nn.ReLU())
        self.last = nn.Linear(8, 3)

    def forward(self, images):
        return self.last(self.second(self.first(images)).mean((2, 3)))


def test_a_map_with_a_border_of_padding_is_no_candidate_of_a_program(tmp_path):
    original = PadsFirst().eval()
    path = exported(original, tmp_path / "net.pt2", side=32)
    net = program_network(read_program(path), 3, (3, 32, 32))
    net.load_program(program_tensors(path), None)
    sizes = card_of(net, (3, 32, 32)).explained_sizes
    assert {layer: sizes[layer] for layer in candidate_layers(net)} == {"last": (8, 8), "stride2": (16, 16)}
    images, target = random_images(32), torch.tensor([2, 1])
    expected = LayerGradCam(original, original.first).attribute(images, target=target)[:, 0].detach()
    found = explain("grad-cam", net.eval(), images, target, layer="stride2")
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_a_program_in_an_older_run_is_cut_as_it_was(tmp_path):
    text = read_program(exported(PadsFirst().eval(), tmp_path / "net.pt2", side=32))
    now = program_network(text, 3, (3, 32, 32))
    described = json.loads(zlib.decompress(bytes(now.program.numpy())))
    del described["padded"]
    packed = zlib.compress(json.dumps(described).encode())
    older = program_network(
        program_text({"program": torch.frombuffer(bytearray(packed), dtype=torch.uint8)}), 3, (3, 32, 32)
    )
    assert card_of(older, (3, 32, 32)).explained_sizes["second-to-last"] == (19, 19)
    assert card_of(now, (3, 32, 32)).explained_sizes["second-to-last"] == (16, 16)


def test_a_layer_that_a_program_lacks_is_refused_in_one_line():
    require_layer("stride8", ["last", "stride8"])
    with pytest.raises(ModelError) as refused:
        require_layer("stride2", ["last", "stride8"])
    assert str(refused.value) == (
        "explained_layer: no map of the program is as fine as 'stride2'. Layers that it has: last, stride8."
    )
