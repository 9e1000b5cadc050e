"""A run as its events: which come, in which order, and that they depend on the settings alone."""

import json
import math
import shutil
from functools import cache

import pytest
import torch

from kdviz.errors import ConfigError, TrainingError
from kdviz.explainers import MAPS
from kdviz.trainer import distill
from kdviz.trainer.setup import load_setup
from kdviz.types import (
    UNDEFINED_GAIN,
    Finished,
    Measured,
    Noted,
    ProbeExplained,
    SnapshotTaken,
    StageStarted,
    StepTaken,
    TeacherReady,
)

THREE_ARMS = ("student", "twin", "placebo")


def events_of(config, *kinds, **how):
    """The events of a whole run, of these kinds (all, if none is named)."""
    return only(distill(config, **how), *kinds)


def only(events, *kinds):
    return [event for event in events if not kinds or isinstance(event, kinds)]


@pytest.fixture(scope="module")
def run_once(tiny_config):
    """The events of a whole run with these settings: trained once for all tests that only look at it."""

    @cache
    def run(**settings):
        return events_of(tiny_config(**settings))

    return run


def last_weights(events, stage="students"):
    return [event for event in events if isinstance(event, SnapshotTaken) and event.stage == stage][
        -1
    ].weights


def figures(events):
    """The final figures as text, in which an undefined one equals itself."""
    return json.dumps(events[-1].arms, default=vars)


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for arm in one:
        for name, value in one[arm].items():
            assert torch.equal(value, other[arm][name]), f"{arm}: {name}"


def test_a_run_goes_from_teacher_to_students_to_final_figures(run_once):
    milestones = (StageStarted, SnapshotTaken, TeacherReady, ProbeExplained, Finished)
    kinds = [type(event).__name__ for event in only(run_once(), *milestones)]
    assert kinds == (
        ["StageStarted", "SnapshotTaken", "SnapshotTaken", "TeacherReady"]
        + ["ProbeExplained", "SnapshotTaken", "StageStarted"]
        + ["ProbeExplained", "SnapshotTaken"] * 3
        + ["Finished"]
    )


def test_the_untrained_maps_come_before_anything_else_of_the_students(run_once):
    events = run_once(arms=THREE_ARMS)
    first = {
        kind: next(at for at, event in enumerate(events) if isinstance(event, kind))
        for kind in (TeacherReady, ProbeExplained)
    }
    students = [getattr(event, "stage", "") for event in events].index("students")
    assert first[TeacherReady] < first[ProbeExplained] < students
    untrained, after, *_ = only(events, ProbeExplained)
    assert (untrained.epoch, after.epoch) == (0, 1)
    assert set(untrained.maps) == {"teacher", *THREE_ARMS}
    assert (untrained.maps["teacher"] == after.maps["teacher"]).all(), "the teacher stays as it is"
    assert (untrained.maps["student"] == untrained.maps["twin"]).all(), "all arms begin alike"
    assert (untrained.maps["student"] != after.maps["student"]).any()


def test_every_batch_gives_a_chance_to_stop(run_once):
    steps = [event.step for event in only(run_once(), StepTaken) if event.stage == "students"]
    assert steps == list(range(1, 3 * 4 + 1))


def test_two_runs_of_one_seed_give_the_same_numbers(tiny_config, run_once):
    first, second = run_once(arms=THREE_ARMS), events_of(tiny_config(arms=THREE_ARMS))
    assert figures(first) == figures(second)
    assert_same_weights(last_weights(first), last_weights(second))


def test_another_seed_gives_other_students_of_the_same_teacher(run_once):
    first, second = run_once(), run_once(seed=1)
    teachers = [next(e for e in events if isinstance(e, TeacherReady)).weights for events in (first, second)]
    assert_same_weights({"teacher": teachers[0]}, {"teacher": teachers[1]})
    students = [last_weights(events)["student"] for events in (first, second)]
    assert any(not torch.equal(students[0][name], students[1][name]) for name in students[0])


ADAPTED = {
    "explanation_share": 0.4,
    "explanation_weight": 1.0,
    "arms": (*THREE_ARMS, "same-answer"),
}


def test_a_share_of_the_gradient_is_what_the_weight_is_adapted_to(run_once):
    """The pull is measured before the weight is set, so the new weight follows from it by the rule alone."""
    events = run_once(**ADAPTED)
    measured = [e.values for e in only(events, Measured) if e.arm == "student"]
    rows = [values for values in measured if "explanation_weight" in values]
    assert len(rows) == 3
    before = ADAPTED["explanation_weight"]
    for row in rows:
        explanation = row["explanation_gradient"] / before
        accuracy = row["explanation_gradient"] * (1 / row["explanation_share"] - 1)
        before = row["explanation_weight"]
        assert before * explanation / (before * explanation + accuracy) == pytest.approx(0.4, abs=0.002)
    assert events[-1].arms["student"].explanation_weight == before


def test_a_placebo_has_the_student_s_weight_though_it_is_adapted(run_once):
    finished = run_once(**ADAPTED)[-1].arms
    assert finished["placebo"].explanation_weight == finished["student"].explanation_weight
    assert finished["same-answer"].explanation_weight == finished["student"].explanation_weight
    assert finished["twin"].explanation_weight == 0


@pytest.mark.parametrize(
    ("share", "factor"), [(1e-6, 10.0), (0.5, 1.0), (0.9, 1 / 9), (1 - 1e-6, 0.1), (0.0, 1.0), (1.0, 1.0)]
)
def test_the_weight_is_adapted_within_limits_and_not_where_a_loss_has_no_gradient(tiny_config, share, factor):
    learner = load_setup(tiny_config(explanation_share=0.5), lambda *said: None).student_learner("student", 1)
    before = learner.explanation_weight
    found = learner.adapt_weight({"explanation_share": share})
    assert (
        found["explanation_weight"] == learner.explanation_weight == pytest.approx(before * factor, rel=0.005)
    )


@pytest.mark.parametrize("stage", ["teacher", "students"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "adam"])
def test_a_resumed_run_ends_bit_for_bit_like_one_never_stopped(
    tiny_config, run_once, stage, optimizer, tmp_path
):
    arms = (*THREE_ARMS, "same-answer", "scratch")
    settings = {"optimizer": optimizer, "arms": arms, "explanation_share": 0.3}
    whole = run_once(**settings)
    teacher = next(event for event in whole if isinstance(event, TeacherReady))
    middle = next(e for e in whole if isinstance(e, SnapshotTaken) and e.stage == stage and e.epoch == 1)
    torch.save(middle.state, tmp_path / "state.pt")
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    cached = {} if stage == "teacher" else {teacher.key: teacher.weights}
    resumed = events_of(tiny_config(**settings), teacher=cached.get, resume=state)
    assert_same_weights(last_weights(whole), last_weights(resumed))
    assert figures(whole) == figures(resumed)


def test_an_arm_is_the_same_whoever_learns_beside_it(run_once):
    alone = last_weights(run_once(arms=("student",)))
    together = last_weights(run_once(arms=THREE_ARMS))
    assert_same_weights(alone, {"student": together["student"]})


def test_the_twin_is_the_student_of_a_run_without_lambda(run_once):
    twin = last_weights(run_once())["twin"]
    plain = last_weights(run_once(explanation_weight=0.0))["student"]
    assert_same_weights({"twin": twin}, {"twin": plain})


def test_all_arms_start_from_the_same_weights(run_once):
    start = next(e for e in run_once(arms=THREE_ARMS) if is_start(e)).weights
    assert_same_weights({"arm": start["student"]}, {"arm": start["twin"]})
    assert_same_weights({"arm": start["student"]}, {"arm": start["placebo"]})


def test_a_student_of_the_teachers_architecture_starts_elsewhere(tiny_config):
    config = tiny_config(student_width=0.5, teacher_epochs=1, learning_rate=1e-9)
    events = events_of(config, TeacherReady, SnapshotTaken)
    teacher = next(e for e in events if isinstance(e, TeacherReady)).weights["head.2.weight"]
    student = next(e for e in events if is_start(e)).weights["student"]["head.2.weight"]
    assert (teacher - student).abs().max() > 0.01


def is_start(event):
    return isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 0


def test_a_cached_teacher_is_not_trained_again(tiny_config, run_once):
    config = tiny_config()
    (trained,) = only(run_once(), TeacherReady)
    again = events_of(config, teacher={config.teacher_key: trained.weights}.get)
    assert [event.cached for event in again if isinstance(event, TeacherReady)] == [True]
    assert not [event for event in again if isinstance(event, StepTaken) and event.stage == "teacher"]
    assert figures(again) == figures(run_once())


def test_the_loss_is_the_accuracy_loss_plus_lambda_times_the_explanation_loss(tiny_config):
    config = tiny_config(kd_weight=0.7, explanation_weight=2.5)
    rows = [e for e in events_of(config, Measured) if e.arm == "student" and "loss" in e.values]
    assert len(rows) >= 3
    for row in rows:
        parts = row.values
        accuracy_loss = 0.3 * parts["ce"] + 0.7 * parts["kd"]
        assert parts["loss"] == pytest.approx(accuracy_loss + 2.5 * parts["explanation"], rel=1e-5)


def test_the_pull_of_the_explanation_is_logged_each_epoch_for_arms_that_have_one(run_once):
    measured = only(run_once(arms=THREE_ARMS), Measured)
    shares = [(e.arm, e.epoch, e.values["explanation_share"]) for e in measured
              if "explanation_share" in e.values]  # fmt: skip
    assert {(arm, epoch) for arm, epoch, _ in shares} == {
        (a, n) for a in ("student", "placebo") for n in (1, 2, 3)
    }
    assert all(0 < share < 1 for *_, share in shares)


def test_lambda_moves_the_student_towards_the_teachers_maps(tiny_config):
    arms = events_of(tiny_config(explanation_weight=30.0, epochs=8), Finished)[0].arms
    raw = {arm: arms[arm].cosine.raw for arm in ("student", "twin")}
    assert raw["student"] > raw["twin"] + 0.05


def test_the_accuracy_is_compared_with_the_twins_image_by_image(tiny_config):
    config = tiny_config(cue="hue-patch", epochs=8)
    arms = events_of(config, Finished)[0].arms
    gain, tested = arms["student"].accuracy_gain, len(load_setup(config, lambda *said: None).data.test)
    assert gain.n == tested
    assert gain.value == pytest.approx(arms["student"].accuracy - arms["twin"].accuracy)
    assert gain.low <= gain.value <= gain.high
    assert arms["twin"].accuracy_gain == UNDEFINED_GAIN


def test_a_detached_explanation_loss_is_refused_before_the_first_epoch(tiny_config, monkeypatch):
    import kdviz.trainer.learner as learner

    def detached(seen, target, create_graph):
        return MAPS["grad-cam"](seen, target, create_graph).detach().requires_grad_()

    monkeypatch.setattr(learner, "MAPS", {"grad-cam": detached})
    seen = []
    with pytest.raises(TrainingError) as refused:
        seen.extend(distill(tiny_config(explanation_loss="grad-cam")))
    assert str(refused.value) == (
        "explanation_loss: 'grad-cam' gives no gradient to stem, stage1, stage2, stage3, head of the student, "
        "so training would ignore it. Choose another explanation loss or another student."
    )
    assert not [e for e in seen if isinstance(e, StepTaken) and e.stage == "students"]


def test_a_loss_that_finds_no_map_at_all_is_refused(tiny_config, monkeypatch):
    import kdviz.trainer.learner as learner

    monkeypatch.setattr(learner, "MAPS", {"grad-cam": lambda seen, *how: MAPS["grad-cam"](seen, *how) * 0})
    with pytest.raises(TrainingError) as refused:
        events_of(tiny_config(explanation_loss="grad-cam"))
    assert str(refused.value) == (
        "explanation_loss: 'grad-cam' finds no map in any training image of the student, "
        "so there is nothing to match. Choose another explanation loss, layer or student."
    )


def test_a_loss_that_is_not_finite_stops_the_run_with_its_reason(tiny_config, monkeypatch):
    import kdviz.trainer.loop as stage

    monkeypatch.setattr(
        stage.Learner, "step", lambda self, terms: next(self.network.parameters()).data.fill_(math.nan)
    )
    with pytest.raises(TrainingError, match=r"^The teacher's loss is not finite in epoch 1\."):
        events_of(tiny_config())


def test_a_batch_larger_than_the_data_is_refused_in_one_line(tiny_config):
    with pytest.raises(ConfigError) as refused:
        events_of(tiny_config(batch_size=4096))
    assert str(refused.value) == "batch_size: 4096 is more than the 64 training images. Choose at most 64."


def test_cuda_that_is_not_there_is_refused_in_one_line(tiny_config, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError) as refused:
        events_of(tiny_config(device="cuda"))
    assert str(refused.value) == (
        "device: 'cuda' was requested, but this machine has no CUDA device. Choose 'cpu' or 'auto'."
    )


def test_loading_is_reported_before_the_first_event(tiny_config):
    told = []
    next(distill(tiny_config(), report=lambda what, fraction: told.append((what, fraction))))
    assert told
    assert all(0 <= fraction <= 1 for _, fraction in told)


def test_a_planted_cue_is_reported_intact_and_broken(tiny_config):
    events = events_of(tiny_config(cue="hue-patch"), Measured, Finished)
    live = [
        e.values
        for e in events
        if isinstance(e, Measured) and "validation_accuracy" in e.values and e.arm == "twin"
    ]
    assert all("cue_intact_accuracy" in values for values in live)
    final = events[-1].arms["student"]
    measured = (final.accuracy, final.intact_accuracy, final.cue_followed, final.cue_share, final.cue_area)
    assert not any(math.isnan(value) for value in measured)


@pytest.mark.parametrize("layer", ["last", "second-to-last", "stride4", "stride2"])
def test_any_layer_can_be_explained(tiny_config, layer):
    config = tiny_config(explained_layer=layer, epochs=1, teacher_epochs=1)
    assert events_of(config, Finished)


def test_notes_on_skipped_files_come_first(tiny_folder, tiny_config, tmp_path):
    folder = tmp_path / "pictures"
    shutil.copytree(tiny_folder, folder)
    (folder / "above" / "fake.jpg").write_text("no picture")
    first = next(distill(tiny_config(data=str(folder))))
    assert isinstance(first, Noted)
    assert "fake.jpg" in " ".join(first.notes)
