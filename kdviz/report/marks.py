"""What the marks did of which a run was trained, as Agreement says it."""

from __future__ import annotations

from contextlib import suppress

from kdviz.comparison import known_survey, marks_effect
from kdviz.errors import KdvizError
from kdviz.language import _
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.report.checks import goes_on_from_marks, inside_marks
from kdviz.store import Run, Store


def marks_lines(store: Store, run: Run, caveat: str, *, checked: bool) -> list[str]:
    """The answer and its figures; none without marks, or where the run before is gone or not evaluated.

    caveat: why it is too early for an answer, or "". checked: whether the evidence inside the marks is
    computed where it is not known.
    """
    if not (goes_on_from_marks(run) and run.results):
        return []
    with suppress(KdvizError):  # the run before, or its weights, are gone
        surveys = [known_survey(store, each) for each in (str(run.config.parent), run.id)]
        before, after = surveys
        if before is None or after is None:
            return []
        effect = marks_effect(before, after)
        inside = inside_marks(store, run, checked=checked)
        answer = _("Did the marks help? {answer}").format(answer=marks_answer(effect, caveat, inside))
        figures = marks_figures(effect, cue=run.config.cue != "none")
        lines = [answer, *([marked_evidence_line(inside)] if inside else []), *figures]
        return [line.replace("**", "") for line in lines]
    return []
