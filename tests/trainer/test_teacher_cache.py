"""The cache of results about a teacher: computed once, reused only if everything is the same."""

import json
from dataclasses import replace

import pytest
import torch

from kdviz.datasets import Normalizer, Split
from kdviz.models import build
from kdviz.progress import Message
from kdviz.trainer import distill, evaluation
from kdviz.trainer.teacher_cache import TEACHER_RESULTS, cache_key, cached_result
from kdviz.types import Finished, Preparing, TeacherReady
from tests.ways import at_the_end


@pytest.fixture(autouse=True)
def empty_cache():
    TEACHER_RESULTS.clear()


class Computation:
    """A computation that counts how often it was started."""

    def __init__(self, result):
        self.result, self.times = result, 0

    def __call__(self):
        self.times += 1
        yield Preparing(Message("Measuring"), 1.0)
        return self.result


def result_of(key, compute):
    """The events of a computation, and its result."""
    result, events = at_the_end(cached_result(key, compute))
    return events, result


def test_a_result_is_computed_once():
    compute = Computation("yes")
    assert result_of("key", compute) == ([Preparing(Message("Measuring"), 1.0)], "yes")
    assert result_of("key", compute) == ([], "yes")
    assert compute.times == 1


def test_another_key_is_another_result():
    assert result_of("one", Computation(1))[1] == 1
    assert result_of("other", Computation(2))[1] == 2


def test_a_computation_that_was_closed_is_repeated():
    compute = Computation("yes")
    cached_result("key", compute).close()
    next(cached_result("key", compute))
    assert result_of("key", compute)[1] == "yes"
    assert compute.times == 2


def test_the_results_used_last_are_kept():
    first, second = Computation(1), Computation(2)
    result_of("first", first)
    result_of("second", second)
    for number in range(8 - 2):
        result_of(f"more {number}", Computation(number))
    result_of("first", first)
    result_of("one too many", Computation(0))
    result_of("first", first)
    assert first.times == 1
    result_of("second", second)
    assert second.times == 2


def inputs():
    torch.manual_seed(0)
    split = Split(torch.randint(256, (4, 1, 16, 16), dtype=torch.uint8), torch.arange(4))
    network = build("resnet8-lite", classes=4, input_shape=(1, 16, 16), width=0.25)
    return network, Normalizer.of([0.5], [0.25], torch.device("cpu")), split


def test_equal_inputs_have_the_same_key():
    assert cache_key("q", *inputs()[:2], "last", inputs()[2]) == cache_key(
        "q", *inputs()[:2], "last", inputs()[2]
    )


def test_whatever_a_result_depends_on_changes_the_key():
    network, normalizer, split = inputs()
    keys = [
        cache_key("q", network, normalizer, "last", split),
        cache_key("other", network, normalizer, "last", split),
        cache_key("q", network, normalizer, "middle", split),
        cache_key("q", network, Normalizer.of([0.5], [0.250001], torch.device("cpu")), "last", split),
        cache_key("q", network, normalizer, "last", split, None),
    ]
    for part, changed in (
        ("images", split.images ^ (torch.arange(4 * 256).view(4, 1, 16, 16) == 1000).to(torch.uint8)),
        ("labels", split.labels.flip(0)),
        ("object_masks", torch.zeros(4, 16, 16, dtype=torch.bool)),
        ("cue_masks", torch.zeros(4, 16, 16, dtype=torch.bool)),
    ):
        keys.append(cache_key("q", network, normalizer, "last", replace(split, **{part: changed})))
    with torch.no_grad():
        next(network.parameters()).view(-1)[0] += 1e-6
    keys.append(cache_key("q", network, normalizer, "last", split))
    assert len(set(keys)) == len(keys)


def test_a_run_with_cached_results_ends_with_the_same_figures(tiny_config, monkeypatch):
    config = tiny_config(cue="hue-patch", arms=("student", "twin"))
    fresh = list(distill(config))
    taught = [event for event in fresh if isinstance(event, TeacherReady)][-1]
    seen = []
    monkeypatch.setattr(
        evaluation,
        "split_output",
        lambda network, *rest, **how: seen.append(network) or SPLIT_OUTPUT(network, *rest, **how),
    )
    again = list(distill(config, teacher={taught.key: taught.weights}.get))
    assert isinstance(again[-1], Finished)
    # As text, in which an undefined figure equals itself.
    assert json.dumps(again[-1].arms, default=vars) == json.dumps(fresh[-1].arms, default=vars)
    assert len({id(network) for network in seen}) == 2, "the teacher is evaluated again"


SPLIT_OUTPUT = evaluation.split_output
