"""A pretrained encoder over words, against the outputs of Hugging Face's transformers 5.24."""

import pytest
import torch

from kdviz.checkpoints import load_encoder, read_encoder
from kdviz.datasets.text_split import numbered
from kdviz.explainers import EXPLAINERS, absent_pixels, explain, maps
from kdviz.models import encoder_text, initialise, pretrained_text_network
from kdviz.vocabulary import PAD, SPELLED, spelled, unspelled, words_of
from tests.transformer_folders import write_folder

LENGTH = 12
TEXTS = ["The plot was not bad, don't you?", "Unbelievable! Great xyz film."]

# BertModel and DistilBertModel of these folders, last_hidden_state without [CLS] and [SEP]: its mean over tokens.
THEIRS = {
    "bert": [
        [0.12959, -0.51065, -1.6658, 0.08868, 1.49625, -0.21276, -2.87, 0.59643],
        [0.15176, -0.59185, -1.63517, 0.13268, 1.50527, -0.18351, -2.80149, 0.6112],
    ],
    "distilbert": [
        [0.33114, 0.38726, 0.32197, -0.39252, 0.11323, 0.63525, 2.3125, -1.07581],
        [0.31925, 0.37666, 0.33895, -0.36307, 0.12612, 0.57775, 2.42813, -1.12817],
    ],
}
# Of DistilBertModel's last block: for each of the tokens [CLS] un ##bel ##iev ##able ! great [UNK] film . [SEP] the
# attention that it gets, mean over heads and the tokens between [CLS] and [SEP].
THEIR_ATTENTION = [2e-05, 0.03008, 0.12282, 0.34475, 0.43844, 1e-05, 0.00794, 0.0, 0.02317, 0.00852, 0.02425]


def built(folder, length=LENGTH):
    net = pretrained_text_network(read_encoder(folder), 2, length)
    initialise(net, 0)
    load_encoder(net, folder)
    return net.eval().requires_grad_(False)


@pytest.fixture(params=THEIRS)
def family(request):
    return request.param


@pytest.fixture
def net(family, tmp_path):
    return built(write_folder(tmp_path / family, family))


@pytest.fixture
def texts():
    return numbered(TEXTS, LENGTH, SPELLED).long()


def test_its_features_are_those_of_transformers(net, family, texts):
    mean_over_tokens = net.grid(net.forward_features(texts)).mean(2)
    torch.testing.assert_close(mean_over_tokens, torch.tensor(THEIRS[family]), atol=2e-5, rtol=0)


def test_a_words_attention_is_that_of_its_pieces_and_the_rest_is_on_special_tokens(tmp_path, texts):
    net = built(write_folder(tmp_path, "distilbert"))
    shown = net.class_attention(net.forward_features(texts))[1]
    pieces = torch.tensor(THEIR_ATTENTION)
    words = torch.stack([pieces[1:5].sum(), *pieces[5:10]])
    torch.testing.assert_close(shown[:6], words, atol=3e-5, rtol=0)
    torch.testing.assert_close(1 - shown.sum(), pieces[[0, -1]].sum(), atol=3e-5, rtol=0)
    last = net.attention(texts)[-1]
    torch.testing.assert_close(net.attended(last, texts)[1], shown)


def test_class_activation_adds_up_to_the_logit(net, texts):
    passed = maps.run(net, texts)
    classes = maps.class_activation(passed, passed.logits.argmax(1), False)
    torch.testing.assert_close(classes.mean(2) + net.head[-1].bias, passed.logits)
    by_gradient = maps._class_activation_by_autograd(passed, False)
    torch.testing.assert_close(by_gradient / LENGTH, classes / LENGTH, atol=1e-5, rtol=1e-4)


def test_padding_and_other_texts_change_nothing(net, tmp_path, family):
    short = numbered(TEXTS[1:], 7, SPELLED).long()
    alone = built(tmp_path / family, length=7)(short)
    together = net(numbered([*TEXTS, ""], LENGTH, SPELLED).long())
    torch.testing.assert_close(together[1:2], alone)


def test_a_hidden_word_has_no_influence_and_others_keep_their_positions(net):
    hidden, other = numbered(["the plot is not bad", "the plot is do bad"], LENGTH, SPELLED).long()
    assert (net(hidden[None]) - net(other[None])).abs().max() > 1e-4
    closer = numbered(["the plot is bad"], LENGTH, SPELLED).long()
    hidden[:, 3] = other[:, 3] = PAD
    torch.testing.assert_close(net(hidden[None]), net(other[None]))
    assert (net(hidden[None]) - net(closer)).abs().max() > 1e-4


@pytest.mark.parametrize(
    "name", ["grad-cam", "attention", "attention-rollout", "input-x-gradient", "occlusion"]
)
def test_maps_have_a_value_for_each_word_and_none_beside(net, texts, name):
    made = explain(name, net, texts, torch.tensor([0, 1]))
    assert made.shape == (2, LENGTH)
    assert torch.equal(made.isnan(), texts[:, 0] == PAD)
    assert EXPLAINERS[name].signed or (made.nan_to_num(0).sum(1) <= 1).all()


def test_occluding_a_word_is_leaving_it_out(net, texts):
    target = torch.tensor([0, 1])
    drops = explain(
        "occlusion",
        net,
        texts,
        target,
        baseline=absent_pixels("pad", texts, black=torch.zeros(1, 1), modality="text"),
    )
    without = texts.clone()
    without[0, :, 3] = PAD
    torch.testing.assert_close(drops[0, 3], net(texts)[0, 0] - net(without)[0, 0], atol=1e-5, rtol=0)


def test_more_tokens_than_positions_are_not_read(tmp_path):
    net = built(write_folder(tmp_path), length=40)
    full = numbered(["bad " * 22, "bad " * 22 + "great film"], 40, SPELLED).long()
    torch.testing.assert_close(*net(full)[:, None])


def test_it_is_rebuilt_from_its_weights_alone(net, texts):
    weights = net.state_dict()
    again = pretrained_text_network(encoder_text(weights), 2, LENGTH)
    again.load_state_dict(weights)
    torch.testing.assert_close(again(texts), net(texts))


@pytest.mark.parametrize("text", ["Don't  stop,\n早上好 café!", "", " one", "x" * 100 + " y"])
def test_spelled_words_are_the_text_without_long_spaces(text):
    words = words_of(text)
    read = unspelled(spelled(text, words))
    assert [each.strip() for each in read] == [word.text[:48].encode()[:48].decode() for word in words]
    assert [each.startswith(" ") for each in read] == [
        word.start > 0 and text[word.start - 1].isspace() for word in words
    ]
