"""Did the marks help? The answer of a run that was trained on marks, beside the run that it goes on from."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kdviz.comparison import (
    MarkedEvidence,
    Survey,
    known_marked_evidence,
    marks_effect,
)
from kdviz.errors import KdvizError
from kdviz.jobs import SurveyJob, marked_evidence_job, start_marked_evidence
from kdviz.language import _, percentage, plural
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.store import Run, Store
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.widgets.background_result import job_progress, result_or_job
from kdviz.ui.widgets.caveat import caveat
from kdviz.ui.widgets.compared_surveys import known_surveys
from kdviz.ui.widgets.parent_run import compare_with_parent, parent_run


def did_marks_help(store: Store, run: Run, *, heading: str = "#####") -> bool:
    """The answer, once both runs are evaluated; nothing for a run without marks or results.

    heading: its level. Returns whether there is an answer, which ends with why it is too early for it, where
    it is.
    """
    if not _asked(run):
        return False
    parent = parent_run(store, run)
    with st.container(border=True, key="marks_effect", gap="xsmall"):
        if parent is None:
            st.markdown(f"{heading} {_('Did the marks help?')}")
            st.markdown(
                _("The run that this one goes on from is gone, so what the marks changed cannot be said.")
            )
            return False
        with st.container():  # what is below keeps its place when the progress goes
            surveys = known_surveys(store, [parent, run]) if parent.results else {}
        known = _answer(store, run, parent, surveys, heading)
        if not parent.results:
            st.markdown(_("The run that this one goes on from has no results to compare with."))
        compare_with_parent(store, run)
        return known


def marks_compared(store: Store, parent: Run, run: Run, surveys: Mapping[str, Survey]) -> None:
    """The same where a run on marks stands beside its parent. surveys: of the two, as far as known."""
    if _asked(run) and run.config.parent == parent.id:
        with st.container(border=True, key="marks_effect", gap="xsmall"):
            _answer(store, run, parent, surveys, "#####")


def marks_in_short(store: Store, run: Run) -> None:
    """What a run on marks was for, and how far it came about if that is known, with a link to the answer."""
    if not _asked(run):
        return
    with st.container(key="marks_in_short", gap="xxsmall"):
        st.markdown(_in_short(store, run))
        st.page_link(
            "pages/agreement.py",
            label=_("Did the marks help?"),
            icon=":material/arrow_forward:",
            query_params=with_language({"run": run.id}),
        )


def _asked(run: Run) -> bool:
    return bool(run.config.marks and run.config.parent and run.results)


def _in_short(store: Store, run: Run) -> str:
    try:
        inside = known_marked_evidence(store, run.id)
    except KdvizError:  # the run before, or its weights, are gone
        inside = None
    if inside is None or not inside.images:
        return _("This student was trained on your marks.")
    text = _(
        "This student was trained on your marks: on the marked pictures {after} of its evidence is inside "
        "them, {before} before."
    )
    return text.format(after=percentage(inside.after, 0), before=percentage(inside.before, 0))


def _answer(store: Store, run: Run, parent: Run, surveys: Mapping[str, Survey], heading: str) -> bool:
    """The answer and its figures: those inside the marks first. Returns whether both runs are evaluated."""
    if not {run.id, parent.id} <= surveys.keys():
        st.markdown(f"{heading} {_('Did the marks help?')}")
        return False
    effect = marks_effect(surveys[parent.id], surveys[run.id])
    title, figures = st.empty(), st.container()
    inside = _inside_marks(store, run)
    answer = (
        _("Did the marks help?")
        if isinstance(inside, SurveyJob) and not inside.ended
        else _("Did the marks help? {answer}").format(
            answer=marks_answer(
                effect, caveat(store, run), inside if isinstance(inside, MarkedEvidence) else None
            )
        )
    )
    title.markdown(f"{heading} {answer}")
    lines = [marked_evidence_line(inside)] if isinstance(inside, MarkedEvidence) else []
    lines += marks_figures(effect, cue=run.config.cue != "none")
    figures.markdown("  \n".join(lines))
    st.caption(
        plural(
            "Before: {run}. On {count} test image, with 95 % intervals; one run is one seed.",
            "Before: {run}. On {count} test images, with 95 % intervals; one run is one seed.",
            effect.images,
            run=plain(parent.title),
        )
    )
    return True


def _inside_marks(store: Store, run: Run) -> MarkedEvidence | SurveyJob | None:
    """Whether the student now looks at the marks that it was trained on; until then, the progress of that."""

    def start() -> SurveyJob:
        return start_marked_evidence(store, run.id)

    try:
        found = result_or_job(
            lambda: known_marked_evidence(store, run.id), lambda: marked_evidence_job(store, run.id), start
        )
    except KdvizError as error:  # weights that are not there any more
        st.caption(f":material/info: {plain(str(error))}")
        return None
    if isinstance(found, SurveyJob):
        stopped = _("The evidence inside your marks was not computed: stopped.")
        job_progress(found, start, key="inside_marks", title=_("Your marks"), stopped=stopped)
    return found
