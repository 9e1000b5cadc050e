"""Explanations of networks over words, against closed forms, captum and networks run by hand."""

from itertools import combinations
from math import comb

import pytest
import torch
from captum.attr import FeatureAblation, InputXGradient, Saliency
from torch.nn import functional as F

from kdviz.datasets.text_split import numbered
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.models import MODELS, build
from kdviz.vocabulary import PAD

TEXT_NETWORKS = [name for name, spec in MODELS.items() if "text" in spec.modalities]
_POOLED = frozenset({"pooled-linear-head"})
MADE_FOR_TEXTS = [name for name, spec in EXPLAINERS.items() if "text" in spec.modalities]
LENGTH = 12
TEXTS = numbered(["A great film, not a bad one.", "不好看 at all", "boring"], LENGTH).long()
WORDS = TEXTS[:, 0] != PAD
OFFERED = [
    (explainer, model)
    for explainer in MADE_FOR_TEXTS
    for model in TEXT_NETWORKS
    if EXPLAINERS[explainer].requires <= MODELS[model].offers
]
TARGET = torch.tensor([1, 0, 1])


def network(name, seed=0):
    made = build(name, classes=2, input_shape=(1, LENGTH), width=1.0, seed=seed).eval()
    torch.nn.init.normal_([*made.head.parameters()][-1])
    return made


def without(texts, place):
    """The texts with no word at a place."""
    texts = texts.clone()
    texts[:, :, place] = PAD
    return texts


@pytest.mark.parametrize(("explainer", "model"), OFFERED)
def test_a_map_has_a_value_for_each_word_and_none_elsewhere(explainer, model):
    maps = explain(explainer, network(model), TEXTS, TARGET)
    assert maps.shape == (3, LENGTH)
    torch.testing.assert_close(maps.isfinite(), WORDS)
    assert maps.nan_to_num(0).abs().amax(1).gt(0).all()


def test_of_a_bag_of_words_a_words_value_is_what_it_adds_to_the_logit():
    """Written out: the weights of the class times a word's own features, over the number of words."""
    bag = network("bag-of-words")
    kernel, linear = bag.stages[0][0].convolution.weight[..., 0], bag.head[-1]
    for text, target, values in zip(TEXTS, TARGET, explain("grad-cam", bag, TEXTS, TARGET), strict=True):
        words = text[0][text[0] != PAD]
        adds = F.relu(bag.vectors[words] @ kernel.T) @ linear.weight[target] / len(words)
        here = values[: len(words)]
        torch.testing.assert_close(here / here.abs().sum(), adds / adds.abs().sum(), atol=1e-5, rtol=1e-4)
        logit = bag(text[None])[0, target]
        torch.testing.assert_close(adds.sum() + linear.bias[target], logit, atol=1e-5, rtol=1e-4)


def test_of_a_bag_of_words_integrated_gradients_are_the_same_sum():
    bag = network("bag-of-words")
    kernel, linear = bag.stages[0][0].convolution.weight[..., 0], bag.head[-1]
    maps = explain("integrated-gradients", bag, TEXTS, TARGET)
    for text, target, values in zip(TEXTS, TARGET, maps, strict=True):
        words = text[0][text[0] != PAD]
        adds = F.relu(bag.vectors[words] @ kernel.T) @ linear.weight[target] / len(words)
        torch.testing.assert_close(values[: len(words)], adds, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("model", [name for name in TEXT_NETWORKS if "relu" in MODELS[name].offers])
def test_without_biases_integrated_gradients_are_input_times_gradient(model):
    """f(αx) − bias = α (f(x) − bias): the slope along the path is the one at its end."""
    made = network(model)
    integrated, product = (
        explain(name, made, TEXTS, TARGET) for name in ("integrated-gradients", "input-x-gradient")
    )
    torch.testing.assert_close(integrated, product, atol=1e-5, rtol=1e-3, equal_nan=True)


@pytest.mark.parametrize("model", [name for name in TEXT_NETWORKS if MODELS[name].offers >= _POOLED])
def test_integrated_gradients_add_up_to_the_rise_of_the_logit_over_no_word(model):
    """Since no network jumps where words of zero vectors become no words."""
    made = network(model)
    integrated = explain("integrated-gradients", made, TEXTS, TARGET)
    assert (completeness_gap(made, TEXTS, TARGET, integrated) < 1e-3).all()


@pytest.mark.parametrize("model", TEXT_NETWORKS)
def test_gradients_are_captums_on_the_words_vectors(model):
    made = network(model)
    vectors = made.embed(TEXTS).detach()
    for name, method in (("saliency", Saliency), ("input-x-gradient", InputXGradient)):
        found = method(made.forward_embedded).attribute(vectors.clone().requires_grad_(), target=TARGET)
        expected = found.amax(1) if name == "saliency" else found.sum(1)
        torch.testing.assert_close(explain(name, made, TEXTS, TARGET)[WORDS], expected[WORDS].detach())


@pytest.mark.parametrize("model", TEXT_NETWORKS)
def test_occlusion_is_the_fall_of_the_logit_without_the_word(model):
    made, rows = network(model), torch.arange(len(TEXTS))
    maps = explain("occlusion", made, TEXTS, TARGET)
    with torch.no_grad():
        whole = made(TEXTS)[rows, TARGET]
        falls = [whole - made(without(TEXTS, place))[rows, TARGET] for place in range(LENGTH)]
    torch.testing.assert_close(maps[WORDS], torch.stack(falls, dim=1)[WORDS], atol=1e-5, rtol=1e-4)


def test_occlusion_is_captums_ablation_of_word_numbers():
    made = network("text-cnn")
    found = FeatureAblation(made).attribute(TEXTS, baselines=PAD, target=TARGET)
    maps = explain("occlusion", made, TEXTS, TARGET)
    torch.testing.assert_close(maps[WORDS], found[:, 0][WORDS].float(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("explainer", "model"), OFFERED)
def test_the_room_behind_a_text_changes_only_the_unit_of_its_map(explainer, model):
    short = explain(explainer, network(model), TEXTS[:1], TARGET[:1], **_few(explainer))
    padded = F.pad(TEXTS[:1], (0, 20), value=PAD)
    long = explain(explainer, network(model), padded, TARGET[:1], **_few(explainer))[:, :LENGTH]
    for one, other in zip(short, long, strict=True):
        one, other = (each[WORDS[0]] / each[WORDS[0]].abs().sum() for each in (one, other))
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-3)


def _few(explainer):
    """SmoothGrad draws noise for all places, so its draws differ with the length."""
    return {"noise": 0.0, "samples": 1} if explainer == "smooth-grad" else {}


@pytest.mark.parametrize("model", TEXT_NETWORKS)
def test_kernel_shap_of_a_short_text_is_shapleys_definition(model):
    """Five words: what each adds to every set of the others, weighted by how often the set comes before it."""
    made, words = network(model), 5
    text = numbered(["not a bad film !"], LENGTH).long()
    values = explain("kernel-shap", made, text, TARGET[:1])[0]

    def logit(shown):
        hidden = [place for place in range(words) if place not in shown]
        with torch.no_grad():
            return made(text.index_fill(2, torch.tensor(hidden, dtype=torch.long), PAD))[0, TARGET[0]]

    for word in range(words):
        others = [place for place in range(words) if place != word]
        expected = sum(
            (logit((*chosen, word)) - logit(chosen)) / (words * comb(words - 1, size))
            for size in range(words)
            for chosen in combinations(others, size)
        )
        torch.testing.assert_close(values[word], expected, atol=1e-5, rtol=1e-3)
    assert values[words:].isnan().all()


@pytest.mark.parametrize("count", [0, 1, 2, 9, 24, 60])
@pytest.mark.parametrize("model", ["text-cnn", "text-transformer"])
def test_kernel_shap_adds_up_to_the_rise_over_no_word(model, count):
    made = build(model, classes=2, input_shape=(1, 64), seed=0).eval()
    text = numbered([" ".join(f"word{number}" for number in range(count))], 64).long()
    values = explain("kernel-shap", made, text, TARGET[:1])
    assert int(values.isfinite().sum()) == count
    if count:
        assert (completeness_gap(made, text, TARGET[:1], values) < 1e-3).all()


def test_kernel_shap_of_more_words_is_near_the_exact_value():
    """The usual number of sets for 11 words, against all 2,046."""
    made = network("bilstm")
    text = numbered(["the food was not bad but the service could be better"], LENGTH).long()
    sampled, exact = (
        explain("kernel-shap", made, text, TARGET[:1], coalitions=count)[0, :11] for count in (None, 2046)
    )
    assert (sampled - exact).norm() < 0.1 * exact.norm()


def test_attention_is_that_of_the_class_token_and_rollout_multiplies_the_blocks():
    """Written out for one text: the class token's row, without its own column."""
    made = network("text-transformer")
    first, last = (weights[0] for weights in made.attention(TEXTS[:1]))
    half = [(weights + torch.eye(1 + LENGTH)) / 2 for weights in (first, last)]
    for name, expected in (("attention", last), ("attention-rollout", half[1] @ half[0])):
        shown = explain(name, made, TEXTS[:1], TARGET[:1])
        torch.testing.assert_close(shown[WORDS[:1]], expected[0, 1:][WORDS[0]].detach())
        assert not expected[0, 1:][~WORDS[0]].any()


@pytest.mark.parametrize("name", ["attention", "attention-rollout"])
def test_attention_comes_with_its_warning(name):
    assert "arXiv:1902.10186" in EXPLAINERS[name].warning
