import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.frame.subject import speak_of_data
from kdviz.ui.runs.actions import actions, damaged_runs, deleted_runs, undo
from kdviz.ui.runs.compare import comparison
from kdviz.ui.runs.prepared_pair import compare_prepared
from kdviz.ui.runs.run_selection import listed_runs
from kdviz.ui.runs.share import upload
from kdviz.ui.runs.table import runs_table

through_router()
store = open_store()
undo(store)
if listed_runs(store):
    chosen = runs_table(store)
    speak_of_data(*(run.config.dataset for run in chosen))
    if len(chosen) > 1:
        comparison(store, chosen)
    elif chosen:
        actions(store, chosen[0])
    else:
        st.caption(
            _("Choose a run to open, download, name, resume or delete it; choose two to six to compare them.")
        )
        compare_prepared(store)
else:
    empty(
        _("No runs yet"),
        _("All runs that you start are listed here."),
        "table_rows",
        to_distill=True,
    )
damaged_runs(store)
upload(store)
deleted_runs(store)
