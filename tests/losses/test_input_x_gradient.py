"""Input × gradient of words as a training target: captum's values, and a second derivative that is right."""

import pytest
import torch
from captum.attr import InputXGradient

from kdviz.config import make_config
from kdviz.datasets.text_split import numbered
from kdviz.errors import ConfigError
from kdviz.explainers import MAPS, run
from kdviz.losses import EXPLANATION_LOSSES, explanation_loss, unreached_blocks
from kdviz.models import build
from tests.networks import TEXT_NETWORKS
from tests.transformer_folders import write_folder

SPEC = EXPLANATION_LOSSES["input-x-gradient"]
TEXTS = numbered(["Not bad at all!", "I would not recommend this place"], 9).long()
TARGET = torch.tensor([2, 0])


@pytest.fixture(params=TEXT_NETWORKS)
def net(request):
    return build(request.param, classes=3, input_shape=(1, 9), width=0.5, seed=2).double().eval()


def loss_of(net):
    goal = torch.randn(2, 9, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    maps = MAPS[SPEC.map](run(net, TEXTS), TARGET, True)
    return SPEC.distance(goal * (TEXTS[:, 0] > 0), maps).mean()


def test_the_map_is_captums_summed_over_the_vector(net):
    given = net.embed(TEXTS).detach().requires_grad_()
    expected = InputXGradient(net.forward_embedded).attribute(given, target=TARGET).sum(1)
    torch.testing.assert_close(MAPS[SPEC.map](run(net, TEXTS), TARGET, False), expected)


def test_the_loss_s_gradient_is_its_slope_in_every_block(net):
    value = loss_of(net)
    assert unreached_blocks(net, value) == ()
    weights = [each for each in net.parameters() if each.ndim in (2, 3) and each.requires_grad]
    for each, slope in zip(weights, torch.autograd.grad(value, weights), strict=True):
        steepest = int(slope.abs().argmax())
        measured = slope_at(net, each.data.view(-1), steepest)
        assert float(slope.flatten()[steepest]) == pytest.approx(measured, rel=1e-3, abs=1e-8)


def slope_at(net, numbers, place, step=1e-6):
    """By a small step to both sides."""
    before, ends = float(numbers[place]), []
    for sign in (1, -1):
        numbers[place] = before + sign * step
        ends.append(loss_of(net).item())
    numbers[place] = before
    return (ends[0] - ends[1]) / (2 * step)


def test_a_map_that_equals_the_teacher_s_up_to_a_factor_has_no_loss(net):
    maps = MAPS[SPEC.map](run(net, TEXTS), TARGET, True)
    loss, missing = explanation_loss(SPEC.distance, 3 * maps.float(), maps)
    assert (loss.item(), missing.item()) == (pytest.approx(0, abs=1e-6), 0)


def test_gradients_of_other_vectors_are_not_matched(tmp_path):
    """A pretrained teacher reads its own vectors: contributions of words can be matched, gradients cannot."""
    given = {
        "dataset": "sentiment",
        "teacher": "pretrained-transformer",
        "teacher_weights": str(write_folder(tmp_path)),
    }
    assert make_config({**given, "explanation_loss": "input-x-gradient"}).explanation_weight == SPEC.weight
    with pytest.raises(
        ConfigError,
        match="'input-gradient' needs usual-input, which the teacher 'pretrained-transformer' does not have",
    ):
        make_config({**given, "explanation_loss": "input-gradient"})
