"""Nothing on a page is said in English alone; and in Chinese every page stands."""

import pytest

from kdviz import language
from kdviz.agreement import MEASURES
from kdviz.comparison import known_survey
from kdviz.datasets import DATASETS
from kdviz.explainers import EXPLAINERS
from kdviz.jobs import start_survey
from kdviz.models import MODELS
from kdviz.store import Store
from tests.ui.conftest import opened
from tests.ui.spoken import Pseudo, said, untranslated

# What is a name, a unit or a quotation in every language.
NAMES = {"English", "中文", "px", "CSV", "RGB", "above", "below", "last", "second-to-last", "head", "AdamW"}
NAMES |= {"λ", "ρ", "SGD", "circle", "square", "triangle", "diamond", "cross", "ring", "star", "heart"}
SOURCES = {
    spec.source for spec in (*MODELS.values(), *DATASETS.values(), *EXPLAINERS.values(), *MEASURES.values())
}

QUIET = {"error", "exception"}  # what went wrong is said in English, with the values in it


@pytest.fixture
def pseudo(monkeypatch):
    """Every message in brackets."""
    monkeypatch.setattr(language, "_translations", lambda code: Pseudo())


def missing(app, *names: str) -> list[tuple[str, str, list[str]]]:
    """What is said outside brackets."""
    known = NAMES | SOURCES | set(names)
    found = [(kind, text, untranslated(text, known)) for kind, text in said(app) if kind not in QUIET]
    return [each for each in found if each[2]]


@pytest.fixture
def graded(finished, trained):
    """A finished run with its two surveys made."""
    store = Store(trained[0])
    for explainer in ("grad-cam", "integrated-gradients", "saliency"):
        if known_survey(store, finished, explainer) is None:
            start_survey(store, finished, explainer).wait(60)
    return finished


def test_agreement_without_a_run(app, pseudo):
    opened(app, "agreement")
    assert not missing(app)


def test_agreement_of_a_run_that_goes_on(app, live_run, pseudo):
    opened(app, "agreement", run=live_run)
    assert not missing(app, live_run)


def test_agreement_of_a_finished_run(app, graded, pseudo):
    opened(app, "agreement", run=graded)
    assert not app.exception
    assert not missing(app, graded)


@pytest.mark.parametrize("link", [{}, {"browse": "Shapes"}, {"shelf": "Networks"}, {"browse": "CIFAR-10"}])
def test_data_and_models(app, pseudo, link):
    opened(app, "library", **{name: f"⟦{value}⟧" for name, value in link.items()})
    assert not app.exception
    assert not missing(app)
