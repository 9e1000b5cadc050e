"""Columns of a visitor's table of texts: recognized and changed on Distill and on Data & models."""

from urllib.parse import parse_qsl

import pytest

from kdviz.ui.frame import server
from kdviz.ui.frame.formatting import plain
from tests.ui.conftest import opened, page_text

BOXES = ("text_column", "label_column", "split_column", "rationale_column")


def lines(count=120):
    """Titles and reviews; a verdict, one of four kinds, a part, and the spans of a word."""
    return [
        f"t{n % 7},{['fine', 'dull'][n % 2]} thing number {n},{'ny'[n % 2]},{'abcd'[n % 4]},"
        f'{"test" if n % 5 == 0 else "train"},"[[0, 4]]"'
        for n in range(count)
    ]


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "reviews.csv"
    file.write_text("\n".join(["title,review,verdict,kind,part,why", *lines()]))
    return str(file)


def labels(app, prefix):
    """What each box shows."""
    found = {}
    for name in BOXES:
        box = app.selectbox(key=f"{prefix}{name}")
        found[name] = box.options[box.index]
    return found


def test_recognized_columns_are_shown_and_a_run_starts_with_those_that_are_changed(app, store, table):
    opened(app, "distill", dataset="Your own texts", **{"text-file.data": table})
    assert labels(app, "text-file.") == {
        "text_column": "review (recognized)",
        "label_column": "verdict (recognized)",
        "split_column": "none recognized",
        "rationale_column": "none recognized",
    }
    assert "text-file.map_source" not in {each.key for each in app.selectbox}
    app.selectbox(key="text-file.label_column").set_value("kind").run()
    app.selectbox(key="text-file.split_column").set_value("part").run()
    app.selectbox(key="text-file.rationale_column").set_value("why").run()
    assert not app.exception
    app.selectbox(key="text-file.map_source").set_value("mask").run()
    app.button(key="start").click().run()
    assert not app.exception
    (run,) = store.runs()
    assert run.config.columns.settings == {
        "label_column": "kind",
        "split_column": "part",
        "rationale_column": "why",
    }
    assert run.config.map_source == "mask"


def test_a_run_on_recognized_columns_has_the_settings_that_it_always_had(app, store, table):
    opened(app, "distill", dataset="Your own texts", **{"text-file.data": table})
    app.button(key="start").click().run()
    (run,) = store.runs()
    assert not {*run.config.model_dump()} & {*BOXES}


def test_a_link_decides_and_one_to_a_column_that_is_not_there_is_said(app, table):
    given = {"text-file.data": table, "text-file.label_column": "kind", "text-file.text_column": "reviw"}
    opened(app, "distill", dataset="Your own texts", **given)
    assert not app.exception
    assert labels(app, "text-file.")["label_column"] == "kind"
    assert labels(app, "text-file.")["text_column"] == "review (recognized)"
    assert f"there is no 'reviw' here. Shown instead: {plain('review (recognized)')}." in page_text(app)


def test_data_and_models_shows_the_first_rows_and_hands_the_columns_on(app, table):
    opened(app, "library", browse="Your own texts", browse_data=table)
    assert not app.exception
    rows = next(each.value for each in app.dataframe if "why" in each.value)
    assert list(rows.columns) == ["title", "review", "verdict", "kind", "part", "why"]
    assert len(rows) == 3
    app.selectbox(key="browse_label_column").set_value("kind").run()
    app.selectbox(key="browse_rationale_column").set_value("why").run()
    assert not app.exception
    assert "in 4 classes" in page_text(app)
    assert plain("Rationales are column 'why': of 120 of 120 texts.") in page_text(app)
    (link,) = (dict(parse_qsl(each.proto.query_string)) for each in app.get("page_link"))
    assert (link["text-file.label_column"], link["text-file.rationale_column"]) == ("kind", "why")
    assert "text-file.text_column" not in link


def test_a_table_whose_labels_are_not_recognized_is_kept_and_its_columns_are_asked_for(app, monkeypatch):
    monkeypatch.setattr(server, "visitor_is_local", lambda: False)
    rows = "".join(f"thing {n},{n % 5 if n < 15 else n}\n" for n in range(60))
    opened(app, "distill", dataset="Your own texts")
    app.get("file_uploader")[0].upload("few.csv", f"note,verdict\n{rows}".encode()).run()
    assert not app.exception
    assert labels(app, "text-file.")["label_column"] == "Choose a column"
    assert "no column of 'few.csv' looks like labels" in page_text(app)


def test_two_columns_that_are_one_are_refused_in_a_line(app, table):
    opened(app, "distill", dataset="Your own texts", **{"text-file.data": table})
    app.selectbox(key="text-file.text_column").set_value("verdict").run()
    app.selectbox(key="text-file.label_column").set_value("verdict").run()
    assert not app.exception
    assert "'verdict' is the Text column too." in page_text(app)
