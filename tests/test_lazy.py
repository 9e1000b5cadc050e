"""Names that are imported when they are used."""

import importlib
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import kdviz
from kdviz.lazy import deferred

ROOT = Path(__file__).parents[1]
PACKAGES = [
    module
    for module in (
        importlib.import_module(part.name)
        for part in pkgutil.walk_packages(kdviz.__path__, "kdviz.")
        if part.ispkg
    )
    if hasattr(module, "export_lazily")
]


def printed_by(code):
    """What a fresh process prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_a_deferred_callable_is_imported_when_it_is_called_and_not_before():
    code = """
        import sys
        from kdviz.lazy import deferred
        length = deferred("colorsys:rgb_to_hsv", r=1.0)
        print("colorsys" in sys.modules)
        print(length(g=1.0, b=1.0), "colorsys" in sys.modules)
    """
    assert (
        printed_by("\n".join(line.strip() for line in code.splitlines())) == "False\n(0.0, 0.0, 1.0) True\n"
    )


def test_a_deferred_callable_is_compared_and_pickled_by_what_it_names():
    one = deferred("math:pow", x=2)
    assert one == deferred("math:pow", x=2)
    assert len({one, deferred("math:pow", x=2), deferred("math:pow", x=3), deferred("math:fmod", x=2)}) == 3
    assert pickle.loads(pickle.dumps(one)) == one


def test_fixed_arguments_cannot_be_given_again():
    with pytest.raises(TypeError, match="multiple values for keyword argument 'key'"):
        deferred("builtins:sorted", key=abs)([], key=len)


@pytest.mark.parametrize("name", ["kdviz.nowhere:at_all", "math:no_such_function"])
def test_a_name_of_nothing_fails_when_it_is_called(name):
    with pytest.raises((ImportError, AttributeError)):
        deferred(name)()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose submodule has the name of the function that it exports."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "from kdviz.lazy import export_lazily\n"
        "if TYPE_CHECKING:\n"
        "    from shop.bread import Loaf, bread\n"
        "export_lazily(__name__)\n"
    )
    (tmp_path / "shop" / "bread.py").write_text("class Loaf: ...\ndef bread(): return 'fresh'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("shop")
    for name in ("shop", "shop.bread"):
        sys.modules.pop(name, None)


def test_a_package_imports_a_submodule_when_a_name_of_it_is_used(package):
    assert {"Loaf", "bread"} <= set(dir(package))
    assert "shop.bread" not in sys.modules
    assert package.bread() == "fresh"
    assert "shop.bread" in sys.modules


def test_a_submodule_does_not_hide_an_exported_function_of_its_name(package):
    importlib.import_module("shop.bread")
    assert package.Loaf
    assert package.bread() == "fresh"


def test_a_name_that_a_package_does_not_export_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="module 'shop' has no attribute 'cake'"):
        package.cake  # noqa: B018


def test_the_packages_with_registries_export_lazily():
    names = {package.__name__.rpartition(".")[2] for package in PACKAGES}
    assert {"agreement", "datasets", "explainers", "losses", "models", "maps", "charts"} <= names


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_name_that_a_package_exports_exists(package):
    assert package.__all__
    assert all(getattr(package, name) is not None for name in package.__all__)
