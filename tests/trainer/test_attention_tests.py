"""What is measured of a transformer's attention at the end of a run, counted again pair by pair of words."""

import math
from itertools import combinations

import pytest
import torch

from kdviz.config import make_config
from kdviz.datasets import packaged_texts
from kdviz.datasets.split import balanced_subset
from kdviz.models import load_weights
from kdviz.trainer import distill
from kdviz.trainer.attention_tests import mean_rank_agreement
from kdviz.trainer.setup import load_setup
from kdviz.types import Finished, SnapshotTaken
from kdviz.vocabulary import PAD
from tests.trainer.few import few_inputs

NAN = math.nan
SETTINGS = {
    "dataset": "sentiment", "student": "text-transformer", "teacher_width": 1.0, "teacher_epochs": 1,
    "epochs": 1, "train_count": 64, "batch_size": 16, "explanation_weight": 0.0,
    "arms": ("student", "scratch"), "device": "cpu",
}  # fmt: skip


def tau(one, other):
    """Kendall's τ-b by its definition: pairs in the same order less the others, over the geometric mean of those that
    are no ties in one and in the other."""
    pairs = list(combinations(range(len(one)), 2))
    signs = [
        (math.copysign(1, one[i] - one[j]) if one[i] != one[j] else 0,
         math.copysign(1, other[i] - other[j]) if other[i] != other[j] else 0)
        for i, j in pairs
    ]  # fmt: skip
    untied = math.sqrt(sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs))
    return sum(a * b for a, b in signs) / untied


def test_ranks_are_compared_by_size_text_by_text():
    scores = torch.tensor([[3.0, -2, 1, NAN], [1, 2, 2, 3], [1, 1, 1, 1], [1, 2, NAN, NAN]])
    others = torch.tensor([[30.0, 20, -10, NAN], [4, 3, 2, 2], [1, 2, 3, 4], [1, 2, NAN, NAN]])
    assert mean_rank_agreement(scores, others) == pytest.approx((1 + tau([1, 2, 2, 3], [4, 3, 2, 2])) / 2)
    assert math.isnan(mean_rank_agreement(scores[2:], others[2:]))


@pytest.fixture(scope="module")
def trained():
    with few_inputs(packaged_texts, "sentiment", count=96, graded=60):
        config = make_config(SETTINGS)
        events = list(distill(config))
        yield events, load_setup(config, lambda *said: None)


def test_ranks_of_a_run_are_counted_again_word_by_word(trained):
    """By the logits of each text without each word, and by the attention and gradients of single texts.

    Alone, a text has other rounding errors than in its batch, which can turn a pair of near ties around.
    """
    events, setup = trained
    (finished,) = (event for event in events if isinstance(event, Finished))
    (taken,) = (
        event
        for event in events
        if isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 1
    )
    net = setup.student_learner("scratch", 10).network.eval()
    load_weights(net, taken.weights["scratch"], source="scratch")
    by_attention, by_gradient = [], []
    texts = balanced_subset(setup.data.test, 8, seed=0)
    for number in setup.normalizer.normalize(texts.images):
        words = int((number[0] != PAD).sum())
        if words < 3:
            continue
        vectors = net.embed(number[None]).detach().requires_grad_()
        logits = net.forward_embedded(vectors)
        answer = int(logits.argmax())
        (slope,) = torch.autograd.grad(logits[0, answer], vectors)
        effects = []
        for word in range(words):
            without = number.clone()
            without[0, word] = PAD
            effects.append(abs((logits[0, answer] - net(without[None])[0, answer]).item()))
        attention = net.attention(number[None])[-1][0, 0, 1 : words + 1]
        by_attention.append(tau(attention.tolist(), effects))
        by_gradient.append(tau((slope * vectors)[0].sum(0)[:words].abs().tolist(), effects))
    found = finished.arms["scratch"].left_out_ranks
    assert found["attention"] == pytest.approx(sum(by_attention) / len(by_attention), abs=0.01)
    assert found["input-x-gradient"] == pytest.approx(sum(by_gradient) / len(by_gradient), abs=0.01)


def test_the_accuracy_with_shuffled_attention_is_a_mean_of_five_counts(trained):
    """Each is a whole number of texts."""
    events, setup = trained
    (finished,) = (event for event in events if isinstance(event, Finished))
    most = 5 * len(setup.data.test)
    for arm in ("student", "scratch"):
        counted = finished.arms[arm].shuffled_accuracy * most
        assert 0 < counted < most
        assert counted == pytest.approx(round(counted))


def test_other_networks_have_neither(trained):
    (finished,) = (event for event in trained[0] if isinstance(event, Finished))
    assert not finished.arms["teacher"].left_out_ranks
    assert math.isnan(finished.arms["teacher"].shuffled_accuracy)
