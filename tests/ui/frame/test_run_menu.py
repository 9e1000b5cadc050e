"""The menu of runs: what it calls them, and what it says of a link to a run that is not there."""

from kdviz.ui.frame.formatting import plain
from tests.ui.conftest import opened


def test_runs_are_called_by_their_titles_and_links_by_their_ids(app, store, live_run, config):
    store.annotate(live_run, name="my first", note="", tags=[], pinned=False)
    second = store.create(config.model_dump(mode="json"))
    opened(app, "distill", run=second)
    assert app.selectbox(key="run_menu").options == [store.run(second).title, "my first"]
    assert app.selectbox(key="run_menu").value == second
    assert app.query_params["run"] == second


def test_two_runs_of_one_title_are_told_apart_by_their_ids(app, store, live_run, config):
    second = store.create(config.model_dump(mode="json"))
    for run_id in (live_run, second):
        store.annotate(run_id, name="twice", note="", tags=[], pinned=False)
    opened(app, "distill", run=second)
    assert app.selectbox(key="run_menu").options == [f"twice · {second}", f"twice · {live_run}"]


def test_a_link_to_a_run_that_is_gone_says_which_is_shown_instead_until_another_is_chosen(
    app, store, live_run, config
):
    second = store.create(config.model_dump(mode="json"))
    opened(app, "distill", run="nope")
    (warning,) = app.warning
    assert warning.value.startswith(
        "run: there is no run 'nope' here. It may have been deleted. Shown instead: "
    )
    assert plain(store.run(second).title) in warning.value
    app.run()
    assert [each.value for each in app.warning] == [warning.value]
    app.selectbox(key="run_menu").select_index(1).run()
    assert app.session_state["run"] == live_run
    assert not app.warning


def test_without_another_run_a_link_to_a_run_that_is_gone_says_so_too(app):
    opened(app, "distill", run="nope")
    assert [each.value for each in app.warning] == [
        "run: there is no run 'nope' here. It may have been deleted. Choose another."
    ]
