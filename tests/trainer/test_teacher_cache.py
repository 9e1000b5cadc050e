"""What is remembered of a teacher: asked once, told again only where everything is the same."""

import json
from dataclasses import replace

import pytest
import torch

from kdviz.datasets import Normalizer, Split
from kdviz.models import build
from kdviz.progress import Message
from kdviz.trainer import distill
from kdviz.trainer import evaluation as students
from kdviz.trainer.teacher_cache import ANSWERS, key_of, recalled
from kdviz.types import Finished, Preparing, TeacherReady
from tests.ways import at_the_end


@pytest.fixture(autouse=True)
def nothing_remembered():
    ANSWERS.clear()


class Asked:
    """A question that counts how often it was asked."""

    def __init__(self, answer):
        self.answer, self.times = answer, 0

    def __call__(self):
        self.times += 1
        yield Preparing(Message("Measuring"), 1.0)
        return self.answer


def told(key, ask):
    """The events on the way to an answer, and the answer."""
    answer, events = at_the_end(recalled(key, ask))
    return events, answer


def test_a_question_is_asked_once():
    ask = Asked("yes")
    assert told("key", ask) == ([Preparing(Message("Measuring"), 1.0)], "yes")
    assert told("key", ask) == ([], "yes")
    assert ask.times == 1


def test_another_key_is_another_question():
    assert told("one", Asked(1))[1] == 1
    assert told("other", Asked(2))[1] == 2


def test_a_question_that_was_broken_off_is_asked_again():
    ask = Asked("yes")
    recalled("key", ask).close()
    next(recalled("key", ask))
    assert told("key", ask)[1] == "yes"
    assert ask.times == 2


def test_those_asked_for_last_are_kept():
    first, second = Asked(1), Asked(2)
    told("first", first)
    told("second", second)
    for number in range(8 - 2):
        told(f"more {number}", Asked(number))
    told("first", first)
    told("one too many", Asked(0))
    told("first", first)
    assert first.times == 1
    told("second", second)
    assert second.times == 2


def asked_about():
    torch.manual_seed(0)
    split = Split(torch.randint(256, (4, 1, 16, 16), dtype=torch.uint8), torch.arange(4))
    network = build("resnet8-lite", classes=4, input_shape=(1, 16, 16), width=0.25)
    return network, Normalizer.of([0.5], [0.25], torch.device("cpu")), split


def test_the_same_again_has_the_same_key():
    assert key_of("q", *asked_about()[:2], "last", asked_about()[2]) == key_of(
        "q", *asked_about()[:2], "last", asked_about()[2]
    )


def test_whatever_an_answer_depends_on_changes_the_key():
    network, normalizer, split = asked_about()
    keys = [
        key_of("q", network, normalizer, "last", split),
        key_of("other", network, normalizer, "last", split),
        key_of("q", network, normalizer, "middle", split),
        key_of("q", network, Normalizer.of([0.5], [0.250001], torch.device("cpu")), "last", split),
        key_of("q", network, normalizer, "last", split, None),
    ]
    for part, changed in (
        ("images", split.images ^ (torch.arange(4 * 256).view(4, 1, 16, 16) == 1000).to(torch.uint8)),
        ("labels", split.labels.flip(0)),
        ("object_masks", torch.zeros(4, 16, 16, dtype=torch.bool)),
        ("cue_masks", torch.zeros(4, 16, 16, dtype=torch.bool)),
    ):
        keys.append(key_of("q", network, normalizer, "last", replace(split, **{part: changed})))
    with torch.no_grad():
        next(network.parameters()).view(-1)[0] += 1e-6
    keys.append(key_of("q", network, normalizer, "last", split))
    assert len(set(keys)) == len(keys)


def test_a_run_from_memory_ends_with_the_same_figures(tiny_config, monkeypatch):
    config = tiny_config(cue="hue-patch", arms=("student", "twin"))
    fresh = list(distill(config))
    taught = [event for event in fresh if isinstance(event, TeacherReady)][-1]
    seen = []
    monkeypatch.setattr(
        students, "view", lambda network, *rest, **how: seen.append(network) or VIEW(network, *rest, **how)
    )
    again = list(distill(config, teacher={taught.key: taught.weights}.get))
    assert isinstance(again[-1], Finished)
    # As text, in which an undefined figure equals itself.
    assert json.dumps(again[-1].arms, default=vars) == json.dumps(fresh[-1].arms, default=vars)
    assert len({id(network) for network in seen}) == 2, "the teacher is looked at again"


VIEW = students.view
