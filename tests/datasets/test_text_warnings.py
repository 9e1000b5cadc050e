"""What is said of a user's own texts before a run: each warning by a table in which its numbers are known."""

import csv
import math

import pytest

from kdviz.datasets import FEW_TESTS, accuracy_reach, load, warnings_of
from kdviz.language import speaking
from kdviz.notes import labels_alike_note, shown_note
from kdviz.vocabulary import is_known, is_mostly_unknown, unknown_share, words_of


def sheet(tmp_path, rows, names=("text", "label")):
    file = tmp_path / "t.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([names, *rows])
    return str(file)


def different(count):
    """Texts with two labels in turn, of words that the vocabulary has."""
    return [(f"a thing is the {word}", "ab"[n % 2]) for n, word in enumerate(known_words(count))]


def known_words(count):
    numbers = [*map(str, range(10))]
    return [f"{first} {second} {third}" for first in numbers for second in numbers for third in numbers][
        :count
    ]


def run_notes(data):
    return load("text-file", data=data, image_size=32, report=lambda *_: None).notes


def test_texts_without_fault_are_not_warned_of(tmp_path):
    data = sheet(tmp_path, different(320))
    assert warnings_of("text-file", data) == ()
    assert run_notes(data) == ("Texts are column 'text', labels column 'label'.",)


def test_labels_that_differ_in_case_or_spaces_are_named_with_their_counts(tmp_path):
    """Spaces around a label are no class of their own; within it, a second one is."""
    labels = ["Gut"] * 200 + ["gut "] * 180 + ["nicht  so"] * 160 + ["nicht so"] * 170 + [" Mittel"] * 190
    data = sheet(tmp_path, [(text, label) for (text, _), label in zip(different(900), labels, strict=True)])
    assert warnings_of("text-file", data) == (
        "Labels that differ only in case or spaces are separate classes: 'Gut' (200), 'gut' (180); "
        "'nicht  so' (160), 'nicht so' (170). If they mean the same, write them alike.",
    )
    assert load("text-file", data=data, image_size=32, report=lambda *_: None).classes == (
        "Gut", "Mittel", "gut", "nicht  so", "nicht so",
    )  # fmt: skip


def test_an_accent_that_is_stored_in_two_ways_is_one_label_written_twice(tmp_path):
    labels = ["caf\u00e9"] * 160 + ["cafe\u0301"] * 160
    data = sheet(tmp_path, [(text, label) for (text, _), label in zip(different(320), labels, strict=True)])
    assert len(warnings_of("text-file", data)) == 1


def test_folders_are_looked_at_like_tables(tmp_path):
    for n in range(8):
        file = tmp_path / "texts" / ("Good", "good")[n % 2] / f"{n}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"thing {n}")
    assert warnings_of("text-file", str(tmp_path / "texts")) == (
        "Labels that differ only in case or spaces are separate classes: 'Good' (4), 'good' (4). If they "
        "mean the same, write them alike.",
        "2 test texts, fewer than 30 of a class: an accuracy is known to about ± 69 points.",
    )


def test_copies_are_counted_and_those_in_training_and_test_and_of_different_labels(tmp_path):
    rows = [(*row, "test" if n < 80 else "train") for n, row in enumerate(different(320))]
    copies = [
        (*rows[0][:2], "train"),  # a test text as a training text
        (rows[100][0], "b", "train"),  # with another label
        (*rows[101][:2], "train"),
        (*rows[101][:2], "train"),  # three times the same
        (*rows[102][:2], "dev"),  # not tested
    ]
    data = sheet(tmp_path, [*rows, *copies], ("text", "label", "split"))
    assert warnings_of("text-file", data) == (
        "Exact copies of texts, left out: 5; the last of each is kept. Texts with copies in training and "
        "test: 1; with different labels: 1.",
    )


def test_test_texts_that_networks_have_read_in_training_are_counted(tmp_path):
    """Words are read in lower case, at most 128 of them: what differs otherwise is the same input."""
    rows = [(*row, "test" if n < 80 else "train") for n, row in enumerate(different(320))]
    alike = [(rows[n][0].upper().replace(" ", "  "), rows[n][1], "train") for n in (3, 7)]
    data = sheet(tmp_path, [*rows, *alike], ("text", "label", "split"))
    said = (
        f"Test texts that read like a training text, but for case and spaces: 2 of 80, such as {rows[3][0]!r}. "
        "What networks score on them says nothing about new texts: leave out one of each pair."
    )
    assert warnings_of("text-file", data) == (said,)
    assert said in run_notes(data)


@pytest.mark.parametrize("tests", [2 * FEW_TESTS - 1, 2 * FEW_TESTS])
def test_few_test_texts_of_a_class_say_how_wide_an_accuracy_is(tmp_path, tests):
    rows = [(*row, "test" if n < tests else "train") for n, row in enumerate(different(320))]
    found = warnings_of("text-file", sheet(tmp_path, rows, ("text", "label", "split")))
    points = round(100 * 1.96 * math.sqrt(0.5 * 0.5 / tests))
    said = f"{tests} test texts, fewer than 30 of a class: an accuracy is known to about ± {points} points."
    assert found == ((said,) if tests < 2 * FEW_TESTS else ())
    assert accuracy_reach(tests) == str(points)


def test_texts_of_another_language_are_said_to_be_unknown(tmp_path):
    rows = different(320)
    for n in range(17):
        rows[n] = (f"Das Frühstück schmeckt Klaus überhaupt nicht, Tisch {n}", rows[n][1])
    english = rows[0:1] + rows[17:]
    assert warnings_of("text-file", sheet(tmp_path, english)) == ()
    assert warnings_of("text-file", sheet(tmp_path, rows)) == (
        "Most words of 17 of 320 texts are not in the networks' vocabulary, which is English. Such a word "
        "begins as a random vector, and its meaning is learnt from these texts alone.",
    )


def test_most_is_more_than_half():
    words = [word.text for word in words_of("the Frühstück was überhaupt")]
    assert [is_known(word) for word in words] == [True, False, True, False]
    assert unknown_share(words) == 0.5
    assert not is_mostly_unknown(words)
    assert is_mostly_unknown([*words, "xqz"])
    assert not is_mostly_unknown([])


def test_a_note_of_any_labels_is_found_in_the_catalogue_again():
    """Stored in English with its values, shown in another language with the same ones."""
    stored = str(labels_alike_note("'{a}' (1,200), 'A.' (3)"))
    assert stored.startswith("Labels that differ only in case or spaces are separate classes: '{a}' (1,200)")
    assert shown_note(stored) == stored
    with speaking("zh"):
        assert "'{a}' (1,200), 'A.' (3)" in shown_note(stored)
