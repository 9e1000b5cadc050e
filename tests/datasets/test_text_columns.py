"""Columns of a table of texts: recognized, given, refused; and a column of rationales as masks."""

import json

import pytest
import torch

from kdviz.datasets import counted, has_object_masks, load, table_columns, warnings_of
from kdviz.errors import DataError
from kdviz.types import COLUMN_FIELDS, RECOGNIZED, TextColumns
from kdviz.vocabulary import words_of

HEADER = "id,title,review,stars,kind,fold,why"


def rows(count=40):
    return [
        f"{n},Title {n},a {['good', 'bad'][n % 2]} thing number {n},{['pos', 'neg'][n % 2]},"
        f'{"abcd"[n % 4]},{"test" if n % 5 == 0 else "train"},"[[2, {6 - n % 2}]]"'
        for n in range(count)
    ]


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("\n".join([HEADER, *rows()]))
    return str(file)


def loaded(data, columns=RECOGNIZED):
    return load("text-file", data=data, image_size=32, report=lambda *_: None, columns=columns)


def test_what_is_recognized_is_where_a_run_reads_it(table):
    found = table_columns(table, RECOGNIZED)
    assert found.names == tuple(HEADER.split(","))
    assert found.places[:4] == (2, 3, None, None)
    assert [row[0] for row in found.first_rows] == ["0", "1", "2"]
    data = loaded(table)
    assert data.notes[0] == "Texts are column 'review', labels column 'stars'."
    assert data.classes == ("neg", "pos")
    assert data.train.object_masks is None
    assert not has_object_masks("text-file", table)


def test_given_columns_are_read_whatever_is_recognized(table):
    given = TextColumns("title", "kind", "fold", "none")
    data = loaded(table, given)
    assert data.classes == tuple("abcd")
    assert all(text.startswith("Title") for text in data.train.texts)
    assert {int(text.split()[1]) % 5 for text in data.test.texts} == {0}
    assert counted("text-file", table, given).test == 8
    assert counted("text-file", table, given).classes == 4


def test_what_is_given_leaves_the_rest_to_be_recognized(table):
    assert table_columns(table, TextColumns(label="kind")).places[:2] == (2, 4)
    assert table_columns(table, TextColumns(text="kind")).places[:2] == (4, 3)
    assert table_columns(table, TextColumns(text="review", label="kind")).places[:2] == (2, 4)


def test_a_rationale_is_the_mask_of_its_words(table):
    given = TextColumns(split="fold", rationale="why")
    data = loaded(table, given)
    assert has_object_masks("text-file", table, given)
    assert "Rationales are column 'why': of 40 of 40 texts." in data.notes
    for part in (data.train, data.validation, data.test):
        for text, mask in zip(part.texts, part.object_masks, strict=True):
            assert [words_of(text)[place].text for place in mask.nonzero().flatten()] == [text.split()[1]]
            assert mask.shape == (128,)


def test_the_masks_of_packaged_reviews_survive_a_table(tmp_path):
    """The words that a person changed, as spans of characters in a table and back."""
    packaged = load("counterfactual-reviews", data=None, image_size=32, report=lambda *_: None)
    file, known = tmp_path / "reviews.jsonl", {}
    with file.open("w") as lines:
        for split in ("train", "validation", "test"):
            part = getattr(packaged, split)
            for text, label, mask in zip(part.texts, part.labels.tolist(), part.object_masks, strict=True):
                words = words_of(text)
                spans = [[words[place].start, words[place].stop] for place in mask.nonzero().flatten()]
                row = {"text": text, "label": packaged.classes[label], "split": split, "spans": spans}
                lines.write(json.dumps(row) + "\n")
                known[text] = mask
    data = loaded(str(file))
    for split in ("train", "validation", "test"):
        part = getattr(data, split)
        assert part.texts == getattr(packaged, split).texts
        assert torch.equal(part.object_masks, torch.stack([known[text] for text in part.texts]))


def test_a_rationale_by_its_usual_name_is_recognized_unless_none_is_wanted(tmp_path):
    file = tmp_path / "t.jsonl"
    lines = [{"text": f"a {'bg'[n % 2]}ad thing {n}", "label": n % 2, "rationale": [[2, 5]] if n % 3 else None} for n in range(30)]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, lines)))
    data, without = loaded(str(file)), loaded(str(file), TextColumns(rationale="none"))
    known = torch.cat([part.object_masks for part in (data.train, data.validation, data.test)])
    assert known.any(1).sum() == 20
    assert "Rationales are column 'rationale': of 20 of 30 texts." in data.notes
    assert without.train.object_masks is None
    assert without.train.texts == data.train.texts


def test_offsets_are_those_of_the_text_as_it_is_written(tmp_path):
    """Spaces around a text are dropped, and its spans move; words that are not read have no mask."""
    file, long = tmp_path / "t.jsonl", "word " * 200
    lines = [
        {"text": f"  \n{'no' if n % 2 else 'so'} good {n}", "label": n % 2, "spans": [[6, 10]]}
        for n in range(20)
    ]
    lines += [{"text": f"{long}{n}", "label": 0, "spans": [[0, 4], [990, 994]]} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, lines)))
    data = loaded(str(file))
    for part in (data.train, data.validation, data.test):
        for text, mask in zip(part.texts, part.object_masks, strict=True):
            expected = [0] if text.startswith("word") else [1]
            assert mask.nonzero().flatten().tolist() == expected


def test_free_text_in_a_column_of_that_name_stays_what_it_was(tmp_path):
    """Tables of runs from before there were rationales: the column is not read, and a note says why."""
    file = tmp_path / "t.csv"
    file.write_text("text,label,rationale\n" + "\n".join(f"thing {n},{n % 2},because" for n in range(20)))
    data = loaded(str(file))
    assert data.train.object_masks is None
    assert data.notes[1].startswith(
        "No rationales are read. rationale_column: row 2 of 't.csv', column 'rationale': "
    )
    unnamed = tmp_path / "u.csv"
    unnamed.write_text(
        "a,b,rationale\n" + "\n".join(f"x{n},{n % 2},a long explanation {n}" for n in range(20))
    )
    assert loaded(str(unnamed)).notes[0] == "Texts are column 'rationale', labels column 'b'."


def test_one_bad_rationale_of_a_recognized_column_leaves_the_others(tmp_path):
    file = tmp_path / "t.jsonl"
    lines = [{"text": f"a bad thing {n}", "label": n % 2, "evidence": [[2, 5]]} for n in range(20)]
    lines[6]["evidence"], lines[9]["evidence"] = [[5, 9999]], "good"
    file.write_text("\n".join(map(json.dumps, lines)))
    data = loaded(str(file))
    known = torch.cat([part.object_masks for part in (data.train, data.validation, data.test)])
    assert known.any(1).sum() == 18
    warning = (
        "2 rationales are not read, and left out. The first: row 7 of 't.jsonl', column 'evidence': the span [5, 9999] "
        "is not within its text of 13 characters. Give [[start, end], ...] in characters, the end not included, or "
        "the words themselves."
    )
    assert data.notes[1:3] == ("Rationales are column 'evidence': of 18 of 20 texts.", warning)
    few = "4 test texts, fewer than 30 of a class: an accuracy is known to about ± 49 points."
    assert warnings_of("text-file", str(file)) == (warning, few)
    assert warnings_of("text-file", str(file), TextColumns(rationale="none")) == (few,)
    with pytest.raises(DataError, match=r"^rationale_column: row 7 of"):
        loaded(str(file), TextColumns(rationale="evidence"))


def test_a_phrase_that_is_in_its_text_by_chance_makes_no_rationales(tmp_path):
    file = tmp_path / "t.csv"
    rows = [f"thing {n},{n % 2},{'thing' if n < 9 else 'because'}" for n in range(20)]
    file.write_text("\n".join(["text,label,rationale", *rows]))
    data = loaded(str(file))
    assert data.train.object_masks is None
    assert data.notes[1].startswith("No rationales are read. rationale_column: row 11 of 't.csv'")


def test_a_bad_rationale_is_one_line_with_its_row(table, tmp_path):
    given = TextColumns(rationale="why")
    lines = [HEADER, *rows()]
    lines[7] = lines[7].replace("[[2, 6]]", "[[2, 600]]")
    file = tmp_path / "bad.csv"
    file.write_text("\n".join(lines))
    with pytest.raises(DataError) as refused:
        loaded(str(file), given)
    assert str(refused.value) == (
        "rationale_column: row 8 of 'bad.csv', column 'why': the span [2, 600] is not within its text of 21 "
        "characters. Give [[start, end], ...] in characters, the end not included, or the words themselves."
    )
    objects = tmp_path / "bad.jsonl"
    objects.write_text("\n".join(json.dumps({"text": f"so {n}", "label": n % 2, "why": "no" if n == 4 else ""}) for n in range(20)))  # fmt: skip
    with pytest.raises(
        DataError, match=r"^rationale_column: row 5 of 'bad\.jsonl', column 'why': 'no' is not in"
    ):
        loaded(str(objects), given)


def test_a_row_that_is_left_out_may_say_anything(tmp_path):
    file = tmp_path / "t.csv"
    rows = [f"so {n},{n % 2},so" for n in range(20)]
    file.write_text("\n".join(["text,label,why", *rows, ",1,nowhere", "here,,nowhere"]))
    data = loaded(str(file), TextColumns(rationale="why"))
    assert data.train.object_masks[:, 0].all()
    assert "2 rows without a text or a label were left out." in data.notes


@pytest.mark.parametrize("field", COLUMN_FIELDS)
def test_a_name_that_no_column_has_is_one_line_with_those_that_there_are(table, field):
    given, none = TextColumns.of({field: "reviw"}), ["none"] * (field in ("split_column", "rationale_column"))
    known = ", ".join(sorted([*HEADER.split(","), *none]))
    for read in (loaded, lambda *given: counted("text-file", *given)):
        with pytest.raises(DataError) as refused:
            read(table, given)
        assert str(refused.value) == (
            f"{field}: unknown name 'reviw'. Did you mean 'review'? Known: {known}."
        )


def test_one_column_is_not_two_things(table):
    with pytest.raises(DataError) as refused:
        loaded(table, TextColumns(text="review", label="review"))
    assert str(refused.value) == (
        "label_column: 'review' is the text_column too. Choose another for one of them: "
        f"{', '.join(HEADER.split(','))}."
    )


def test_folders_of_texts_have_no_columns(tmp_path):
    for n in range(8):
        file = tmp_path / "texts" / "ab"[n % 2] / f"{n}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"thing {n}")
    with pytest.raises(
        DataError, match=r"^label_column: is for a table, '.*texts' is none\. Leave it out\.$"
    ):
        loaded(str(tmp_path / "texts"), TextColumns(label="x"))
    assert table_columns(str(tmp_path / "texts"), RECOGNIZED) is None


def test_a_table_whose_labels_nobody_could_guess_is_read_by_their_name(tmp_path):
    """Each label in less than two rows on average: 9 classes in 12 rows."""
    file = tmp_path / "few.csv"
    labels = ["a"] * 4 + ["b"] * 3 + ["c"] * 3
    file.write_text(
        "note,verdict\n" + "\n".join(f"thing {n},{label}" for n, label in enumerate(labels[:5] * 2))
    )
    numbered = tmp_path / "plain.csv"
    numbered.write_text("\n".join(f"{n},{label},{n % 3}" for n, label in enumerate(labels)))
    assert table_columns(str(file), RECOGNIZED).names == ("note", "verdict")
    assert table_columns(str(numbered), RECOGNIZED).names == ("column 1", "column 2", "column 3")
    assert loaded(str(numbered), TextColumns("column 1", "column 2")).classes == ("a", "b", "c")
    unclear = tmp_path / "unclear.csv"
    unclear.write_text(
        "note,verdict\n" + "\n".join(f"thing {n},{n // 3 + n * 9 * (n > 8)}" for n in range(14))
    )
    with pytest.raises(DataError, match=r"Name one 'label', or give label_column, one of: note, verdict\.$"):
        loaded(str(unclear))
    assert table_columns(str(unclear), RECOGNIZED).places[:2] == (None, None)
