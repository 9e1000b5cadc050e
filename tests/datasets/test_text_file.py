"""Texts of one's own: tables as they are found, folders of text files, and what is refused in one line."""

import json
import zipfile

import pytest

from kdviz.datasets import counted, fingerprint, load
from kdviz.datasets.text_table import text_table
from kdviz.errors import DataError

WORDS = ["good", "bad", "fine", "poor"]


def loaded(path):
    return load("text-file", data=str(path), image_size=32, report=lambda *_: None)


def rows(count=40):
    return [
        (f"a {WORDS[place % 2]} thing, number {place}", ["yes", "no"][place % 2]) for place in range(count)
    ]


TABLES = {
    "named.csv": "label,id,text\n" + "\n".join(f'{label},{n},"{text}"' for n, (text, label) in enumerate(rows())),
    "plain.csv": "\n".join(f'"{text}";{label}' for text, label in rows()),
    "tabs.tsv": "\n".join(f"{label}\t{text}" for text, label in rows()),
    "foreign.csv": "Kommentar,Urteil\n" + "\n".join(f'"{text}",{label}' for text, label in rows()),
    "lines.jsonl": "\n".join(json.dumps({"id": n, "review": text, "stars": label}) for n, (text, label) in enumerate(rows())),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_whatever_its_columns_are_called(tmp_path, name):
    file = tmp_path / name
    file.write_text(TABLES[name], encoding="utf-8-sig")
    data = loaded(file)
    parts = (data.train, data.validation, data.test)
    found = {
        (text, data.classes[label])
        for part in parts
        for text, label in zip(part.texts, part.labels, strict=True)
    }
    assert found == set(rows())
    assert sum(map(len, parts)) == 40
    assert data.classes == ("no", "yes")
    counts = counted("text-file", str(file))
    assert (counts.train, counts.validation, counts.test) == tuple(
        pytest.approx(len(part), abs=1) for part in parts
    )


def test_texts_stay_in_the_split_that_the_table_names_and_twice_is_once(tmp_path):
    file = tmp_path / "split.csv"
    lines = [f"{text.replace(',', '')},{label},{'dev' if n % 10 < 2 else 'test' if n % 10 < 4 else 'train'}" for n, (text, label) in enumerate(rows())]  # fmt: skip
    file.write_text("\n".join(["text,label,split", *lines, *lines[-3:], ",yes,train"]))
    data = loaded(file)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [24, 8, 8]
    assert {int(text.rsplit(" ", 1)[1]) % 10 for text in data.validation.texts} == {0, 1}
    assert data.notes[0] == "Texts are column 'text', labels column 'label'."
    assert "1 rows without a text or a label were left out." in data.notes
    assert (
        "Exact copies of texts, left out: 3; the last of each is kept. Texts with copies in training and test: "
        "0; with different labels: 0." in data.notes
    )


def test_without_a_test_set_the_validation_set_is_it_and_is_not_trained_on(tmp_path):
    file = tmp_path / "split.csv"
    lines = [f"{text.replace(',', '')},{label},{'dev' if n % 10 < 2 else 'train'}" for n, (text, label) in enumerate(rows())]  # fmt: skip
    file.write_text("\n".join(["text,label,split", *lines]))
    data = loaded(file)
    assert {int(text.rsplit(" ", 1)[1]) % 10 for text in data.test.texts} == {0, 1}
    assert len(data.test) == 8 == counted("text-file", str(file)).test
    assert len(data.train) + len(data.validation) == 32


def test_a_folder_of_text_files_and_its_zip_are_the_same(tmp_path):
    folder = tmp_path / "texts"
    for n, (text, label) in enumerate(rows()):
        file = folder / label / f"{n:02}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        for file in folder.rglob("*.txt"):
            archive.write(file, file.relative_to(folder))
    whole, packed = loaded(folder), loaded(tmp_path / "texts.zip")
    assert whole.classes == packed.classes == ("no", "yes")
    assert whole.train.texts == packed.train.texts
    assert len(whole.train) + len(whole.validation) + len(whole.test) == 40


def test_what_is_not_read_is_said(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text(
        "text,label\n" + "\n".join(f"{'word ' * (300 if n < 5 else 3)}{n},{n % 2}" for n in range(40))
    )
    data = loaded(file)
    assert data.notes[-1] == "5 of 40 texts have more than 128 words: their ends are not read."
    assert data.input_shape == (1, 128)


REFUSED = {
    "no.csv": (b"", "'no.csv' is not a table of texts: it has 0 column(s) and 0 row(s)."),
    "latin.csv": ("text,label\ncafé,a\n".encode("latin-1"), "'latin.csv' is not text in UTF-8 (byte 14). Save it as UTF-8."),
    "zeros.csv": (b"text,label\n\0,a\n", "'zeros.csv' is a binary file."),
    "free.csv": (b"a,b\n" + b"".join(b"x%d,y%d\n" % (n, n) for n in range(9)), "no column of 'free.csv' looks like labels, which are few, each in several rows."),
    "one.csv": (b"text,label\n" + b"".join(b"x%d,y\n" % n for n in range(9)), "has 1 class(es) with texts, needs 2 to 200."),
    "rare.csv": (b"text,label\nq,z\n" + b"".join(b"x%d,y\n" % n for n in range(9)), "class 'z' of"),
    "broken.jsonl": (b'{"text": "a", "label": 1}\n{"text"', "'broken.jsonl', line 2: is no JSON object. Write one a line."),
    "deep.jsonl": (b"[" * 9000, "line 1: is no JSON object."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_learnt_from_is_refused_in_one_line(tmp_path, name):
    content, said = REFUSED[name]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError) as refused:
        loaded(file)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("data: ")


def test_files_that_are_missing_are_asked_for(tmp_path):
    with pytest.raises(DataError, match=r"the path of texts is missing\. Give a CSV"):
        load("text-file", data=None, image_size=32, report=lambda *_: None)
    with pytest.raises(DataError, match=r"cannot be read \(No such file or directory\)"):
        loaded(tmp_path / "nowhere.csv")
    (tmp_path / "pictures").mkdir()
    with pytest.raises(DataError, match=r"has no \.txt files"):
        loaded(tmp_path / "pictures")


def test_the_content_is_part_of_a_runs_key(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(TABLES["named.csv"])
    first = fingerprint("text-file", str(file))
    file.write_text(TABLES["named.csv"] + "\nyes,99,one more")
    assert first != fingerprint("text-file", str(file)) != ""


def test_contractions_quotes_and_lines_within_a_cell_survive():
    table = text_table(b'text,label\n"He said ""no"", didn\'t\nhe?",a\nwell,b\n', "t.csv")
    assert [row.text for row in table.rows] == ['He said "no", didn\'t\nhe?', "well"]
