"""Each step of a method ends where the method itself does."""

import pytest
import torch

from kdviz.explainers import explain, grad_cam_steps, integration_path

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
    torch.testing.assert_close(path.images[-1], image)


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
