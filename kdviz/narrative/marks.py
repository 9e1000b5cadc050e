"""Whether the marks of a person helped, in sentences."""

from __future__ import annotations

import math

from kdviz.agreement import Verdict, verdict
from kdviz.comparison import Change, MarkedEvidence, MarksEffect
from kdviz.language import _, listed, percentage, plural, sentences
from kdviz.narrative.intervals import spoken_points
from kdviz.types import Interval


def marks_answer(effect: MarksEffect, caveat: str = "", inside: MarkedEvidence | None = None) -> str:
    """The answer in everyday words: by the accuracy first; where that is the same, by the maps.

    caveat: why it is too early for one (see `training_caveat`), which ends it. inside: the evidence inside
    the marks, if that is known.
    """
    return sentences(_answer(effect, inside, early=bool(caveat)), caveat)


def _answer(effect: MarksEffect, inside: MarkedEvidence | None, *, early: bool) -> str:
    match verdict(effect.accuracy.gain):
        case Verdict.BETTER:
            return _more_accurate(effect.accuracy.over_control)
        case Verdict.WORSE:
            if early:
                return _("Not yet: the student is less accurate than before.")
            return _("No: the student is less accurate than before.")
        case Verdict.NO_ERROR_BAR:
            return _("No answer: too few test images.")
    below = effect.accuracy.over_control is not None and (
        verdict(effect.accuracy.over_control) is Verdict.WORSE
    )
    accuracy = (
        _("Its accuracy is the same as before, within noise, but below that of the control without marks.")
        if below
        else _("Its accuracy is the same as before, within noise.")
    )
    moved = _("The student's evidence moved into your marks.") if inside and _moved_in(inside) else ""
    return sentences(_maps_answer(effect.evidence, early=early), accuracy, moved)


def _moved_in(found: MarkedEvidence) -> bool:
    """Whether more of it is inside than before, and than without the marks."""
    control = found.control[1] if found.control else -math.inf
    return verdict(found.gain) is Verdict.BETTER and found.after > control


def marks_figures(effect: MarksEffect, *, cue: bool) -> list[str]:
    """The figures of the answer, a line each. cue: whether one is planted, at random in the test."""
    accuracy = _("Accuracy with a random cue") if cue else _("Accuracy")
    lines = [_line(accuracy, effect.accuracy)]
    if effect.evidence is not None:
        lines.append(_line(_("Share of evidence on the object"), effect.evidence))
    return lines


def marked_evidence_line(found: MarkedEvidence) -> str:
    """Whether the student looks at the marks: its evidence inside them, beside the share that they cover."""
    if not found.images:
        return _("Evidence inside your marks: undefined, since a map of each marked image has none.")
    parts = [
        _("Evidence inside your marks: **{before} before → {after} after**").format(
            before=percentage(found.before, 0), after=percentage(found.after, 0)
        )
    ]
    if math.isfinite(found.gain.low):
        parts.append(spoken_points(found.gain, signed=True))
    if found.control:
        arm, share = found.control
        control = (
            _("{share} in the control without marks") if arm == "teacher-maps" else _("{share} in the twin")
        )
        parts.append(control.format(share=percentage(share, 0)))
    covered = plural(
        "marks cover {area} of this training image (n = {count}).",
        "marks cover {area} of these training images (n = {count}).",
        found.images,
        area=percentage(found.area, 0),
    )
    return _("{evidence}; {covered}").format(evidence=listed(parts), covered=covered)


def _more_accurate(over_control: Interval | None) -> str:
    if over_control is None:
        return _(
            "Perhaps: the student is more accurate than before, but no control without marks shows "
            "whether further epochs alone would do that."
        )
    if verdict(over_control) is Verdict.BETTER:
        return _("Yes: the student is more accurate than before, and than the control without marks.")
    return _(
        "Not by themselves: the student is more accurate than before, but not than the control without marks."
    )


def _maps_answer(evidence: Change | None, *, early: bool) -> str:
    """Whether the marks moved the maps, of a student whose accuracy is the same."""
    found = verdict(evidence.gain) if evidence else Verdict.NO_ERROR_BAR
    if evidence is None:
        return _("No effect on accuracy was found.")
    if found in (Verdict.NOT_DISTINGUISHABLE, Verdict.NO_ERROR_BAR):
        return _("No effect on accuracy or on the evidence on the object was found.")
    if found is Verdict.WORSE and early:
        return _("Not yet: less of the student's evidence is on the object than before.")
    if found is Verdict.WORSE:
        return _("No: less of the student's evidence is on the object than before.")
    if evidence.over_control is None:
        return _(
            "Perhaps, for the maps: more of the student's evidence is on the object than before, but no "
            "control without marks shows whether further epochs alone would do that."
        )
    if verdict(evidence.over_control) is Verdict.BETTER:
        return _(
            "For the maps, yes: more of the student's evidence is on the object than before, and than "
            "without the marks."
        )
    return _(
        "Not by themselves: more of the student's evidence is on the object than before, but not than "
        "without the marks."
    )


def _line(name: str, change: Change) -> str:
    form = _("{name}: **{before} → {after}**, {gain}.")
    if change.over_control is not None:
        form = _("{name}: **{before} → {after}**, {gain}; against the control without marks {over}.")
    return form.format(
        name=name,
        before=percentage(change.before),
        after=percentage(change.after),
        gain=spoken_points(change.gain, signed=True),
        over=spoken_points(change.over_control or change.gain, signed=True),
    )
