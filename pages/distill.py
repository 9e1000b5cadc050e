import streamlit as st

from kdviz.language import _
from kdviz.ui.distill.folding import (
    fold,
    form_is_open,
    is_first_visit,
    is_form_alone,
    is_on_own_files,
    open_button,
)
from kdviz.ui.distill.form import new_run
from kdviz.ui.distill.live import watch
from kdviz.ui.distill.responsive import RUN, form_first, run_below, run_first
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.run_menu import choose_run, show_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router

through_router()
store = open_store()
is_first_visit()  # before a run is chosen
run_id = choose_run(store, prefer=("running", "queued", "finished"), closed=is_form_alone())

run = store.run(run_id) if run_id else None
form_alone = run is None and (is_on_own_files() or bool(store.runs()))
if form_is_open(run_id):
    if run and run.ended and (projecting() or not is_first_visit()):
        run_below()
        form, live = st.container(), st.container()
    elif not form_alone:
        run_first() if run and is_first_visit() else form_first()
        live, form = st.columns([7, 3], gap="large")
    else:
        live, form = st.container(), st.container()
    with form:
        if started := new_run(store, run):
            show_run(started)
            fold()
            st.rerun()
else:
    assert run_id, "the form is open without a run"
    live = st.container()
    open_button(run_id)

with live:
    st.html(f'<div id="{RUN}"></div>')
    if run_id:
        watch(store, run_id)
    elif not form_alone:
        empty(
            _("Distill your first student"),
            _(
                "Press **Start**: a student learns its teacher's answers, and also where the "
                "teacher *looks*. Its twin learns the answers only. You will see both, live."
            ),
            "model_training",
        )
