"""The lesson of claims: without a run, with runs on their way, and with what came out."""

import json
from dataclasses import replace

import pytest

from kdviz.claims import CLAIMS
from kdviz.claims.judging import judge
from kdviz.language import speaking
from kdviz.narrative import overview
from kdviz.study import queue_missing, study_status
from kdviz.ui.learn.claims import claim_info
from kdviz.ui.widgets.study_progress import time_left
from tests.claims.made import carried_out
from tests.ui.conftest import opened, page_text
from tests.ui.spoken import said
from tests.ui.test_every_page import pictures

CLAIM = CLAIMS["biased-data"]
GAINS = {"student": 0.7, "placebo": 0.3, "twin": 0.0}


def lesson(app, *, verdicts=True, **link):
    """With all verdicts shown, unless they are to be predicted."""
    link |= {"ln_verdicts": "true"} if verdicts else {}
    opened(app, "learn", lesson="claims", **link)
    assert not app.exception
    return app


@pytest.fixture
def tested(store):
    """The first claim with three seeds, a student that is right and a twin that is not."""
    return carried_out(store, CLAIM, 3, lambda arm, seed: 0.1 + 0.01 * seed + GAINS[arm])


def test_it_needs_no_run_and_every_claim_is_in_the_menu(app, store):
    lesson(app)
    options = app.selectbox(key="claim_menu").options
    assert options[0] == "Does matching maps keep a student off a shortcut? (Parchami-Araghi et al. 2024)"
    assert [each.split(" (")[0] for each in options] == [claim.question for claim in CLAIMS.values()]
    assert CLAIM.about in page_text(app)
    assert app.button(key="claim_queue").label == "Test with 5 seeds"


def test_a_verdict_is_predicted_before_it_is_shown_and_stays_shown(app, tested):
    lesson(app, verdicts=False)
    first = app.dataframe[0].value.iloc[0]
    assert (first["verdict"], first["measured"], first["published"]) == ("?", "?", "?")
    assert first["claim"] == CLAIM.question
    assert app.selectbox(key="claim_menu").options[0].startswith(CLAIM.question)
    assert f"**The claim:** {CLAIM.about}" in page_text(app)
    assert CLAIM.label not in page_text(app)
    assert CLAIM.limits not in page_text(app)
    assert "Published:" not in page_text(app)
    assert "shown here (" not in page_text(app)
    assert not app.get("plotly_chart")
    app.button(key="claim_predict_open").click().run()
    assert not app.exception
    assert "You predicted “not shown”: **wrong**." in page_text(app)
    assert "Published:" in page_text(app)
    assert "shown here (3 seeds)" in page_text(app)
    assert CLAIM.limits in page_text(app)
    assert app.selectbox(key="claim_menu").options[0].startswith(CLAIM.label)
    first = app.dataframe[0].value.iloc[0]
    assert (first["claim"], first["verdict"]) == (CLAIM.label, "shown here")
    app.selectbox(key="claim_menu").select("right-map").run()
    app.button(key="claim_predict_shown").click().run()
    assert "You predicted “shown here”: **right**." in page_text(app)
    app.selectbox(key="claim_menu").select("biased-data").run()
    assert app.get("plotly_chart"), "it stays revealed"


def test_the_card_says_the_recipe_by_which_its_figure_differs_from_another(app, tested):
    """Sweep's ladder has the same data, but class attention and 20 epochs."""
    lesson(app)
    assert "Shapes, coloured patch, 1,000 images, Grad-CAM, λ = 30, 12 epochs" in page_text(app)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_has_its_card(app, store, name):
    lesson(app, claim=name)
    assert CLAIMS[name].about in page_text(app)
    assert all(picture.alt.strip() for picture in pictures(app))


def test_it_is_queued_and_taken_back(app, store):
    lesson(app, claim="more-weight")
    app.button(key="claim_queue").click().run()
    assert not app.exception
    points = CLAIMS["more-weight"].points(5)
    assert len(study_status(store.runs(), points).waiting) == len(points) == 10
    assert "claim_queue" not in [button.key for button in app.button]
    app.button(key="claim_stop").click().run()
    assert store.runs() == []
    assert app.button(key="claim_queue")


def test_what_came_out_is_drawn_beside_what_was_published(app, tested):
    lesson(app)
    assert "shown here (3 seeds)" in page_text(app)
    assert "Larger than published: the experiment here is easier" in page_text(app)
    (drawn,) = app.get("plotly_chart")
    rows = json.loads(drawn.proto.spec)["layout"]["yaxis"]["ticktext"]
    assert rows == ["measured", "published", "reproduced by others"]
    assert "measured +70.0 points" in drawn.proto.alt


def test_runs_that_two_claims_share_are_made_once(app, tested):
    lesson(app, claim="right-map")
    assert "shown here (3 seeds)" in page_text(app)
    assert app.button(key="claim_queue").label == "Test with 5 seeds"


def lasting(run, seconds):
    progress = replace(run.record.progress, seconds=seconds)
    return replace(run, record=replace(run.record, progress=progress))


def test_the_time_left_is_that_of_the_runs_on_their_way_by_those_that_are_done(store, tested):
    points = CLAIM.points(5)
    queue_missing(store, CLAIM.study(5), points)
    now = study_status(store.runs(), points)
    now = replace(now, done=tuple(replace(each, run=lasting(each.run, 30.0)) for each in now.done))
    first, second = now.waiting
    assert time_left(points, now) == "1 min"
    assert time_left(points, replace(now, running=(lasting(first, 20.0),), waiting=(second,))) == "40 s"
    assert time_left(points, replace(now, done=())) == ""


def test_while_runs_wait_it_says_how_many(app, store):
    lesson(app)
    app.button(key="claim_queue").click().run()
    assert [bar.proto.text for bar in app.get("progress")] == ["Waiting in the queue … · 5 runs to go"]


def test_the_overview_is_that_of_all_claims(app, tested):
    lesson(app)
    table = app.dataframe[0].value
    assert len(table) == sum(len(claim.contrasts) for claim in CLAIMS.values())
    first = table.iloc[0].to_dict()
    assert first == next(overview([judge(CLAIM, tested)]))


def test_a_failed_run_is_said(app, store):
    config = CLAIM.points(1)[0].config
    run_id = store.create(config.model_dump(mode="json"), key=config.key)
    store.set_state(run_id, "failed", "the loss is not finite")
    lesson(app)
    assert app.warning[0].value == "1 run failed with: the loss is not finite"
    assert app.button(key="claim_queue")


def test_in_chinese_nothing_of_a_claim_stays_english(app, tested):
    lesson(app, lang="zh")
    text = " ".join(found for _kind, found in said(app))
    assert not [english for english in CLAIM.texts if english in text]
    with speaking("zh"):
        title = claim_info(judge(CLAIM, tested).effects[0]).title
    assert title in text
