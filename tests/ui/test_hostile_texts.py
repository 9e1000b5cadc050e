"""Texts that a person or a file brings, on every page, as links carry them: none is Markdown, none is HTML."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.message import Message

from kdviz.jobs import start_survey
from kdviz.store import Store
from kdviz.ui.learn import LESSONS
from tests.hostile import HOSTILE, OUTSIDE, annotate_hostile, hostile_settings
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened

VIEWS = [
    ("home", {}),
    ("distill", {}),
    ("explain", {}),
    ("explain", {"view": "swipe"}),
    ("explain", {"view": "methods"}),
    ("agreement", {}),
    ("runs", {}),
    ("runs", {"compare": "both"}),
    ("sweep", {}),
    ("library", {"browse": "Your own images"}),
    *(("learn", {"lesson": name}) for name in LESSONS),
]
IDS = ["-".join([page, *view.values()]) for page, view in VIEWS]

UNESCAPED = re.compile(rf"(?<!\\)(?:\]\(|<img src=)//{re.escape(OUTSIDE)}")

A_TAG = re.compile(rf"<img src=//{re.escape(OUTSIDE)}")
"""What HTML would fetch: it does not read Markdown."""

AS_TEXT = {
    "text_input", "text_area", "arrow_data_frame", "selectbox", "multiselect", "bidi_component", "plotly_chart", "imgs",
    "code", "file_uploader",
}  # fmt: skip
"""Elements of Streamlit, and lists of pictures with their alternative texts, that show any text letter by letter."""


@pytest.fixture(scope="module")
def hostile(train_tiny, tmp_path_factory) -> tuple[Path, list[str]]:
    """A runs directory with two finished runs."""
    folder = tmp_path_factory.mktemp("hostile")
    store, settings = Store(folder / "runs"), hostile_settings(folder / "pictures")
    run_ids = [train_tiny(store, **settings, seed=seed) for seed in (0, 1)]
    for explainer in ("grad-cam", "integrated-gradients"):
        assert start_survey(store, run_ids[0], explainer).wait(PATIENCE_S).state == "done"
    for run_id in run_ids:
        annotate_hostile(store, run_id)
    return store.directory, run_ids


def texts(message: Message, name: str = "") -> Iterator[str]:
    """All texts of an element that are read as Markdown or HTML."""
    for field, value in message.ListFields():
        if field.name in AS_TEXT:
            continue
        values = value if field.is_repeated else [value]
        for each in values if not field.message_type or not field.message_type.GetOptions().map_entry else ():
            if isinstance(each, Message):
                yield from texts(each)
            elif isinstance(each, str) and field.name not in (
                "id",
                "options",
                "default",
                "placeholder",
                "alt",
            ):
                yield each


def interpreted(app) -> list[str]:
    """All texts of the page that hold the picture or the tag so that a browser would load it."""
    found = []
    for block in (app.main, app.sidebar):
        for element in block:
            proto = getattr(element, "proto", None)
            if isinstance(proto, Message) and element.type not in AS_TEXT:
                read_as_markup = A_TAG if element.type == "html" else UNESCAPED
                found += [text for text in texts(proto) if read_as_markup.search(text)]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("state", ["finished", "failed"])
@pytest.mark.parametrize(("page", "view"), VIEWS, ids=IDS)
def test_no_text_of_a_run_is_read_as_markdown(app, hostile, monkeypatch, page, view, state):
    directory, run_ids = hostile
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    store = Store(directory)
    link = {"compare": ",".join(run_ids)} if "compare" in view else {"run": run_ids[0], **view}
    if "browse" in view:
        link["browse_data"] = store.run(run_ids[0]).config.data
    store.set_state(run_ids[0], state, HOSTILE)
    try:
        opened(app, page, **link)
    finally:
        store.set_state(run_ids[0], "finished", HOSTILE)
    assert not app.exception
    assert interpreted(app) == []


@pytest.mark.parametrize("page", ["distill", "explain", "agreement", "runs", "sweep", "library", "learn"])
@pytest.mark.parametrize("name", ["run", "compare", "lesson", "study", "view", "explainer", "browse", "dataset", "folder.data",
                                  "browse_data", "arm", "image", "runs_filter"])  # fmt: skip
def test_no_parameter_of_a_link_is_read_as_markdown(app, live_run, page, name):
    opened(app, page, **{name: HOSTILE})
    assert not app.exception
    assert interpreted(app) == []
