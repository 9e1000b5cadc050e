"""Cost of each network for images of common size, available without PyTorch."""

from __future__ import annotations

from typing import NamedTuple

from kdviz.models.registry import MODELS

USUAL_CLASSES, USUAL_SHAPE, USUAL_TEXT = 10, (3, 32, 32), (1, 48)
"""10 classes, images (C, H, W) such as CIFAR-10's, and texts (1, L) of a sentence."""


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
    "resnet20-a": Cost(269_722, 40_551_040),
    "wrn16": Cost(691_674, 101_106_944),
    "wrn40": Cost(2_243_546, 327_599_360),
    "m5": Cost(38_154, 4_195_584),
    "mobilenet-small": Cost(86_458, 5_977_344),
    "vit-tiny": Cost(311_338, 22_709_952),
    "resnet18": Cost(11_181_642, 148_050_944),
    "resnet50": Cost(23_528_522, 333_664_256),
    "mobilenet-v3-small": Cost(1_528_106, 5_502_720),
    "efficientnet-b0": Cost(4_020_358, 31_979_392),
    "resnext50-32x4d": Cost(23_000_394, 345_198_592),
    "wide-resnet50-2": Cost(66_854_730, 930_304_000),
    "shufflenet-v2-x0-5": Cost(352_042, 3_230_848),
    "mobilenet-v2": Cost(2_236_682, 24_461_312),
    "mnasnet0-5": Cost(950_322, 8_435_328),
    "squeezenet1-1": Cost(727_626, 17_022_656),
    "efficientnet-v2-s": Cost(20_190_298, 235_918_592),
    "regnet-x-400mf": Cost(5_098_986, 33_751_968),
    "regnet-y-400mf": Cost(3_907_554, 33_380_688),
    "densenet121": Cost(6_964_106, 231_286_784),
    "googlenet": Cost(5_610_154, 122_243_072),
    "inception-v3": Cost(21_806_058, 730_673_504),
    "alexnet": Cost(57_044_810, 157_480_640),
    "vgg11-bn": Cost(128_812_810, 730_636_288),
    "convnext-tiny": Cost(27_827_818, 363_661_824),
    "swin-t": Cost(27_527_044, 770_884_992),
    "swin-v2-t": Cost(27_590_260, 867_623_424),
    "maxvit-t": Cost(30_412_744, 5_557_539_840),
    "vit-b-32": Cost(87_428_362, 434_578_944),
    "bag-of-words": Cost(970, 38_560),
    "text-cnn": Cost(2_570, 115_360),
    "text-cnn-deep": Cost(3_338, 152_224),
    "bilstm": Cost(8_778, 405_824),
    "text-transformer": Cost(19_146, 1_187_264),
}


def cost(name: str, *, classes: int, input_shape: tuple[int, ...]) -> Cost:
    """Cost of a network at full width: from the table for common images, else by `describe`.

    Sides that are too short for the network count as its minimum size.
    """
    usual = USUAL_TEXT if "text" in MODELS[name].modalities else USUAL_SHAPE
    if (classes, input_shape) == (USUAL_CLASSES, usual) and name in _USUAL_COSTS:
        return _USUAL_COSTS[name]
    from kdviz.models.cost import describe

    channels, *sides = input_shape
    at_least = (max(side, MODELS[name].minimum_size) for side in sides)
    card = describe(name, classes=classes, input_shape=(channels, *at_least))
    return Cost(card.parameters, card.multiply_adds)
