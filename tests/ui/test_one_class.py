"""A network that predicts one class only is named in the headline of each page that sums up its run."""

from dataclasses import replace

import pytest

from kdviz.jobs import start_survey
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text

SAID = "The twin predicts one class only."


@pytest.fixture
def predicting(own_copy, trained):
    """Opens the app in a copy of the finished run, whose networks predict their commonest class that often."""
    store = own_copy
    assert start_survey(store, trained[1], "grad-cam").wait(PATIENCE_S).state == "done"

    def given(**shares):
        results = store.run(trained[1]).results
        store.finish(
            trained[1],
            {arm: replace(of, commonest_prediction=shares.get(arm, 0.6)) for arm, of in results.items()},
        )
        return trained[1]

    return given


@pytest.mark.parametrize("page", ["distill", "agreement", "explain"])
def test_the_headline_says_so(app, predicting, page):
    opened(app, page, run=predicting(twin=1.0))
    assert not app.exception
    (headline,) = (each.value for each in app.markdown if SAID in each.value)
    assert headline.startswith("#")


def test_of_networks_that_predict_several_classes_nothing_is_said(app, predicting):
    opened(app, "distill", run=predicting())
    assert "one class only" not in page_text(app)
