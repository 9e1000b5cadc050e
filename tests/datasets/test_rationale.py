"""Rationales: character spans and words, in JSON or as Python writes it, and what is refused."""

import json

import pytest

from kdviz.datasets.rationale import in_spans, is_list, rationale_spans
from kdviz.vocabulary import words_of

TEXT = "The plot was bad, the cast BAD and dull."


def marked(cell, text=TEXT):
    words = words_of(text)
    return [words[number].text for number in in_spans(words, rationale_spans(cell, text))]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", []),
        ("  ", []),
        ("[]", []),
        ("[[4, 8]]", ["plot"]),
        ("[[13, 16], [4, 8], [4, 8]]", ["plot", "bad"]),
        ("[[5, 14]]", ["plot", "was", "bad"]),
        ("[(4, 8), (9, 12)]", ["plot", "was"]),
        ('["bad"]', ["bad", "BAD"]),
        ("['the cast', 'dull']", ["the", "cast", "dull"]),
        ("was  BAD", ["was", "bad"]),
        ('[[4, 8], "dull."]', ["plot", "dull", "."]),
    ],
)
def test_a_cell_names_words_by_their_characters_or_by_themselves(cell, expected):
    assert marked(cell) == expected


def test_the_end_of_a_span_is_not_part_of_it():
    """Every span of a text marks the words that the slice touches, as found letter by letter."""
    words = words_of(TEXT)
    for start in range(len(TEXT)):
        for end in range(start + 1, len(TEXT) + 1):
            touched = [
                n for n, word in enumerate(words) if {*range(word.start, word.stop)} & {*range(start, end)}
            ]
            assert in_spans(words, [(start, end)]) == touched
            if touched:
                assert rationale_spans(json.dumps([[start, end]]), TEXT) == ((start, end),)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("[[4, 99]]", "the span [4, 99] is not within its text of 40 characters"),
        ("[[8, 4]]", "the span [8, 4] is not within its text of 40 characters"),
        ("[[-3, 4]]", "the span [-3, 4] is not within its text of 40 characters"),
        ("[[3, 4]]", "no word is in the span [3, 4]"),
        ("[4, 8]", "4 is no span"),
        ("[[4.0, 8]]", "[4.0, 8] is no span"),
        ("[[true, 8]]", "[True, 8] is no span"),
        ('["good"]', "'good' is not in its text"),
        ("plo", "'plo' is not in its text"),
        ('[" "]', "' ' is not in its text"),
        ("[[4, 8", "'[[4, 8' is not in its text"),
    ],
)
def test_what_is_no_part_of_the_text_is_refused(cell, why):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the whole message follows
        rationale_spans(cell, TEXT)
    assert str(refused.value) == why


def test_lists_are_told_from_words():
    assert [is_list(cell) for cell in ("[[1, 2]]", "[]", "['a']", "a", "[sic] a", "[" * 9000)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
