import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.sweep.measuring import measure_missing, measuring
from kdviz.ui.sweep.results import study_results
from kdviz.ui.sweep.studies import about_study, choose_study, other_studies

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

shown, now = found.shown, found.status
measuring(store, shown, now)
if shown.run is not None:  # there is little to see before it is repeated
    measure_missing(store, shown, now)
study_results(shown, now)
if shown.run is None:
    measure_missing(store, shown, now)
about_study(shown)
other_studies(found.not_measured)
