"""Costs of the presets' networks, so that the first visitor of the form does not wait for PyTorch."""

from __future__ import annotations

from kdviz.models import Cost

_GREY, _COLOUR = (10, (1, 28, 28)), (8, (3, 32, 32))
_FLOWERS, _CELLS = (5, (3, 128, 128)), (3, (3, 96, 96))
_SENTENCES, _REVIEWS, _WORDS = (2, (1, 48)), (2, (1, 128)), (10, (1, 40, 100))
"""Classes and shape of an input: of Fashion-MNIST mini, Shapes, photographs, blood cells, sentences, reviews
and spoken words."""

_COSTS: dict[tuple[str, float, tuple[int, tuple[int, ...]]], Cost] = {
    ("resnet8-lite", 2.0, _GREY): Cost(308_074, 10_150_272),
    ("resnet8-lite", 0.5, _GREY): Cost(19_810, 645_216),
    ("simple-cnn", 1.0, _GREY): Cost(220_234, 4_039_808),
    ("simple-cnn", 0.25, _GREY): Cost(13_978, 294_944),
    ("resnet8-lite", 1.0, _COLOUR): Cost(77_912, 3_125_760),
    ("resnet8-lite", 0.5, _COLOUR): Cost(19_888, 809_216),
    ("resnet8-lite", 1.0, _FLOWERS): Cost(77_717, 50_004_288),
    ("resnet8-lite", 0.5, _FLOWERS): Cost(19_789, 12_943_520),
    ("resnet8-lite", 1.0, _CELLS): Cost(77_587, 28_127_424),
    ("resnet8-lite", 0.5, _CELLS): Cost(19_723, 7_280_736),
    ("text-cnn", 4.0, _SENTENCES): Cost(9_730, 460_928),
    ("text-cnn", 1.0, _SENTENCES): Cost(2_434, 115_232),
    ("text-cnn", 4.0, _REVIEWS): Cost(9_730, 1_228_928),
    ("text-cnn", 1.0, _REVIEWS): Cost(2_434, 307_232),
    ("resnet8-lite", 1.0, _WORDS): Cost(77_754, 12_064_000),
    ("resnet8-lite", 0.5, _WORDS): Cost(19_810, 3_052_160),
    ("vit-tiny", 1.0, _COLOUR): Cost(311_144, 22_709_760),
}


def network_cost(name: str, *, classes: int, input_shape: tuple[int, ...], width: float) -> Cost:
    """Cost of a network: from the table, else counted. Raises ModelError like `build`."""
    if known := _COSTS.get((name, width, (classes, input_shape))):
        return known
    from kdviz.models import describe

    card = describe(name, classes=classes, input_shape=input_shape, width=width)
    return Cost(card.parameters, card.multiply_adds)
