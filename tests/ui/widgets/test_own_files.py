"""Beside every upload stands who sees what is made of it."""

from types import SimpleNamespace

import pytest

from kdviz.store.visitors import visible
from kdviz.ui.frame import server
from kdviz.ui.widgets.own_files import who_sees_runs
from tests.ui.conftest import opened


def run_of(owner, *, shared=False):
    return SimpleNamespace(record=SimpleNamespace(owner=owner, shared=shared, origin="", name=""), id="x")


@pytest.mark.parametrize(
    ("viewer", "local", "said"),
    [
        (None, True, "Anyone who can open this page on this computer sees"),
        (None, False, "Anyone who is signed in, or at the server's computer, sees"),
        ("anna", False, "You and whoever runs this server see your runs"),
    ],
)
def test_who_sees_a_run_is_said_as_the_store_decides_it(viewer, local, said):
    """Runs of this computer are shown to whoever sees all; a visitor's to others only if they are shared."""
    assert who_sees_runs(SimpleNamespace(viewer=viewer), local=local).startswith(said)
    assert visible(run_of("anna"), viewer)
    assert not visible(run_of("anna"), "ben")
    assert visible(run_of("anna", shared=True), "ben")


@pytest.mark.parametrize("dataset", ["Your own images", "Your own texts", "Your own sounds"])
@pytest.mark.parametrize("page", ["distill", "library"])
def test_every_upload_says_who_sees_the_runs_on_it(app, monkeypatch, page, dataset):
    monkeypatch.setattr(server, "visitor_is_local", lambda: True)
    opened(app, page, **{"dataset" if page == "distill" else "browse": dataset})
    assert not app.exception
    assert any("Anyone who can open this page on this computer" in each.value for each in app.caption)
