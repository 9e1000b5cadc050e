"""A run whose teacher is a transformer from a folder: trained, explained, and kept without the folder."""

import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from kdviz.comparison import explain_image, explain_test_image, prepare_text, run_images, snapshots
from kdviz.comparison.input.cue_variants import offered_variants
from kdviz.config import make_config
from kdviz.jobs import execute, submit
from kdviz.store import Store
from tests.small_runs import TINY
from tests.transformer_folders import write_folder

_GOOD, _BAD = "the film was great do you .", "the film was not good at all !"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with one finished run, its id, and its config; the folder is gone."""
    place = tmp_path_factory.mktemp("pretrained")
    rows = [
        f"{text} {number},{label}" for number in range(40) for text, label in ((_GOOD, "good"), (_BAD, "bad"))
    ]
    (place / "films.csv").write_text("\n".join(["text,label", *rows]))
    folder = write_folder(place / "tiny")
    config = make_config(
        {**TINY, "train_count": 32, "dataset": "text-file", "data": str(place / "films.csv"), "cue": "marker-word",
         "teacher": "pretrained-transformer", "teacher_weights": str(folder), "arms": ("student", "twin")}
    )  # fmt: skip
    store = Store(place / "runs")
    run_id = submit(store, config, foreground=True)
    run = execute(store, run_id)
    assert run.state == "finished", run.record.message
    shutil.rmtree(folder)
    return store, run_id, config


def test_its_own_learning_rate_moves_it_little_from_the_folder(made, tmp_path):
    store, run_id, _config = made
    before = load_file(write_folder(tmp_path) / "model.safetensors")["encoder.layer.0.output.dense.weight"]
    after = store.weights(run_id, "teacher")["stages.block1.outer.weight"]
    moved = (after - before).abs().max()
    assert 0 < moved < 1e-3


def test_both_networks_explain_a_typed_text_word_by_word(made):
    store, run_id, config = made
    own = prepare_text("The film wasn't unbelievable", run_images(config))
    row = explain_image(store, run_id, own.numbers, text=own.text)
    words = 5  # the film was n't unbelievable
    assert all(np.isfinite(each[:words]).all() for each in row.attributions.values())
    assert all(np.isnan(each[words:]).all() for each in row.attributions.values())


def test_a_test_text_is_spelled_with_its_marker(made):
    store, run_id, _config = made
    run = snapshots(store, run_id)
    text = run.images.test.texts[0]
    assert run.images.test.images.shape[1:] == (13, 128)
    again = prepare_text(text, run.images).numbers
    assert torch.equal(again[0], run.images.test.images[0])
    assert offered_variants(run, 0, intact=False).inputs.shape[1] == 13


def test_attention_outside_of_the_map_is_known_of_the_transformer_alone(made):
    store, run_id, _config = made
    of = explain_test_image(store, run_id, 0, explainer="attention").arms
    assert of["teacher"].elsewhere == pytest.approx(1 - np.nansum(of["teacher"].attribution))
    assert 0 < of["teacher"].elsewhere < 1
    assert np.isnan(of["student"].elsewhere)
    assert np.isnan(explain_test_image(store, run_id, 0).arms["teacher"].elsewhere)
