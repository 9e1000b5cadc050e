import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.run_menu import choose_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, no_snapshot, through_router
from kdviz.ui.learn import LESSONS, choose_lesson, show_lesson

through_router()
store = open_store()
lesson = choose_lesson()
if not LESSONS[lesson].needs_run:
    show_lesson(lesson, store)
    st.stop()

run_id = choose_run(store, prefer=("finished",), of_lessons=True)
if run_id is None:
    empty(
        _("No finished run"),
        _("This lesson explains the networks of a finished run. Train a student first: it takes a minute."),
        "school",
        to_distill=True,
    )
    st.stop()

run = store.run(run_id)
try:
    with bar() as report:
        snapshots(store, run_id, report=report)
except StoreError as error:
    no_snapshot(run, error, _("This run has not started to train its students."))
    st.stop()
show_lesson(lesson, store, run)
