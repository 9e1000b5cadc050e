"""Where should it look, for texts? The words that can be marked, and what is kept of the marks."""

import json
import re

import numpy as np
import pytest

from kdviz.comparison import known_training_triage
from kdviz.datasets import Marks, marked, marks_from_bytes
from kdviz.datasets.text_split import MARKERS, words_read
from kdviz.figures.maps import heatmaps, shaded_words, word_evidence
from kdviz.inputs import images_to_mark, load_dataset, prepare_data
from kdviz.jobs import start_survey, start_training_triage
from kdviz.progress import silent
from kdviz.store import Store
from kdviz.ui.agreement import where_to_look as section
from kdviz.ui.agreement.mask_painter import mask_from_text, mask_text
from kdviz.ui.agreement.text_to_mark import word_cells
from kdviz.vocabulary import words_of
from tests.patience import PATIENCE_S
from tests.ui.agreement.test_where_to_look import ANNE, cookies, kept, press
from tests.ui.conftest import opened, page_text

__all__ = ["cookies"]


@pytest.fixture
def texts(trained_on_texts, text_run):
    """The store with the run's triage and survey, the run's id, and no marks afterwards."""
    store, run_id = Store(trained_on_texts[0]), text_run
    assert start_survey(store, run_id).wait(PATIENCE_S).state == "done"
    assert start_training_triage(store, run_id).wait(PATIENCE_S).state == "done"
    yield store, run_id
    store.save_draft_marks(run_id, ANNE, None)


@pytest.fixture
def hand(monkeypatch):
    """Marks in the browser's place: what is put into the list is sent at the next run."""
    sent, real = [], section.word_marker

    def marker(shown, strip, *, on_drawn, on_chosen):
        while sent:
            kind, *values = sent.pop(0)
            (on_drawn if kind == "drawn" else on_chosen)(*values)
        real(shown, strip, on_drawn=on_drawn, on_chosen=on_chosen)

    monkeypatch.setattr(section, "word_marker", marker)
    return sent


@pytest.fixture
def marking(app, texts, cookies):
    """The page with the section open."""
    cookies["kdviz_visitor"] = ANNE
    opened(app, "agreement", run=texts[1], marking="1")
    assert not app.exception
    return app


def marker(app):
    assert not app.exception
    (drawn,) = [
        json.loads(each.proto.json)[0]
        for each in app.get("bidi_component")
        if each.proto.component_name == "kdviz_word_marker"
    ]
    return drawn


def row(length, *cells):
    mask = np.zeros((1, length), bool)
    mask[0, list(cells)] = True
    return mask


def test_the_worst_texts_are_there_with_answers_and_the_evidence_of_both_networks(marking, texts):
    triage = known_training_triage(*texts)
    drawn, first = marker(marking), triage.images[0]
    assert [each["name"] for each in drawn["strip"]] == [each.digest for each in triage.images[:10]]
    assert [each["name"] for each in drawn["maps"]] == ["student", "teacher"]
    written = [word.text for word in words_of(first.text)][: triage.size[1]]
    maps = heatmaps(first.maps, signed=True, clip=True)
    for shown, arm in zip(drawn["maps"], ("student", "teacher"), strict=True):
        assert [word["text"] for word in shown["words"]][: len(written)] == written
        assert triage.classes[first.answers[arm].predicted] in shown["answer"]
        spoken = [word_evidence(word) for word in shaded_words(first.text, maps.values[arm], maps.scale)]
        assert [word["evidence"] for word in shown["words"]][: len(written)] == spoken[: len(written)]
    assert drawn["title"] == (f"Text 1 of {len(triage.images)}, worst first: {triage.classes[first.label]}")


def test_every_text_of_the_drawer_speaks_of_texts(marking):
    own = [*marking.expander, *marking.button, *marking.checkbox, *marking.radio]
    of_drawer = [each.label for each in own if "look" in each.label or "mark" in (each.key or each.label)]
    said = page_text(marking) + json.dumps(marker(marking)["words"]) + json.dumps(of_drawer)
    whole = [
        each.value for kind in (marking.expander[-1].markdown, marking.expander[-1].caption) for each in kind
    ]
    assert not re.search(r"picture|image|pixel|patch|object", json.dumps([*whole, *of_drawer]))
    assert "The planted word is shown as in training; it cannot be marked." in said
    assert "Next text" in said
    assert "0 texts are marked" in said


def test_the_planted_word_has_no_cell_and_others_that_of_the_text_without_it(texts):
    """Recounted from the texts alone."""
    store, run_id = texts
    triage, config = known_training_triage(*texts), store.run(run_id).config
    plain = images_to_mark(config, load_dataset(config, silent))
    for image in triage.images:
        seen = [word.text for word in words_of(image.text)]
        (before,) = [
            text
            for text in plain.texts
            if (words := [word.text for word in words_of(text)])
            == seen[: image.planted] + seen[image.planted + 1 :]
            and seen[image.planted] in MARKERS
            and words
        ]
        words, cells = words_of(before), word_cells(min(len(seen), triage.size[1]), image.planted)
        assert cells[image.planted] is None
        assert [words[cell].text for cell in cells if cell is not None] == [
            text for place, text in enumerate(seen[: triage.size[1]]) if place != image.planted
        ]


def test_marks_are_kept_and_training_has_them_on_the_same_words(marking, hand, texts):
    store, run_id = texts
    triage = known_training_triage(*texts)
    image, length = triage.images[2], triage.size[1]
    cells = word_cells(min(len(words_of(image.text)), length), image.planted)
    places = [place for place, cell in enumerate(cells) if cell is not None][-3:]
    mask = row(length, *(cells[place] for place in places))
    hand.append(("drawn", image.digest, mask_text(mask)))
    marking.run()
    marking.run()
    assert {**kept(store, run_id)}.keys() == {image.digest}
    assert (kept(store, run_id)[image.digest] == mask).all()
    assert "1 text is marked" in page_text(marking)
    assert [each["marked"] for each in marker(marking)["strip"]] == [place == 2 for place in range(10)]
    hand.append(("chosen", image.digest))
    marking.run()
    marking.run()
    assert (mask_from_text(marker(marking)["mask"], (1, length)) == mask).all()
    config = store.run(run_id).config
    marks = marks_from_bytes(store.draft_marks(run_id, ANNE))
    trained = prepare_data(config, marked(load_dataset(config, silent), marks)).student_train
    (at,) = trained.object_masks.any(1).nonzero().flatten().tolist()
    assert trained.texts[at] == image.text
    words = words_of(trained.texts[at])
    assert trained.object_masks[at].nonzero().flatten().tolist() == places
    assert [words[place].text for place in places] == [words_of(image.text)[place].text for place in places]
    assert int(words_read(trained.images[at : at + 1]).sum()) == min(len(words), length)


def test_marks_of_the_data_are_taken_at_once(marking, texts):
    triage = known_training_triage(*texts)
    names = [image.digest for image in triage.images[:3]]
    own = Marks({name: row(triage.size[1], 1) for name in names}, frozenset(names))
    object.__setattr__(triage, "own_masks", own)
    try:
        marking.run()
        assert marking.button(key="marking_own").label == "Use the marks from the data: 3 texts"
        press(marking, "marking_own")
        assert kept(*texts).keys() == {*names}
    finally:
        object.__setattr__(triage, "own_masks", Marks())


def test_what_is_no_mask_of_the_text_is_refused_in_one_line(marking, hand, texts):
    triage = known_training_triage(*texts)
    hand.append(("drawn", triage.images[0].digest, mask_text(row(9, 1))))
    marking.run()
    marking.run()
    assert len(marking.error) == 1
    assert kept(*texts) == {}


@pytest.mark.parametrize(
    ("count", "planted", "cells"),
    [
        (3, None, [0, 1, 2]),
        (3, 0, [None, 0, 1]),
        (3, 1, [0, None, 1]),
        (3, 2, [0, 1, None]),
        (0, None, []),
    ],
)
def test_cells_by_hand(count, planted, cells):
    assert word_cells(count, planted) == cells
    assert word_cells(2, None, [1, 4, None]) == [1, 4]
