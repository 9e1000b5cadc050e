"""Links whose parameters make no sense: each page shows its defaults. The keys are those that the pages read."""

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.jobs import start_survey
from kdviz.store import Store
from kdviz.ui.frame import url_state
from kdviz.ui.learn import LESSONS
from tests.patience import PATIENCE_S
from tests.ui.conftest import APP, opened

SILLY = ("", "x", "-1", "1e9", "x" * 5000, "nan", "1e999", "9" * 5000, "~x")

VIEWS = [
    ("home", {}),
    ("distill", {}),
    ("explain", {}),
    ("explain", {"view": "swipe"}),
    ("explain", {"view": "methods"}),
    ("explain", {"source": "upload"}),
    ("agreement", {}),
    ("runs", {}),
    ("runs", {"compare": "both"}),
    ("sweep", {}),
    ("library", {"browse": "Shapes"}),
    ("library", {"browse": "Shapes", "browse_cue_shapes": "Coloured patch"}),
    ("library", {"browse": "Shapes", "shelf": "Networks"}),
    ("learn", {}),
    *(("learn", {"lesson": name}) for name in LESSONS if name != "channels"),
]
IDS = ["-".join([page, *view.values()]) for page, view in VIEWS]


@pytest.fixture
def words(monkeypatch):
    """The names that a page reads from its link itself."""
    found = set()
    for name in ("requested", "number"):
        read = getattr(url_state, name)
        monkeypatch.setattr(url_state, name, lambda key, read=read: found.add(key) or read(key))
    return found


@pytest.fixture
def both(trained_twice, app, monkeypatch):
    """Two finished runs, of which the first one's test set has been surveyed."""
    directory, first, second = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    for explainer in ("grad-cam", "integrated-gradients"):
        assert start_survey(Store(directory), first, explainer).wait(PATIENCE_S).state == "done"
    return first, second


def link_of(page, view, runs):
    if "compare" in view:
        return {"compare": ",".join(runs)}
    return {**view, "run": runs[0]}


def widgets(app):
    """All widgets by key."""
    every = (element for block in (app.main, app.sidebar) for element in block)
    return {element.key: element for element in every if getattr(element, "key", None)}


def bound(app):
    """The keys of the widgets whose values are in the URL."""
    return {key for key, each in widgets(app).items() if getattr(each.proto, "query_param_key", "")}


def values(app, keys):
    """What widgets show, except text boxes and numbers, in which almost everything is a value."""
    free = ("text_input", "number_input", "slider")
    return {key: each.value for key, each in widgets(app).items() if key in keys and each.type not in free}


@pytest.mark.slow
@pytest.mark.parametrize(("page", "view"), VIEWS, ids=IDS)
def test_parameters_that_make_no_sense_open_the_defaults(app, both, words, page, view):
    link = link_of(page, view, both)
    opened(app, page, **link)
    assert not app.exception
    keys = {*bound(app), *words} - {*link, "lang"}
    usual = values(app, bound(app))
    for text in SILLY:
        silly = opened(
            AppTest.from_file(APP, default_timeout=PATIENCE_S), page, **dict.fromkeys(keys, text), **link
        )
        assert not silly.exception, (text[:20], *(each.message for each in silly.exception))
        assert values(silly, usual) == usual, text[:20]
