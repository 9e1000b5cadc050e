"""The house: what an import pulls in, and how thin a page is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "pages").glob("*.py"))


def loaded_by(code):
    """Top-level modules in memory after `code`, in a fresh process."""
    probe = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split())  # fmt: skip


def test_importing_kdviz_loads_nothing_heavy():
    assert not {"torch", "streamlit", "numpy", "pandas"} & loaded_by("import kdviz")


def test_the_trainer_works_without_streamlit_and_plotly():
    loaded = loaded_by("import kdviz.trainer")
    assert "torch" in loaded
    assert not {"streamlit", "plotly"} & loaded


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_thin_and_free_of_torch(page):
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    assert "torch" not in text


def test_the_trainer_works_without_what_only_some_networks_and_explainers_need():
    assert not {"torchvision", "captum", "scipy", "matplotlib", "pandas"} & loaded_by("import kdviz.trainer")
