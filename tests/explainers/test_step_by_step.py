"""Each step of a method ends where the method itself does."""

import pytest
import torch

from kdviz.datasets.text_split import numbered
from kdviz.explainers import explain, grad_cam_steps, integration_path
from kdviz.models import MODELS, build
from kdviz.vocabulary import PAD

KINDS = ["resnet8", "simple-cnn", "vit-tiny"]


@pytest.mark.parametrize("layer", ["last", "second-to-last"])
@pytest.mark.parametrize("model", KINDS)
def test_grad_cam_s_steps_end_in_grad_cam(random, small, model, layer):
    network, image = small(model), random(3, 16, 16)
    steps = grad_cam_steps(network, image, 2, layer=layer)
    expected = explain("grad-cam", network, image[None], torch.tensor([2]), layer=layer)[0]
    torch.testing.assert_close(steps.summed, expected, atol=1e-6, rtol=1e-4)
    assert torch.equal(steps.positive, steps.summed.relu())
    assert not steps.summed.requires_grad


def test_grad_cam_s_weights_are_those_of_the_linear_head_over_the_area(random, small):
    network, image = small("resnet8"), random(3, 16, 16)
    steps = grad_cam_steps(network, image, 1)
    area = steps.summed.numel()
    torch.testing.assert_close(steps.weights, network.head[-1].weight[1].detach() / area)
    torch.testing.assert_close(steps.features, network.forward_features(image[None])[0].detach())
    for k, weight in enumerate(steps.weights):
        torch.testing.assert_close(steps.weighted[k], weight * steps.features[k])


@pytest.mark.parametrize("model", KINDS)
def test_the_path_ends_in_integrated_gradients_with_as_many_steps(random, small, model):
    network, image, baseline = small(model), random(3, 16, 16), random(3, 1, 1)
    path = integration_path(network, image, 2, baseline=baseline, steps=20)
    expected = explain(
        "integrated-gradients", network, image[None], torch.tensor([2]), baseline=baseline, steps=20
    )
    torch.testing.assert_close(path.accumulated[-1], expected[0], atol=1e-6, rtol=1e-4)
    assert path.positions[-1].item() == pytest.approx(1)
    torch.testing.assert_close(path.embedded[-1], image)


@pytest.mark.parametrize(("model", "within"), [("resnet8", 0.05), ("vit-tiny", 1e-3)])
def test_all_along_the_path_the_sum_follows_the_rise_of_the_logit(random, small, model, within):
    """Ever more closely with more steps, sooner without kinks; the last one is completeness."""
    network, image, baseline = small(model), random(3, 16, 16), random(3, 16, 16)

    def worst(steps: int) -> float:
        path = integration_path(network, image, 0, baseline=baseline, steps=steps)
        return float((path.sums - path.rises).abs().max() / path.rises.abs().max())

    assert worst(256) < within
    assert worst(256) < 0.3 * worst(8)


def test_on_the_path_of_a_linear_model_the_sum_is_the_rise_at_every_step(random, linear):
    network, image, baseline = linear(3, 8, 8), random(3, 8, 8), random(3, 8, 8)
    path = integration_path(network, image, 1, baseline=baseline, steps=7)
    torch.testing.assert_close(path.sums, path.rises, atol=1e-5, rtol=1e-4)
    evidence = (network.weights(torch.tensor([1]))[0] * (image - baseline)).sum(0)
    torch.testing.assert_close(
        path.accumulated, path.positions[:, None, None] * evidence, atol=1e-6, rtol=1e-4
    )


TEXT_KINDS = [name for name, spec in MODELS.items() if "text" in spec.modalities]
LENGTH = 12
TEXT = numbered(["A great film, not a bad one."], LENGTH).long()[0]


def reader(name):
    """A network over words, whose classes are not yet alike."""
    network = build(name, classes=3, input_shape=(1, LENGTH), width=1.0, seed=0).eval()
    torch.nn.init.normal_([*network.head.parameters()][-1])
    return network


@pytest.mark.parametrize("model", TEXT_KINDS)
def test_of_a_text_both_end_in_the_method_and_have_no_value_where_no_word_is(model):
    network, target = reader(model), torch.tensor([2])
    steps, path = grad_cam_steps(network, TEXT, 2), integration_path(network, TEXT, 2)
    for found, method in ((steps.summed, "grad-cam"), (path.accumulated[-1], "integrated-gradients")):
        expected = explain(method, network, TEXT[None], target)[0]
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-4, equal_nan=True)
    absent = (TEXT[0] == PAD).expand(len(steps.weighted), -1)
    assert torch.equal(steps.weighted.isnan(), absent)
    torch.testing.assert_close(path.sums[-1], path.accumulated[-1].nansum())
    torch.testing.assert_close(path.embedded[-1], network.embed(TEXT[None])[0])


@pytest.mark.parametrize("model", ["bag-of-words", "text-cnn", "text-cnn-deep", "bilstm"])
def test_of_a_network_that_is_silent_without_words_the_sum_follows_the_rise(model):
    """From no word on: nothing else is added where a word's vector begins to grow."""
    path = integration_path(reader(model), TEXT, 0, steps=256)
    assert float((path.sums - path.rises).abs().max() / path.rises.abs().max()) < 0.05


def test_of_samples_both_end_in_the_method_with_what_is_heard_spread_over_the_bands(random):
    network = build("m5", classes=3, input_shape=(5, 40, 100), width=0.25, seed=0).eval()
    sound, target = random(5, 40, 100), torch.tensor([1])
    steps, path = grad_cam_steps(network, sound, 1), integration_path(network, sound, 1)
    for found, method in ((steps.summed, "grad-cam"), (path.accumulated[-1], "integrated-gradients")):
        expected = explain(method, network, sound[None], target)[0]
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-4)
        torch.testing.assert_close(found, found[:1].expand_as(found))
