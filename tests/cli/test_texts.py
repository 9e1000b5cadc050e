"""`explain` of a run on texts: words with their evidence, and a text of one's own."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from kdviz.cli import app
from kdviz.comparison import explain_test_image
from kdviz.figures.maps import heatmaps
from kdviz.language import decimal
from kdviz.vocabulary import words_of


@pytest.fixture(scope="module")
def run(small_run):
    return small_run("sentiment")


def called(run, *options):
    return CliRunner().invoke(app, ["explain", run[1], *options, "--runs-dir", str(run[0].directory)])


def test_every_word_is_printed_with_the_value_of_each_arm(run):
    told, row = called(run, "--image", "3").output, explain_test_image(*run, 3)
    maps = heatmaps(row.attributions, signed=True)
    assert told.startswith(f"Text 3: {row.label_name}. Explained: ")
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in told.splitlines() if line.startswith("│")
    ]
    words = [word.text for word in words_of(row.text)]
    assert [cells[0] for cells in rows[: len(words)]] == words
    for place, cells in enumerate(rows[: len(words)]):
        assert cells[1:] == [decimal(maps.values[arm][place], sign=True) for arm in row.arms]


def test_json_has_the_words_and_the_raw_maps(run):
    found, row = json.loads(called(run, "--image", "3", "--json").output), explain_test_image(*run, 3)
    assert found["words"] == [word.text for word in words_of(row.text)]
    for arm, values in found["maps"].items():
        np.testing.assert_allclose(values, row.attributions[arm][: len(found["words"])], rtol=1e-6)


def test_a_text_of_ones_own_is_explained_as_written(run):
    text = "It is [bold]great[/bold] 不好 🎉"
    found = json.loads(called(run, "--text", text, "--json").output)
    assert (found["image"], found["label"]) == (None, "")
    assert found["words"] == [word.text for word in words_of(text)]
    told = called(run, "--text", text).output
    assert told.startswith("Your text. Explained: ")
    assert "bold" in told, "no markup of the terminal"


def test_the_end_that_is_not_read_is_said(run):
    assert "The last 12 words were not read." in called(run, "--text", "good " * 60).output
    assert len(json.loads(called(run, "--text", "good " * 60, "--json").output)["words"]) == 48


def test_maps_are_saved_as_a_page_with_each_word_for_each_arm(run, tmp_path):
    page = tmp_path / "maps.html"
    assert called(run, "--text", "a good phone", "--out", str(page)).exit_code == 0
    store, run_id = run
    arms = store.run(run_id).config.all_arms
    assert page.read_text("utf-8").count(">phone</span>") == len(arms)


@pytest.mark.parametrize(("dataset", "noun"), [("sentiment", "texts"), ("speech-commands-mini", "clips")])
@pytest.mark.parametrize("command", [("show",), ("compare",)], ids=lambda command: command[0])
def test_the_findings_of_a_run_speak_of_its_own_kind_of_input(small_run, command, dataset, noun):
    store, run_id = small_run(dataset)
    ids = [run_id] * (2 if command[0] == "compare" else 1)
    said = CliRunner().invoke(app, [*command, *ids, "--runs-dir", str(store.directory)]).output
    assert f" {noun}" in said
    assert " image" not in said.replace("│ image_size", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--text", " "], "text: it has no words. Type at least one."),
        (
            ["--text", "good", "--target", "label"],
            "target: this image has no label. Choose the teacher's prediction, or a class.",
        ),
        (
            ["--out", "row.png"],
            "out: maps of texts are saved as .html, got 'row.png'. Name a file that ends with .html.",
        ),
        (
            ["--explainer", "score-cam"],
            "explainer: 'score-cam' is not made for texts, which 'sentiment' has. These are: grad-cam, ",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(run, options, message):
    refused = called(run, *options)
    assert refused.exit_code == 1
    assert refused.stderr.strip().startswith(message)
    assert len(refused.stderr.strip().splitlines()) == 1
