import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.sweep.measuring import measure_missing, measuring
from kdviz.ui.sweep.results import study_results
from kdviz.ui.sweep.studies import choose_study, file_view, other_studies

through_router()
store = open_store()
found = choose_study(store)
if found is None:
    empty(
        _("No study yet"),
        _("A study is a file in the folder `studies` that defines a grid of runs."),
        "grid_on",
    )
    st.stop()

file, now, others = found.file, found.status, found.not_measured
measuring(store, file, now)
study_results(file, now.done)
measure_missing(store, file, now)
file_view(file)
other_studies(others)
