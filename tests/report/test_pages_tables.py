"""A report prints the numbers that the page shows, and an imported run shows those of the run it was."""

import pandas as pd
import pytest

from kdviz.metrics import METRICS
from kdviz.report import report_html
from kdviz.store import Store
from kdviz.ui.distill.result import result_table
from kdviz.ui.runs.share import imported, zipped
from kdviz.ui.runs.table import table
from tests.report.reading import read

COLUMNS = ("accuracy", "accuracy_intact", "agreement", "fidelity", "cue_share", "parameters")


def printed(html):
    """For each line of the report's table of figures, what is to be read in each arm's cell."""
    body = read(html).named("figures").all("tbody")[0]
    return {
        line.all("th")[0].children[0].strip(): [
            [each.text for each in cell.all("data")] for cell in line.all("td")
        ]
        for line in body.all("tr")
    }


def as_printed(column, value):
    if column == "parameters":
        return f"{value:,}"
    if column == "agreement":
        return f"{value:z.2f}".replace("-", "\N{MINUS SIGN}")
    return f"{value:.1f} %"  # the reader gives every space back as a plain one


@pytest.mark.parametrize("column", COLUMNS)
def test_a_figure_reads_the_same_in_the_report_and_on_the_page(finished, html, column):
    store, run_id = finished
    results = store.run(run_id).results
    page, label = result_table(results), METRICS[column].label
    if column == "accuracy_intact":  # the report says of how many images
        label = f"Accuracy, with the cue set right in all {results['student'].accuracy_gain.n} images"
    shown = [None if pd.isna(value) else as_printed(column, value) for value in page[column]]
    report = [cell[0] if cell else None for cell in printed(html)[label]]
    assert len(shown) == 4
    assert report == shown


def test_an_interval_reads_the_same_in_the_report_and_on_the_page(finished, html):
    store, run_id = finished
    page = result_table(store.run(run_id).results)["interval"]
    report = [" to ".join(cell[1:3]) if len(cell) > 2 else None for cell in printed(html)["Agreement"]]
    shown = [None if pd.isna(ends) else ends.replace("-", "\N{MINUS SIGN}") for ends in page]
    assert report == shown
    assert any(shown)


def test_an_imported_run_shows_what_the_run_showed(finished, html, tmp_path):
    store, run_id = finished
    elsewhere = Store(tmp_path / "runs")
    assert imported(elsewhere, zipped(store, run_id)) == run_id
    runs = [store.run(run_id), elsewhere.run(run_id)]
    pd.testing.assert_frame_equal(*(table([run]) for run in runs), check_exact=True)
    pd.testing.assert_frame_equal(*(result_table(run.results) for run in runs), check_exact=True)
    assert printed(report_html(elsewhere, run_id)) == printed(html)


def test_an_imported_runs_probe_maps_are_the_same_bit_for_bit(finished, tmp_path):
    store, run_id = finished
    elsewhere = Store(tmp_path / "runs")
    imported(elsewhere, zipped(store, run_id))
    epochs = store.probe_epochs(run_id)
    assert epochs == elsewhere.probe_epochs(run_id) == [0, 1, 2]
    for epoch in epochs:
        there, here = store.probe(run_id, epoch), elsewhere.probe(run_id, epoch)
        assert there.maps.keys() == here.maps.keys()
        assert all(there.maps[arm].tobytes() == here.maps[arm].tobytes() for arm in there.maps)
        assert there.indices.tobytes() == here.indices.tobytes()
