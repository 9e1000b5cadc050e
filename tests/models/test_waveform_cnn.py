"""M5, which reads the samples of a sound: the textbook's convolutions, and maps over time alone."""

import pytest
import torch
from torch.nn import functional as F

from kdviz.datasets import Normalizer
from kdviz.explainers import completeness_gap, explain
from kdviz.modalities import MODALITIES
from kdviz.models import build, describe
from kdviz.sound import SAMPLE_RATE, inputs
from kdviz.types import WITH_SAMPLES

SHAPE = (WITH_SAMPLES, 40, 100)
NORMALIZER = Normalizer.of((0.4,) + (0.5,) * 4, (0.2,) * 5, torch.device("cpu"))
TARGET = torch.tensor([0, 2])


@pytest.fixture
def net():
    """In float64, with statistics that are not those of a new network."""
    made = build("m5", classes=3, input_shape=SHAPE, width=0.5, seed=3).double().eval()
    generator = torch.Generator().manual_seed(4)
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.copy_(0.1 * torch.randn(module.num_features, generator=generator))
            module.running_var.copy_(0.5 + torch.rand(module.num_features, generator=generator))
    return made


@pytest.fixture
def waves():
    noise = torch.randn(2, SAMPLE_RATE, generator=torch.Generator().manual_seed(0)) * 0.05
    noise[:, 6_000:9_000] *= 5
    return noise.clamp(-1, 1)


@pytest.fixture
def sounds(waves):
    return NORMALIZER.normalize(inputs(waves, WITH_SAMPLES)).double()


def textbook(net, samples):
    """The network on samples (N, 1, S), in one-dimensional operations: its last features and logits."""
    found = samples
    for number, stage in enumerate(net.stages, start=1):
        convolution, norm = stage[0], stage[1]
        found = F.conv1d(
            found, convolution.weight[:, :, 0], stride=convolution.stride[1], padding=convolution.padding[1]
        )
        found = F.relu(F.batch_norm(found, norm.running_mean, norm.running_var, norm.weight, norm.bias))
        if number < len(net.stages):
            found = F.max_pool1d(found, 4)
    return found, found.mean(2) @ net.head[-1].weight.T + net.head[-1].bias


def test_it_is_the_one_dimensional_network_on_the_samples_in_their_order(net, waves, sounds):
    magnitude = torch.log1p(255 * waves.abs()) / torch.log(torch.tensor(256.0))
    levels = ((waves.sign() * magnitude + 1) / 2 * 255).round() / 255
    features, logits = textbook(net, ((levels - 0.5) / 0.2)[:, None].double())
    torch.testing.assert_close(net.forward_features(sounds)[:, :, 0], features, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(net(sounds), logits, atol=1e-5, rtol=1e-5)


def test_it_does_not_read_the_spectrogram_and_the_others_read_nothing_else(net, sounds):
    other = sounds.clone()
    other[:, 0] = 0
    assert torch.equal(net(other), net(sounds))
    beside = build("resnet8-lite", classes=3, input_shape=SHAPE, seed=1).double().eval()
    alone = build("resnet8-lite", classes=3, input_shape=(1, 40, 100), seed=1).double().eval()
    assert torch.equal(beside(sounds), alone(sounds[:, :1]))
    assert beside.state_dict().keys() == alone.state_dict().keys()


@pytest.mark.parametrize(
    "explainer", ["grad-cam", "integrated-gradients", "occlusion", "kernel-shap", "saliency"]
)
def test_a_map_over_time_is_the_same_in_all_bands(net, sounds, explainer):
    maps = explain(explainer, net.float(), sounds.float(), TARGET)
    assert maps.shape[1] == 40
    assert torch.equal(maps, maps[:, :1].expand_as(maps))
    assert (maps[:, 0].std(1) > 0).all()


def test_evidence_is_spread_and_not_multiplied(net, sounds):
    """Grad-CAM adds up to the logit without its bias, complete methods to the rise from silence."""
    maps = explain("grad-cam", net, sounds, TARGET)
    logits = net(sounds).gather(1, TARGET[:, None])[:, 0]
    torch.testing.assert_close(
        maps.double().sum((1, 2)) + net.head[-1].bias[TARGET], logits, atol=1e-4, rtol=1e-4
    )
    net, sounds = net.float(), sounds.float()
    silence = MODALITIES["audio"].baseline("silence", sounds, NORMALIZER)
    for explainer, parameters in (("integrated-gradients", {"steps": 512}), ("kernel-shap", {})):
        found = explain(explainer, net, sounds, TARGET, baseline=silence, **parameters)
        assert (completeness_gap(net, sounds, TARGET, found, silence) < 2e-2).all()


def test_silence_is_the_lowest_level_of_a_spectrogram_and_the_middle_of_the_samples(sounds):
    silence = MODALITIES["audio"].baseline("mean", sounds.float(), NORMALIZER)
    torch.testing.assert_close(silence[:, 0], torch.full_like(silence[:, 0], -2.0))
    torch.testing.assert_close(silence[:, 1:], torch.full_like(silence[:, 1:], (128 / 255 - 0.5) / 0.2))


def test_a_sound_that_comes_later_has_its_map_later(net):
    """By a multiple of the 64 samples of the first two poolings and 4 of the third, away from the ends."""
    wave = torch.zeros(1, SAMPLE_RATE)
    wave[:, 6_000:6_400] = 0.3 * torch.randn(400, generator=torch.Generator().manual_seed(1))
    cells = 10
    first, second = (
        net.forward_features(NORMALIZER.normalize(inputs(each, WITH_SAMPLES)).double())[0, :, 0]
        for each in (wave, wave.roll(cells * 256, 1))
    )
    torch.testing.assert_close(first[:, 4:40], second[:, 4 + cells : 40 + cells])


def test_its_cost_is_that_of_its_layers():
    """Multiply-adds of 4,000, 1,000, 250 and 62 steps."""
    card = describe("m5", classes=10, input_shape=(1, 40, 100))
    expected = 4_000 * 32 * 80 + 3 * (1_000 * 32 * 32 + 250 * 64 * 32 + 62 * 128 * 64) + 1_280
    assert card.multiply_adds == expected
    assert card.explained_sizes["last"] == (1, 62)
    assert card.parameters == 32 * 80 + 3 * (32 * 32 + 64 * 32 + 128 * 64) + 2 * (32 + 32 + 64 + 128) + 1_290
