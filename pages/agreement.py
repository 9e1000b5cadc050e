import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.ui.agreement.bars import bars
from kdviz.ui.agreement.conclusions import conclusions_card, grounds_of
from kdviz.ui.agreement.controls import explainer_and_measure
from kdviz.ui.agreement.cue_removals import cue_removals_or_progress
from kdviz.ui.agreement.measures import distributions, every_measure
from kdviz.ui.agreement.one_arm import one_arm
from kdviz.ui.agreement.summary import arm_figures, survey_summary
from kdviz.ui.agreement.survey_progress import survey_or_progress
from kdviz.ui.agreement.where_to_look import where_to_look
from kdviz.ui.frame.run_menu import choose_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, no_snapshot, through_router

through_router()
store = open_store()
run_id = choose_run(store, prefer=("finished", "cancelled", "interrupted"))
if run_id is None:
    empty(
        _("No results yet"),
        _("Once a student is trained, its maps are compared with the teacher's on the whole test set."),
        "compare",
        to_distill=True,
    )
    st.stop()

run = store.run(run_id)
if not run.ended:
    empty(
        _("Still training"),
        _("The test set is evaluated once this run has ended. Until then, follow it in Distill."),
        "hourglass_empty",
        to_run=run_id,
    )
    st.stop()

answer = st.container()  # above the menus, whose first choice answers well
explainer, measure = explainer_and_measure(run)
try:
    survey = survey_or_progress(store, run, explainer, skeleton=True)
except StoreError as error:
    no_snapshot(run, error, _("No student of this run has been trained yet."))
    st.stop()
if survey is None:
    st.stop()
removals = cue_removals_or_progress(store, run)
with answer:
    other = survey_summary(store, run, survey, measure, removals)
bars(survey, measure, masks_note=_(DATASETS[run.config.dataset].masks_note))
grounds = grounds_of(store, run, survey, other=other, removals=removals or (), measure=measure)
conclusions_card(grounds)
arm_figures(run, survey, grounds.largest, measure)
distributions(survey, measure)
one_arm(store, run, survey, measure)
where_to_look(store, run)
every_measure(survey)
