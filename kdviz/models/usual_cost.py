"""Cost of each network for images of common size, available without PyTorch."""

from __future__ import annotations

from typing import NamedTuple

from kdviz.models.registry import MODELS

USUAL_CLASSES, USUAL_SHAPE = 10, (3, 32, 32)
"""10 classes and images (C, H, W) such as CIFAR-10's."""


class Cost(NamedTuple):
    """Parameters of a network, and multiply-adds per image."""

    parameters: int
    multiply_adds: int


# At the common size, or at the minimum size if that is larger; a test compares them with `describe`.
# Other networks are counted on demand.
_USUAL_COSTS: dict[str, Cost] = {
    "simple-cnn": Cost(282_250, 5_866_112),
    "resnet8-lite": Cost(78_042, 3_125_888),
    "resnet8": Cost(78_042, 12_501_632),
    "resnet20": Cost(272_474, 40_813_184),
    "resnet32": Cost(466_906, 69_124_736),
    "resnet56": Cost(855_770, 125_747_840),
    "wrn16": Cost(691_674, 101_106_944),
    "wrn40": Cost(2_243_546, 327_599_360),
    "mobilenet-small": Cost(86_458, 5_977_344),
    "vit-tiny": Cost(311_338, 22_709_952),
    "resnet18": Cost(11_181_642, 148_050_944),
    "resnet50": Cost(23_528_522, 333_664_256),
    "mobilenet-v3-small": Cost(1_528_106, 5_502_720),
    "efficientnet-b0": Cost(4_020_358, 31_979_392),
}


def cost(name: str, *, classes: int, input_shape: tuple[int, ...]) -> Cost:
    """Cost of a network at full width: from the table for common images, else by `describe`.

    Sides that are too short for the network count as its minimum size.
    """
    if (classes, input_shape) == (USUAL_CLASSES, USUAL_SHAPE) and name in _USUAL_COSTS:
        return _USUAL_COSTS[name]
    from kdviz.models.cost import describe

    channels, *sides = input_shape
    at_least = (max(side, MODELS[name].minimum_size) for side in sides)
    card = describe(name, classes=classes, input_shape=(channels, *at_least))
    return Cost(card.parameters, card.multiply_adds)
