"""The menu of runs: what it calls them, and what it says of a link to a run that is not there."""

from kdviz.store.prepared_examples import WEAKER, open_example
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.run_menu import title_with_origin
from tests.ui.conftest import opened
from tests.ui.home.test_home_page import prepared

__all__ = ["prepared"]


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


def test_the_run_that_comes_with_kdviz_is_called_so(app, store, prepared, config):
    own = store.create(config.model_dump(mode="json"))
    opened(app, "distill", run=own)
    assert app.selectbox(key="run_menu").options == [
        store.run(own).title,
        f"{store.run(prepared).title} · came with kdviz",
    ]
    assert title_with_origin(store.run(own)) == store.run(own).title


def test_lessons_begin_with_the_prepared_run_and_keep_a_choice_of_their_own(app, store, prepared, config):
    own = store.create(config.model_dump(mode="json"))
    store.set_state(own, "finished")

    def shown(page, **link):
        app.query_params.clear()  # as a click on the navigation does
        opened(app, page, lesson="soft-labels", **link)
        assert app.query_params["run"] == app.selectbox(key="run_menu").value
        return app.query_params["run"]

    assert shown("distill") == own
    app.selectbox(key="run_menu").set_value(prepared).run()
    app.selectbox(key="run_menu").set_value(own).run()
    assert shown("learn") == prepared
    assert shown("distill") == own
    assert shown("learn") == prepared
    app.selectbox(key="run_menu").set_value(own).run()
    assert shown("distill", run=prepared) == prepared
    assert shown("learn") == own
    assert shown("learn", run=prepared) == prepared


def test_a_page_opens_the_prepared_run_rather_than_an_example_that_was_opened_later(app, store, prepared):
    example = open_example(store, WEAKER)
    assert store.run(example).record.created > store.run(prepared).record.created
    opened(app, "agreement")
    assert app.session_state["run"] == prepared
    opened(app, "agreement", run=example)
    assert app.session_state["run"] == example
