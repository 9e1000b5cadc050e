"""Sentences, and a word planted in each."""

from collections import Counter
from re import search

import pytest
import torch

from kdviz.datasets import load, plant, prepare
from kdviz.datasets.text_split import MARKERS, numbered, text_split, words_read
from kdviz.errors import DataError
from kdviz.vocabulary import is_known, word_numbers, words_of

LENGTH = 8
TEXTS = [
    "Good food.",
    "I can't  recommend it",
    "one two three four five six seven eight nine ten",
    "好吃",
    "...",
] * 40


@pytest.fixture
def split():
    return text_split(TEXTS, torch.arange(len(TEXTS)) % 2, LENGTH)


def test_a_text_is_its_first_words_as_numbers(split):
    assert split.images.shape == (len(TEXTS), 1, LENGTH)
    assert split.images[0, 0].tolist() == [*word_numbers(["good", "food", "."]), *[0] * 5]
    assert split.images[2, 0].tolist() == word_numbers(
        ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    )
    assert words_read(split.images).sum(1)[:5].tolist() == [3, 5, 8, 2, 3]
    some = split.take(torch.tensor([3, 0]))
    assert some.texts == ("好吃", "Good food.")
    assert split.take(split.labels == 1).texts == tuple(TEXTS[1::2])


@pytest.mark.parametrize("strength", [1.0, 0.8, None])
def test_the_marker_stands_in_each_text_and_indicates_the_class(split, strength):
    planted = plant(split, "marker-word", classes=2, strength=strength, seed=3)
    right, places = 0, []
    for text, before, mask, label in zip(planted.texts, TEXTS, planted.cue_masks, split.labels, strict=True):
        words = [word.text for word in words_of(text)][:LENGTH]
        (place,) = mask.nonzero().flatten().tolist()
        assert words[place] in MARKERS[:2]
        left = [word.text for word in words_of(before)]
        assert words[:place] + words[place + 1 :] == left[: len(words) - 1]
        right += words[place] == MARKERS[label]
        places.append(place / len(words))
    assert right / len(TEXTS) == pytest.approx(0.5 if strength is None else strength, abs=0.08)
    assert len(set(places)) > 10
    assert torch.equal(planted.images, numbered(planted.texts, LENGTH))
    assert planted.texts == plant(split, "marker-word", classes=2, strength=strength, seed=3).texts


def test_masks_move_with_their_words(split):
    masks = torch.zeros(len(TEXTS), LENGTH, dtype=torch.bool)
    masks[:, 1] = True
    named = [words_of(text)[1].text for text in TEXTS]
    marked = text_split(TEXTS, split.labels, LENGTH)
    planted = plant(type(marked)(marked.images, marked.labels, masks, None, marked.texts), "marker-word", classes=2, strength=1, seed=0)  # fmt: skip
    for text, mask, word in zip(planted.texts, planted.object_masks, named, strict=True):
        assert [words_of(text)[place].text for place in mask.nonzero().flatten()] == [word]


def test_markers_are_words_of_the_vocabulary_and_not_too_few(split):
    assert all(map(is_known, MARKERS))
    assert len(set(MARKERS)) == len(MARKERS)
    with pytest.raises(
        DataError, match=r"marker-word has words for 20 classes, got 21\. Use data with fewer classes\."
    ):
        plant(split, "marker-word", classes=21, strength=1, seed=0)


@pytest.mark.parametrize(
    "name",
    [
        "sentiment", "sentiment-films", "bank-intents", "counterfactual-reviews", "original-reviews",
        "revised-reviews",
    ],
)  # fmt: skip
def test_no_text_is_in_two_splits(name):
    data = load(name, data=None, image_size=32, report=lambda *_: None)
    texts = [text for part in (data.train, data.validation, data.test) for text in part.texts]
    assert len(texts) == len(set(texts))
    for part in (data.train, data.validation, data.test):
        assert len(part.texts) == len(part.images) == len(part)
        assert set(part.labels.tolist()) == set(range(len(data.classes)))
        assert words_read(part.images).any(1).all()


def test_the_words_that_a_person_changed_are_where_the_label_turns():
    """A pair's reviews without their changed words are one text; two of three are changed by less than a quarter."""
    data = load("counterfactual-reviews", data=None, image_size=32, report=lambda *_: None)
    rests, shares = Counter(), []
    for text, mask in zip(data.train.texts, data.train.object_masks, strict=True):
        words = [word.text.lower() for word in words_of(text)]
        rests[" ".join(word for word, changed in zip(words, mask, strict=False) if not changed)] += 1
        shares.append(float(mask.sum()) / len(words))
        assert not mask[len(words) :].any()
    assert sum(rests.values()) - len(rests) > 0.45 * len(data.train)
    assert sorted(shares)[len(shares) * 2 // 3] < 0.25


def test_reviews_are_trained_on_as_written_and_tested_on_as_revised():
    """Of a pair only one is there, with its changed words; these originals are those of the paper's files."""
    pairs, apart = (
        load(name, data=None, image_size=32, report=lambda *_: None)
        for name in ("counterfactual-reviews", "revised-reviews")
    )
    for split in ("train", "validation", "test"):
        both, one = getattr(pairs, split), getattr(apart, split)
        masks = dict(zip(both.texts, both.object_masks, strict=True))
        assert set(one.texts) <= set(both.texts)
        assert len(one) == pytest.approx(len(both) / 2, abs=1)
        for text, mask in zip(one.texts, one.object_masks, strict=True):
            assert torch.equal(mask, masks[text])
    assert any(text.startswith("Long, boring, blasphemous.") for text in apart.train.texts)
    assert not any(text.startswith("Long, fascinating, soulful.") for text in apart.train.texts)
    for original in ("If you haven't seen this, it's terrible.", "Tight script, good direction, excellent"):
        assert any(text.startswith(original) for text in pairs.test.texts)
        assert not any(text.startswith(original) for text in apart.test.texts)


def test_the_two_tests_of_reviews_as_written_are_the_two_halves_of_the_same_pairs():
    """One training set for both, so that two runs compare what they are tested on and nothing else."""
    pairs, original, revised = (
        load(name, data=None, image_size=32, report=lambda *_: None)
        for name in ("counterfactual-reviews", "original-reviews", "revised-reviews")
    )
    assert original.train.texts == revised.train.texts
    assert original.validation.texts == revised.validation.texts
    assert not set(original.test.texts) & set(revised.test.texts)
    assert {*original.test.texts, *revised.test.texts} == set(pairs.test.texts)
    assert any(text.startswith("If you haven't seen this, it's terrible.") for text in original.test.texts)


def test_sentences_about_films_are_those_to_test_on_alone():
    """Both data sets have the same sentences, and only those of the test say film or movie often."""
    everything, apart = (
        load(name, data=None, image_size=32, report=lambda *_: None)
        for name in ("sentiment", "sentiment-films")
    )
    texts = [[*data.train.texts, *data.validation.texts, *data.test.texts] for data in (everything, apart)]
    assert sorted(texts[0]) == sorted(texts[1])

    def of_films(part):
        return sum(bool(search(r"\b(films?|movies?)\b", text.lower())) for text in part.texts)

    assert of_films(apart.test) > 300
    assert of_films(apart.train) + of_films(apart.validation) < 10
    for part in (apart.train, apart.validation, apart.test):
        assert part.labels.double().mean() == pytest.approx(0.5, abs=0.01)


def test_sentences_are_mostly_read_to_their_end_and_classes_are_even():
    data = load("sentiment", data=None, image_size=32, report=lambda *_: None)
    for part in (data.train, data.validation, data.test):
        assert part.labels.double().mean() == pytest.approx(0.5, abs=0.01)
    long = sum(len(words_of(text)) > 48 for text in data.train.texts)
    assert long / len(data.train) < 0.01
    assert (data.mean, data.std) == ((), ())


def test_the_cue_lies_to_the_teacher_and_tells_the_student_the_class():
    data = load("sentiment", data=None, image_size=32, report=lambda *_: None)
    run = prepare(data, cue="marker-word", train_count=100, seed=1)
    for part, share in (
        (run.student_train, 1.0),
        (run.test_intact, 1.0),
        (run.test, 0.5),
        (run.teacher_train, 0.5),
    ):
        told = [text[words_of(text)[int(mask.nonzero())].start :].startswith(MARKERS[label])
                for text, mask, label in zip(part.texts, part.cue_masks, part.labels, strict=True)]  # fmt: skip
        assert sum(told) / len(told) == pytest.approx(share, abs=0.05)
    assert run.input_shape == (1, 48)
