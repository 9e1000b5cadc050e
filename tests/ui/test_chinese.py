"""Nothing on a page is said in English alone, and in Chinese every page stands."""

import pytest
from babel.messages.pofile import read_po

from kdviz import language
from kdviz.agreement import MEASURES
from kdviz.comparison import known_survey
from kdviz.config import options
from kdviz.datasets import DATASETS
from kdviz.datasets.fashion import CLASSES as CLOTHES
from kdviz.datasets.shapes import CLASSES as SHAPES
from kdviz.explainers import EXPLAINERS
from kdviz.jobs import start_survey
from kdviz.language import CATALOGUES, LANGUAGES
from kdviz.models import MODELS, anatomy
from kdviz.store import Store
from tests.ui.conftest import opened
from tests.ui.spoken import Pseudo, said, untranslated

SPECS = (*MODELS.values(), *DATASETS.values(), *EXPLAINERS.values(), *MEASURES.values())
# What is the same in every language: names of classes, languages, formats, units, and quoted papers.
NAMES = {
    *CLOTHES, *SHAPES, "above", "below",
    *LANGUAGES.values(), "Language · 语言",
    *DATASETS, *MODELS, "hue-patch", "last", "second-to-last",
    *(stage.name for stage in anatomy("simple-cnn", classes=10, channels=1, image_size=28)),
    "SGD", "AdamW", "CE", "KL", "CSV", "PNG", "SVG", "RGB", "px",
    *options("optimizer"), *options("device"), *options("precision"),
    *(spec.source for spec in SPECS),
}  # fmt: skip
PAGES = ("home", "distill", "explain", "agreement", "runs", "learn")
QUIET = {"error", "exception"}  # what went wrong is said in English, with the values in it


@pytest.fixture
def pseudo(monkeypatch):
    """Every message of the catalogue in brackets."""
    with (CATALOGUES / "zh.po").open("rb") as file:
        brackets = Pseudo(read_po(file, locale="zh"))
    monkeypatch.setattr(language, "_translations", lambda code: brackets)


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
            start_survey(store, finished, explainer).wait(60)
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


def test_text_outside_brackets_is_found():
    assert untranslated("⟦a {b} ⟦c⟧⟧ dd :material/check: **ee** ff", {"ee"}) == ["dd", "ff"]
    assert untranslated("12.5 % · <b>⟦x⟧</b> · λ", set()) == []
