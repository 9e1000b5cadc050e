import streamlit as st

from kdviz.ui.engine import open_store
from kdviz.ui.runs import actions, deleted_runs, runs_table, undo
from kdviz.ui.shell import empty, through_router
from kdviz.ui.travel import upload

through_router()
store = open_store()
undo(store)
if store.runs():
    if chosen := runs_table(store):
        actions(store, chosen)
    else:
        st.caption("Choose a row to open, download, name, resume or delete a run.")
else:
    empty("No runs yet", "Every run that is started appears here, and stays.", "table_rows", to_distill=True)
upload(store)
deleted_runs(store)
