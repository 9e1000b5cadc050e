"""Parameters and multiply-adds against published figures and torch's own counter."""

from math import ceil

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from kdviz.errors import ModelError
from kdviz.models import (
    MODELS,
    USUAL_CLASSES,
    USUAL_SHAPE,
    ModelCard,
    anatomy,
    build,
    cost,
    describe,
    multiply_adds,
    parameter_count,
)
from tests.networks import TESTED_NETWORKS

PUBLISHED = {
    "resnet20": 0.27e6,
    "resnet32": 0.46e6,
    "resnet56": 0.85e6,
    "wrn16": 0.69e6,
    "wrn40": 2.2e6,
}
TORCHVISION = ["resnet18", "resnet50", "mobilenet-v3-small", "efficientnet-b0"]


@pytest.mark.parametrize(("name", "published"), PUBLISHED.items())
def test_there_are_as_many_parameters_as_published(name, published):
    card = describe(name, classes=10, input_shape=(3, 32, 32))
    assert card.parameters == pytest.approx(published, rel=0.025)


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_figures_are_found_again(name):
    meta = models.get_model_weights(name.replace("-", "_")).DEFAULT.meta
    card = describe(name, classes=1000, input_shape=(3, 224, 224))
    assert card.parameters == meta["num_params"]
    assert card.multiply_adds / 1e9 == pytest.approx(meta["_ops"], abs=6e-4)


def test_the_articles_network_counted_by_hand():
    card = describe("simple-cnn", classes=10, input_shape=(3, 32, 32))
    convolutions = 32 * (3 * 9 + 1) + 64 * (32 * 9 + 1)
    dense = 64 * (64 * 8 * 8 + 1) + 10 * (64 + 1)
    assert card == ModelCard(
        parameters=convolutions + dense,
        multiply_adds=32**2 * 32 * 27 + 16**2 * 64 * 288 + 64 * 64 * 64 + 640,
        explained_sizes={
            "last": (16, 16),
            "second-to-last": (32, 32),
            **dict.fromkeys(("stride16", "stride8", "stride4", "stride2"), (16, 16)),
        },
        candidates={"last": "conv2", "second-to-last": "conv1"},
    )


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_multiply_adds_are_half_of_what_torchs_counter_calls_flops(name):
    size = MODELS[name].minimum_size + 14
    net = build(name, classes=7, input_shape=(3, size, size)).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.zeros(1, 3, size, size))
    assert 2 * multiply_adds(net, (3, size, size)) == counter.get_total_flops()


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_a_card_tells_of_the_network_that_is_built(name):
    size = MODELS[name].minimum_size
    card = describe(name, classes=7, input_shape=(1, size, size))
    net = build(name, classes=7, input_shape=(1, size, size))
    assert card.parameters == parameter_count(net)
    assert card.multiply_adds == multiply_adds(net, (1, size, size))
    for layer, expected in card.explained_sizes.items():
        grid = net.grid(net.forward_features(torch.zeros(2, 1, size, size), layer))
        assert grid.shape[2:] == expected


def test_counting_leaves_the_network_as_it_was():
    net = build("resnet8-lite", classes=2, input_shape=(3, 32, 32))
    multiply_adds(net, (3, 32, 32))
    assert net.training
    assert not any(module._forward_hooks for module in net.modules())
    assert net(torch.zeros(2, 3, 32, 32)).device.type == "cpu"


@pytest.mark.parametrize("size", [28, 30, 32])
def test_the_default_network_ends_in_a_map_of_four_by_four(size):
    card = describe("resnet8-lite", classes=10, input_shape=(1, size, size))
    quarter, half = (ceil(size / 4),) * 2, (ceil(size / 2),) * 2
    assert card.explained_sizes == {
        "last": (4, 4), "stride16": (4, 4), "stride8": (4, 4), "second-to-last": quarter, "stride4": quarter,
        "stride2": half,
    }  # fmt: skip


def test_the_default_network_is_four_times_cheaper_than_its_full_size_form():
    lite, full = (describe(name, classes=10, input_shape=(3, 32, 32)) for name in ("resnet8-lite", "resnet8"))
    assert lite.parameters == full.parameters
    assert full.multiply_adds / lite.multiply_adds == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("name", TORCHVISION)
def test_a_fixed_width_is_said_to_be_fixed(name):
    with pytest.raises(ModelError) as refused:
        describe(name, classes=10, input_shape=(3, 64, 64), width=0.5)
    assert str(refused.value) == f"width: {name!r} has only width 1, got 0.5. Use 1, or another network."


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_the_table_of_usual_costs_is_what_the_networks_cost(name):
    size = max(USUAL_SHAPE[1], MODELS[name].minimum_size)
    card = describe(name, classes=USUAL_CLASSES, input_shape=(USUAL_SHAPE[0], size, size))
    assert cost(name, classes=USUAL_CLASSES, input_shape=USUAL_SHAPE) == (card.parameters, card.multiply_adds)


def test_the_cost_for_other_images_is_found_at_their_size():
    card = describe("resnet18", classes=3, input_shape=(1, 64, 64))
    assert cost("resnet18", classes=3, input_shape=(1, 20, 20)) == (card.parameters, card.multiply_adds)


def test_a_text_network_is_counted_word_by_word():
    """Two convolutions over three words of 50 numbers, 16 channels each, without a bias, then the classes."""
    card = describe("text-cnn-deep", classes=2, input_shape=(1, 48))
    weights = [3 * 50 * 16, 3 * 16 * 16]
    assert card == ModelCard(
        parameters=sum(weights) + 2 * (16 + 1),
        multiply_adds=48 * sum(weights) + 2 * 16,
        explained_sizes={"last": (48,), "second-to-last": (48,)},
        candidates={"last": "words2", "second-to-last": "words1"},
    )
    stages = anatomy("text-cnn-deep", classes=2, input_shape=(1, 48))
    assert [stage.shape for stage in stages] == [(16, 48), (16, 48), (2,)]
    assert sum(stage.parameters for stage in stages) == card.parameters
