"""Did the marks help? The answer of a run that was trained on marks, beside the run that it goes on from."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import MarkedEvidence, MarksEffect, known_marked_evidence, marks_effect
from kdviz.errors import KdvizError
from kdviz.jobs import SurveyJob, marked_evidence_job, start_marked_evidence
from kdviz.language import _, plural
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.store import Run, Store
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.background_result import job_progress, result_or_job
from kdviz.ui.widgets.caveat import caveat
from kdviz.ui.widgets.compared_surveys import known_surveys
from kdviz.ui.widgets.parent_run import compare_with_parent, parent_run


def did_marks_help(store: Store, run: Run) -> bool:
    """The answer, once both runs are evaluated; nothing for a run without marks or results.

    Returns whether there is one, which ends with why it is too early for it, where it is.
    """
    if not (run.config.marks and run.config.parent and run.results):
        return False
    parent = parent_run(store, run)
    with st.container(border=True, key="marks_effect", gap="xsmall"):
        if parent is None:
            st.markdown(f"##### {_('Did the marks help?')}")
            st.markdown(
                _("The run that this one goes on from is gone, so what the marks changed cannot be said.")
            )
            return False
        return _answer(store, run, parent)


def _answer(store: Store, run: Run, parent: Run) -> bool:
    with st.container():  # what is below keeps its place when the progress goes
        surveys = known_surveys(store, [parent, run]) if parent.results else {}
    known = {run.id, parent.id} <= surveys.keys()
    if known:
        effect = marks_effect(surveys[parent.id], surveys[run.id])
        _figures(run, parent, effect, marks_answer(effect, caveat(store, run), _known_inside(store, run)))
    else:
        st.markdown(f"##### {_('Did the marks help?')}")
    if not parent.results:
        st.markdown(_("The run that this one goes on from has no results to compare with."))
    elif known:
        _inside_marks(store, run)
    compare_with_parent(store, run)
    return known


def _figures(run: Run, parent: Run, effect: MarksEffect, answer: str) -> None:
    title = _("Did the marks help? {answer}").format(answer=answer)
    st.markdown(f"##### {title}")
    st.markdown("  \n".join(marks_figures(effect, cue=run.config.cue != "none")))
    st.caption(
        plural(
            "Before: {run}. On {count} test image, with 95 % intervals; one run is one seed.",
            "Before: {run}. On {count} test images, with 95 % intervals; one run is one seed.",
            effect.images,
            run=plain(parent.title),
        )
    )


def _known_inside(store: Store, run: Run) -> MarkedEvidence | None:
    try:
        return known_marked_evidence(store, run.id)
    except KdvizError:  # said below
        return None


def _inside_marks(store: Store, run: Run) -> None:
    """Whether the student now looks at the marks that it was trained on."""

    def start() -> SurveyJob:
        return start_marked_evidence(store, run.id)

    try:
        found = result_or_job(
            lambda: known_marked_evidence(store, run.id), lambda: marked_evidence_job(store, run.id), start
        )
    except KdvizError as error:  # weights that are not there any more
        st.caption(f":material/info: {plain(str(error))}")
        return
    if isinstance(found, SurveyJob):
        stopped = _("The evidence inside your marks was not computed: stopped.")
        job_progress(found, start, key="inside_marks", title=_("Your marks"), stopped=stopped)
    else:
        st.markdown(marked_evidence_line(found))
