import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.ui.choice import choose_run
from kdviz.ui.engine import open_store
from kdviz.ui.lens import controls, lens_row
from kdviz.ui.shell import empty, through_router
from kdviz.ui.trust import trust
from kdviz.ui.waiting import bar

through_router()
store = open_store()
run_id = choose_run(store, prefer=("finished", "cancelled", "interrupted"))
if run_id is None:
    empty(
        "Nothing to explain yet",
        "Once a student is trained, any test image can be seen through teacher, student and twin.",
        "center_focus_strong",
        to_distill=True,
    )
    st.stop()

run = store.run(run_id)
try:
    with bar() as report:
        images = snapshots(store, run_id, report=report).images
except StoreError as error:
    empty("No snapshot yet", f"The students of this run have not started. {error}", "hourglass_empty")
    st.stop()
view = controls(run, images.classes, len(images.test))
lens_row(store, run, view)
trust(store, run, view.explainer)
