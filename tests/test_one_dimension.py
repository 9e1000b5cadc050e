"""Maps over one dimension, (N, L), as words or time frames have: all that compares maps takes them.

The oracle is the same row in two dimensions, (N, 1, L).
"""

import pytest
import torch
from torch import Tensor, nn

from kdviz.agreement import MEASURES, agreement, image_scores, measures_for
from kdviz.explainers import explain
from kdviz.explainers.maps import MAPS, run
from kdviz.faithfulness import infidelity, mask_share, pointing_hit, removal
from kdviz.losses import (
    class_distance,
    class_level_distance,
    class_shape_distance,
    cosine_distance,
    energy_distance,
    explanation_loss,
    positive_cosine_distance,
)
from kdviz.models import Network

CLASSES, LENGTH = 3, 12


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Row(Network):
    """Two convolutions over positions, then average pooling and a linear layer; in one dimension, or in two."""

    def __init__(self, *, flat: bool, hidden: bool = False) -> None:
        super().__init__()
        self._flat, self._hidden = flat, hidden
        self.stages = nn.Sequential(self._conv(2, 4), self._conv(4, 5))
        pool = nn.AdaptiveAvgPool1d(1) if flat else nn.AdaptiveAvgPool2d(1)
        extra = (nn.Linear(5, 5), nn.Tanh()) if hidden else ()
        self.head = nn.Sequential(pool, nn.Flatten(), *extra, nn.Linear(5, CLASSES))
        self.explained = {"last": 2, "second-to-last": 1}

    def _conv(self, inputs: int, outputs: int) -> nn.Module:
        if self._flat:
            return nn.Sequential(nn.Conv1d(inputs, outputs, 3, padding=1), nn.ReLU())
        return nn.Sequential(nn.Conv2d(inputs, outputs, (1, 3), padding=(0, 1)), nn.ReLU())

    def pooled_classifier(self, layer="last"):
        return self.head[-1] if layer == "last" and not self._hidden else None


class Words(Network):
    """Word numbers (N, L) as vectors (N, D, L), whose mean a linear layer reads: every slope is known."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors = nn.Embedding(7, 4)
        self.stages = nn.Sequential(nn.Identity(), nn.Identity())
        self.head = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, CLASSES))
        self.explained = {"last": 2, "second-to-last": 1}

    def embed(self, images: Tensor) -> Tensor:
        return self.vectors(images).transpose(1, 2)


def pair(hidden: bool) -> tuple[Row, Row]:
    """The same network in one dimension and in two."""
    torch.manual_seed(0)
    one, two = Row(flat=True, hidden=hidden).eval(), Row(flat=False, hidden=hidden).eval()
    weights = {name: tensor.view(two.state_dict()[name].shape) for name, tensor in one.state_dict().items()}
    two.load_state_dict(weights)
    return one, two


@pytest.mark.parametrize("lengths", [(12, 12), (12, 5)])
@pytest.mark.parametrize("distance", [cosine_distance, energy_distance, positive_cosine_distance])
def test_a_distance_of_maps_is_that_of_maps_one_row_high(distance, lengths):
    teacher, student = (random(6, length, seed=seed) for seed, length in enumerate(lengths))
    teacher[0], student[1] = 0, -1  # a blank map, and one without a positive part
    losses, slopes = [], []
    for high in (False, True):
        moved = student.clone().requires_grad_()
        maps = (teacher.unsqueeze(1), moved.unsqueeze(1)) if high else (teacher, moved)
        loss, undefined = explanation_loss(distance, *maps)
        loss.backward()
        losses.append(torch.stack([loss.detach(), undefined]))
        slopes.append(moved.grad)
    torch.testing.assert_close(losses[0], losses[1])
    torch.testing.assert_close(slopes[0], slopes[1])
    assert losses[0][1].item() == pytest.approx(2 / 6 if distance is positive_cosine_distance else 1 / 6)


@pytest.mark.parametrize("lengths", [(12, 12), (12, 4)])
@pytest.mark.parametrize("distance", [class_distance, class_shape_distance, class_level_distance])
def test_a_distance_of_class_maps_is_that_of_maps_one_row_high(distance, lengths):
    teacher, student = (random(6, CLASSES, length, seed=seed) for seed, length in enumerate(lengths))
    found, expected = distance(teacher, student), distance(teacher.unsqueeze(2), student.unsqueeze(2))
    assert found.shape == (6,)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", measures_for(1))
def test_a_measure_of_maps_is_that_of_maps_one_row_high(name):
    first, second = random(8, LENGTH), random(8, LENGTH, seed=1)
    first[0], second[3, 4] = 1.0, torch.nan
    found = MEASURES[name].measure(first, second)
    assert found.isfinite().sum() >= 6
    torch.testing.assert_close(found, MEASURES[name].measure(first[:, None], second[:, None]), equal_nan=True)


def test_a_pointing_score_is_one_less_the_distance_over_the_length():
    first, second = torch.zeros(1, 11), torch.zeros(1, 11)
    first[0, 2] = second[0, 5] = 1
    assert MEASURES["pointing"].measure(first, second).item() == pytest.approx(1 - 3 / 10)


def test_only_ssim_needs_two_dimensions():
    assert set(MEASURES) - set(measures_for(1)) == {"ssim"}
    assert measures_for(2) == MEASURES


@pytest.mark.parametrize("name", measures_for(1))
def test_agreement_and_chance_are_those_of_maps_one_row_high(name):
    teacher, student = random(30, LENGTH), random(30, LENGTH, seed=1)
    student += teacher
    found = agreement(teacher, student, measure=name, resamples=50)
    assert found == agreement(teacher[:, None], student[:, None], measure=name, resamples=50)
    assert found.low < found.corrected < found.high
    assert image_scores(teacher, student, measure=name).unrelated.shape == (30, 5)


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(
    "name", ["grad-cam", "class-activation", "activation-energy", "input-gradient", "input-x-gradient"]
)
def test_a_training_map_is_that_of_the_network_one_row_high(name, hidden):
    images, target = random(4, 2, LENGTH), torch.tensor([0, 1, 2, 0])
    one, two = pair(hidden)
    found = MAPS[name](run(one, images), target, True)
    expected = MAPS[name](run(two, images.unsqueeze(2)), target, True)
    torch.testing.assert_close(found, expected.squeeze(-2))
    slopes = [
        torch.autograd.grad(maps.square().sum(), net.stages.parameters())
        for maps, net in ((found, one), (expected, two))
    ]
    for flat, high in zip(*slopes, strict=True):
        torch.testing.assert_close(flat, high.view(flat.shape))


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(
    "name", ["grad-cam", "grad-cam-plus-plus", "layer-cam", "input-x-gradient", "saliency"]
)
def test_an_explainer_gives_a_row_its_map(name, hidden):
    images, target = random(4, 2, LENGTH), torch.tensor([0, 1, 2, 0])
    one, two = pair(hidden)
    found, expected = explain(name, one, images, target), explain(name, two, images.unsqueeze(2), target)
    assert found.shape == (4, LENGTH)
    torch.testing.assert_close(found, expected.squeeze(1))


def test_gradients_are_taken_where_the_input_is_embedded():
    """Words have no slope, their vectors do: here the classifier's weights over the length."""
    torch.manual_seed(0)
    network, words, target = Words().eval(), torch.tensor([[0, 3, 6, 1, 1]]), torch.tensor([2])
    weights = network.head[-1].weight[2].detach() / 5
    vectors = network.embed(words).detach()
    torch.testing.assert_close(explain("saliency", network, words, target)[0], weights.abs().max().expand(5))
    start = network.embed(torch.zeros_like(words)).detach()  # `explain` covers with word 0 where nobody says
    expected = ((vectors - start) * weights.view(1, 4, 1)).sum(1)
    for name in ("integrated-gradients", "input-x-gradient"):
        torch.testing.assert_close(explain(name, network, words, target), expected)
    logits = network(words)
    slope = weights - (logits.softmax(1) @ network.head[-1].weight)[0] / 5
    found = MAPS["input-gradient"](run(network, words), target, False)
    torch.testing.assert_close(found, slope.detach().view(1, 4, 1).expand(1, 4, 5))


def test_faithfulness_is_that_of_a_row_one_high():
    images, target, maps = random(4, 2, LENGTH), torch.tensor([0, 1, 2, 0]), random(4, LENGTH, seed=2)
    one, two = pair(hidden=False)
    found, high = removal(one, images, target, maps), removal(two, images.unsqueeze(2), target, maps[:, None])
    for name in ("deletion", "insertion", "random_deletion", "random_insertion"):
        torch.testing.assert_close(getattr(found, name), getattr(high, name))
    masks = torch.zeros(4, LENGTH, dtype=torch.bool)
    masks[:, 2:6] = True
    for measured in (mask_share, pointing_hit):
        torch.testing.assert_close(measured(maps, masks), measured(maps[:, None], masks[:, None]))
    coarse = maps[:, ::3]
    shares = (mask_share(coarse, masks), mask_share(coarse[:, None], masks[:, None]))
    assert shares[0].isfinite().sum() >= 3  # one map has nothing positive
    torch.testing.assert_close(*shares, equal_nan=True)
    assert (infidelity(one, images, target, maps, samples=8) >= 0).all()
