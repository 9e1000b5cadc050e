"""Errors of callbacks and fragments: one line, and the rest of the page is drawn."""

import ast
from pathlib import Path

from tests.ui.conftest import opened

UI = Path(__file__).parents[3] / "kdviz" / "ui"


def test_a_stale_tab_that_stops_a_run_is_told_so_and_goes_on(app, store, live_run):
    opened(app, "distill", run=live_run)
    stop_button = app.button(key="live_Stop")
    store.set_state(live_run, "finished")
    stop_button.click().run()
    assert [box.value for box in app.error] == [f"run {live_run}: is finished, so it cannot be stopped."]
    assert not app.exception
    assert app.title
    assert not app.run().error, "once"


def test_a_run_that_was_deleted_in_another_tab_cannot_be_resumed(app, store, live_run):
    store.set_state(live_run, "cancelled")
    opened(app, "distill", run=live_run)
    button = app.button(key="live_Resume")
    store.delete(live_run)
    button.click().run()
    assert f"run {live_run}: is deleted, so it cannot be resumed." in [box.value for box in app.error]
    assert not app.exception


def unframed(path):
    """Callbacks that are not given through `safely`, and fragments of Streamlit's own."""
    text = path.read_text()
    given = [
        keyword.value
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in ("on_click", "on_change", "on_submit")
    ]
    callbacks = [ast.unparse(value) for value in given if not isinstance(value, ast.Constant)]
    return [each for each in callbacks if not each.startswith("safely(")] + ["st.fragment"] * text.count(
        "st.fragment"
    )


def test_every_callback_and_fragment_is_framed():
    """So that no error ends in a blank page: by kdviz.ui.frame.errors, which alone knows st.fragment."""
    found = {str(path.relative_to(UI)): unframed(path) for path in UI.rglob("*.py")}
    assert found.pop("frame/errors.py") == ["st.fragment"]
    assert {path: names for path, names in found.items() if names} == {}
