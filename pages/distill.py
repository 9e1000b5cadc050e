import streamlit as st

from kdviz.language import _
from kdviz.ui.distill.form import new_run
from kdviz.ui.distill.live import watch
from kdviz.ui.distill.responsive import RUN, is_first_visit, mark_started, narrow_order
from kdviz.ui.frame.run_menu import choose_run, show_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router

through_router()
store = open_store()
narrow_order(form_first=is_first_visit())
live, form = st.columns([7, 3], gap="large")

with form:
    if started := new_run(store):
        show_run(started)
        mark_started()
        st.rerun()

with live:
    st.html(f'<div id="{RUN}"></div>')
    if run_id := choose_run(store, prefer=("running", "queued", "finished")):
        watch(store, run_id)
    else:
        empty(
            _("Distill your first student"),
            _(
                "Press **Start**: a student learns its teacher's answers, and also where the "
                "teacher *looks*. Its twin learns the answers only. You will see both, live."
            ),
            "model_training",
        )
