"""Explanations of networks that take spectrograms, in which time goes on and frequencies do not."""

import pytest
import torch

from kdviz.datasets import Normalizer
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.modalities import MODALITIES
from kdviz.models import MODELS, build
from tests.networks import SOUND_NETWORKS, SPECTROGRAM

TARGET = torch.tensor([0, 2])
ONE_PER_FAMILY = ("resnet8-lite", "simple-cnn", "mobilenet-small", "vit-tiny", "m5")
SHALLOW = [name for name in SOUND_NETWORKS if name not in ("resnet32", "resnet56", "wrn40")]
OFFERED = [
    (explainer, model)
    for explainer, spec in EXPLAINERS.items()
    for model in (ONE_PER_FAMILY if spec.slow else SHALLOW)
    if "audio" in spec.modalities and spec.requires <= MODELS[model].offers
]


def network(name):
    spec = MODELS[name]
    width = 0.5 if spec.has_width else 1.0
    return build(name, classes=3, input_shape=SPECTROGRAM, width=width, seed=3).eval()


def heard_by(name):
    """Two normalized sounds as a network reads them: noise, louder in the middle."""
    noise = torch.randn(2, *MODELS[name].read_shape(SPECTROGRAM), generator=torch.Generator().manual_seed(0))
    noise[..., 30:70] += 2
    return noise


def silent(sounds):
    normalizer = Normalizer.of((0.4,) * sounds.shape[1], (0.2,) * sounds.shape[1], torch.device("cpu"))
    return MODALITIES["audio"].baseline("silence", sounds, normalizer)


@pytest.fixture
def sounds():
    return heard_by("resnet8-lite")


@pytest.fixture
def silence(sounds):
    return silent(sounds)


def test_every_convolutional_network_and_transformer_takes_a_second():
    assert set(ONE_PER_FAMILY) <= set(SOUND_NETWORKS)
    for name in SOUND_NETWORKS:
        assert network(name)(heard_by(name)[:1]).shape == (1, 3)


@pytest.mark.parametrize(("explainer", "model"), OFFERED)
def test_a_map_has_bands_and_frames(explainer, model):
    net, sounds = network(model), heard_by(model)
    baseline = silent(sounds) if EXPLAINERS[explainer].takes_baseline else None
    maps = explain(explainer, net, sounds, TARGET, baseline=baseline)
    assert maps.isfinite().all()
    assert all(1 < cells <= most for cells, most in zip(maps.shape[1:], SPECTROGRAM[1:], strict=True))
    assert maps.flatten(1).std(1).gt(0).all()


def test_silence_is_level_zero(sounds, silence):
    assert silence.shape == sounds.shape
    torch.testing.assert_close(silence, torch.full_like(sounds, -2.0))


def test_integrated_gradients_add_up_to_the_rise_from_silence(sounds, silence):
    net = network("vit-tiny")
    maps = explain("integrated-gradients", net, sounds, TARGET, baseline=silence, steps=64)
    assert (completeness_gap(net, sounds, TARGET, maps, silence) < 1e-2).all()


@pytest.mark.parametrize("model", ["resnet8-lite", "resnet8"])
def test_a_sound_that_comes_later_has_its_map_later(model):
    """By a multiple of the network's steps in time, with silence around it, away from the ends."""
    net, later = network(model), 16
    spectrogram = torch.zeros(1, *SPECTROGRAM)
    spectrogram[..., 40:52] = torch.randn(40, 12, generator=torch.Generator().manual_seed(1)).abs()
    maps = [
        explain("grad-cam", net, each, TARGET[:1])[0] for each in (spectrogram, spectrogram.roll(later, -1))
    ]
    cells = later * maps[0].shape[-1] // SPECTROGRAM[-1]
    first, second = (each / each.abs().max() for each in maps)
    inner = slice(3, first.shape[-1] - 3 - cells)
    torch.testing.assert_close(first[:, inner], second[:, inner.start + cells : inner.stop + cells], atol=2e-2, rtol=1e-2)  # fmt: skip
