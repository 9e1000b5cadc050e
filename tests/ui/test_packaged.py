"""A fresh installation: Sweep, Claims and Mistakes show the results that come with kdviz."""

import json
from statistics import fmean

import pytest

from kdviz.claims import CLAIMS, judge
from kdviz.museum.exhibits import NAMES, exhibit
from kdviz.museum.signatures import Evidence, signature
from kdviz.narrative import overview
from kdviz.study import Done, read_study, study_status
from kdviz.ui.sweep.studies import FOLDER
from tests.study.made import Trainer
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures


@pytest.fixture(autouse=True)
def _fresh(packaged):
    """Every test here is on a fresh installation."""


def notes(app):
    return [each.value for each in app.caption if "came with kdviz" in each.value]


def judged(packaged, claim):
    """The claim judged by the file alone."""
    runs = ((point, packaged.runs.get(point.config.key)) for point in claim.points(10))
    return judge(claim, [Done(point, run, trained=False) for point, run in runs if run])


def pair(packaged, name):
    runs = [packaged.runs[point.config.key] for point in exhibit(name).points]
    return [Evidence(run, packaged.measured[run.id]) for run in runs]


def test_the_default_run_comes_measured_with_its_means_over_seeds(app, store, packaged):
    opened(app, "sweep", study="default")
    assert not app.exception
    menu = app.selectbox(key="study_menu")
    assert menu.options[[option.startswith("The default run") for option in menu.options].index(True)] == (
        "The default run · 25 of 25 runs"
    )
    assert menu.value == "default"
    accuracies = {}
    for point in read_study(FOLDER / "default.toml")[1]:
        config, run = point.config, packaged.runs[point.config.key]
        key = (config.explanation_loss if config.explanation_weight else "none", config.explanation_weight)
        accuracies.setdefault(key, []).append(run.results["student"].accuracy)
    map_ = json.loads(app.get("plotly_chart")[2].proto.spec)
    texts = [each["text"].split("<br>")[0] for each in map_["layout"]["annotations"]]
    assert set(texts) == {f"<b>{100 * fmean(values):.1f}</b>" for values in accuracies.values()}
    assert notes(app) == [note for note in notes(app) if note.startswith("25 of 25 runs")] != []
    assert app.button(key="study_queue").label.startswith("All seeds: 25 runs, about ")


def test_packaged_runs_of_a_cell_lead_to_no_page(app, store):
    opened(app, "sweep", study="default", sw_cell="30:class-attention")
    assert not app.exception
    assert len([each for each in app.markdown if each.value.startswith("Seed ")]) == 5
    labels = {link.proto.label for link in app.get("page_link")}
    assert not labels & {"Explain", "Agreement", "Compare these runs"}


def test_measured_here_the_results_stay_until_a_run_of_ones_own_has_finished(app, store):
    opened(app, "sweep", study="default")
    app.button(key="study_queue").click().run()
    assert not app.exception
    assert len(store.queued()) == 25
    assert notes(app)[0].startswith("25 of 25 runs")
    Trainer()(store, store.queued()[0].id)
    app.run()
    assert not app.exception
    assert notes(app)[0].startswith("24 of 25 runs")


def test_each_claim_has_the_verdict_of_the_file(app, store, packaged):
    opened(app, "learn", lesson="claims", ln_verdicts="true")
    assert not app.exception
    found = [judged(packaged, claim) for claim in CLAIMS.values()]
    assert app.dataframe[0].value.to_dict("records") == list(overview(found))
    assert notes(app)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_comes_measured_shows_its_figures_and_can_be_tested_here(app, store, packaged, name):
    found = judged(packaged, CLAIMS[name])
    opened(app, "learn", lesson="claims", claim=name, ln_verdicts="true")
    assert not app.exception
    came = any(point.config.key in packaged.runs for point in CLAIMS[name].points(10))
    assert len(notes(app)) == 1 + came  # the other is that of the overview
    assert len(app.get("plotly_chart")) == sum(bool(effect.differences) for effect in found.effects)
    label = "Test here with 5 seeds" if came else "Test with 5 seeds"
    assert app.button(key="claim_queue").label == label
    assert all(picture.alt.strip() for picture in pictures(app))


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_shows_its_signature_and_can_be_trained_here(app, store, packaged, name):
    opened(app, "learn", lesson="museum", mistake=name)
    assert not app.exception
    assert signature(name, *pair(packaged, name)).verdict in page_text(app)
    assert [note.split(" came")[0] for note in notes(app)] == ["2 of 2 runs"]
    app.button(key="ln_museum_train").click().run()
    assert not app.exception
    assert len(store.queued()) == 2
    assert signature(name, *pair(packaged, name)).verdict in page_text(app)


def test_no_packaged_run_is_on_the_runs_page(app, store):
    opened(app, "runs")
    assert not app.exception
    assert not app.dataframe
    assert store.runs(include_deleted=True) == []


def test_every_packaged_run_answers_a_point_with_its_very_settings(packaged):
    points = [point for path in FOLDER.glob("*.toml") for point in read_study(path)[1]]
    points += [point for claim in CLAIMS.values() for point in claim.points(10)]
    points += [point for name in NAMES for point in exhibit(name).points]
    by_key = {point.config.key: point.config for point in points}
    assert {key: run.config for key, run in packaged.runs.items()} == {
        key: by_key.get(key) for key in packaged.runs
    }


def test_a_run_of_ones_own_takes_the_place_of_a_packaged_one(store, packaged):
    points = exhibit("kl-mean").points
    before = study_status([], points)
    assert [each.run for each in before.done] == [packaged.runs[point.config.key] for point in points]
    assert before.missing == points
    config = points[0].config
    own = store.create(config.model_dump(mode="json"), key=config.key)
    assert study_status(store.runs(), points).done == before.done
    Trainer()(store, own)
    now = study_status(store.runs(), points)
    assert [each.run.id for each in now.done] == [own, before.done[1].run.id]
    assert (now.own, now.packaged, now.missing) == (now.done[:1], before.done[1:], points[1:])
