"""Every explainer that is made for texts, on every network for texts."""

import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients

from kdviz.datasets.text_split import numbered
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.models import build
from tests.networks import TEXT_NETWORKS

FITTING = [
    (explainer, model)
    for explainer, spec in EXPLAINERS.items()
    for model, network in TEXT_NETWORKS.items()
    if "text" in spec.modalities and spec.requires <= network.offers
]
TEXTS = ["Not bad at all!", "Bad.", "I would not recommend this place to anybody"]
TARGET = torch.tensor([0, 1, 1])


@pytest.fixture
def texts():
    return numbered(TEXTS, 12).long()


def made(model):
    return build(model, classes=2, input_shape=(1, 12), seed=4).eval()


@pytest.mark.parametrize(("explainer", "model"), FITTING)
def test_words_have_values_and_padding_has_none(texts, explainer, model):
    maps = explain(explainer, made(model), texts, TARGET)
    assert maps.shape == (3, 12)
    assert torch.equal(maps.isnan(), texts[:, 0] == 0)
    assert maps[~maps.isnan()].any()
    assert EXPLAINERS[explainer].signed or not (maps < 0).any()


@pytest.mark.parametrize(("explainer", "model"), FITTING)
def test_more_padding_gives_words_the_same_values(texts, explainer, model):
    longer = torch.nn.functional.pad(texts, (0, 5))
    short, long = (explain(explainer, made(model), each, TARGET) for each in (texts, longer))
    if explainer != "smooth-grad":  # whose noise has the shape of the input
        torch.testing.assert_close(long[:, :12], short, equal_nan=True)


@pytest.mark.parametrize("model", TEXT_NETWORKS)
def test_gradients_of_words_are_captums_of_their_vectors(texts, model):
    net = made(model)
    embedded = net.embed(texts).requires_grad_()
    absent = texts[:, 0] == 0
    for name, method, options in (
        ("input-x-gradient", InputXGradient, {}),
        ("integrated-gradients", IntegratedGradients, {"n_steps": 32}),
    ):
        expected = method(net.forward_embedded).attribute(embedded, target=TARGET, **options).sum(1)
        torch.testing.assert_close(explain(name, net, texts, TARGET)[~absent], expected[~absent].detach())


@pytest.mark.parametrize("model", TEXT_NETWORKS)
def test_without_biases_integrated_gradients_are_input_times_gradient_and_complete(texts, model):
    net = made(model)
    path, point = (explain(name, net, texts, TARGET) for name in ("integrated-gradients", "input-x-gradient"))
    torch.testing.assert_close(path, point, equal_nan=True, atol=1e-6, rtol=1e-4)
    assert (completeness_gap(net, texts, TARGET, path.nan_to_num(0)) < 1e-4).all()


def test_occlusion_is_the_fall_of_the_logit_without_each_word_by_hand(texts):
    net = made("text-cnn-deep")
    maps = explain("occlusion", net, texts, TARGET)
    with torch.no_grad():
        for text, values, target in zip(texts, maps, TARGET, strict=True):
            for place in range(int((text > 0).sum())):
                without = text.clone()
                without[0, place] = 0
                fall = net(text[None])[0, target] - net(without[None])[0, target]
                torch.testing.assert_close(values[place], fall, atol=1e-5, rtol=1e-4)
