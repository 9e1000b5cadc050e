import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router
from kdviz.ui.sweep.results import sweep
from kdviz.ui.sweep.studies import choose_study, how_to_start, on_its_way

through_router()
store = open_store()
plan = choose_study(store.runs())
if plan is None:
    empty(
        _("No study yet"),
        _("A study is a file in the folder `studies` that asks for a grid of runs."),
        "grid_on",
    )
    st.stop()

st.markdown(plan.study.about)
now = on_its_way(store, plan)
if now.done:
    sweep(store, plan, now.done)
how_to_start(plan, expanded=not now.done)
