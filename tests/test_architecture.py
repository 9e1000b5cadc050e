"""Architecture: what an import loads, how thin a page is, and whether docs/architecture.md is true."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "pages").glob("*.py"))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = CONTRACTS[0]["layers"]
DRAWINGS = re.findall(r"```text\n(.*?)```", ARCHITECTURE, re.DOTALL)
MAY_IMPORT = {"streamlit", "kdviz", "__future__", "collections", "typing"}


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


def imported_names(text):
    """Dotted names that a module imports anywhere in it, also inside functions and by `import_module`."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Name | ast.Attribute):
            called = node.id if isinstance(node, ast.Name) else node.attr
            names |= {called} & {"__import__", "import_module"}
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_thin_and_imports_only_streamlit_and_kdviz(page):
    """So no page computes: torch, captum and the rest are behind functions of kdviz."""
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    assert {name.partition(".")[0] for name in imported_names(text)} <= MAY_IMPORT


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import torch.nn as nn", "torch.nn"),
        ("from torch import Tensor", "torch.Tensor"),
        ("def inside():\n    from captum.attr import Saliency", "captum.attr.Saliency"),
        ("importlib.import_module('tor' + 'ch')", "import_module"),
        ("from . import torch", "..torch"),
    ],
)
def test_every_form_of_an_import_is_found(line, name):
    assert name in imported_names(line)


def test_the_layers_drawn_are_those_of_the_import_contract():
    row = re.compile(r"\w[\w.]*(?: \| \w[\w.]*)*")
    drawn = [row.match(line)[0] for line in DRAWINGS[0].splitlines()]
    assert [names(layer) for layer in drawn] == [names(layer) for layer in LAYERS]


def test_the_layers_inside_packages_are_those_of_the_import_contracts():
    rows = dict(line.split(maxsplit=1) for line in DRAWINGS[1].splitlines())
    drawn = {package: [names(layer) for layer in layers.split(">")] for package, layers in rows.items()}
    inside = {
        container.removeprefix("kdviz."): [names(layer) for layer in contract["layers"]]
        for contract in CONTRACTS
        for container in contract.get("containers", ())
    }
    assert drawn == inside


def test_every_package_with_packages_inside_has_a_contract_on_their_layers():
    nested = {path.parents[1].name for path in (ROOT / "kdviz").glob("*/*/__init__.py")}
    assert nested == {line.split()[0] for line in DRAWINGS[1].splitlines()}


def names(layer):
    return {name.strip().removeprefix("kdviz.") for name in layer.split("|")}


def test_every_package_is_described_in_the_table():
    described = set(re.findall(r"^\| `(\w+)` \|", ARCHITECTURE, re.MULTILINE))
    packages = {path.parent.name for path in (ROOT / "kdviz").glob("*/__init__.py")}
    assert packages <= described
    assert described <= packages | {path.stem for path in (ROOT / "kdviz").glob("*.py")}


def test_every_module_is_in_a_layer():
    """A module in no layer could import anything. A package's own `__init__` only names what is in it."""
    layered = {name.strip() for layer in LAYERS for name in layer.split("|")}
    modules = grimp.build_graph("kdviz", cache_dir=None).modules
    packages = {f"kdviz.{path.parent.name}" for path in (ROOT / "kdviz").glob("*/__init__.py")}
    loose = {
        name
        for name in modules
        if not any(name == layer or name.startswith(f"{layer}.") for layer in layered)
    }
    assert loose - packages == {"kdviz", "kdviz.__main__"}


def test_the_trainer_works_without_what_only_some_networks_and_explainers_need():
    assert not {"torchvision", "captum", "scipy", "matplotlib", "pandas"} & loaded_by("import kdviz.trainer")
