import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.projector import settings_and_pictures
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.sweep.results import study_results
from kdviz.ui.sweep.studies import choose_study, file_view, study_progress, unmeasured

through_router()
store = open_store()
file = choose_study(store.runs())
if file is None:
    empty(
        _("No study yet"),
        _("A study is a file in the folder `studies` that defines a grid of runs."),
        "grid_on",
    )
    st.stop()

about, results = settings_and_pictures()
with about:
    st.markdown(file.study.about)
    now = study_progress(store, file)
    if not now.done:
        unmeasured(file)
with results:
    if now.done:
        study_results(store, file, now.done)
file_view(file)
