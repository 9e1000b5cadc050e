"""Nothing on a page is said in English alone, and in Chinese every page stands."""

import re
import tomllib
from pathlib import Path

import pytest

from kdviz.agreement import MEASURES
from kdviz.comparison import known_survey
from kdviz.config import make_config, options
from kdviz.datasets import CLASS_NAMES, DATASETS
from kdviz.endings import CRASHED, PROCESS_ENDED, TAKEN_OUT
from kdviz.explainers import EXPLAINERS
from kdviz.jobs import SurveyJob, channels_job, start_survey
from kdviz.language import LANGUAGES, speaking
from kdviz.models import MODELS, anatomy
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.store.prepared_examples import prepared_example, prepared_sentence
from kdviz.ui.frame.formatting import STATES
from kdviz.ui.frame.tour import STEPS
from kdviz.ui.learn import LESSONS
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.vocabulary import words_of
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened
from tests.ui.explain.test_explain_page import as_png
from tests.ui.spoken import MARKUP, said, speak_in_brackets, untranslated
from tests.ui.sweep.test_sweep_page import folder, grid

__all__ = ["folder", "grid"]

SPECS = (*MODELS.values(), *DATASETS.values(), *EXPLAINERS.values(), *MEASURES.values())
STUDIES = (Path(__file__).parents[2] / "studies").glob("*.toml")
# What is the same in every language: names of languages, formats, units, and quoted papers.
NAMES = {
    *(word.text for word in words_of(prepared_sentence("counterfactual-reviews").text)),
    "ve",  # of I've
    *prepared_example("speech-commands-mini").predicted.values(),  # the words that are spoken
    "above", "below", "pictures",  # the last is the folder of the tests' images
    *LANGUAGES.values(), "Language · 语言",
    *DATASETS, *MODELS, "hue-patch", *options("explained_layer"),
    *(stage.name for stage in anatomy("simple-cnn", classes=10, input_shape=(1, 28, 28))),
    "YYYY-MM-DD HH:mm", "localized", "compact",
    "SGD", "AdamW", "CE", "KL", "CSV", "PNG", "SVG", "RGB", "px",
    *options("optimizer"), *options("device"), *options("precision"),
    *(spec.source for spec in SPECS),
    *(tomllib.loads(path.read_text())["about"].strip() for path in STUDIES),  # a file's own words
}  # fmt: skip
PAGES = ("home", "distill", "explain", "agreement", "runs", "learn", "sweep")
QUIET = {"error", "exception"}  # what went wrong is said in English, with the values in it


@pytest.fixture
def pseudo(monkeypatch):
    speak_in_brackets(monkeypatch)


def left(app, *names: str) -> list[tuple[str, str, list[str]]]:
    """What a page says outside brackets. names: what else is a name on it."""
    assert not app.exception
    known = NAMES | set(names)
    found = [(kind, text, untranslated(text, known)) for kind, text in said(app) if kind not in QUIET]
    return [each for each in found if each[2]]


@pytest.fixture
def graded(finished, trained):
    """A finished run whose surveys are made."""
    store = Store(trained[0])
    for explainer in ("grad-cam", "integrated-gradients", "saliency"):
        if known_survey(store, finished, explainer) is None:
            start_survey(store, finished, explainer).wait(PATIENCE_S)
    return finished


@pytest.mark.parametrize("page", PAGES)
def test_without_a_run(app, pseudo, page):
    assert left(opened(app, page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_with_a_run_that_goes_on(app, live_run, pseudo, page):
    assert left(opened(app, page, run=live_run), live_run) == []


@pytest.mark.parametrize("page", PAGES)
def test_with_a_finished_run(app, graded, pseudo, page):
    assert left(opened(app, page, run=graded), graded) == []


@pytest.mark.parametrize("between", ["measures", "explainers"])
def test_with_the_orders_of_measures_and_explainers(app, graded, pseudo, between):
    opened(app, "agreement", run=graded)
    app.session_state["ag_order"], app.session_state["ag_order_between"] = True, between
    assert left(app.run(), graded) == []
    assert any(chart.proto.alt.startswith("⟦⟦Rank correlations⟧") for chart in app.get("plotly_chart"))


@pytest.mark.parametrize("state", ["queued", "paused", "failed", "interrupted", "cancelled"])
@pytest.mark.parametrize("page", ["distill", "runs"])
def test_with_a_run_in_any_state(app, store, config, live_run, pseudo, page, state):
    waiting = store.create({**config.model_dump(mode="json"), "seed": 1})
    why = {"cancelled": TAKEN_OUT, "failed": CRASHED, "interrupted": PROCESS_ENDED}.get(state, "")
    store.set_state(live_run, state, why)
    opened(app, page, run=live_run, compare=live_run)
    assert left(app, live_run, waiting) == []
    assert any(f"⟦{STATES[state][0]}⟧" in text for _kind, text in said(app))


def test_with_runs_side_by_side(app, trained_twice, monkeypatch, pseudo):
    directory, *runs = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    for run_id in runs:
        assert start_survey(Store(directory), run_id).wait(PATIENCE_S).state == "done"
    opened(app, "runs", compare=",".join(runs))
    assert left(app, *runs) == []
    assert "⟦Settings that differ⟧" in {each.value.strip("*") for each in app.markdown}
    assert "⟦Final figures of all networks⟧" in {each.label for each in app.expander}


def test_with_a_run_that_goes_on_beside_one_that_waits(app, store, config, live_run, pseudo):
    waiting = store.create({**config.model_dump(mode="json"), "seed": 1, "epochs": 4})
    assert left(opened(app, "runs", compare=f"{live_run},{waiting}"), live_run, waiting) == []


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_on_the_tour(app, store, monkeypatch, pseudo, step):
    for module in (
        "kdviz.jobs",
        "kdviz.ui.agreement.survey_progress",
    ):  # none is made: it would be known to other tests
        monkeypatch.setattr(f"{module}.start_survey", lambda *asked: SurveyJob(lambda: iter(())))
    offer_prepared_run(store)
    (run,) = store.runs()
    opened(app, STEPS[step - 1].page, run=run.id, tour=str(step))
    assert left(app, run.id, run.record.name) == []
    assert app.button(key="tour_end")


@pytest.mark.parametrize("view", [{"view": "swipe"}, {"view": "methods"}, {"view": "methods", "signed": "true"},
                                  {"explainer": "integrated-gradients", "signed": "true"}, {"target": "own"},
                                  {"source": "upload"}, {"source": "camera"}])  # fmt: skip
def test_in_each_view_of_an_image(app, finished, pseudo, view):
    assert left(opened(app, "explain", run=finished, **view), finished) == []


def test_with_a_picture_of_ones_own(app, finished, pseudo):
    opened(app, "explain", run=finished, source="upload")
    app.file_uploader(key="picture").upload("mine.png", as_png((8, 8)), "image/png").run()
    assert left(app, finished, "mine.png") == []
    assert app.get("bidi_component")


@pytest.mark.parametrize("name", LESSONS)
def test_in_each_lesson(app, finished, trained, pseudo, name):
    link = {"run": finished, "lesson": name}
    opened(app, "learn", **link)
    if name == "channels":
        assert channels_job(Store(trained[0]), finished, 0).wait(PATIENCE_S).state == "done"
        app.run()
    assert left(app, finished) == []
    assert app.subheader[0].value == f"⟦{LESSONS[name].title}⟧"


def test_with_a_study(app, grid, pseudo):
    assert left(opened(app, "sweep"), "Made up.") == []
    assert app.get("plotly_chart")


@pytest.mark.parametrize("link", [{}, {"browse": "Shapes"}, {"shelf": "Networks"}, {"browse": "CIFAR-10"},
                                  {"browse": "Your own images"}, {"browse_cue": "White patch"}])  # fmt: skip
def test_data_and_models(app, pseudo, link):
    bracketed = {name: f"⟦{value}⟧" for name, value in link.items()}
    assert left(opened(app, "library", **bracketed)) == []


@pytest.mark.parametrize("page", [*PAGES, "library"])
def test_in_chinese_every_page_of_a_finished_run_stands(app, finished, page):
    opened(app, page, run=finished, lang="zh")
    assert not app.exception
    assert not [text for _, text in said(app) if "⟦" in text]


@pytest.mark.parametrize("page", ["home", "distill", "explain", "agreement", "library"])
def test_in_chinese_the_classes_of_the_shapes_have_no_english_name(app, small_run, monkeypatch, page):
    store, run_id = small_run("shapes")
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(store.directory))
    opened(app, page, run=run_id, lang="zh", **({"browse": "几何图形"} if page == "library" else {}))
    assert not app.exception
    texts = [text for _, text in said(app)]
    assert any(name in text for text in texts for name in ("圆形", "正方形", "三角形", "心形"))
    assert not [text for text in texts if named_in_english(text)]


def named_in_english(text: str) -> list[str]:
    """Classes of the shapes outside markup, such as style sheets."""
    return re.findall(rf"(?<![\w-])(?:{'|'.join(CLASS_NAMES['shapes'])})(?![\w-])", MARKUP.sub(" ", text))


def test_a_link_with_settings_holds_them_in_its_own_language(app, store):
    wanted = make_config({"dataset": "shapes", "cue": "hue-patch", "student": "simple-cnn", "seed": 3})
    with speaking("zh"):
        link = settings_link(wanted)
        assert (link["lang"], link["dataset"]) == ("zh", "几何图形")
        opened(app, "distill", **link)
        app.button(key="start").click().run()
    assert not app.exception
    assert store.runs()[0].config == wanted


def test_another_language_leaves_the_view_as_it_was(app, finished):
    link = {"view": "swipe", "right": "placebo", "colours": "viridis", "explainer": "saliency"}
    opened(app, "explain", run=finished, **link)
    app.session_state["lang_menu"] = app.session_state["lang"] = "zh"
    app.run()
    assert app.title[0].value == "解释"
    assert {name: app.query_params[name] for name in link} == link
    assert app.selectbox(key="colours_menu").value == "viridis"
    assert app.query_params["lang"] == "zh"


def test_a_button_in_the_row_of_pages_switches_the_language_and_back(app, finished):
    opened(app, "sweep", run=finished)
    assert not [button for button in app.button if button.key == "language_en"]
    app.button(key="language_zh").click().run()
    assert (app.title[0].value, app.query_params["lang"]) == ("参数扫描", "zh")
    app.button(key="language_en").click().run()
    assert app.title[0].value == "Sweep"
    assert "lang" not in app.query_params


def test_text_outside_brackets_is_found():
    assert untranslated("⟦a {b} ⟦c⟧⟧ dd :material/check: **ee** ff", {"ee"}) == ["dd", "ff"]
    assert untranslated("12.5 % · <b>⟦x⟧</b> · λ", set()) == []
