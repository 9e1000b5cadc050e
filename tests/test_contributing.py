"""The worked examples of CONTRIBUTING.md run as they stand there."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.agreement import MEASURES
from kdviz.datasets import DATASETS
from kdviz.explainers import EXPLAINERS
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS
from kdviz.store import Store
from kdviz.ui.frame import server
from tests.patience import PATIENCE_S

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()
BLOCK = re.compile(r"^### An? ([\w ]+)\n.*?^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = dict(BLOCK.findall(TEXT))
REGISTRIES = {
    "network": (MODELS, "two-layers"),
    "explainer": (EXPLAINERS, "mean-activation"),
    "data set": (DATASETS, "stripes"),
    "loss": (EXPLANATION_LOSSES, "squared"),
    "measure": (MEASURES, "same-sign"),
}
NEEDS = {"loss": ["data set"]}


@pytest.fixture
def _own_registries():
    """What an example registers is gone after its test."""
    before = [(registry, dict(registry)) for registry, _ in REGISTRIES.values()]
    yield
    for registry, entries in before:
        registry.clear()
        registry.update(entries)


@pytest.fixture
def run_example(tmp_path, monkeypatch, _own_registries):
    """Imports an example as a module of its own, so that `deferred` finds what it names."""
    monkeypatch.syspath_prepend(tmp_path)

    def run(name):
        module = f"example_{name.replace(' ', '_')}"
        (tmp_path / f"{module}.py").write_text(EXAMPLES[name])
        importlib.import_module(module)

    yield run
    for name in [name for name in sys.modules if name.startswith("example_")]:
        del sys.modules[name]


def test_every_block_of_the_page_is_an_example():
    assert list(EXAMPLES) == ["network", "explainer", "data set", "loss", "measure", "page"]
    assert TEXT.count("```python") == len(EXAMPLES)


@pytest.mark.parametrize("name", REGISTRIES)
def test_an_example_registers_its_entry_and_its_own_checks_hold(name, run_example):
    registry, entry = REGISTRIES[name]
    assert entry not in registry
    for each in [*NEEDS.get(name, []), name]:
        run_example(each)
    assert registry[entry].name == entry


def test_the_page_shows_no_run_and_then_the_prepared_run(tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(runs))
    monkeypatch.setattr(server, "prepare_process", lambda: None)
    monkeypatch.setattr(server, "ensure_workers", lambda store: [])
    monkeypatch.setattr(server, "offer_prepared_run", lambda store: None)
    app = AppTest.from_string(EXAMPLES["page"], default_timeout=PATIENCE_S)
    app.session_state["run_by_router"] = True
    assert not app.run().exception
    assert [each.value for each in app.subheader] == [":material/table_rows: No finished run"]
    store = Store(runs)
    run_id = store.import_run(Path(server.__file__).parents[2] / "prepared" / "run.zip")
    assert not app.run().exception
    accuracy = store.run(run_id).results["student"].accuracy
    shown = {each.label.rpartition(", ")[2]: each.value for each in app.metric}
    assert shown["student"] == f"{accuracy:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
    assert set(shown) == set(store.run(run_id).results)
