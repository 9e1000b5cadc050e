"""Explainers of snapshots: exact on linear models, of the stated form on every model."""

import pytest
import torch
from torch import Tensor

from kdviz.errors import ConfigError, ModelError
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.explainers import batching as portions
from kdviz.models import MODELS, Network
from tests.networks import TESTED_NETWORKS

ALL_FITTING = [
    (explainer, model)
    for explainer, spec in EXPLAINERS.items()
    for model, network in TESTED_NETWORKS.items()
    if spec.requires <= network.offers
]
FITTING = [pair for pair in ALL_FITTING if MODELS[pair[1]].minimum_size <= 32]
LARGE = [
    (name, model)
    for name, model in ALL_FITTING
    if MODELS[model].minimum_size > 32 and (model != "resnet50" or EXPLAINERS[name].passes < 10)
]
TARGET = torch.tensor([0, 2, 1])


def slow_occlusion(evidence: Tensor, patch: tuple[int, int]) -> Tensor:
    """One map (H, W) from w·(x − baseline) at each pixel: the sum under a patch, mean over patches."""
    height, width = evidence.shape
    total, count = torch.zeros(height, width), torch.zeros(height, width)
    for top in range(0, height - patch[0] + 1, patch[0] // 2):
        for left in range(0, width - patch[1] + 1, patch[1] // 2):
            under = (slice(top, top + patch[0]), slice(left, left + patch[1]))
            total[under] += evidence[under].sum()
            count[under] += 1
    return total / count


def test_integrated_gradients_of_a_linear_model_are_weight_times_distance_from_the_baseline(random, linear):
    network, images, baseline = linear(3, 8, 8), random(3, 3, 8, 8), random(3, 1, 1)
    got = explain("integrated-gradients", network, images, TARGET, baseline=baseline)
    torch.testing.assert_close(
        got, (network.weights(TARGET) * (images - baseline)).sum(1), atol=1e-6, rtol=1e-4
    )
    assert (completeness_gap(network, images, TARGET, got, baseline) < 1e-4).all()


def test_occlusion_of_a_linear_model_is_the_evidence_under_the_patches(random, linear):
    network, images, baseline = linear(3, 32, 16), random(3, 3, 32, 16), random(3, 1, 1)
    evidence = (network.weights(TARGET) * (images - baseline)).sum(1)
    got = explain("occlusion", network, images, TARGET, baseline=baseline)
    torch.testing.assert_close(
        got, torch.stack([slow_occlusion(e, (4, 2)) for e in evidence]), atol=1e-5, rtol=1e-4
    )


@pytest.mark.parametrize("model", ["resnet8", "vit-tiny"])
def test_occlusion_is_the_fall_of_the_logit_under_each_patch_covered_by_hand(random, small, model):
    network, images, baseline = small(model), random(1, 3, 16, 16), random(3, 1, 1)
    patches = [(slice(top, top + 2), slice(left, left + 2)) for top in range(15) for left in range(15)]
    covered = images.repeat(len(patches), 1, 1, 1)
    for each, under in zip(covered, patches, strict=True):
        each[(slice(None), *under)] = baseline
    with torch.no_grad():
        falls = network(images)[0, 2] - network(covered)[:, 2]
    total, count = torch.zeros(16, 16), torch.zeros(16, 16)
    for fall, under in zip(falls, patches, strict=True):
        total[under] += fall
        count[under] += 1
    ours = explain("occlusion", network, images, TARGET[1:2], baseline=baseline)
    torch.testing.assert_close(ours[0], total / count, atol=1e-5, rtol=1e-3)


def test_integrated_gradients_are_the_sum_of_slopes_along_the_way_by_hand(random, small):
    """In steps of equal length, at their middles; a transformer's slope has no jumps."""
    network, images, baseline = small("vit-tiny"), random(1, 3, 16, 16), random(3, 1, 1)
    way = ((torch.arange(300) + 0.5) / 300).view(-1, 1, 1, 1)
    points = (baseline + way * (images - baseline)).requires_grad_()
    (slopes,) = torch.autograd.grad(network(points)[:, 2].sum(), points)
    expected = ((images - baseline) * slopes.mean(0)).sum(1)
    ours = explain("integrated-gradients", network, images, TARGET[1:2], baseline=baseline, steps=128)
    torch.testing.assert_close(ours, expected, atol=1e-4, rtol=1e-2)


def test_saliency_of_a_linear_model_is_its_largest_weight_over_channels(random, linear):
    network = linear(3, 8, 8)
    expected = network.weights(TARGET).abs().amax(1)
    torch.testing.assert_close(explain("saliency", network, random(3, 3, 8, 8), TARGET), expected)


@pytest.mark.parametrize("model", ["resnet8", "simple-cnn", "vit-tiny"])
def test_saliency_is_the_size_of_the_logit_s_gradient(random, small, model):
    network, images = small(model), random(3, 3, 16, 16).requires_grad_()
    (slope,) = torch.autograd.grad(network(images).gather(1, TARGET[:, None]).sum(), images)
    torch.testing.assert_close(explain("saliency", network, images, TARGET), slope.abs().amax(1))


@pytest.mark.parametrize("model", ["simple-cnn", "vit-tiny"])
def test_integrated_gradients_are_complete_to_a_thousandth(random, small, model):
    network, images = small(model), random(3, 3, 16, 16)
    attribution = explain("integrated-gradients", network, images, TARGET, steps=256)
    assert (completeness_gap(network, images, TARGET, attribution) < 1e-3).all()


def test_the_completeness_gap_is_the_share_that_is_missing_and_undefined_where_nothing_is_due(random, linear):
    network, images = linear(3, 8, 8), random(3, 3, 8, 8)
    attribution = explain("integrated-gradients", network, images, TARGET)
    gap = completeness_gap(network, images, TARGET, 0.75 * attribution)
    torch.testing.assert_close(gap, torch.full((3,), 0.25), atol=1e-4, rtol=0)
    assert completeness_gap(network, 0 * images, TARGET, attribution).isnan().all()


def test_attention_is_a_transformer_s_attention_and_a_convolutional_network_s_energy(random, small):
    images = random(3, 3, 16, 16)
    transformer, convolutional = small("vit-tiny"), small("resnet8")
    expected = transformer.class_attention(transformer.forward_features(images))
    torch.testing.assert_close(explain("attention", transformer, images, TARGET), expected.detach())
    energy = convolutional.forward_features(images).square().sum(1)
    torch.testing.assert_close(explain("attention", convolutional, images, TARGET), energy.detach())


def test_rollout_follows_attention_and_shortcuts_from_token_to_token_through_all_blocks(random, small):
    """Against a sum over every path from the class token down to a patch, one token a block."""
    network, images = small("vit-tiny"), random(3, 3, 16, 16)
    blocks = [
        0.5 * weights + 0.5 * torch.eye(17) for weights in network.requires_grad_(False).attention(images)
    ]
    ours = explain("attention-rollout", network, images, TARGET)
    for n in range(3):
        reaches = {0: 1.0}
        for weights in reversed(blocks):
            below = dict.fromkeys(range(17), 0.0)
            for token, share in reaches.items():
                for source in below:
                    below[source] += share * float(weights[n, token, source])
            reaches = below
        expected = torch.tensor([reaches[token] for token in range(1, 17)]).view(4, 4)
        torch.testing.assert_close(ours[n], expected)
    assert (ours.sum((1, 2)) < 1).all()


def test_rollout_refuses_a_network_without_attention(random, small):
    with pytest.raises(ModelError) as error:
        explain("attention-rollout", small("simple-cnn"), random(3, 3, 16, 16), TARGET)
    assert str(error.value) == "SimpleCNN has no tokens that attend: choose a transformer."


@pytest.mark.parametrize(("name", "model"), FITTING)
def test_every_explainer_gives_every_model_it_fits_a_plain_finite_map(random, small, name, model):
    assert_plain(name, small(model), random(3, 3, 16, 16))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "model"), LARGE)
def test_every_explainer_fits_the_networks_for_photographs(random, small, name, model):
    assert_plain(name, small(model, 64), random(1, 3, 64, 64))


def assert_plain(name: str, network: Network, images: Tensor) -> None:
    with torch.no_grad():
        maps = explain(name, network, images, TARGET[: len(images)], layer="last")
    assert maps.ndim == 3
    assert len(maps) == len(images)
    assert maps.dtype == torch.float32
    assert not maps.requires_grad
    assert maps.isfinite().all()
    assert EXPLAINERS[name].signed or (maps >= 0).all()
    assert all(weights.grad is None for weights in network.parameters())


@pytest.mark.parametrize("name", EXPLAINERS)
def test_a_large_batch_is_explained_in_parts_with_the_same_result(random, small, monkeypatch, name):
    model = next(model for explainer, model in FITTING if explainer == name)
    network, images = small(model), random(3, 3, 16, 16)
    whole = explain(name, network, images, TARGET)
    monkeypatch.setattr(portions, "_PIXELS_AT_ONCE", 2 * 16 * 16)
    torch.testing.assert_close(explain(name, network, images, TARGET), whole, atol=1e-6, rtol=1e-4)


def test_an_unknown_explainer_is_answered_with_the_nearest_one(random, linear):
    with pytest.raises(ConfigError) as error:
        explain("GradCAM", linear(3, 8, 8), random(3, 3, 8, 8), TARGET)
    assert str(error.value) == (
        "explainer: unknown name 'GradCAM'. Did you mean 'grad-cam'? "
        "Known: attention, attention-rollout, grad-cam, grad-cam-plus-plus, guided-backprop, input-x-gradient, "
        "integrated-gradients, kernel-shap, layer-cam, occlusion, saliency, score-cam, smooth-grad."
    )
