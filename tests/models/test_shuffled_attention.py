"""Shuffled attention, against every order of a short text's words by hand."""

from itertools import permutations

import pytest
import torch

from kdviz.datasets.text_split import numbered
from kdviz.models import build
from kdviz.models.shuffled_attention import shuffled_attention


@pytest.fixture
def net():
    return build("text-transformer", classes=3, input_shape=(1, 6), seed=2).eval()


def by_hand(net, text, order):
    """Logits of one text if the class token gives to word i of `order` what it gave to word i, head by head."""
    tokens = net.stages[1](net.stages[0](net.embed(text)))
    block = net.stages[2]
    attention, normed = block.attention, block.norm1(tokens)[0]
    size = normed.shape[1] // attention.heads
    queries, keys, values = attention.inputs(normed).split(normed.shape[1], dim=1)
    words = len(order)
    mixed = []
    for head in range(attention.heads):
        part = slice(head * size, (head + 1) * size)
        scores = keys[: words + 1, part] @ queries[0, part] / size**0.5
        given = scores.softmax(0)
        result = given[0] * values[0, part]
        for place, word in enumerate(order):
            result = result + given[1 + place] * values[1 + word, part]
        mixed.append(result)
    attended = tokens[:, 0] + attention.output(torch.cat(mixed))
    return net.head((attended + block.mlp(block.norm2(attended)))[:, None])[0]


@torch.no_grad()
def test_every_order_of_the_words_comes_up_and_nothing_else(net):
    text = numbered(["not bad again"], 6).long()
    torch.testing.assert_close(by_hand(net, text, (0, 1, 2)), net(text)[0])
    possible = torch.stack([by_hand(net, text, order) for order in permutations(range(3))])
    assert torch.pdist(possible).min() > 1e-5
    with shuffled_attention(net, torch.Generator().manual_seed(1)):
        found = net(text.expand(64, -1, -1))
    distances = torch.cdist(found, possible, compute_mode="donot_use_mm_for_euclid_dist")
    assert distances.min(1).values.max() < 1e-6
    assert set(distances.argmin(1).tolist()) == set(range(6))


@torch.no_grad()
def test_it_ends_with_the_context_and_leaves_single_words_and_empty_texts_alone(net):
    texts = numbered(["bad", "", "a plot"], 6).long()
    before = net(texts)
    with shuffled_attention(net, torch.Generator().manual_seed(0)):
        found = net(texts)
    torch.testing.assert_close(found[:2], before[:2])
    assert torch.equal(net(texts), before)
