"""Runs that go on from another: each arm from its own weights, on the parent's settings, or not at all."""

import pytest
import torch

from kdviz.config import changed
from kdviz.errors import ConfigError, DataError
from kdviz.jobs import continued, execute, parent_weights, submit
from kdviz.store import Store
from kdviz.trainer import distill
from kdviz.types import SnapshotTaken


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def parent(store, train_tiny):
    return store.run(train_tiny(store, arms=("student", "twin")))


def first_weights(store, config):
    """By arm, the weights of the first snapshot of the students."""
    found = []

    def look(event):
        if isinstance(event, SnapshotTaken) and event.stage == "students" and not found:
            found.append({arm: dict(weights) for arm, weights in event.weights.items()})

    run_id = submit(store, config, foreground=True)
    assert execute(store, run_id, look).state == "finished"
    return run_id, found[0]


def test_each_arm_starts_from_the_parents_weights(store, parent):
    """The placebo, which the parent did not have, from its student."""
    config = continued(parent, {"arms": ("student", "twin", "placebo"), "epochs": 1})
    assert config.parent == parent.id
    run_id, started = first_weights(store, config)
    for arm, origin in (("student", "student"), ("twin", "twin"), ("placebo", "student")):
        expected = store.weights(parent.id, origin)
        assert started[arm].keys() == expected.keys()
        assert all(torch.equal(started[arm][name], expected[name]) for name in expected)
    assert store.run(run_id).config.parent == parent.id
    assert store.run(run_id).results["student"] != parent.results["student"]


def test_settings_are_the_parents_unless_changed(parent):
    assert changed(continued(parent, {}), parent=None) == parent.config
    other = continued(parent, {"explanation_loss": "attention-transfer", "epochs": 7})
    assert (other.explanation_weight, other.epochs, other.cue) == (10, 7, parent.config.cue)
    assert continued(parent, {}).key != parent.config.key
    assert continued(parent, {}).teacher_key == parent.config.teacher_key


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"cue": "none", "image_size": 32, "student_width": 0.5},
         "parent: run ID has image_size 16 and not 32, cue 'hue-patch' and not 'none', student_width 0.25 and not "
         "0.5, so its students do not fit. Leave image_size, cue, student_width out, or choose another parent."),
        ({"arms": ("student", "scratch")}, "parent: run ID has no scratch. Leave it out of arms."),
    ],
)  # fmt: skip
def test_a_parent_that_does_not_fit_is_refused_in_one_line(store, parent, changes, line):
    with pytest.raises(ConfigError) as refused:
        submit(store, continued(parent, changes))
    assert str(refused.value) == line.replace("ID", parent.id)


def test_a_parent_that_has_not_finished_or_is_not_there_is_refused(store, parent):
    waiting = submit(store, parent.config)
    with pytest.raises(ConfigError) as refused:
        submit(store, changed(parent.config, parent=waiting))
    assert str(refused.value) == (
        f"parent: run {waiting} is queued. Wait until it has finished, or choose one that has."
    )
    with pytest.raises(ConfigError, match="parent: unknown id '20261126-0721-4au5'"):
        submit(store, changed(parent.config, parent="20261126-0721-4au5"))


def test_a_parent_without_lambda_is_its_own_twin(store, parent, train_tiny):
    plain = store.run(train_tiny(store, explanation_weight=0.0, arms=("student",)))
    config = continued(plain, {"explanation_weight": 3.0, "arms": ("student", "twin")})
    weights = parent_weights(store, config)
    assert all(torch.equal(each, weights("student")[name]) for name, each in weights("twin").items())
    assert parent_weights(store, parent.config) is None


def test_a_file_that_is_not_of_marks_is_refused_before_it_is_queued(store, parent, tmp_path):
    (tmp_path / "marks.npz").write_bytes(b"no marks")
    with pytest.raises(DataError, match="this is not a file of marks"):
        submit(store, changed(parent.config, marks=str(tmp_path / "marks.npz"), map_source="mask"))


def test_a_resumed_run_needs_its_parent_no_more_and_ends_like_one_never_stopped(store, parent):
    config = continued(parent, {"epochs": 2})
    taken = []
    for event in distill(config, teacher=store.teacher, start=parent_weights(store, config)):
        if isinstance(event, SnapshotTaken) and event.stage == "students":
            taken.append(event)

    def gone(arm):
        raise AssertionError(f"the weights of {arm} were read again")

    rest = list(distill(config, teacher=store.teacher, resume=taken[1].state, start=gone))
    last = [event for event in rest if isinstance(event, SnapshotTaken)][-1]
    assert [event.epoch for event in taken] == [0, 1, 2]
    for arm, weights in taken[-1].weights.items():
        assert all(torch.equal(each, last.weights[arm][name]) for name, each in weights.items())
