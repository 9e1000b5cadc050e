import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.ui.choice import choose_run
from kdviz.ui.engine import open_store
from kdviz.ui.lens import controls, lens_row
from kdviz.ui.shell import empty

store = open_store()
run_id = choose_run(store, prefer=("finished", "cancelled", "interrupted"))
if run_id is None:
    empty(
        "Nothing to explain yet",
        "Train a student on the *Distill* page, or choose one of the runs above. Then any test image can be "
        "seen through teacher, student and twin.",
        "center_focus_strong",
    )
    st.page_link("app_pages/distill.py", label="To Distill", icon=":material/model_training:")
    st.stop()

run = store.run(run_id)
try:
    with st.skeleton(height=120):
        images = snapshots(store, run_id).images
except StoreError as error:
    empty("No snapshot yet", f"The students of this run have not started. {error}", "hourglass_empty")
    st.stop()
lens_row(store, run, controls(run, images.classes, len(images.test)))
