"""The network that reads texts from both ends, against torch's own LSTM."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from kdviz.datasets.text_split import numbered
from kdviz.models import build, describe
from kdviz.vocabulary import PAD

TEXTS = ["Not bad at all!", "Bad.", "I would not recommend this place to anybody"]


@pytest.fixture
def net():
    return build("bilstm", classes=3, input_shape=(1, 12), seed=2).eval()


def torchs_lstm(stage):
    """`nn.LSTM` with the weights of the stage, and no biases."""
    theirs = nn.LSTM(50, 16, bias=False, bidirectional=True, batch_first=True)
    names = ("weight_ih_l0", "weight_ih_l0_reverse", "weight_hh_l0", "weight_hh_l0_reverse")
    layers = (*stage.words, *stage.states)
    theirs.load_state_dict({name: layer.weight for name, layer in zip(names, layers, strict=True)})
    return theirs


def test_the_states_are_those_of_torchs_lstm_on_packed_sequences(net):
    """Packed: its backward direction begins at the last word, not in the padding."""
    texts = numbered(TEXTS, 12).long()
    lengths = (texts[:, 0] != PAD).sum(1)
    words = net.embed(texts).transpose(1, 2)
    packed = pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)
    stage = net.stages[0][0]
    expected, _ = pad_packed_sequence(torchs_lstm(stage)(packed)[0], batch_first=True, total_length=12)
    found = stage(net.adapted(net.embed(texts)))[:, 1:].transpose(1, 2)
    torch.testing.assert_close(found, expected)


def test_a_hidden_word_is_skipped(net):
    """As if the text had never had it."""
    whole, hidden = numbered(["the plot is bad", "the plot is not bad"], 12).long()
    hidden[0, 3] = PAD
    torch.testing.assert_close(net(hidden[None]), net(whole[None]))


def test_each_word_is_read_in_its_context_from_both_sides(net):
    """The features of the middle word change with the first word and with the last."""
    texts = numbered(["good food here", "bad food here", "good food there"], 12).long()
    middle = net.forward_features(texts)[:, :, 1]
    ahead, back = (middle - middle[0]).split(16, dim=1)
    assert (ahead.abs().amax(1) > 1e-4).tolist() == [False, True, False]
    assert (back.abs().amax(1) > 1e-4).tolist() == [False, False, True]


def test_a_card_counts_each_step():
    """Four gates of 16 units in two directions, from 50 numbers of a word and 16 of a state."""
    card = describe("bilstm", classes=2, input_shape=(1, 48))
    gates = 2 * 4 * 16 * (50 + 16)
    assert card.parameters == gates + 2 * (32 + 1)
    assert card.multiply_adds == 48 * gates + 2 * 32
