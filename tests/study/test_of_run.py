"""Studies of one run."""

import pytest

from kdviz.config import make_config
from kdviz.errors import ConfigError, StoreError
from kdviz.jobs import continued, submit
from kdviz.study import (
    carry_out,
    has_lambdas,
    has_other_seeds,
    lambdas,
    queue_missing,
    students,
    study_of_run,
    study_status,
    summary_table,
    tidy_table,
)
from tests.study.made import Trainer, results

RUN = {"dataset": "shapes", "arms": ["student", "twin", "placebo"], "explanation_weight": 30}


@pytest.fixture
def run(store):
    """A finished run with seed 0, with a twin and a placebo."""
    return Trainer(results)(store, submit(store, make_config(RUN)))


def settings(points):
    return [(point.config.seed, point.config.explanation_weight, point.config.arms) for point in points]


def test_more_seeds_differ_in_the_seed_alone_and_the_run_is_one_of_them(store, run):
    _study, points = study_of_run(run, name="Mine", more_seeds=4)
    others = {name for point in points for name, value in point.config if value != getattr(run.config, name)}
    assert [point.config.seed for point in points] == [0, 1, 2, 3, 4]
    assert others == {"seed"}
    now = study_status(store.runs(), points)
    assert [each.run.id for each in now.done] == [run.id]
    assert [point.config.seed for point in now.missing] == [1, 2, 3, 4]


@pytest.mark.parametrize(("own", "seeds"), [(0, [0, 1, 2]), (2, [0, 1, 2]), (3, [0, 1, 3])])
def test_the_study_of_each_of_the_first_seeds_is_the_same(store, own, seeds):
    run = Trainer(results)(store, submit(store, make_config({**RUN, "seed": own})))
    _study, points = study_of_run(run, name="Mine", more_seeds=2)
    assert [point.config.seed for point in points] == seeds


def test_a_ladder_trains_the_student_alone_at_other_values_and_the_twin_not_again(store, run):
    _study, points = study_of_run(run, name="Mine", ladder=True)
    assert settings(points) == [
        (0, 3, ("student",)),
        (0, 10, ("student",)),
        (0, 30, ("student", "twin", "placebo")),
        (0, 100, ("student",)),
    ]


@pytest.mark.parametrize(
    ("given", "ladder"),
    [
        ({"explanation_weight": 30}, (3, 10, 30, 100)),
        ({"explanation_weight": 3}, (0.3, 1, 3, 10, 30)),
        ({"explanation_weight": 5}, (1, 3, 5, 10, 30)),
        ({"explanation_weight": 30, "arms": ["student"]}, (0, 3, 10, 30, 100)),
        ({"explanation_weight": 0, "arms": ["student"]}, (0, 3, 10, 30, 100)),
    ],
)
def test_the_ladder_is_around_the_runs_own_value_and_has_zero_where_no_twin_is(given, ladder):
    config = make_config({**RUN, "explanation_loss": "class-attention", **given})
    assert lambdas(config) == ladder


def test_the_twin_of_a_ladder_is_that_of_the_run(store, run):
    study, points = study_of_run(run, name="Mine", ladder=True, more_seeds=2)
    done = list(carry_out(store, study, points, execute=Trainer(results)))
    rows = tidy_table(study, done)
    found = students(study, rows)
    assert {student.others["twin"]["accuracy"] for student in found if student.seed == 1} == {0.6}
    table = summary_table(study, rows)
    gains = table[(table["figure"] == "accuracy") & (table["arm"] == "student")]
    by_weight = dict(zip(gains["explanation_weight"], gains["less_twin"], strict=True))
    assert by_weight[3] == pytest.approx(0.03)
    assert by_weight[10] == pytest.approx(0.1)


def test_without_a_twin_zero_is_one_of_the_values_and_has_no_setting_of_the_maps(store):
    settings = {**RUN, "arms": ["student"], "map_source": "mask"}
    run = Trainer(results)(store, submit(store, make_config(settings)))
    _study, (first, *_others) = study_of_run(run, name="Mine", ladder=True)
    assert (first.config.explanation_weight, first.config.map_source) == (0, "teacher")


def test_runs_of_a_run_are_called_after_their_settings(store, run):
    _study, points = study_of_run(run, name="Mine", more_seeds=2)
    assert queue_missing(store, None, points) == 2
    assert [each.record.name for each in store.queued()] == ["", ""]
    assert "seed 1" in store.queued()[0].title


def test_a_run_on_from_another_has_no_seeds_and_one_that_adapts_its_weight_no_ladder(store, run):
    assert has_other_seeds(run.config)
    assert has_lambdas(run.config)
    assert not has_other_seeds(continued(run, {"epochs": 1}))
    assert not has_lambdas(make_config({**RUN, "explanation_share": 0.3}))


def test_a_value_that_no_run_may_have_is_refused(store):
    run = Trainer(results)(store, submit(store, make_config({**RUN, "explanation_weight": 10_000})))
    run.config.__dict__["epochs"] = 0  # as an earlier version may have stored it
    with pytest.raises(ConfigError, match="epochs"):
        study_of_run(run, name="Mine", more_seeds=2)


def test_a_visitor_may_queue_no_more_of_them_than_the_limit(store, run):
    _study, points = study_of_run(run, name="Mine", more_seeds=4)
    visitor = store.as_seen_by("someone")
    with pytest.raises(StoreError, match="3 are allowed at once"):
        queue_missing(visitor, None, points)
    assert len(visitor.queued()) == 3
