"""Home: with the prepared run alone, with nothing at all, and beside runs of one's own."""

import json
import os
import re
import subprocess
import sys
from threading import Event

import pytest

from kdviz.config import RunConfig
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.jobs import submit
from kdviz.store.lambda_ladder import prepared_ladder
from kdviz.store.prepared import offer_prepared_run
from kdviz.store.prepared_examples import EXAMPLES, prepared_example
from kdviz.ui.frame import server as engine
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets import submitting
from tests.patience import PATIENCE_S
from tests.ui.conftest import APP, opened, page_text
from tests.ui.distill.test_distill_page import shown

OF_EXAMPLES = {f"example_{name}": "secondary" for name in EXAMPLES}


@pytest.fixture
def prepared(store) -> str:
    """The id of the prepared run, in an otherwise empty directory."""
    offer_prepared_run(store)
    (run,) = store.runs()
    return run.id


def buttons(app):
    """Those of the page; those of the frame are on every page."""
    frame = {"projector_toggle", "language_zh"}
    return {button.key: button.proto.type for button in app.button if button.key not in frame}


def ways_back(app):
    return [(link.proto.page, link.proto.query_string) for link in app.get("page_link")]


def scrubber(app):
    """What the scrubber draws."""
    (mounted,) = app.get("bidi_component")
    (drawn,) = json.loads(mounted.proto.json)
    return drawn


def test_a_first_visitor_sees_what_weight_does_and_the_ways_in(app, prepared):
    opened(app, "home")
    assert not app.exception
    drawn, ladder = scrubber(app), prepared_ladder()
    assert [float(weight) for weight in drawn["weights"]] == list(ladder.weights)
    assert [each["text"] for each in drawn["accuracies"]] == [percent(each) for each in ladder.accuracies]
    assert len(drawn["images"]) == len(ladder.images)
    first = {"explore": "primary", "distill_own": "secondary", "take_tour": "tertiary"}
    assert buttons(app) == {**first, **OF_EXAMPLES}
    assert ways_back(app) == []


def test_it_says_how_the_images_were_chosen(app, prepared):
    opened(app, "home")
    assert "the first test image where λ = 0 predicts what the patch meant and λ = 30 is correct" in shown(
        app
    )


def test_explore_opens_the_image_that_home_shows(app, prepared):
    opened(app, "home")
    drawn = scrubber(app)
    title = drawn["images"][drawn["opening"]]["title"]
    index = title.partition(":")[0].removeprefix("Test image ")
    app.button(key="explore").click().run()
    assert not app.exception
    assert app.title[0].value == "Explain"
    assert app.query_params["run"] == prepared
    assert app.number_input(key="image").value == int(index)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_gives_the_figures_of_its_run_and_opens_it(app, store, prepared, name):
    opened(app, "home")
    results = prepared_example(name).results
    for arm in ("student", "twin", "teacher"):
        assert percent(results[arm].accuracy) in shown(app)
    app.button(key=f"example_{name}").click().run()
    assert not app.exception
    assert app.title[0].value == "Explain"
    run = store.run(app.query_params["run"])
    assert (run.config.dataset, run.results) == (name, results)
    assert app.number_input(key="image").value == prepared_example(name).index
    app.switch_page("pages/home.py").run()
    assert ways_back(app) == [], "it is no run of one's own"


def test_each_network_of_a_card_is_named_with_its_answer(app, prepared):
    opened(app, "home")
    drawn = re.sub("<[^>]*>", "", " ".join(html.proto.body for html in app.get("html")))
    for name in EXAMPLES:
        example = prepared_example(name)
        for arm, answer in example.predicted.items():
            mark = "✓" if answer == example.label else "✗"
            assert f"{ARM_STYLES[arm].label}: {answer}\N{NO-BREAK SPACE}{mark}" in drawn


def test_it_says_how_often_the_students_at_both_ends_follow_the_patch(app):
    opened(app, "home")
    first, *_between, last = map(percent, prepared_ladder().cue_followed)
    assert f"it answers what the patch meant on **{first}** of the images" in shown(app)
    assert f"At λ = 30 the student does so on **{last}**." in shown(app)


def form_of(app):
    """The data set and the cue that the form contains."""
    return app.selectbox(key="dataset").value, app.segmented_control(key="shapes.cue").value


def test_distill_your_own_opens_the_experiment_of_the_page(app, store, prepared):
    opened(app, "home")
    app.button(key="distill_own").click().run()
    assert not app.exception
    assert app.title[0].value == "Distill"
    config = store.run(prepared).config
    assert form_of(app) == (config.dataset, config.cue)
    assert app.pills(key="preset").value == "planted-cue", "wherever the run was trained"


def test_it_does_without_the_prepared_run_too(app, store, prepared):
    config = store.run(prepared).config
    store.delete(prepared)
    opened(app, "home")
    app.button(key="distill_own").click().run()
    assert not app.exception
    assert form_of(app) == (config.dataset, config.cue)


def test_without_the_prepared_run_the_scrubber_stays(app, store, prepared):
    opened(app, "home")
    before = scrubber(app)
    store.delete(prepared)
    opened(app, "home")
    assert not app.exception
    assert scrubber(app) == before
    assert "The prepared run and its tour were deleted." in shown(app)
    assert buttons(app) == {"distill_own": "primary", **OF_EXAMPLES}


def test_a_finished_run_of_ones_own_leads_to_its_maps(app, finished):
    opened(app, "home")
    assert not app.exception
    assert ways_back(app) == [("explain", f"run={finished}")]


def test_a_running_run_leads_to_where_it_is_watched(app, store, prepared, live_run):
    opened(app, "home")
    assert not app.exception
    assert ways_back(app) == [("distill", f"run={live_run}")]
    link = app.get("page_link")[0].proto
    assert link.label == f"Latest run on this server: {plain(store.run(live_run).title)}"
    assert link.help == live_run


def test_a_run_of_this_visit_is_continued_though_others_are_newer(
    app, store, prepared, live_run, tiny_config
):
    newer = submit(store, tiny_config(seed=9), foreground=True)
    app.session_state["submitted"] = {"key": (0.0, live_run)}
    opened(app, "home")
    assert ways_back(app) == [("distill", f"run={live_run}")]
    assert app.get("page_link")[0].proto.label == f"Continue with {plain(store.run(live_run).title)}"
    app.session_state["submitted"] = {}
    opened(app, "home")
    assert ways_back(app) == [("distill", f"run={newer}")]


def test_it_keeps_the_language_of_the_link(app, prepared):
    opened(app, "home", lang="zh")
    assert not app.exception
    assert app.query_params["lang"] == "zh"
    app.button(key="explore").click().run()
    assert app.query_params["lang"] == "zh"


def test_a_damaged_prepared_run_leaves_the_page_as_it_is(app, store, prepared):
    for file in (store.directory / prepared / "probe").iterdir():
        file.write_bytes(b"torn")
    opened(app, "home")
    assert not app.exception
    assert not app.error
    assert scrubber(app)["images"]
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


def test_pytorch_is_loaded_at_once_for_a_run_started_while_the_first_page_is_painted(store, monkeypatch):
    loaded = Event()
    monkeypatch.setattr(engine, "prepare_process", loaded.set)
    monkeypatch.setattr(engine, "_NEEDED", Event())
    monkeypatch.setattr(engine, "_PAINTED_WITHIN_S", 600)
    monkeypatch.setattr(engine, "ensure_workers", lambda store: [])
    monkeypatch.setattr(submitting.st, "session_state", {})
    ready = engine.start_workers()
    submitting.submitted(store, RunConfig())
    ready.result(60)
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
        f"engine._prepare = lambda store: None; app = AppTest.from_file('router.py').run(timeout={PATIENCE_S});"
        "assert not app.exception and len(app.get('bidi_component')) == 1;"
        "print(*{'torch', 'torchvision', 'captum', 'scipy', 'matplotlib', 'pandas', 'streamlit.emojis'} & {*sys.modules})"
    )
    env = {**os.environ, "KDVIZ_RUNS_DIR": str(tmp_path / "runs")}
    done = subprocess.run([sys.executable, "-c", code], cwd=APP.parent, env=env, check=True, capture_output=True, text=True)  # fmt: skip
    assert done.stdout.split() == []


@pytest.mark.slow
def test_scrubber_and_tour_find_their_images_without_pytorch(tmp_path):
    """So that the first visitor does not wait for it."""
    code = (
        "import sys; from kdviz.store import Store; from kdviz.store.prepared import offer_prepared_run;"
        "from kdviz.store.lambda_ladder import prepared_ladder;"
        "from kdviz.ui.widgets.lambda_scrubber import scrubber_data; from kdviz.ui.frame.tour_example import example;"
        f"store = Store({str(tmp_path)!r}); offer_prepared_run(store); (run,) = store.runs();"
        "scrubber_data(prepared_ladder()); example(store, run); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_says_once_what_lambda_0_is_and_what_the_patch_does(app, store):
    opened(app, "home")
    text = page_text(app)
    assert "At λ = 0 the network is the twin: the same student without the teacher's maps." in text
    assert "In the student's training, the patch's colour gave the answer away." in text
    assert "The teacher had learned from images in which it was random." in text
