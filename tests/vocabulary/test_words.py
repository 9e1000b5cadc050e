"""Words of texts, their numbers and their vectors."""

import numpy as np
import pytest

from kdviz.vocabulary import (
    PAD,
    VECTOR_LENGTH,
    VOCABULARY_SIZE,
    is_known,
    word_numbers,
    word_vectors,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Not bad at all!", ["Not", "bad", "at", "all", "!"]),
        ("I don't, they won’t; it's Anna's", ["I", "do", "n't", ",", "they", "wo", "n’t", ";", "it", "'s", "Anna", "'s"]),
        ("很好吃 ok", ["很", "好", "吃", "ok"]),
        ("a_b 3.5 😀😀", ["a", "_", "b", "3", ".", "5", "😀", "😀"]),
        ("naïve CAFÉ", ["naïve", "CAFÉ"]),
        ("  \n\t ", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_text_is_split_into_words(text, words):
    assert [word.text for word in words_of(text)] == words


@pytest.mark.parametrize(
    "text", ["Not bad, isn't it?", "很好吃 <b>ok</b>", "\x85a\tb  c\n", "don't 'quote' it's"]
)
def test_words_and_what_is_between_them_are_the_text(text):
    parts, end = [], 0
    for word in words_of(text):
        assert text[word.start : word.stop] == word.text
        assert text[end : word.start].strip() == ""
        parts += [text[end : word.start], word.text]
        end = word.stop
    assert "".join(parts) + text[end:] == text


def test_numbers_do_not_depend_on_case_and_are_never_that_of_no_word():
    words = ["The", "the", "THE", "n't", "N’T", "qwxzy", "好", "😀"]
    numbers = word_numbers(words)
    assert len(set(numbers[:3])) == 1
    assert numbers[3] == numbers[4]
    assert all(PAD < number < VOCABULARY_SIZE for number in numbers)
    assert [is_known(word) for word in words] == [True] * 5 + [False] * 3


def test_unknown_words_mostly_have_numbers_of_their_own():
    letters = np.random.default_rng(0).choice(list("abcdefghijklmnopqrstuvwxyz"), (1000, 15))
    numbers = word_numbers(map("".join, letters))
    expected = VOCABULARY_SIZE - 20_001  # buckets
    assert len(set(numbers)) == pytest.approx(expected * (1 - (1 - 1 / expected) ** 1000), rel=0.02)


def test_vectors_are_zero_for_no_word_and_near_for_words_alike():
    table = word_vectors(VOCABULARY_SIZE)
    assert table.shape == (VOCABULARY_SIZE, VECTOR_LENGTH)
    assert not table[PAD].any()
    assert (np.linalg.norm(table[1:], axis=1) > 0).all()
    good, great, tuesday = (
        table[number] / np.linalg.norm(table[number]) for number in word_numbers(["good", "great", "tuesday"])
    )
    assert good @ great > 0.7 > good @ tuesday  # fmt: skip
    assert np.array_equal(word_vectors(1000), table[:1000])
