"""The memory that training takes at least: by hand for a small network, and below what real ones keep."""

import pytest
import torch
from torch import nn

from kdviz.models import build, kept_bytes, parameter_count, training_bytes


def test_a_layer_keeps_its_input_and_a_relu_its_output():
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 2))
    network = network.to("meta")
    image, activation = 3 * 6 * 6, 8 * 6 * 6  # what the ReLU keeps is what the linear layer keeps
    assert kept_bytes(network, torch.empty(5, 3, 6, 6, device="meta")) == 5 * 4 * (image + activation)


@pytest.mark.parametrize(
    ("name", "side", "share"),
    [
        ("simple-cnn", 48, 1.0),
        ("resnet8-lite", 32, 0.4),
        ("mobilenet-v3-small", 64, 0.4),
        ("vit-tiny", 32, 0.9),
    ],
)
def test_a_real_network_keeps_as_much_or_more(name, side, share):
    """More by what batch normalization keeps, which is left out."""
    shape, batch = (3, side, side), 4
    network = build(name, classes=5, input_shape=shape).train()
    real = kept_bytes(network, torch.randn(batch, *shape)) + 2 * 4 * parameter_count(network)
    bound = training_bytes(name, classes=5, input_shape=shape, batch_size=batch)
    assert share * real <= bound <= real


def test_only_what_is_kept_grows_with_the_batch():
    one, two, three = (
        training_bytes("resnet8-lite", classes=5, input_shape=(3, 32, 32), batch_size=batch)
        for batch in (1, 2, 3)
    )
    assert one > three - two == two - one > 0
