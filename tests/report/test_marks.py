"""What the marks did, in a report: the sentences of Agreement."""

from types import SimpleNamespace

from kdviz.comparison import marks_effect
from kdviz.config import make_config
from kdviz.narrative import marks_answer, marks_figures
from kdviz.report import marks
from kdviz.report.marks import marks_lines
from tests.comparison.made import ANSWERS, made

BEFORE, AFTER = made(), made(answers={**ANSWERS, "student": ANSWERS["twin"]})


def run_on(path):
    """A finished run, trained on marks in this file after another one."""
    config = make_config({"dataset": "shapes"}).model_copy(update={"marks": path, "parent": "before"})
    return SimpleNamespace(id="after", config=config, results={"student": None})


def test_the_report_says_whether_marks_helped_in_the_words_of_agreement(monkeypatch):
    surveys = {"before": BEFORE, "after": AFTER}
    monkeypatch.setattr(marks, "known_survey", lambda store, run_id: surveys[run_id])
    monkeypatch.setattr(marks, "known_marked_evidence", lambda store, run_id: None)
    effect = marks_effect(BEFORE, AFTER)
    answer, *figures = marks_lines(None, run_on("marks.npz"), "")
    assert answer == f"Did the marks help? {marks_answer(effect)}"
    assert figures == [line.replace("**", "") for line in marks_figures(effect, cue=False)]


def test_without_marks_or_before_both_runs_are_evaluated_nothing_is_said(monkeypatch):
    monkeypatch.setattr(marks, "known_survey", lambda store, run_id: AFTER if run_id == "after" else None)
    assert marks_lines(None, run_on("marks.npz"), "") == []
    assert marks_lines(None, run_on(None), "") == []
