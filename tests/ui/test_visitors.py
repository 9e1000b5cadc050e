"""Pages of an open server, as a visitor from elsewhere has them."""

import pytest

from kdviz.config import make_config
from kdviz.datasets import DATASETS
from kdviz.jobs import submit
from kdviz.models import TEACHERS
from kdviz.models.registry import PRETRAINED
from kdviz.store import Store
from kdviz.ui.frame import server as engine
from kdviz.ui.frame import visitor
from tests.ui.conftest import opened, page_text


@pytest.fixture(autouse=True)
def _from_elsewhere(monkeypatch):
    monkeypatch.setattr(engine, "visitor_is_local", lambda: False)
    monkeypatch.setattr(visitor, "visitor_name", lambda: "0" * 32)


@pytest.fixture
def config():
    return make_config({"dataset": "shapes", "device": "cpu"})


@pytest.fixture
def mine(store) -> Store:
    return store.as_seen_by(visitor.visitor_key())


def keys(app):
    return {button.key for button in app.button}


@pytest.mark.parametrize("page", ["distill", "explain", "agreement", "runs"])
def test_a_link_to_a_run_of_another_opens_nothing_of_it(app, store, config, page):
    run_id = submit(store.as_seen_by("bob"), config, "Bob's secret")
    opened(app, page, run=run_id)
    assert not app.exception
    assert "Bob's secret" not in page_text(app)
    assert not any(run_id in str(element.options) for element in app.selectbox)


def test_a_shared_run_is_shown_without_what_changes_it(app, store, mine, config):
    bob = store.as_seen_by("bob")
    run_id = submit(bob, config)
    bob.share(run_id, shared=True)
    opened(app, "distill", run=run_id)
    assert not app.exception
    assert not {"live_Leave", "live_Stop"} & keys(app)
    own = submit(mine, config)
    opened(app, "distill", run=own)
    assert "live_Leave" in keys(app)


def test_no_path_of_the_server_is_read(app, tiny_folder, monkeypatch):
    monkeypatch.delenv("KDVIZ_DATA_ROOT", raising=False)
    own = {"dataset": "Your own images", "folder.data": str(tiny_folder)}
    opened(app, "distill", **own)
    assert app.button(key="start").disabled
    monkeypatch.setenv("KDVIZ_DATA_ROOT", str(tiny_folder.parent))
    opened(app, "distill", **own)
    assert not app.exception
    (chosen,) = [box for box in app.selectbox if box.key == "folder_data_of_the_server"]
    assert tiny_folder.name in chosen.options


def test_a_teacher_s_file_is_not_named_by_its_path(app, tmp_path):
    (tmp_path / "weights.pt").write_bytes(b"secret")
    opened(app, "distill", **{"fashion-mnist-mini.teacher_weights": str(tmp_path / "weights.pt")})
    assert not app.exception
    assert "Files of the server cannot be named here. Upload the file." in page_text(app)


def test_a_teacher_s_folder_is_not_named_by_its_path(app, tmp_path):
    label = TEACHERS[PRETRAINED].label
    link = {"sentiment.teacher": label, "sentiment.teacher_weights": str(tmp_path)}
    opened(app, "distill", dataset=DATASETS["sentiment"].label, **link)
    assert not app.exception
    assert "Folders of the server cannot be named here." in page_text(app)


def test_the_passphrase_opens_all_runs(app, store, config, monkeypatch):
    monkeypatch.setenv("KDVIZ_PASSPHRASE", "right")
    monkeypatch.setattr(engine, "is_open", lambda: True)
    monkeypatch.setattr("kdviz.ui.learn.classroom.is_open", lambda: True)
    run_id = submit(store.as_seen_by("bob"), config)
    opened(app, "learn", lesson="plan")
    (field,) = [box for box in app.text_input if box.key == "passphrase"]
    field.set_value("wrong")
    app.button(key="FormSubmitter:sign_in-Sign in").click().run()
    assert "This is not the passphrase." in page_text(app)
    app.text_input(key="passphrase").set_value("right")
    app.button(key="FormSubmitter:sign_in-Sign in").click().run()
    assert not app.exception
    assert {"limit_runs", "limit_epochs", "limit_uploads"} <= {box.key for box in app.number_input}
    opened(app, "distill", run=run_id)
    assert "live_Leave" in keys(app)


def test_a_session_is_noted_once_with_its_visitor(app, caplog):
    with caplog.at_level("INFO", logger="kdviz.journal"):
        opened(app, "runs")
        opened(app, "runs")
    noted = [record.about for record in caplog.records if record.getMessage() == "session opened"]
    assert [each["visitor"] for each in noted] == [visitor.visitor_key()]
    assert noted[0]["session"]
