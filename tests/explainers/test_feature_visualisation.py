"""What a channel responds to: found by looking everywhere, and made by climbing."""

import pytest
import torch

from kdviz.explainers import climb, search
from kdviz.explainers.feature_visualisation import receptive_boxes
from tests.networks import TESTED_NETWORKS
from tests.ways import at_the_end

KINDS = ["resnet8", "simple-cnn", "vit-tiny"]
LAYERS = ["last", "second-to-last"]
SMALL = [name for name, spec in TESTED_NETWORKS.items() if spec.minimum_size <= 32]
BLACK, WHITE = torch.full((3, 16, 16), -2.0), torch.full((3, 16, 16), 2.0)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", KINDS)
def test_top_patches_are_those_found_by_looking_at_every_place(random, small, model, layer):
    network, images = small(model), random(20, 3, 16, 16)
    found, done = at_the_end(search(network, images.split(7), [3, 0], layer=layer, count=5))
    assert done == [7, 14, 20]
    with torch.no_grad():
        grid = network.grid(network.forward_features(images, layer))
    for k, channel in enumerate([3, 0]):
        places = []
        for n, image in enumerate(grid):
            best = max(
                (float(value), row, column)
                for row, values in enumerate(image[channel])
                for column, value in enumerate(values)
            )
            places.append((best[0], n))
        expected = sorted(places, reverse=True)[:5]
        assert found.indices[k].tolist() == [n for _, n in expected]
        assert found.activations[k].tolist() == pytest.approx([value for value, _ in expected], abs=1e-6)
        for n, (row, column), value in zip(
            found.indices[k], found.cells[k], found.activations[k], strict=True
        ):
            assert float(grid[n, channel, row, column]) == pytest.approx(float(value), abs=1e-6)


def test_of_few_images_each_gives_one_place(random, small):
    found, _ = at_the_end(search(small("simple-cnn"), [random(2, 3, 16, 16)], [0], count=9))
    assert found.indices.shape == (1, 2)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", SMALL)
def test_no_pixel_outside_the_box_can_change_the_cell(random, small, model, layer):
    network, image = small(model), random(1, 3, 16, 16)
    boxes = receptive_boxes(network, image, layer)
    with torch.no_grad():
        before = network.grid(network.forward_features(image, layer))
        assert boxes.shape == (*before.shape[2:], 4)
        for row, column in ((0, 0), (1, boxes.shape[1] - 1)):
            top, left, bottom, right = boxes[row, column]
            other = random(1, 3, 16, 16)
            other[:, :, top:bottom, left:right] = image[:, :, top:bottom, left:right]
            after = network.grid(network.forward_features(other, layer))
            torch.testing.assert_close(
                after[..., row, column], before[..., row, column], atol=1e-5, rtol=1e-4
            )


def test_a_box_is_what_the_kernels_and_strides_add_up_to(random, small):
    """Conv 3, pool 2, conv 3: 8 pixels at a stride of 2, from 3 before the cell's own."""
    boxes = receptive_boxes(small("simple-cnn", 32), random(1, 3, 32, 32))
    assert boxes[5, 8].tolist() == [7, 13, 15, 21]
    assert boxes[0, 0].tolist() == [0, 0, 5, 5]


@pytest.mark.parametrize("model", KINDS)
def test_ascent_excites_each_channel_far_more_than_random_pictures_do(random, small, model):
    network, channels = small(model), list(range(8))
    made, _ = at_the_end(climb(network, channels, black=BLACK, white=WHITE, steps=64))
    pictures = random(200, 3, 16, 16).clamp(-2, 2)
    with torch.no_grad():
        usual = network.grid(network.forward_features(pictures)).mean((2, 3))[:, channels]
        again = network.grid(network.forward_features(made.images))
    torch.testing.assert_close(made.activations, again[range(8), channels].mean((1, 2)))
    deviations = (made.activations - usual.mean(0)) / usual.std(0)
    assert deviations.median() > 4
    assert deviations.min() > 0
    assert (made.images >= BLACK).all()
    assert (made.images <= WHITE).all()


def test_ascent_is_fixed_by_its_seed_and_touches_no_other_generator(small):
    network, state = small("simple-cnn"), torch.get_rng_state()

    def made(seed: int, *channels: int) -> torch.Tensor:
        way = climb(network, channels, black=BLACK, white=WHITE, steps=3, seed=seed)
        return at_the_end(way)[0].images

    assert torch.equal(made(0, 1), made(0, 1))
    torch.testing.assert_close(made(0, 4, 1)[1:], made(0, 1))
    assert not torch.equal(made(0, 1), made(1, 1))
    assert torch.equal(state, torch.get_rng_state())
    assert all(weights.grad is None for weights in network.parameters())


def test_ascent_tells_how_far_it_is(small):
    _, said = at_the_end(climb(small("simple-cnn"), [0], black=BLACK, white=WHITE, steps=4))
    assert said == [0, 0.25, 0.5, 0.75]
