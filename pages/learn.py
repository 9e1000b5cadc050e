import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.ui.choice import choose_run
from kdviz.ui.engine import open_store
from kdviz.ui.learn import choose_lesson, lesson_body
from kdviz.ui.shell import empty, through_router
from kdviz.ui.waiting import bar

through_router()
store = open_store()
run_id = choose_run(store, prefer=("finished",))
if run_id is None:
    empty(
        _("Nothing to learn from yet"),
        _("The lessons show a finished run. Train a student first: it takes a minute."),
        "school",
        to_distill=True,
    )
    st.stop()

lesson = choose_lesson()
run = store.run(run_id)
try:
    with bar() as report:
        snapshots(store, run_id, report=report)
except StoreError as error:
    empty(
        _("No snapshot yet"),
        _("The students of this run have not started. {error}").format(error=error),
        "hourglass_empty",
    )
    st.stop()
lesson_body(lesson, store, run)
