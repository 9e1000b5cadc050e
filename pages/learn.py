import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.run_menu import choose_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.learn import LessonAlone, choose_lesson, lesson_body, lesson_body_alone

through_router()
store = open_store()
run_menu = st.container()
lesson = choose_lesson()
if isinstance(lesson, LessonAlone):
    lesson_body_alone(lesson, store)
    st.stop()

with run_menu:
    run_id = choose_run(store, prefer=("finished",))
if run_id is None:
    empty(
        _("Nothing to learn from yet"),
        _("This lesson shows a finished run. Train a student first: it takes a minute."),
        "school",
        to_distill=True,
    )
    st.stop()

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
