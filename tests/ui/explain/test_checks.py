"""The panel of checks under the maps: its conclusion, its cards, and what is computed before anybody asks."""

import json
from dataclasses import replace

import pytest

from kdviz.comparison import known_trust_card
from kdviz.jobs import start_trust_checks, trust_job
from kdviz.jobs.surveys import SurveyProgress
from kdviz.narrative import (
    CHECKED,
    check_name,
    check_question,
    check_sentence,
    check_threshold,
    checks_brief,
    checks_headline,
    checks_limit,
    conclusion,
    least_trusted,
)
from kdviz.store import Store
from kdviz.ui.explain import checks
from kdviz.ui.explain.checks import check_ahead
from kdviz.ui.frame.formatting import plain
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text

pytestmark = pytest.mark.slow


def badges(app):
    return [button.label for button in app.button if "-badge[" in button.label]


def scrolled(app, to="trust_open"):
    """How often the page has been asked to scroll to a panel."""
    mounts = [each for each in app.get("bidi_component") if each.proto.component_name == "kdviz_scroll_to"]
    (panel,) = (data for each in mounts if (data := json.loads(each.proto.json))["to"] == to)
    return panel["count"]


def trust_checks_made(store, run_id):
    for arm in CHECKED:
        start_trust_checks(store, run_id, "grad-cam", arm).wait(PATIENCE_S)


@pytest.fixture
def ahead(monkeypatch):
    monkeypatch.setattr(checks, "check_ahead", check_ahead)


def test_teacher_and_student_are_checked_in_the_background_and_the_panel_draws_the_conclusion(
    app, trained, finished, ahead
):
    store = Store(trained[0])
    opened(app, "explain", run=finished)
    for arm in CHECKED:
        assert trust_job(store, finished, "grad-cam", arm).wait(PATIENCE_S).state == "done"
    app.run()
    card, said = known_trust_card(store, finished), page_text(app)
    assert conclusion(card) in said
    assert plain(checks_headline(card)) in said
    for check in card.checks:
        assert check_name(check.name) in said
        assert check_sentence(check, card.explainer) in said
    assert [check_threshold(check) in said for check in card.checks]
    assert checks_limit(store.run(finished).results["student"].accuracy) in said
    (badge,) = badges(app)
    cards = [known_trust_card(store, finished, arm=arm) for arm in CHECKED]
    assert checks_brief(least_trusted(cards)) in badge.replace("\\", "")
    assert not badge.startswith(":green"), "a green badge beside a wrong answer would praise the network"
    assert scrolled(app) == 0
    app.button(key="trust_badge_button").click().run()
    assert app.session_state["trust_open"]
    assert scrolled(app) == 1


@pytest.mark.parametrize(
    ("teacher", "student", "said", "colour", "opens"),
    [
        (False, True, "Grad-CAM, teacher: 0 of ", "red", "teacher"),
        (True, False, "Grad-CAM, student: 0 of ", "red", "student"),
        (True, True, "Grad-CAM, teacher and student: ", "gray", "student"),
    ],
)
def test_the_badge_is_the_worse_of_teacher_and_student_and_opens_the_panel_on_it(
    app, trained, finished, monkeypatch, teacher, student, said, colour, opens
):
    store, passed = Store(trained[0]), {"teacher": teacher, "student": student, "twin": True}
    trust_checks_made(store, finished)
    made = known_trust_card(store, finished)

    def known(*given, arm="student"):
        found = (None if each.passed is None else passed[arm] for each in made.checks)
        forced = (replace(each, passed=of) for each, of in zip(made.checks, found, strict=True))
        return replace(made, arm=arm, checks=tuple(forced))

    monkeypatch.setattr(checks, "known_trust_card", known)
    opened(app, "explain", run=finished)
    assert app.button_group(key="trust_arm").value == opens, "however it is opened"
    (badge,) = badges(app)
    assert said in badge.replace("\\", "")
    assert badge.startswith(f":{colour}-badge")
    app.button(key="trust_badge_button").click().run()
    assert app.button_group(key="trust_arm").value == opens
    assert plain(checks_headline(known(arm=opens))) in page_text(app)


class _Job:
    """Checks as far as they are."""

    def __init__(self, state, fraction):
        self.ended = state in ("failed", "stopped")
        self.progress = SurveyProgress(state, fraction=fraction)


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (None, "Maps being checked\\: 0\N{NO-BREAK SPACE}%"),  # once the page is drawn
        (_Job("waiting", 0.0), "Maps being checked\\: 0\N{NO-BREAK SPACE}%"),
        (_Job("running", 0.42), "Maps being checked\\: 42\N{NO-BREAK SPACE}%"),
        (_Job("stopped", 0.42), "Maps not checked\\: check"),
        (_Job("failed", 0.42), "Maps not checked\\: check"),
    ],
)
def test_the_badge_says_how_far_the_checks_are_and_leads_to_them(app, finished, monkeypatch, job, said):
    monkeypatch.setattr(checks, "known_trust_card", lambda *asked, **named: None)
    monkeypatch.setattr(checks, "trust_job", lambda *asked: job)
    monkeypatch.setattr(checks, "start_trust_checks", lambda *asked: None)
    opened(app, "explain", run=finished)
    assert badges(app) == [f":gray-badge[:material/help: {said}]"]
    app.button(key="trust_badge_button").click().run()
    assert app.session_state["trust_open"]
    assert scrolled(app) == 1


def test_the_badge_follows_checks_that_end_while_the_page_is_drawn(app, trained, finished, monkeypatch):
    store = Store(trained[0])
    trust_checks_made(store, finished)
    asked = []

    def known(*given, **named):
        asked.append(given)
        return None if len(asked) == 1 else known_trust_card(*given, **named)

    monkeypatch.setattr(checks, "known_trust_card", known)
    opened(app, "explain", run=finished)
    (badge,) = badges(app)
    assert "not checked" not in badge
    cards = [known_trust_card(store, finished, arm=arm) for arm in CHECKED]
    assert checks_brief(least_trusted(cards)) in badge.replace("\\", "")


def test_a_choice_without_a_value_is_the_student(app, finished):
    """The browser can send an empty value when a control is redrawn."""
    app.session_state["trust_arm"] = None
    opened(app, "explain", run=finished)
    assert not app.exception
    assert app.button_group(key="trust_arm").value == "student"


def test_another_arm_is_checked_on_request(app, trained, finished):
    app.session_state["trust_open"] = True
    opened(app, "explain", run=finished)
    app.button_group(key="trust_arm").set_value("twin").run()
    assert trust_job(Store(trained[0]), finished, "grad-cam", "twin") is None
    app.button(key="trust_run").click().run()
    job = trust_job(Store(trained[0]), finished, "grad-cam", "twin")
    assert job.wait(PATIENCE_S).state == "done"
    app.run()
    card = known_trust_card(Store(trained[0]), finished, arm="twin")
    assert plain(checks_headline(card)) in page_text(app)


def test_one_click_checks_all_networks_and_puts_them_beside_each_other(app, trained, finished):
    store = Store(trained[0])
    opened(app, "explain", run=finished)
    app.button(key="trust_all").click().run()
    arms = store.run(finished).config.all_arms
    for arm in arms:
        if job := trust_job(store, finished, "grad-cam", arm):
            job.wait(PATIENCE_S)
    app.run()
    table = next(each.value for each in app.table if next(iter(each.value.columns)) == "teacher")
    for column, arm in zip(table.columns, arms, strict=True):
        for check in known_trust_card(store, finished, arm=arm).checks:
            expected = {True: "✓", False: "✗"}.get(check.passed)
            if expected:
                assert table.loc[check_question(check.name), column] == expected
    assert "trust_all" not in {button.key for button in app.button}


def test_a_method_of_many_passes_waits_for_the_button(app, trained, finished, ahead):
    opened(app, "explain", run=finished, explainer="kernel-shap")
    assert trust_job(Store(trained[0]), finished, "kernel-shap", "student") is None
    assert [button for button in app.button if button.key == "trust_run"]


@pytest.mark.parametrize(("link", "panel"), [("checks", "trust_open"), ("what-if", "what_if_open")])
def test_a_link_opens_a_panel_and_scrolls_there_once(app, finished, link, panel):
    app.session_state["view"] = "methods"
    opened(app, "explain", run=finished, to=link, view="row")
    assert not app.warning, "the page knows it"
    assert "to" not in app.query_params
    assert app.session_state[panel]
    assert scrolled(app, panel) == 1
    app.run()
    assert scrolled(app, panel) == 1


def test_by_all_methods_the_checks_that_are_known_stand_below_a_methods_name(app, trained, finished):
    store = Store(trained[0])
    trust_checks_made(store, finished)
    opened(app, "explain", run=finished, view="methods")
    worst = least_trusted([known_trust_card(store, finished, arm=arm) for arm in CHECKED])
    passed, made = worst[0].counts
    (mark,) = [each for each in app.markdown if each.value.endswith(f"{passed} of {made} checks]")]
    assert mark.help == plain(checks_brief(worst))
    assert trust_job(store, finished, "saliency", "teacher") is None, "none is computed for it"
