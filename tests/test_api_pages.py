"""The pages of docs/api: their examples run, and every public name is on its package's page."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for page in (ROOT / "docs" / "api").glob("*.md") if page.stem != "README")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch, tiny_folder):
    monkeypatch.chdir(tmp_path)
    given = {"images": str(tiny_folder), "studies": ROOT / "studies"}
    failed, tried = doctest.testfile(
        str(page),
        module_relative=False,
        globs=given,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
        encoding="utf-8",
    )
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_all_that_is_public(page):
    package = importlib.import_module(f"kdviz.{page.stem}")
    public = set(getattr(package, "__all__", ()))
    code = " ".join(re.findall(r"```.*?```|`[^`]+`", page.read_text(), re.DOTALL))
    assert public - set(re.findall(r"\w+", code)) == set()


def test_every_page_is_in_the_index():
    linked = re.findall(r"\]\((\w+)\.md\)", (ROOT / "docs" / "api" / "README.md").read_text())
    assert sorted(linked) == [page.stem for page in PAGES]
