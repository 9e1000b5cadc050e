"""Networks for texts: what padding and absent words do, and closed forms."""

import pytest
import torch

from kdviz.datasets.text_split import numbered
from kdviz.explainers import MAPS, run
from kdviz.models import build, describe, load_weights, parameter_count
from kdviz.types import Layer
from kdviz.vocabulary import VOCABULARY_SIZE, word_vectors
from tests.networks import TEXT_NETWORKS

LAYERS: tuple[Layer, ...] = ("last", "second-to-last")
TEXTS = ["Not bad at all!", "Bad.", "I would not recommend this place to anybody", ""]


@pytest.fixture(params=TEXT_NETWORKS)
def net(request):
    return build(request.param, classes=3, input_shape=(1, 12), width=0.5, seed=2).eval()


@pytest.fixture
def texts():
    return numbered(TEXTS, 12).long()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_network_cut_open_and_joined_is_the_network(net, texts, layer):
    with torch.no_grad():
        features = net.forward_features(texts, layer)
        torch.testing.assert_close(net.forward_head(features, layer), net(texts))
        torch.testing.assert_close(net.forward_embedded(net.embed(texts)), net(texts))
    assert net.grid(features).shape[0::2] == (len(TEXTS), 12)


def test_more_padding_changes_neither_answers_nor_maps(net, texts):
    longer = torch.nn.functional.pad(texts, (0, 9))
    with torch.no_grad():
        torch.testing.assert_close(net(longer), net(texts))
        short, long = (net.forward_features(each) for each in (texts, longer))
    share = 12 / 21  # of the places: the mean over them is the mean over words
    torch.testing.assert_close(long[:, :, :12] * share, short)
    assert not long[:, :, 12:].any()


def test_absent_words_have_no_features_and_no_map(net, texts):
    with torch.no_grad():
        absent = texts[:, 0] == 0
        assert not net.forward_features(texts).abs().sum(1)[absent].any()
        maps = net.undefined_where_absent(torch.ones(4, 12), texts)
    assert torch.equal(maps.isnan(), absent)


def test_class_maps_and_the_bias_are_the_logits(net, texts):
    passed = run(net, texts)
    maps = MAPS["class-activation"](passed, torch.zeros(4, dtype=torch.long), False)
    torch.testing.assert_close(maps.mean(2) + net.head[-1].bias, passed.logits)


def test_a_bag_of_words_is_the_mean_of_what_each_word_says_by_hand(texts):
    net = build("bag-of-words", classes=2, input_shape=(1, 12), seed=0).eval()
    table = torch.from_numpy(word_vectors(VOCABULARY_SIZE).copy())
    (stage, _), last = net.stages[0], net.head[-1]
    for text, logits in zip(texts[:3], net(texts[:3]), strict=True):
        words = table[text[0][text[0] > 0]]
        each = torch.relu(words @ stage.convolution.weight[:, :, 0].T) @ last.weight.T
        torch.testing.assert_close(logits, each.mean(0) + last.bias)
        turned = net(text[0][text[0] > 0].flip(0)[None, None])[0]
        torch.testing.assert_close(turned, logits)


def test_the_order_of_words_matters_to_a_convolution():
    net = build("text-cnn", classes=2, input_shape=(1, 4), seed=0).eval()
    one, other = net(numbered(["not bad at all", "all bad at not"], 4).long())
    assert (one - other).abs().max() > 1e-4


def test_weights_are_stored_without_the_vocabulary(net):
    weights = net.state_dict()
    assert not any("vectors" in name for name in weights)
    assert parameter_count(net) == sum(tensor.numel() for tensor in weights.values())
    again = build(next(name for name in TEXT_NETWORKS), classes=3, input_shape=(1, 12), width=0.5, seed=5)
    if again.state_dict().keys() == weights.keys() and parameter_count(again) == parameter_count(net):
        load_weights(again, weights, source="test")
        torch.testing.assert_close(again.eval()(numbered(TEXTS, 12).long()), net(numbered(TEXTS, 12).long()))


@pytest.mark.parametrize("name", TEXT_NETWORKS)
def test_a_card_counts_words(name):
    card = describe(name, classes=2, input_shape=(1, 48))
    kernel, layers = {"bag-of-words": (1, 1), "text-cnn": (3, 1), "text-cnn-deep": (3, 2)}[name]
    by_layer = [50 * 16 * kernel, 16 * 16 * kernel][:layers]
    assert card.parameters == sum(by_layer) + 16 * 2 + 2
    assert card.multiply_adds == 48 * sum(by_layer) + 16 * 2
