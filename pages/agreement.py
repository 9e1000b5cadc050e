import streamlit as st

from kdviz.errors import StoreError
from kdviz.language import _, sentences
from kdviz.ui.agreement.localization import ground_truth
from kdviz.ui.agreement.measures import confusion_map, measures, spreads
from kdviz.ui.agreement.rank_correlation import same_order
from kdviz.ui.agreement.summary import awaited, question, summary
from kdviz.ui.agreement.triage import triage_panel
from kdviz.ui.frame.run_menu import choose_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, through_router

through_router()
store = open_store()
run_id = choose_run(store, prefer=("finished", "cancelled", "interrupted"))
if run_id is None:
    empty(
        _("Nothing to grade yet"),
        _("Once a student is trained, its maps are compared with the teacher's on the whole test set."),
        "compare",
        to_distill=True,
    )
    st.stop()

run = store.run(run_id)
if not run.ended:
    empty(
        _("Still learning"),
        _("The whole test set is graded once this run has ended. Until then, watch it in Distill."),
        "hourglass_empty",
        to_distill=True,
    )
    st.stop()

asked = question(run)
try:
    survey = awaited(store, run, asked.explainer, alone=True)
except StoreError as error:
    empty(
        _("No snapshot yet"),
        sentences(_("The students of this run have not started."), str(error)),
        "hourglass_empty",
    )
    st.stop()
if survey is None:
    st.stop()

summary(store, run, survey, asked)
spreads(survey, asked.measure)
triage_panel(store, run, survey, asked)
measures(survey)
same_order(store, run, survey, asked)
ground_truth(survey)
confusion_map(survey, asked.arm)
