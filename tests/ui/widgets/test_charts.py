"""What is shown can be taken along: charts in one way, tables with every digit."""

import subprocess
import sys
from pathlib import Path

import pytest

import kdviz.ui
from kdviz.comparison import by_measure, known_survey
from kdviz.jobs import start_survey
from kdviz.store import Store
from kdviz.ui.agreement.measures import measures_table
from kdviz.ui.distill.result import exact_table
from tests.patience import PATIENCE_S

ROOT = Path(kdviz.ui.__file__).parents[2]
FILES = [*(ROOT / "kdviz" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_page_shows_charts_in_the_one_way_that_lets_them_be_saved(file):
    if file.name != "chart.py":
        assert "plotly_chart(" not in file.read_text(encoding="utf-8")


def test_a_table_that_rounds_has_every_digit_in_its_file(trained, graded_survey):
    store = Store(trained[0])
    results = store.run(trained[1]).results
    figures = exact_table(results).set_index("arm")
    assert figures.loc["student", "held_out.corrected"] == results["student"].held_out.corrected
    assert figures.loc["twin", "accuracy"] == results["twin"].accuracy
    measures = measures_table(graded_survey)
    assert len(measures) == len(by_measure(graded_survey))
    first = by_measure(graded_survey)[0]
    assert measures.iloc[0]["Corrected"] == pytest.approx(first.score.corrected, abs=0, nan_ok=True)


@pytest.fixture
def graded_survey(trained):
    store = Store(trained[0])
    assert start_survey(store, trained[1]).wait(PATIENCE_S).state == "done"
    return known_survey(store, trained[1])


def test_no_page_is_drawn_before_pandas_is_whole():
    """Plotly takes pandas from sys.modules, even one that another thread is still importing."""
    code = "import sys, app; print(hasattr(sys.modules.get('pandas'), 'Series'))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["True"]
