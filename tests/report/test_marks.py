"""What the marks did, in a report: the sentences of Agreement."""

from types import SimpleNamespace

from kdviz.comparison import MarkedEvidence, marks_effect
from kdviz.config import make_config
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.report import checks, marks
from kdviz.report.marks import marks_lines
from kdviz.types import Interval
from tests.comparison.made import ANSWERS, made

BEFORE, AFTER = made(), made(answers={**ANSWERS, "student": ANSWERS["twin"]})


def run_on(path):
    """A finished run, trained on marks in this file after another one."""
    config = make_config({"dataset": "shapes"}).model_copy(update={"marks": path, "parent": "before"})
    return SimpleNamespace(id="after", config=config, results={"student": None})


def test_the_report_says_whether_marks_helped_in_the_words_of_agreement(monkeypatch):
    surveys = {"before": BEFORE, "after": AFTER}
    monkeypatch.setattr(marks, "known_survey", lambda store, run_id: surveys[run_id])
    monkeypatch.setattr(checks, "known_marked_evidence", lambda store, run_id: None)
    effect = marks_effect(BEFORE, AFTER)
    answer, *figures = marks_lines(None, run_on("marks.npz"), "", checked=False)
    assert answer == f"Did the marks help? {marks_answer(effect)}"
    assert figures == [line.replace("**", "") for line in marks_figures(effect, cue=False)]


INSIDE = MarkedEvidence("grad-cam", 30, 0.1, 0.2, 0.6, None, Interval(0.4, 0.3, 0.5), None, 30, 30)


def test_the_share_inside_the_marks_is_computed_where_no_page_has(monkeypatch):
    """A report that is made by a command, or after a restart, finds nothing in memory."""

    def work(store, run_id):
        yield
        return INSIDE

    surveys = {"before": BEFORE, "after": AFTER}
    monkeypatch.setattr(marks, "known_survey", lambda store, run_id: surveys[run_id])
    monkeypatch.setattr(checks, "known_marked_evidence", lambda store, run_id: None)
    monkeypatch.setattr(checks, "marked_evidence", work)
    answer, inside, *_figures = marks_lines(None, run_on("marks.npz"), "", checked=True)
    assert answer == f"Did the marks help? {marks_answer(marks_effect(BEFORE, AFTER), inside=INSIDE)}"
    assert inside == marked_evidence_line(INSIDE).replace("**", "")
    assert "20" in inside
    assert "60" in inside


def test_the_share_inside_the_marks_is_among_what_a_report_has_to_compute(monkeypatch):
    monkeypatch.setattr(checks, "finding_surveys", lambda store, run: {"occlusion": AFTER})
    known = {"after": None}
    monkeypatch.setattr(checks, "known_marked_evidence", lambda store, run_id: known[run_id])
    assert len(checks.missing_checks(None, run_on("marks.npz"))) == 1
    assert checks.missing_checks(None, run_on(None)) == []
    known["after"] = INSIDE
    assert checks.missing_checks(None, run_on("marks.npz")) == []


def test_without_marks_or_before_both_runs_are_evaluated_nothing_is_said(monkeypatch):
    monkeypatch.setattr(marks, "known_survey", lambda store, run_id: AFTER if run_id == "after" else None)
    assert marks_lines(None, run_on("marks.npz"), "", checked=True) == []
    assert marks_lines(None, run_on(None), "", checked=True) == []
