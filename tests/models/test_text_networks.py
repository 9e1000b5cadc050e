"""Networks for texts: what padding and absent words do, and closed forms."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from kdviz.datasets.text_split import numbered
from kdviz.explainers import MAPS, run
from kdviz.models import (
    USUAL_CLASSES,
    USUAL_TEXT,
    build,
    cost,
    describe,
    load_weights,
    multiply_adds,
    parameter_count,
)
from kdviz.types import Layer
from kdviz.vocabulary import VOCABULARY_SIZE, word_vectors
from tests.networks import TEXT_NETWORKS

POOLED = [name for name, spec in TEXT_NETWORKS.items() if "pooled-linear-head" in spec.offers]
LAYERS: tuple[Layer, ...] = ("last", "second-to-last")
TEXTS = ["Not bad at all!", "Bad.", "I would not recommend this place to anybody", ""]


@pytest.fixture(params=TEXT_NETWORKS)
def name(request):
    return request.param


@pytest.fixture
def net(name):
    return build(name, classes=3, input_shape=(1, 12), width=0.5, seed=2).eval()


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
        short, long = (net.grid(net.forward_features(each)) for each in (texts, longer))
    pooled = net.pooled_classifier() is not None
    share = 12 / 21 if pooled else 1  # of the places: the mean over them is the mean over words
    torch.testing.assert_close(long[:, :, :12] * share, short)
    assert not long[:, :, 12:].any()


def test_absent_words_have_no_features_and_no_map(net, texts):
    with torch.no_grad():
        absent = texts[:, 0] == 0
        assert not net.grid(net.forward_features(texts)).abs().sum(1)[absent].any()
        maps = net.over_cells(torch.ones(4, 12), texts)
    assert torch.equal(maps.isnan(), absent)


@pytest.mark.parametrize("name", POOLED)
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


def test_weights_are_stored_without_the_vocabulary(name, net, texts):
    weights = net.state_dict()
    assert not any("vectors" in name for name in weights)
    assert parameter_count(net) == sum(tensor.numel() for tensor in weights.values())
    again = build(name, classes=3, input_shape=(1, 12), width=0.5, seed=5)
    load_weights(again, weights, source="test")
    torch.testing.assert_close(again.eval()(texts), net(texts))


@pytest.mark.parametrize(
    ("name", "kernel", "layers"), [("bag-of-words", 1, 1), ("text-cnn", 3, 1), ("text-cnn-deep", 3, 2)]
)
def test_a_card_counts_words(name, kernel, layers):
    card = describe(name, classes=2, input_shape=(1, 48))
    by_layer = [50 * 16 * kernel, 16 * 16 * kernel][:layers]
    assert card.parameters == sum(by_layer) + 16 * 2 + 2
    assert card.multiply_adds == 48 * sum(by_layer) + 16 * 2


def test_multiply_adds_are_half_of_what_torchs_counter_calls_flops(name, texts):
    net = build(name, classes=3, input_shape=(1, 12)).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(texts[:1])
    assert 2 * multiply_adds(net, (1, 12)) == counter.get_total_flops()


def test_the_table_of_usual_costs_is_what_the_networks_cost(name):
    card = describe(name, classes=USUAL_CLASSES, input_shape=USUAL_TEXT)
    assert cost(name, classes=USUAL_CLASSES, input_shape=USUAL_TEXT) == (card.parameters, card.multiply_adds)


def test_weights_depend_on_the_seed_alone(name, net):
    """Not on the state of torch's own generator."""
    with torch.random.fork_rng():
        torch.manual_seed(9)
        again = build(name, classes=3, input_shape=(1, 12), width=0.5, seed=2)
    torch.testing.assert_close(again.state_dict(), net.state_dict(), rtol=0, atol=0)


def test_a_map_has_the_slope_that_finite_differences_find(name, texts):
    """Double backward through the words' gradients, in float64, along one direction through all weights."""
    net = build(name, classes=3, input_shape=(1, 12), width=0.5, seed=2).double()
    parameters, embedded = list(net.parameters()), net.embed(texts[:3])
    generator = torch.Generator().manual_seed(5)
    direction = [torch.randn(each.shape, generator=generator, dtype=each.dtype) for each in parameters]

    def energy() -> torch.Tensor:
        words = embedded.detach().requires_grad_()
        score = net.forward_embedded(words)[:, 1].sum()
        return torch.autograd.grad(score, words, create_graph=True)[0].square().sum()

    slopes = torch.autograd.grad(energy(), parameters, materialize_grads=True)
    expected = sum((slope * each).sum() for slope, each in zip(slopes, direction, strict=True))
    step, ends = 1e-6, []
    for size in (step, -2 * step):
        with torch.no_grad():
            torch._foreach_add_(parameters, direction, alpha=size)
        ends.append(energy().detach())
    assert expected != 0
    torch.testing.assert_close((ends[0] - ends[1]) / (2 * step), expected, rtol=1e-5, atol=0)
