"""Methods made of the logit's slope at the pixels, against captum, closed forms and slow forms."""

from threading import Barrier, Thread

import pytest
import torch
from captum.attr import GuidedBackprop, InputXGradient, NoiseTunnel, Saliency
from torch import nn
from torch.nn import functional as F

from kdviz.errors import ModelError
from kdviz.explainers import EXPLAINERS, explain
from kdviz.explainers.guided import guided_relus
from kdviz.models import MODELS, Network, build
from tests.networks import TESTED_NETWORKS
from tests.patience import PATIENCE_S

TARGET = torch.tensor([0, 2, 1])
MODELS_OF_THREE_KINDS = ["resnet8", "simple-cnn", "vit-tiny"]


@pytest.mark.parametrize("model", MODELS_OF_THREE_KINDS)
def test_input_x_gradient_is_captum_s(random, small, model):
    network, images = small(model), random(3, 3, 16, 16)
    expected = InputXGradient(network).attribute(images.clone().requires_grad_(), target=TARGET)
    torch.testing.assert_close(
        explain("input-x-gradient", network, images, TARGET), expected.sum(1).detach(), atol=1e-6, rtol=1e-4
    )


def test_input_x_gradient_of_a_linear_model_is_weight_times_distance_from_the_baseline(random, linear):
    network, images, baseline = linear(3, 8, 8), random(3, 3, 8, 8), random(3, 1, 1)
    expected = (network.weights(TARGET) * (images - baseline)).sum(1)
    torch.testing.assert_close(
        explain("input-x-gradient", network, images, TARGET, baseline=baseline), expected
    )


def test_smooth_grad_of_a_linear_model_is_its_saliency_whatever_the_noise(random, linear):
    network, images = linear(3, 8, 8), random(3, 3, 8, 8)
    expected = explain("saliency", network, images, TARGET)
    torch.testing.assert_close(explain("smooth-grad", network, images, TARGET, noise=3.0), expected)


@pytest.mark.parametrize("model", MODELS_OF_THREE_KINDS)
def test_smooth_grad_without_noise_is_captum_s_gradient(random, small, model):
    network, images = small(model), random(3, 3, 16, 16)
    tunnel = NoiseTunnel(Saliency(network))
    slope = tunnel.attribute(
        images.clone().requires_grad_(), nt_samples=2, stdevs=0.0, target=TARGET, abs=False
    )
    ours = explain("smooth-grad", network, images, TARGET, noise=0.0, samples=2)
    torch.testing.assert_close(ours, slope.abs().amax(1).detach(), atol=1e-6, rtol=1e-4)


def test_smooth_grad_averages_the_slope_over_noise_of_a_share_of_each_image_s_range(random, small):
    network, images = (
        small("simple-cnn"),
        random(3, 3, 16, 16) * torch.tensor([1, 5, 0.2])[:, None, None, None],
    )
    noise = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(7))
    expected = []
    for image, target in zip(images, TARGET, strict=True):
        total = torch.zeros_like(image)
        for draw in noise:
            noisy = (image + 0.1 * (image.max() - image.min()) * draw).requires_grad_()
            total += torch.autograd.grad(network(noisy[None])[0, target], noisy)[0]
        expected.append((total / 4).abs().amax(0))
    ours = explain("smooth-grad", network, images, TARGET, samples=4, noise=0.1, seed=7)
    torch.testing.assert_close(ours, torch.stack(expected), atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("name", ["smooth-grad", "kernel-shap"])
def test_methods_with_chance_in_them_leave_torch_s_own_generator_alone(random, small, name):
    network, images = small("simple-cnn"), random(3, 3, 16, 16)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = explain(name, network, images, TARGET)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(first, explain(name, network, images, TARGET))
    assert not torch.equal(first, explain(name, network, images, TARGET, seed=1))


def test_guided_backprop_is_captum_s_where_all_relus_are_modules(random, small):
    network, images = small("simple-cnn"), random(3, 3, 16, 16)
    ours = explain("guided-backprop", network, images, TARGET)
    with pytest.warns(UserWarning, match="hook"):
        theirs = GuidedBackprop(network).attribute(images.requires_grad_(), target=TARGET)
    torch.testing.assert_close(ours, theirs.abs().amax(1).detach())


def test_guided_backprop_guides_relus_that_are_functions_too(random):
    """Captum, by hooks on modules, leaves them as they are."""

    class Net(Network):
        def __init__(self, as_module: bool) -> None:
            super().__init__()
            act = nn.ReLU() if as_module else Functional()
            self.stages = nn.Sequential(nn.Conv2d(3, 8, 3), act, nn.Conv2d(8, 8, 3), act)
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(8 * 12 * 12, 3))

    class Functional(nn.Module):
        def forward(self, features):
            return F.relu(features)

    module, function, images = Net(True), Net(False), random(3, 3, 16, 16)
    function.load_state_dict(module.state_dict())
    expected = explain("guided-backprop", module, images, TARGET)
    torch.testing.assert_close(explain("guided-backprop", function, images, TARGET), expected)
    assert not torch.allclose(expected, explain("saliency", module, images, TARGET))


def test_guiding_one_thread_leaves_another_s_slope_of_the_same_network_as_it_is(random, small):
    network, images = small("resnet8"), random(3, 3, 16, 16)
    plain, meanwhile, inside = (
        explain("saliency", network, images, TARGET),
        [],
        Barrier(2, timeout=PATIENCE_S),
    )

    def other() -> None:
        inside.wait()
        meanwhile.append(explain("saliency", network, images, TARGET))
        inside.wait()

    thread = Thread(target=other)
    thread.start()
    with guided_relus(network):
        network(images)
        inside.wait()
        inside.wait()
    thread.join()
    assert torch.equal(meanwhile[0], plain)


def test_guided_backprop_refuses_a_network_without_relus(random, small):
    with pytest.raises(ModelError) as error:
        explain("guided-backprop", small("vit-tiny"), random(3, 3, 16, 16), TARGET)
    assert str(error.value) == (
        "guided-backprop: VisionTransformer has no ReLU to guide. Choose saliency, or a network of ReLUs."
    )


def test_guided_backprop_comes_with_its_warning():
    assert EXPLAINERS["guided-backprop"].warning == (
        "Highlights the image's edges and hardly depends on later layers: see Adebayo et al. 2018, arXiv:1810.03292."
    )


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_a_network_offers_relu_where_it_has_no_other_activation(name):
    """Seen from what it calls: each nonlinearity of torch that goes by."""
    spec, called = MODELS[name], set()

    class Noting(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            called.add(getattr(func, "__name__", ""))
            return func(*args, **(kwargs or {}))

    network = build(name, classes=3, input_shape=(3, *2 * [max(16, spec.minimum_size)]), width=1.0).eval()
    with Noting(), torch.no_grad():
        network(torch.zeros(1, 3, max(16, spec.minimum_size), max(16, spec.minimum_size)))
    activations = called & {
        "relu",
        "relu6",
        "hardtanh",
        "hardswish",
        "silu",
        "gelu",
        "sigmoid",
        "hardsigmoid",
    }
    assert activations
    assert (activations == {"relu"}) == ("relu" in spec.offers)
