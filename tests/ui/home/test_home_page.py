"""Home: with the prepared run alone, with nothing at all, and beside runs of one's own."""

import os
import subprocess
import sys
from threading import Event

import pytest

from kdviz.figures.style import percent
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.ui.frame import server as engine
from kdviz.ui.frame.run_menu import title
from tests.ui.conftest import APP, opened
from tests.ui.distill.test_distill_page import shown
from tests.ui.test_every_page import pictures


@pytest.fixture
def prepared(store) -> str:
    """The id of the prepared run, in an otherwise empty directory."""
    offer_prepared_run(store)
    (run,) = store.runs()
    return run.id


def buttons(app):
    return {button.key: button.proto.type for button in app.button}


def ways_back(app):
    return [(link.proto.page, link.proto.query_string) for link in app.get("page_link")]


def starts(app):
    return [picture.alt.partition(" ")[0] for picture in pictures(app)]


def test_a_first_visitor_sees_the_prepared_run_and_its_numbers(app, store, prepared):
    opened(app, "home")
    assert not app.exception
    assert starts(app) == ["Test", "teacher", "student", "twin"]
    figures = store.run(prepared).results
    assert len({each.accuracy for each in figures.values()}) == len(figures) == 4
    assert all(percent(of.accuracy) in shown(app) for of in figures.values())
    assert buttons(app) == {"explore": "primary", "distill_own": "secondary", "take_tour": "tertiary"}
    assert ways_back(app) == []


def test_the_picture_is_of_an_image_that_tells_student_from_twin(app, prepared):
    opened(app, "home")
    words = shown(app)
    assert "the first probe image that the student classifies correctly and its twin does not" in words
    assert [element.value.rpartition(":material/")[2] for element in app.markdown[2:5]] == [
        "check:",
        "check:",
        "close:",
    ]


def test_explore_opens_the_image_that_home_shows(app, prepared):
    opened(app, "home")
    index = pictures(app)[0].alt.partition(":")[0].removeprefix("Test image ")
    app.button(key="explore").click().run()
    assert not app.exception
    assert app.title[0].value == "Explain"
    assert app.query_params["run"] == prepared
    assert app.number_input(key="image").value == int(index)


def test_without_any_run_it_says_where_one_comes_from(app, store, prepared):
    store.delete(prepared)
    opened(app, "home")
    assert not app.exception
    assert pictures(app) == []
    assert "An image and the heat maps of teacher, student and twin will appear here." in shown(app)
    assert buttons(app) == {"distill_own": "primary"}


def test_a_run_of_ones_own_is_shown_where_the_prepared_one_is_gone(app, finished, trained):
    opened(app, "home")
    assert not app.exception
    assert starts(app) == ["Test", "teacher", "student", "twin"]
    run = Store(trained[0]).run(finished)
    assert all(percent(of.accuracy) in shown(app) for of in run.results.values())
    assert ways_back(app) == [("explain", f"run={finished}")]


def test_a_running_run_leads_to_where_it_is_watched(app, store, prepared, live_run):
    opened(app, "home")
    assert not app.exception
    assert ways_back(app) == [("distill", f"run={live_run}")]
    link = app.get("page_link")[0].proto
    assert link.label == f"Continue with {live_run}".replace("-", r"\-")
    assert link.help == title(store.run(live_run))


def test_it_keeps_the_language_of_the_link(app, prepared):
    opened(app, "home", lang="zh")
    assert not app.exception
    assert app.query_params["lang"] == "zh"
    app.button(key="explore").click().run()
    assert app.query_params["lang"] == "zh"


def test_a_damaged_picture_is_one_clear_line(app, store, prepared):
    for file in (store.directory / prepared / "probe").iterdir():
        file.write_bytes(b"torn")
    opened(app, "home")
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith(f"run {prepared}: probe/epoch-0020.npz is damaged")
    assert "explore" in buttons(app)


def test_the_server_offers_the_prepared_run(app, store, monkeypatch):
    monkeypatch.setattr(engine, "offer_prepared_run", offer_prepared_run)
    opened(app, "home")
    assert [run.record.name for run in store.runs()] == ["Prepared run"]


def test_pytorch_is_not_loaded_before_something_is_computed(store, monkeypatch):
    loaded = Event()
    monkeypatch.setattr(engine, "prepare_process", loaded.set)
    monkeypatch.setattr(engine, "_NEEDED", Event())
    monkeypatch.setattr(engine, "_PAINTED_WITHIN_S", 600)
    ready = engine.start_workers()
    assert not ready.done()
    assert not loaded.is_set()
    engine.wait_until_ready()
    assert loaded.is_set()


def test_pytorch_is_loaded_once_the_first_page_is_painted(store, monkeypatch):
    loaded = Event()
    monkeypatch.setattr(engine, "prepare_process", loaded.set)
    monkeypatch.setattr(engine, "_NEEDED", Event())
    monkeypatch.setattr(engine, "_PAINTED_WITHIN_S", 0)
    engine.start_workers().result(60)
    assert loaded.is_set()


@pytest.mark.slow
def test_the_whole_page_imports_nothing_heavy(tmp_path):
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; from kdviz.ui.frame import server as engine;"
        "engine._prepare = lambda store: None; app = AppTest.from_file('app.py').run(timeout=60);"
        "assert not app.exception and len(app.get('image')) == 4;"
        "print(*{'torch', 'torchvision', 'captum', 'scipy', 'matplotlib', 'pandas', 'streamlit.emojis'} & {*sys.modules})"
    )
    env = {**os.environ, "KDVIZ_RUNS_DIR": str(tmp_path / "runs")}
    done = subprocess.run([sys.executable, "-c", code], cwd=APP.parent, env=env, check=True, capture_output=True, text=True)  # fmt: skip
    assert done.stdout.split() == []


@pytest.mark.slow
def test_it_is_drawn_without_pytorch(tmp_path):
    """So that the first visitor does not wait for it."""
    code = (
        "import sys; from kdviz.store import Store; from kdviz.store.prepared import offer_prepared_run;"
        "from kdviz.ui.home.home import home; from kdviz.ui.frame.home_example import example;"
        f"store = Store({str(tmp_path)!r}); offer_prepared_run(store); (run,) = store.runs();"
        "example(store, run); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
