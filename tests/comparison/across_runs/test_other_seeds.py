"""What other seeds say of two runs: recounted from the runs that come with kdviz."""

from dataclasses import replace
from statistics import fmean

import pytest

from kdviz.agreement import hierarchical_bootstrap
from kdviz.comparison import known_lead, known_seeds
from kdviz.config import changed
from kdviz.store import Store
from kdviz.store.packaged_runs import packaged_runs
from kdviz.store.prepared import offer_prepared_run


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def of_ladder(weight):
    """The runs of the packaged ladder of λ, by seed."""
    ladder = packaged_runs().runs.values()
    return {
        run.config.seed: run
        for run in ladder
        if (run.config.dataset, run.config.explanation_weight) == ("shapes", weight)
        and (run.config.cue, run.config.epochs) == ("hue-patch", 20)
    }


def test_the_lead_is_the_mean_over_pairs_with_a_seed(store):
    weak, strong = of_ladder(3.0), of_ladder(30.0)
    gains = [
        strong[seed].results["student"].accuracy - weak[seed].results["student"].accuracy for seed in weak
    ]
    lead = known_lead(store, weak[1], strong[0])
    assert lead.count == len(gains) == 5
    assert lead.accuracy.value == pytest.approx(fmean(gains))
    assert lead.accuracy == hierarchical_bootstrap(gains)
    assert known_lead(store, strong[0], weak[1]).accuracy.value == pytest.approx(-fmean(gains))


def test_the_run_that_comes_with_kdviz_stands_beside_the_seeds_of_its_study(store):
    """Its study has a run of its seed: the means are those of the study's runs alone, which Sweep shows."""
    offer_prepared_run(store)
    (prepared,) = store.runs()
    students, twins = of_ladder(float(prepared.config.explanation_weight)), of_ladder(0.0)
    gains = [
        students[seed].results["student"].accuracy - twins[seed].results["student"].accuracy
        for seed in students
    ]
    assert prepared.config.seed in students
    found = known_seeds(store, prepared)
    assert found.seeds == tuple(sorted(students))
    assert found.accuracy_gain == hierarchical_bootstrap(gains)


def test_runs_that_differ_in_the_seed_alone_have_no_lead(store):
    strong = of_ladder(30.0)
    assert known_lead(store, strong[0], strong[1]) is None


def test_one_seed_of_a_setting_says_nothing(store):
    strong = of_ladder(30.0)[0]
    alone = replace(strong, config=changed(strong.config, explanation_weight=29.0))
    assert known_lead(store, alone, strong) is None
