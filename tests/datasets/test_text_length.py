"""The length of a text as a cue: fillers left out by class, and nothing that a map could find."""

from dataclasses import replace

import pytest
import torch

from kdviz.datasets import CUES, load, plant, prepare
from kdviz.datasets.text_length import FILLERS, kept_words, places_before, with_words
from kdviz.datasets.text_split import numbered, text_split
from kdviz.vocabulary import is_known, words_of

LENGTH = 12
TEXTS = [
    "It's a film of the year, and not bad.",
    "NOTHING!I couldn't be happier, well-made.",
    "It is.",
    "好吃",
] * 50


@pytest.fixture
def split():
    return text_split(TEXTS, torch.arange(len(TEXTS)) // 4 % 2, LENGTH)


def written(text):
    return [word.text for word in words_of(text)]


def fillers(text):
    return sum(word.lower() in FILLERS for word in written(text))


@pytest.mark.parametrize("strength", [1.0, 0.8, None])
def test_the_class_is_the_length_as_often_as_the_strength_says(split, strength):
    planted = plant(split, "length", classes=2, strength=strength, seed=3)
    told = []
    for text, before, label in zip(planted.texts, split.texts, split.labels.tolist(), strict=True):
        if before in ("It is.", "好吃"):
            assert text == before, "without anything but fillers, or without fillers, it has one length"
            continue
        assert fillers(text) in (0, fillers(before))
        assert [word for word in written(text) if word.lower() not in FILLERS] == [
            word for word in written(before) if word.lower() not in FILLERS
        ]
        told.append((fillers(text) == 0) == bool(label))
    assert sum(told) / len(told) == pytest.approx(0.5 if strength is None else strength, abs=0.12)
    assert torch.equal(planted.labels, split.labels)
    assert torch.equal(planted.images, numbered(planted.texts, LENGTH))
    assert planted.cue_masks is None
    assert planted.texts == plant(split, "length", classes=2, strength=strength, seed=3).texts


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_each_class_leaves_out_its_share_of_the_fillers(classes):
    text = "the " * 18 + "end"
    split = text_split([text] * classes, torch.arange(classes), 32)
    planted = plant(split, "length", classes=classes, strength=1.0, seed=0)
    expected = [18 - 18 * label // (classes - 1) for label in range(classes)]
    assert [fillers(each) for each in planted.texts] == expected
    assert planted.texts[0] == text


def test_the_fillers_of_every_packaged_sentence_go_and_its_other_words_stay():
    """Words are those that are left, read again from the text: none is joined with the next."""
    for name in ("sentiment", "bank-intents", "counterfactual-reviews"):
        texts = load(name, data=None, image_size=32, report=lambda *_: None).test.texts
        for text in texts:
            for share in (0.3, 1.0):
                kept = kept_words(text, share)
                assert written(with_words(text, kept)) == [written(text)[place] for place in kept]
        shares = sorted(len(kept_words(text, 1.0)) / len(written(text)) for text in texts)
        assert 0.5 < shares[len(shares) // 2] < 0.6


def test_marks_move_with_their_words(split):
    masks = torch.zeros(len(TEXTS), LENGTH, dtype=torch.bool)
    masks[:, 1] = masks[:, 3] = True
    masks &= split.images[:, 0] != 0
    planted = plant(replace(split, object_masks=masks), "length", classes=2, strength=1.0, seed=0)
    for text, before, mask, old in zip(planted.texts, TEXTS, planted.object_masks, masks, strict=True):
        named = [written(before)[place] for place in old.nonzero().flatten()]
        kept = named if fillers(text) else [word for word in named if word.lower() not in FILLERS]
        assert [written(text)[place] for place in mask.nonzero().flatten()] == kept


def test_each_word_that_is_left_is_found_in_the_whole_text():
    """All others than fillers are at the very place; of those, one of the same word between the same others."""
    texts = load("counterfactual-reviews", data=None, image_size=32, report=lambda *_: None).test.texts
    for text in texts[:60]:
        whole = written(text)
        for share in (0.4, 1.0):
            kept = kept_words(text, share)
            found = places_before(with_words(text, kept), text)
            assert [whole[place] for place in found] == [whole[place] for place in kept]
            assert all(
                place == there or whole[there].lower() in FILLERS
                for place, there in zip(found, kept, strict=True)
            )
            assert list(found) == sorted({*found})
            if share == 1:
                assert list(found) == kept


def test_fillers_are_words_of_the_vocabulary_and_none_denies():
    assert all(map(is_known, FILLERS))
    assert not FILLERS & {"not", "n't", "no", "never", "but", "good", "bad", "very", "too", "!", "?"}


def test_test_texts_are_long_or_short_at_random_and_training_texts_by_class():
    data = load("sentiment", data=None, image_size=32, report=lambda *_: None)
    run = prepare(data, cue="length", train_count=300, seed=1)
    lengths = {
        name: [
            sum(
                len(written(text))
                for text, each in zip(part.texts, part.labels, strict=True)
                if each == label
            )
            / int((part.labels == label).sum())
            for label in (0, 1)
        ]
        for name, part in {"train": run.student_train, "intact": run.test_intact, "test": run.test}.items()
    }
    for name in ("train", "intact"):
        assert lengths[name][1] < 0.7 * lengths[name][0]
    assert lengths["test"][1] == pytest.approx(lengths["test"][0], rel=0.1)
    assert CUES["length"].variants is None
    assert run.test.cue_masks is None


def test_case_is_no_cue_since_no_network_reads_it():
    upper, lower = text_split(["Good FOOD"], torch.zeros(1), 4), text_split(["good food"], torch.zeros(1), 4)
    assert torch.equal(upper.images, lower.images)
