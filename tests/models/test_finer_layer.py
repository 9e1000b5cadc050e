import pytest

from kdviz.models import describe, finer_layer


def test_it_is_the_next_finer_of_few_cells():
    sizes = {"last": (3, 3), "second-to-last": (12, 12), "stride16": (6, 6), "stride8": (12, 12)}
    assert finer_layer(sizes) == "stride16"


@pytest.mark.parametrize(
    "sizes",
    [{"last": (4, 4), "stride8": (8, 8)}, {"last": (2, 2), "second-to-last": (2, 2)}, {"last": (3, 3)}],
)
def test_there_is_none_where_cells_are_many_or_no_map_is_finer(sizes):
    assert finer_layer(sizes) is None


@pytest.mark.parametrize(("side", "expected"), [(96, "stride16"), (224, None)])
def test_of_a_resnet_18_it_is_the_third_stage_on_small_images(side, expected):
    card = describe("resnet18", classes=5, input_shape=(3, side, side))
    assert finer_layer({layer: card.explained_sizes[layer] for layer in card.candidates}) == expected
