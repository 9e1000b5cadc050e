"""What is true of each page in each state: no exception, and a text for every picture."""

import pytest

from tests.ui.conftest import opened

PAGES = ("distill", "explain", "runs")
# A finished run's Agreement page has to wait for its survey: tests/ui/agreement/test_agreement_page.py has that.
STANDING = ("home", *PAGES, "agreement", "sweep")
HEADINGS = {"home": "Does the student look where its teacher looks?"}
STATES = ("empty", "queued", "live", "paused", "failed", "interrupted", "cancelled")


@pytest.fixture
def state(request, store, live_run):
    """Brings the one run into a state."""
    if request.param == "empty":
        store.set_state(live_run, "cancelled")
        store.delete(live_run)
        store.purge(live_run)
    elif request.param == "failed":
        store.set_state(live_run, "failed", "loss: stopped being finite.\nTry a smaller λ.")
    elif request.param != "live":
        store.set_state(live_run, request.param, "")
    return request.param


def pictures(app):
    """Every picture, chart and table of a page, with its text."""
    images = [image for element in app.get("image") for image in element.proto.imgs]
    others = [element.proto for kind in ("plotly_chart", "dataframe") for element in app.get(kind)]
    return [*images, *others]


@pytest.mark.parametrize("state", STATES, indirect=True)
@pytest.mark.parametrize("page", STANDING)
def test_a_page_stands_in_every_state(app, page, state):
    opened(app, page)
    assert not app.exception
    assert [title.value for title in app.title] == [HEADINGS.get(page, page.capitalize())]
    assert all(picture.alt.strip() for picture in pictures(app))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_finished_run_stands_and_every_picture_has_a_text(app, finished, page):
    opened(app, page, run=finished)
    assert not app.exception
    assert pictures(app)
    assert all(picture.alt.strip() for picture in pictures(app))


@pytest.mark.parametrize("page", STANDING)
def test_a_link_to_a_run_that_is_gone_says_so_and_shows_no_other_without_a_word(app, store, page):
    opened(app, page, run="20200101-0000-gone")
    assert not app.exception
    if page not in ("home", "runs", "sweep"):
        assert r"there is no run '20200101\-0000\-gone' here" in app.warning[0].value


def test_a_directory_that_cannot_be_used_is_one_clear_line(app, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(tmp_path / "file"))
    opened(app, "distill")
    assert not app.exception
    assert len(app.error) == 1
    assert "\n" not in app.error[0].value
