"""The transformer over words, against torch's own layer with a mask, and what hides a word from it."""

import pytest
import torch
from torch import nn

from kdviz.datasets.text_split import numbered
from kdviz.models import build
from kdviz.models.text_transformer import places
from kdviz.vocabulary import PAD

TEXTS = ["Not bad at all!", "Bad.", "I would not recommend this place to anybody", ""]


@pytest.fixture
def net():
    return build("text-transformer", classes=3, input_shape=(1, 12), seed=2).eval()


@pytest.fixture
def texts():
    return numbered(TEXTS, 12).long()


def torchs_layer(block):
    """`nn.TransformerEncoderLayer` with the weights of the block."""
    theirs = nn.TransformerEncoderLayer(
        32, 4, 64, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    theirs.load_state_dict(
        {
            **{f"norm1.{key}": value for key, value in block.norm1.state_dict().items()},
            **{f"norm2.{key}": value for key, value in block.norm2.state_dict().items()},
            **{f"linear1.{key}": value for key, value in block.mlp[0].state_dict().items()},
            **{f"linear2.{key}": value for key, value in block.mlp[2].state_dict().items()},
            **{
                f"self_attn.in_proj_{key}": value
                for key, value in block.attention.inputs.state_dict().items()
            },
            **{
                f"self_attn.out_proj.{key}": value
                for key, value in block.attention.output.state_dict().items()
            },
        }
    )
    return theirs.train()  # in evaluation it takes a fused path


def test_a_block_is_torchs_layer_with_a_mask_of_absent_words(net, texts):
    tokens = net.stages[0](net.embed(texts))
    absent = torch.nn.functional.pad(texts[:, 0] == PAD, (1, 0))  # the class token is there
    block = net.stages[1]
    expected = torchs_layer(block)(tokens, src_key_padding_mask=absent)
    torch.testing.assert_close(block(tokens), expected.masked_fill(absent[..., None], 0))


def test_attention_is_on_words_alone_and_rows_sum_to_one(net, texts):
    absent = torch.nn.functional.pad(texts[:, 0] == PAD, (1, 0))
    for weights in net.attention(texts):
        torch.testing.assert_close(weights.sum(2), torch.ones(4, 13))
        torch.testing.assert_close(weights[:, 0] == 0, absent)


def test_the_attention_shown_leaves_out_the_class_token(net, texts):
    last = net.attention(texts)[-1][:, 0]
    for layer in ("last", "second-to-last"):
        shown = net.class_attention(net.forward_features(texts, layer), layer)
        torch.testing.assert_close(shown, last[:, 1:])
        torch.testing.assert_close(shown.sum(1), 1 - last[:, 0])


def test_a_hidden_word_has_no_influence_and_others_keep_their_places(net):
    hidden, other = numbered(["the plot is not bad", "the plot is so bad"], 12).long()
    assert (net(hidden[None]) - net(other[None])).abs().max() > 1e-4
    closer = numbered(["the plot is bad"], 12).long()
    hidden[0, 3] = other[0, 3] = PAD
    torch.testing.assert_close(net(hidden[None]), net(other[None]))
    assert (net(hidden[None]) - net(closer)).abs().max() > 1e-4


def test_the_order_of_words_matters(net):
    one, other = net(numbered(["not bad at all", "all bad at not"], 12).long())
    assert (one - other).abs().max() > 1e-4


def test_places_turn_with_their_wavelengths():
    """By hand, of four numbers: wavelengths 2π and 100 · 2π. A shift turns each pair by the same angle."""
    found = places(30, 4)
    for place in (0, 1, 29):
        angles = torch.tensor([place, place / 100])
        torch.testing.assert_close(found[place], torch.stack([angles.sin(), angles.cos()], 1).flatten())
    products = found @ found.T
    torch.testing.assert_close(products.diagonal(3), products[0, 3].expand(27))
