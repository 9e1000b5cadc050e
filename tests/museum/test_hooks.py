"""Deliberate mistakes: each does what it says, to the last digit, and nothing is different without one."""

import json

import pytest
import torch

from kdviz.config import changed, make_config
from kdviz.errors import ConfigError, TrainingError
from kdviz.losses import EXPLANATION_LOSSES, distillation_loss
from kdviz.museum.mistakes import MISTAKES
from kdviz.progress import silent
from kdviz.trainer import distill
from kdviz.trainer.batches import Batches
from kdviz.trainer.setup import load_setup
from kdviz.trainer.teacher_cache import TEACHER_RESULTS
from kdviz.trainer.teacher_targets import batch_targets, teacher_forward
from kdviz.trainer.training_hooks import TrainingHooks, hooks_for
from kdviz.types import Measured, SnapshotTaken, TeacherReady
from tests.ways import at_the_end


@pytest.fixture(scope="module")
def teacher(tiny_config):
    """A cache with the one teacher of all runs here."""
    ready = next(event for event in distill(tiny_config()) if isinstance(event, TeacherReady))
    return {ready.key: ready.weights}.get


@pytest.fixture
def run(tiny_config, teacher):
    """The events of a short run with a mistake."""

    def events(mistake, *, resume=None, **more):
        return list(distill(tiny_config(mistake=mistake, **more), teacher=teacher, resume=resume))

    return events


@pytest.fixture
def at_work(tiny_config, teacher):
    """A run's setup, its batches of students' images, and its teacher."""

    def begin(mistake, **more):
        config = tiny_config(mistake=mistake, **more)
        setup = load_setup(config, silent)
        batches = Batches(
            setup.data.student_train,
            setup.normalizer,
            batch_size=config.batch_size,
            modality=setup.modality,
            flips=True,
            seed=0,
        )
        network = setup.network("teacher", 0)
        network.load_state_dict(teacher(config.teacher_key))
        return setup, batches, network

    return begin


def targets_of(setup, batches, network, loss="grad-cam"):
    """The teacher targets that the hooks of a run compute."""
    forward = teacher_forward(network, EXPLANATION_LOSSES[loss], setup.config.explained_layer)
    events = setup.hooks.teacher_targets(network, forward, batches, setup.config.epochs)
    return at_the_end(events)[0]


def terms_of(mistake, tiny_config):
    """Both terms of a made-up batch, and the right ones."""
    random = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 6, 7, generator=random)
    labels = torch.arange(6)
    setup = load_setup(tiny_config(mistake=mistake), silent)
    objective = setup.student_learner("twin", 1).objective
    right = distillation_loss(student, teacher, labels, temperature=objective.temperature)
    return objective.accuracy_terms(student, teacher, labels, temperature=objective.temperature), right


def last_weights(events):
    return [event for event in events if isinstance(event, SnapshotTaken)][-1].weights


def same(one, other):
    return all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_overrides_a_hook_and_a_run_without_one_overrides_none(mistake):
    hooks = hooks_for(mistake)
    overridden = [
        name for name in vars(TrainingHooks)
        if name[0] != "_" and getattr(type(hooks), name) is not getattr(TrainingHooks, name)
    ]  # fmt: skip
    assert isinstance(hooks, TrainingHooks)
    assert bool(overridden) is (mistake != "none")


def test_without_a_mistake_the_hooks_change_nothing(at_work):
    setup, batches, network = at_work("none")
    hooks, events = setup.hooks, iter(())
    assert hooks.run_data(setup.data, 10, 3) is setup.data
    objective = setup.student_learner("student", 1).objective
    assert hooks.objective(objective) is objective
    assert hooks.events(events, network, setup.data.validation, setup.normalizer) is events
    learner, untouched = (setup.student_learner("student", 4) for _ in range(2))
    targets = targets_of(setup, batches, network, setup.config.explanation_loss)
    hooks.check_gradient(learner, batches.epoch(0), targets)
    assert same(learner.state()["weights"], untouched.state()["weights"])


def test_a_run_without_a_mistake_is_bit_for_bit_a_run_without_hooks(run, tiny_config, teacher, monkeypatch):
    """The hooks replaced by what the trainer itself does at those places."""

    class Bare:
        run_data = staticmethod(lambda data, count, seed: data)
        objective = staticmethod(lambda objective: objective)
        teacher_targets = staticmethod(lambda teacher, *given: batch_targets(*given))
        check_gradient = staticmethod(lambda learner, *given: learner.require_gradient(*given))
        events = staticmethod(lambda events, *given: events)

    settings = {"epochs": 3, "arms": ("student", "twin", "placebo")}
    TEACHER_RESULTS.clear()
    hooked = run("none", **settings)
    TEACHER_RESULTS.clear()  # or the second run would find the results of the first
    monkeypatch.setattr("kdviz.trainer.setup.hooks_for", lambda mistake: Bare)
    bare = list(distill(tiny_config(**settings), teacher=teacher))
    assert [type(event) for event in hooked] == [type(event) for event in bare]
    assert all(same(last_weights(hooked)[arm], last_weights(bare)[arm]) for arm in settings["arms"])
    assert json.dumps(hooked[-1].arms, default=vars) == json.dumps(bare[-1].arms, default=vars)


def test_a_mistake_changes_the_key_of_the_run_and_not_that_of_its_teacher():
    assert "mistake" not in make_config({}).model_dump()
    assert changed(make_config({}), mistake="kl-mean").key != make_config({}).key
    assert changed(make_config({}), mistake="kl-mean").teacher_key == make_config({}).teacher_key


@pytest.mark.parametrize(("mistake", "factor"), [("kl-mean", 7), ("no-t-squared", 16)])
def test_the_soft_label_term_is_too_small_by_exactly_this(tiny_config, mistake, factor):
    (ce, kd), (right_ce, right_kd) = terms_of(mistake, tiny_config)
    assert torch.equal(ce, right_ce)
    assert float(right_kd) == pytest.approx(factor * float(kd), rel=1e-6)


def test_squares_of_probabilities_are_what_they_say(tiny_config):
    (_, kd), _ = terms_of("mse-on-softmax", tiny_config)
    random = torch.Generator().manual_seed(0)
    student, teacher = (torch.randn(2, 6, 7, generator=random).double() / 4).exp()
    student, teacher = (each / each.sum(1, keepdim=True) for each in (student, teacher))
    assert float(kd) == pytest.approx(16 * float((student - teacher).square().sum()) / 42, rel=1e-5)


@pytest.mark.parametrize("mistake", ["kl-mean", "no-t-squared"])
def test_a_run_s_first_batch_shows_the_factor(run, mistake):
    first = {}
    for made in ("none", mistake):
        rows = [event for event in run(made, epochs=1) if isinstance(event, Measured)]
        first[made] = next(row.values["kd"] for row in rows if row.arm == "student" and "kd" in row.values)
    assert first["none"] / first[mistake] == pytest.approx({"kl-mean": 2, "no-t-squared": 16}[mistake])


def test_with_a_detached_map_the_student_is_its_twin_bit_for_bit(run):
    events = run("detached-map", epochs=2, explanation_weight=30.0, arms=("student", "twin", "placebo"))
    arms = last_weights(events)
    assert same(arms["student"], arms["twin"])
    assert same(arms["placebo"], arms["twin"])
    assert same(arms["twin"], last_weights(run("none", epochs=2))["twin"])
    pulls = [e.values["explanation_share"] for e in events if "explanation_share" in getattr(e, "values", {})]
    assert pulls
    assert set(pulls) == {0.0}
    assert all(e.values["explanation"] > 0 for e in events
               if isinstance(e, Measured) and e.arm == "student" and "explanation" in e.values)  # fmt: skip


def test_a_teacher_in_train_mode_changes_though_nobody_trains_it(at_work):
    for mistake, stays in (("none", True), ("teacher-in-train-mode", False)):
        setup, batches, network = at_work(mistake)
        before = {name: value.clone() for name, value in network.state_dict().items()}
        targets = targets_of(setup, batches, network)
        for batch in batches.epoch(0):
            targets(batch)
        after = network.state_dict()
        moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
        assert not moved if stays else moved
        assert all("running" in name or "num_batches" in name for name in moved)


def test_a_teacher_in_train_mode_answers_by_the_batch(at_work):
    setup, batches, network = at_work("teacher-in-train-mode")
    right = teacher_forward(network, None, "last")
    batch = next(batches.epoch(0))
    expected = right(batch.images).logits
    output = targets_of(setup, batches, network)(batch)
    assert not torch.allclose(output.logits, expected)
    network.train()
    with torch.no_grad():
        assert torch.equal(output.logits, network(batch.images))


def test_the_accuracy_of_such_a_teacher_is_measured(run):
    for mistake, epochs in (("none", [0]), ("teacher-in-train-mode", [0, 1, 2])):
        rows = [e for e in run(mistake, epochs=2) if isinstance(e, Measured) and e.stage == "students"]
        told = [e.epoch for e in rows if e.arm == "teacher" and "validation_accuracy" in e.values]
        assert told == epochs


@pytest.mark.parametrize("epoch", [0, 1])
def test_a_run_with_such_a_teacher_is_resumed_bit_for_bit(run, epoch):
    whole = run("teacher-in-train-mode", epochs=2, arms=("student",))
    middle = next(e for e in whole if isinstance(e, SnapshotTaken) and e.epoch == epoch)
    again = run("teacher-in-train-mode", epochs=2, arms=("student",), resume=middle.state)
    assert same(last_weights(whole)["student"], last_weights(again)["student"])
    # In JSON, an undefined figure equals itself.
    assert json.dumps(whole[-1].arms, default=vars) == json.dumps(again[-1].arms, default=vars)


def test_a_teacher_whose_mode_makes_no_difference_is_refused(tiny_config):
    config = tiny_config(
        teacher="vit-tiny", teacher_width=1, teacher_epochs=1, explanation_weight=0.0,
        mistake="teacher-in-train-mode",
    )  # fmt: skip
    with pytest.raises(
        TrainingError, match=r"^mistake: 'teacher-in-train-mode' changes nothing in a teacher"
    ):
        list(distill(config))


def test_a_shuffled_cache_gives_the_outputs_for_other_images(at_work):
    setup, batches, network = at_work("shuffled-cache")
    targets, right = (
        targets_of(setup, batches, network),
        teacher_forward(network, EXPLANATION_LOSSES["grad-cam"], "last"),
    )
    for number, batch in enumerate(batches.epoch(1)):
        places = torch.arange(number * 16, (number + 1) * 16)
        assert not torch.equal(places, batch.views)
        output, of_others = targets(batch), right(batches.select(places))
        torch.testing.assert_close(output.logits, of_others.logits, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(output.maps, of_others.maps, rtol=1e-3, atol=1e-6)
        assert torch.equal(output.target, of_others.target)


@pytest.mark.parametrize("count", [None, 10, 64])
def test_what_is_learnt_from_are_test_images(tiny_config, count):
    def data(mistake):
        return load_setup(tiny_config(mistake=mistake, train_count=count), silent).data

    wrong, right = data("trains-on-the-test"), data("none")
    test = {image.numpy().tobytes() for image in wrong.test.images}
    assert len(wrong.student_train) == min(count or len(test), len(test))
    assert {image.numpy().tobytes() for image in wrong.student_train.images} <= test
    assert not {image.numpy().tobytes() for image in right.student_train.images} & test


@pytest.mark.parametrize("mistake", ["no-t-squared", "shuffled-cache", "trains-on-the-test"])
def test_a_twin_still_differs_from_its_student_in_lambda_alone(run, mistake):
    short = {"epochs": 1, "train_count": 16}
    twin = last_weights(run(mistake, **short))["twin"]
    assert same(twin, last_weights(run(mistake, **short, explanation_weight=0.0))["student"])


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"mistake": "kl-men"},
         "mistake: unknown name 'kl-men'. Did you mean 'kl-mean'? Known: " + ", ".join(sorted(MISTAKES)) + "."),
        ({"mistake": "kl-mean", "kd_weight": 0.0},
         "mistake: 'kl-mean' needs soft labels. Raise kd_weight above 0."),
        ({"mistake": "no-t-squared", "temperature": 1.0},
         "mistake: 'no-t-squared' needs softened probabilities. Raise temperature above 1."),
        ({"mistake": "detached-map", "explanation_weight": 0.0},
         "mistake: 'detached-map' needs maps to match. Raise explanation_weight above 0."),
    ],
)  # fmt: skip
def test_a_mistake_that_would_change_nothing_is_refused(values, line):
    with pytest.raises(ConfigError) as refused:
        make_config(values)
    assert str(refused.value) == line
