import streamlit as st

from kdviz.comparison import snapshots
from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.ui.explain.checks import check_ahead, trust, trust_badge
from kdviz.ui.explain.controls import controls
from kdviz.ui.explain.linked_panel import open_linked_panel
from kdviz.ui.explain.one_image import measure_chance, show_explanation
from kdviz.ui.explain.only_twin_wrong import open_where_twin_is_wrong
from kdviz.ui.explain.own_input import own_input
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.run_menu import choose_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, no_snapshot, through_router
from kdviz.ui.widgets.caveat import one_class_note, poor_teacher_note
from kdviz.ui.widgets.marks_effect import marks_in_short

through_router()
store = open_store()
run_id = choose_run(store, prefer=("finished", "cancelled", "interrupted"))
if run_id is None:
    empty(
        _("Nothing to explain yet"),
        _("Once a student is trained, any image can be explained by teacher, student and twin."),
        "center_focus_strong",
        to_distill=True,
    )
    st.stop()

run = store.run(run_id)
try:
    with bar() as report:
        images = snapshots(store, run_id, report=report).images
except StoreError as error:
    no_snapshot(run, error, _("The students of this run have not started."))
    st.stop()

open_where_twin_is_wrong(store, run)
open_linked_panel()
query = controls(run, images)
if query.source == "test" and query.layout != "methods":
    trust_badge(store, run, query.explainer)
poor_teacher_note(run)
one_class_note(store, run)
if query.layout != "methods":
    marks_in_short(store, run)
given = None
if query.source != "test":
    given = own_input(query, images)
    if given is None:
        st.stop()
place = show_explanation(store, run, query, given)
if query.layout != "methods":
    check_ahead(store, run, query.explainer)
    trust(store, run, query.explainer)
measure_chance(store, run, query, place)
