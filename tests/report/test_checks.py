"""What a report has to compute first: known beforehand, made a step at a time, and then found."""

import shutil

import numpy as np
import pytest

from kdviz.cache import Cache
from kdviz.comparison import finding_surveys, known_cue_removals, known_trust_card
from kdviz.comparison.test_set import checks, cue_removal, known_surveys
from kdviz.jobs import start_report_checks, start_survey
from kdviz.report import missing_checks, report_checks, report_html
from kdviz.report.chosen_images import shown_by_default, worst_errors
from kdviz.store import Store
from tests.patience import PATIENCE_S
from tests.report.reading import read


@pytest.fixture
def surveyed(finished, tmp_path, monkeypatch):
    """A copy of the run with a survey, and nothing else that is known of it."""
    shutil.copytree(finished[0].directory, tmp_path / "runs")
    copy = Store(tmp_path / "runs"), finished[1]
    monkeypatch.setattr(known_surveys, "_SURVEYS", Cache(8))
    assert start_survey(*copy, "grad-cam").wait(PATIENCE_S).state == "done"
    monkeypatch.setattr(checks, "_CARDS", Cache(8))
    monkeypatch.setattr(cue_removal, "_KNOWN", Cache(8))
    return copy


def known(store, run_id):
    cards = (known_trust_card(store, run_id, arm=arm) for arm in ("teacher", "student"))
    return known_cue_removals(store, store.run(run_id)), *cards


def test_the_checks_of_a_report_are_made_step_by_step_and_then_none_is_missing(surveyed):
    store, run_id = surveyed
    assert known(*surveyed) == (None, None, None)
    assert len(missing_checks(store, store.run(run_id))) == 3
    shares = [step.fraction for step in report_checks(store, run_id)]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 1 / 4 < 3 / 4 == shares[-1]  # three checks, and the maps
    assert None not in known(*surveyed)
    assert missing_checks(store, store.run(run_id)) == []


def test_a_report_computes_no_check_that_the_job_has_made(surveyed, monkeypatch):
    assert start_report_checks(*surveyed).wait(PATIENCE_S).state == "done"
    for module, name in ((checks, "_subject"), (cue_removal, "keep_cue_removals")):
        monkeypatch.setattr(module, name, lambda *given: pytest.fail("computed again"))
    assert "What may I conclude?" in report_html(*surveyed)


def test_a_report_with_the_maps_unchecked_computes_none_and_says_so(surveyed, monkeypatch):
    for module, name in ((checks, "_subject"), (cue_removal, "keep_cue_removals")):
        monkeypatch.setattr(module, name, lambda *given: pytest.fail("computed"))
    made = report_html(*surveyed, checked=False)
    assert "of teacher and student is: that is not checked yet." in made
    assert "what removing it changes is not known yet." in made


def test_a_run_without_a_survey_lacks_no_check(finished, monkeypatch):
    store, run_id = finished
    monkeypatch.setattr("kdviz.report.checks.finding_surveys", lambda store, run: {})
    assert missing_checks(store, store.run(run_id)) == []


def test_beside_the_first_images_are_the_errors_that_agreement_begins_with(surveyed):
    store, run_id = surveyed
    survey = finding_surveys(store, store.run(run_id))["grad-cam"]
    first = shown_by_default(store, run_id)
    right = survey.right("student")
    order = np.argsort(survey.scores["student"]["cosine"].raw, kind="stable")
    wrong = [int(survey.indices[at]) for at in order if not right[at]]
    expected = [index for index in wrong if index not in first][:3]
    assert worst_errors(survey, first) == expected
    assert worst_errors(None, first) == []
    page = read(report_html(store, run_id, checked=False))
    titles = [each.all("h3")[0].text for each in page.all("article")]
    numbers = [int(title.split(":")[0].removeprefix("Test image ")) for title in titles]
    assert numbers == [*first, *expected]
    assert ("Errors of the student" in page.text) == bool(expected)
    chosen = read(report_html(store, run_id, image_indices=first[:1], checked=False))
    assert len(chosen.all("article")) == 1
