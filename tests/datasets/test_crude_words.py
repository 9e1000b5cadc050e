"""What is shown first of each packaged text data set has no slur and no obscene word; the texts to train on keep theirs."""

import re

import pytest
import torch

from kdviz.datasets import DATASETS, Split, load
from kdviz.datasets.crude_words import is_crude
from kdviz.datasets.samples import sample_of_class
from kdviz.store.prepared_examples import EXAMPLES, prepared_sentence
from kdviz.trainer.evaluation import PROBE_IMAGES, probe_indices

DOZEN = 12
UNFIT = {
    "retarded", "retard", "lesbo", "bitch", "bitches", "bitchy", "fuck", "fucking", "shit", "bullshit", "porn",
    "pornographic", "nude", "nudity", "raped", "rape", "faggot", "nigger", "whore", "slut", "cunt", "tranny",
}  # fmt: skip
PACKAGED = [name for name, spec in DATASETS.items() if spec.modality == "text" and not spec.own_files]


def words(text):
    return {*re.findall(r"[a-z]+", text.lower())}


@pytest.fixture(params=PACKAGED)
def data(request):
    return load(request.param, data=None, image_size=32, report=lambda *_: None)


def test_the_first_texts_of_each_class_are_fit_for_a_class(data):
    for split in (data.train, data.validation, data.test):
        for label in range(len(data.classes)):
            shown = sample_of_class(split, label, DOZEN).texts
            assert len(shown) == DOZEN
            assert not [text for text in shown if words(text) & UNFIT]


def test_the_texts_of_the_film_and_those_with_which_explain_opens_are_fit_for_a_class(data):
    shown = data.test.take(probe_indices(data.test.labels, PROBE_IMAGES)).texts
    assert not [text for text in (*shown, *data.test.texts[:DOZEN]) if words(text) & UNFIT]


def test_the_text_on_the_first_page_is_fit_for_a_class():
    (name,) = {*EXAMPLES} & {*PACKAGED}
    assert not words(prepared_sentence(name).text) & UNFIT


def test_crude_texts_come_last_and_none_is_left_out():
    texts = ("a bitchy film", "good", "what a fucking mess", "grape and shiraz", "bad")
    split = Split(torch.zeros(5, 1, 1, 4, dtype=torch.uint8), torch.zeros(5, dtype=torch.int64), texts=texts)
    first, second = (sample_of_class(split, 0, 3, turn=turn).texts for turn in (0, 1))
    assert first == ("good", "grape and shiraz", "bad")
    assert second[:2] == ("a bitchy film", "what a fucking mess")


@pytest.mark.parametrize("text", ["crap", "grapes", "a scrape", "drape", "Dumb and damned"])
def test_milder_words_and_others_that_contain_a_crude_one_stay_in_their_place(text):
    assert not is_crude(text)
