"""What the first visitor of Distill sees before PyTorch is loaded."""

import os
import subprocess
import sys

import pytest
import streamlit as st

from kdviz.ui.distill import epoch_film
from tests.patience import PATIENCE_S
from tests.ui.conftest import APP, opened


@pytest.mark.slow
def test_the_whole_page_of_the_prepared_run_imports_nothing_heavy(tmp_path):
    code = (
        "import sys; from streamlit.runtime.pages_manager import PagesManager as pages;"
        "from streamlit.testing.v1 import AppTest; from kdviz.ui.frame import server as engine;"
        "engine._prepare = lambda store: None; begin = pages.__init__;"
        "pages.__init__ = lambda self, *a, **k: (begin(self, *a, **k), setattr(pages, 'uses_pages_directory', False))[0];"
        f"app = AppTest.from_file('router.py').switch_page('pages/distill.py').run(timeout={PATIENCE_S});"
        "assert not app.exception and not app.error;"
        "print(len(app.metric), len(app.get('plotly_chart')), *[b.key for b in app.button if b.key == 'start']);"
        "print(*[each.proto.component_name for each in app.get('bidi_component')]);"
        "print(*{'torch', 'torchvision', 'captum', 'scipy', 'matplotlib', 'pandas'} & {*sys.modules})"
    )
    env = {**os.environ, "KDVIZ_RUNS_DIR": str(tmp_path / "runs")}
    done = subprocess.run([sys.executable, "-c", code], cwd=APP.parent, env=env, check=True, capture_output=True, text=True)  # fmt: skip
    figures, components, heavy = done.stdout.split("\n")[:3]
    assert figures == "9 2 start"
    assert "kdviz_film" in components
    assert heavy == ""


def test_of_another_run_everything_but_its_images_is_there_at_once(app, finished, monkeypatch):
    monkeypatch.setattr(epoch_film, "is_ready", lambda: False)
    monkeypatch.setattr(epoch_film, "wait_until_ready", st.stop)
    opened(app, "distill", run=finished, new="1")
    assert not app.exception
    assert app.metric
    assert app.get("plotly_chart")
    assert app.button(key="start")
    assert len(app.get("skeleton")) == 1
    assert "kdviz_film" not in [each.proto.component_name for each in app.get("bidi_component")]


def test_of_another_run_its_images_appear_as_soon_as_pytorch_is_loaded(app, finished, monkeypatch):
    ready = []
    monkeypatch.setattr(epoch_film, "is_ready", lambda: bool(ready))
    monkeypatch.setattr(epoch_film, "wait_until_ready", lambda: ready.append(True))
    opened(app, "distill", run=finished)
    assert not app.exception
    assert not app.get("skeleton")
    assert "kdviz_film" in [each.proto.component_name for each in app.get("bidi_component")]
