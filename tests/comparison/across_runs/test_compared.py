"""What differs between runs, what may be compared, and what seeds say together."""

import math
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from kdviz.agreement import hierarchical_bootstrap
from kdviz.comparison import (
    check_run_count,
    different_settings,
    equal_runs,
    known_seeds,
    nearest_lambdas,
    on_same_images,
    seed_groups,
)
from kdviz.comparison.across_runs import compared
from kdviz.comparison.across_runs.other_seeds import beside_other_seeds
from kdviz.config import changed, make_config
from kdviz.errors import ConfigError
from kdviz.narrative import seeds_sentence
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.study import read_study
from kdviz.types import Agreement, ArmResult

BASE = make_config({"dataset": "shapes", "image_size": 32, "arms": ("student",)})


def results(accuracy, agreement, twin=None):
    """A run's final figures; twin: its accuracy and agreement."""
    arms = {"student": (accuracy, agreement), **({"twin": twin} if twin else {})}
    return {
        arm: ArmResult(
            1,
            accuracy,
            agreement={
                "cosine": Agreement(
                    math.nan, math.nan, corrected, corrected - 0.1, corrected + 0.1, 9, math.nan
                )
            },
        )
        for arm, (accuracy, corrected) in arms.items()
    }


def test_only_fields_that_differ_are_returned_with_each_runs_value():
    runs = [BASE, changed(BASE, seed=5), changed(BASE, arms=("student", "twin"), epochs=3)]
    assert different_settings(runs) == {
        "seed": (0, 5, 0),
        "arms": (("student",), ("student",), ("student", "twin")),
        "epochs": (BASE.epochs, BASE.epochs, 3),
    }
    assert different_settings([BASE, BASE.model_copy()]) == {}


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({"seed": 4, "train_count": 100, "cue_strength": 0.5}, True),
        ({"cue": "hue-patch"}, False),
        ({"dataset": "cifar10-mini"}, False),
        ({"data": "elsewhere"}, False),
        ({"image_size": 64}, False),
    ],
)
def test_runs_are_comparable_where_they_are_tested_on_the_same_images(changes, alike):
    assert on_same_images([BASE, BASE, BASE.model_copy(update=changes)]) is alike


@pytest.mark.parametrize(
    ("count", "way_out"), [(1, "Name another run."), (7, "Leave some out."), (40, "Leave some out.")]
)
def test_too_few_or_too_many_runs_are_one_line(count, way_out):
    with pytest.raises(ConfigError) as error:
        check_run_count(count)
    assert str(error.value) == f"compare: 2 to 6 runs fit side by side, got {count}. {way_out}"


@pytest.mark.parametrize("count", [2, 6])
def test_two_to_six_fit(count):
    check_run_count(count)


def test_seeds_are_averaged_over_runs_that_differ_in_nothing_else():
    other = changed(BASE, epochs=3)
    seed = partial(changed, BASE)
    configs = [seed(seed=7), other, seed(seed=2), seed(seed=4), seed(seed=9)]
    finals = [
        results(0.80, 0.5, (0.82, 0.2)),
        results(0.10, 0.9, (0.10, 0.1)),
        results(0.86, 0.7, (0.80, 0.3)),
        results(0.83, 0.9, (0.84, 0.1)),
        None,  # still being trained
    ]
    (group,) = seed_groups(configs, finals)
    assert (group.places, group.seeds) == ((2, 3, 0), (2, 4, 7))
    for found, expected, most in (
        (group.accuracy, [0.86, 0.83, 0.80], 1.0),
        (group.agreement, [0.7, 0.9, 0.5], 1.0),
        (group.accuracy_gain, [0.06, -0.01, -0.02], 2.0),
        (group.agreement_gain, [0.4, 0.8, 0.3], 2.0),
    ):
        assert found.value == pytest.approx(sum(expected) / 3)
        interval = hierarchical_bootstrap(expected)
        assert (found.low, found.high) == pytest.approx((interval.low, min(interval.high, most)))
    assert seeds_sentence(group) == (
        "3 seeds (2, 4, 7): accuracy 83.0\N{NO-BREAK SPACE}% (74.9 to 91.1), agreement by Grad-CAM 0.70 (0.16 to 1.00); "
        "student − twin: accuracy +1.0 (−7.1 to 14.4) points, agreement +0.50 (−0.04 to 1.31); mean with its "
        "95 % interval over seeds."
    )


def test_without_a_twin_the_seeds_say_nothing_of_it():
    group = seed_groups([BASE, changed(BASE, seed=1)], [results(0.5, 0.1), results(0.7, 0.3)])[0]
    assert group.agreement_gain is None
    assert "twin" not in seeds_sentence(group)


def test_one_seed_twice_is_no_spread():
    assert seed_groups([BASE, BASE], [results(0.5, 0.1), results(0.7, 0.3)]) == []


def test_an_undefined_agreement_is_left_out_of_the_mean_and_one_that_is_left_has_no_interval():
    group = seed_groups([BASE, changed(BASE, seed=1)], [results(0.5, math.nan), results(0.7, 0.3)])[0]
    assert group.agreement.value == 0.3
    assert math.isnan(group.agreement.low)
    assert "agreement by Grad-CAM 0.30;" in seeds_sentence(group)


def test_runs_are_equal_where_settings_and_results_are_undefined_figures_included():
    other_seed = changed(BASE, seed=5)
    configs = [BASE, BASE.model_copy(), other_seed, BASE, BASE]
    found = [results(0.5, 0.2), results(0.5, 0.2), results(0.5, 0.2), results(0.5, 0.25), None]
    assert equal_runs(configs, found) == [(0, 1)]
    assert equal_runs(configs[2:], found[2:]) == []
    elsewhere = BASE.model_copy(update={"device": "cpu" if BASE.device != "cpu" else "auto"})
    assert equal_runs([BASE, elsewhere], found[:2]) == [(0, 1)], "the device made no difference"


def test_the_nearest_runs_that_differ_in_weight_alone_are_found():
    """On the ladder 0, 0.1, 0.3, 1, 3, 10, 30, 100 a neighbour is a step away, and 0 is next to 0.1."""

    def at(weight, **changes):
        return changed(BASE, explanation_weight=weight, **changes)

    ladder = [at(weight) for weight in (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)]
    for place, config in enumerate(ladder):
        nearest = [*range(max(place - 2, 0), place), *range(place + 1, min(place + 3, len(ladder)))]
        found = nearest_lambdas(config, ladder)
        assert len(found) == 2
        assert set(found) <= set(nearest)
        assert not {place - 1, place + 1}.isdisjoint(found)
    assert nearest_lambdas(at(30.0), [at(3.0, seed=1), at(3.0, epochs=3), at(30.0)]) == []
    other_arms = at(3.0, arms=("student", "twin"), device="cpu")
    assert nearest_lambdas(at(30.0), [at(100.0), other_arms, at(3.0), at(0.0)]) == [0, 1]


def run(found=None, *, state="finished", **changes):
    record = SimpleNamespace(origin="")
    return SimpleNamespace(config=changed(BASE, **changes), state=state, results=found, record=record)


def test_a_run_is_set_beside_others_that_differ_only_in_the_seed():
    own = run(results(0.9, 0.5, twin=(0.6, 0.1)), arms=("student", "twin"))
    others = [
        run(results(0.8, 0.4, twin=(0.7, 0.2)), seed=2, arms=("student", "twin", "placebo")),
        run(results(0.1, 0.1, twin=(0.1, 0.1)), arms=("student", "twin")),  # its own seed
        run(results(0.1, 0.1, twin=(0.1, 0.1)), seed=2),  # a second one with this seed
        run(results(0.1, 0.1, twin=(0.1, 0.1)), seed=3, epochs=3),
        run(results(0.1, 0.1), seed=4, state="cancelled"),
        run(None, seed=5),
        run(results(0.7, 0.3), seed=6),  # without a twin,
        run(results(0.5, 0.2), seed=6, explanation_weight=0.0),  # which is the student at λ = 0
        run(results(0.7, 0.3), seed=7),
    ]
    found = beside_other_seeds(own, others)
    assert found.seeds == (0, 2, 6)
    assert found.accuracy.value == pytest.approx((0.9 + 0.8 + 0.7) / 3)
    assert found.accuracy_gain == hierarchical_bootstrap([0.9 - 0.6, 0.8 - 0.7, 0.7 - 0.5])


def test_without_others_nothing_is_known_beside_other_seeds():
    own = run(results(0.9, 0.5, twin=(0.6, 0.1)))
    assert beside_other_seeds(own, [own]) is None
    assert beside_other_seeds(own, [own, run(None, seed=2), run(results(0.8, 0.4), seed=2, epochs=3)]) is None
    cancelled = run(results(0.9, 0.5), state="cancelled")
    assert beside_other_seeds(cancelled, [run(results(0.8, 0.4), seed=2)]) is None


def test_the_prepared_run_is_set_beside_the_packaged_ones_of_its_study(tmp_path):
    store = Store(tmp_path)
    offer_prepared_run(store)
    (prepared,) = store.runs()
    found = known_seeds(store, prepared)
    ladder = read_study(Path(__file__).parents[3] / "studies" / "lambda-ladder.toml")[1]
    weight = prepared.config.explanation_weight
    assert found.seeds == tuple(
        point.config.seed for point in ladder if point.config.explanation_weight == weight
    )
    assert found.accuracy_gain.low > 0.8


@pytest.mark.parametrize(
    ("best", "others", "differ"),
    [
        ("cpu", ("auto", "cpu"), False),
        ("cpu", ("auto", "cuda"), True),
        ("cpu", ("auto", "cpu", "cuda"), True),
        ("cuda", ("auto", "cuda"), False),
        ("cuda", ("auto", "cpu"), True),
    ],
)
def test_the_device_differs_where_it_is_another_processor(monkeypatch, best, others, differ):
    monkeypatch.setattr(compared, "available_devices", lambda: (best,))
    configs = [changed(BASE, device=device) for device in others]
    assert different_settings(configs) == ({"device": others} if differ else {})
