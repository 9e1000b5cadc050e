"""Whether the marks of a person helped, in sentences."""

from __future__ import annotations

import math

from kdviz.agreement import Verdict, verdict
from kdviz.comparison import Change, MarkedEvidence, MarksEffect
from kdviz.language import _, listed, percentage, plural, sentences
from kdviz.narrative.intervals import spoken_points
from kdviz.types import Interval


def marks_answer(effect: MarksEffect, caveat: str = "", inside: MarkedEvidence | None = None) -> str:
    """The answer in everyday words: whether the student looks at the marks, then whether accuracy was kept.

    caveat: why it is too early for one (see `training_caveat`), which ends it. inside: the evidence inside
    the marks; where that is not known, the answer is by the test images alone, by the accuracy first.
    """
    early = bool(caveat)
    if inside is None or not inside.images:
        return sentences(_by_test_images(effect, early=early), caveat)
    return sentences(
        _inside_answer(inside, early=early), _on_object(effect.evidence), _accuracy(effect.accuracy), caveat
    )


def _inside_answer(found: MarkedEvidence, *, early: bool) -> str:
    """Whether more of the student's evidence is inside the marks than before, and than without them."""
    match verdict(found.gain):
        case Verdict.BETTER:
            return _more_inside(found.over_control)
        case Verdict.WORSE:
            return (
                _("Not yet: less of the student's evidence is inside your marks than before.")
                if early
                else _("No: less of the student's evidence is inside your marks than before.")
            )
        case Verdict.NO_ERROR_BAR:
            return _(
                "On {pictures}, {after} of the student's evidence is inside your marks, {before} before: too "
                "few pictures for a yes or no."
            ).format(
                pictures=_marked_pictures(found),
                after=percentage(found.after, 0),
                before=percentage(found.before, 0),
            )
    if early:
        return _("Not yet: no more of the student's evidence is inside your marks than before.")
    return _("No: no more of the student's evidence is inside your marks than before.")


def _marked_pictures(found: MarkedEvidence) -> str:
    if found.images == found.marked:
        return plural("{count} marked picture", "{count} marked pictures", found.images)
    return _("{count} of {all} marked pictures").format(count=found.images, all=found.marked)


def _more_inside(over_control: Interval | None) -> str:
    return _due_to_marks(
        over_control,
        yes=_(
            "Yes: on the marked pictures, more of the student's evidence is inside your marks than before, "
            "and than without the marks."
        ),
        no=_(
            "Not by themselves: on the marked pictures, more of the student's evidence is inside your marks "
            "than before, but no more than without the marks."
        ),
        unknown=_(
            "Perhaps: on the marked pictures, more of the student's evidence is inside your marks than "
            "before, but no control without marks shows whether further epochs alone would do that."
        ),
    )


def _due_to_marks(over_control: Interval | None, *, yes: str, no: str, unknown: str) -> str:
    """One of three texts on a gain: whether it is clearly above that of a control without marks."""
    if over_control is None:
        return unknown
    return yes if verdict(over_control) is Verdict.BETTER else no


def _on_object(evidence: Change | None) -> str:
    """The same on test images, where masks of the objects are known."""
    if evidence is None:
        return ""
    match verdict(evidence.gain):
        case Verdict.BETTER:
            return _due_to_marks(
                evidence.over_control,
                yes=_("On test images, more of it is on the object than before, and than without the marks."),
                no=_("On test images, more of it is on the object, but no more than without the marks."),
                unknown=_("On test images, more of it is on the object than before."),
            )
        case Verdict.WORSE:
            return _("On test images, less of it is on the object than before.")
        case Verdict.NOT_DISTINGUISHABLE:
            return _("On test images, no more of it is on the object than before.")
    return ""


def _accuracy(change: Change) -> str:
    """Whether accuracy was kept."""
    match verdict(change.gain), verdict(change.over_control) if change.over_control else None:
        case Verdict.BETTER, Verdict.BETTER:
            return _("The student is more accurate than before, and than the control without marks.")
        case Verdict.BETTER, _control:
            return _("The student is more accurate than before, which is not shown to be due to the marks.")
        case Verdict.WORSE, _control:
            return _("The student is less accurate than before.")
        case Verdict.NO_ERROR_BAR, _control:
            return _("Too few test images to compare its accuracy.")
        case _same, Verdict.WORSE:
            return _(
                "Its accuracy is the same as before, within noise, but below that of the control without "
                "marks."
            )
    return _("Its accuracy is the same as before, within noise.")


def _by_test_images(effect: MarksEffect, *, early: bool) -> str:
    match verdict(effect.accuracy.gain):
        case Verdict.BETTER:
            return _more_accurate(effect.accuracy.over_control)
        case Verdict.WORSE:
            if early:
                return _("Not yet: the student is less accurate than before.")
            return _("No: the student is less accurate than before.")
        case Verdict.NO_ERROR_BAR:
            return _("No answer: too few test images.")
    return sentences(_maps_answer(effect.evidence, early=early), _accuracy(effect.accuracy))


def marks_figures(effect: MarksEffect, *, cue: bool) -> list[str]:
    """The figures on test images, a line each. cue: whether one is planted, at random in the test."""
    accuracy = _line(_("Accuracy with a random cue") if cue else _("Accuracy"), effect.accuracy)
    if effect.evidence is None:
        return [accuracy]
    return [_line(_("Share of evidence on the object"), effect.evidence), accuracy]


def marked_evidence_line(found: MarkedEvidence) -> str:
    """Whether the student looks at the marks: its evidence inside them, beside the share that they cover."""
    if not found.images:
        undefined = _("Evidence inside your marks: undefined.")
        return sentences(undefined, _left_out(found))
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
    line = _("{evidence}; {covered}").format(evidence=listed(parts), covered=covered)
    return sentences(line, _left_out(found))


def _left_out(found: MarkedEvidence) -> str:
    """How many marked images are not counted, and why; "" if all are."""
    networks = {
        "before": _("the student before"),
        "after": _("the student after"),
        "control": _("the twin") if found.control and found.control[0] == "twin" else _("the control"),
    }
    blank = plural(
        "Left out: {count} marked image of which the map of {networks} has no evidence for the label.",
        "Left out: {count} marked images of which the map of {networks} has no evidence for the label.",
        found.explained - found.images,
        networks=_(" or of ").join(name for network, name in networks.items() if network in found.blank),
    )
    unexplained = plural(
        "To save time, {count} more marked image is not explained.",
        "To save time, {count} more marked images are not explained.",
        found.marked - found.explained,
    )
    return sentences(
        blank if found.explained > found.images else "",
        unexplained if found.marked > found.explained else "",
    )


def _more_accurate(over_control: Interval | None) -> str:
    return _due_to_marks(
        over_control,
        yes=_("Yes: the student is more accurate than before, and than the control without marks."),
        no=_(
            "Not by themselves: the student is more accurate than before, but not than the control without "
            "marks."
        ),
        unknown=_(
            "Perhaps: the student is more accurate than before, but no control without marks shows "
            "whether further epochs alone would do that."
        ),
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
    return _due_to_marks(
        evidence.over_control,
        yes=_(
            "For the maps, yes: more of the student's evidence is on the object than before, and than "
            "without the marks."
        ),
        no=_(
            "Not by themselves: more of the student's evidence is on the object than before, but not than "
            "without the marks."
        ),
        unknown=_(
            "Perhaps, for the maps: more of the student's evidence is on the object than before, but no "
            "control without marks shows whether further epochs alone would do that."
        ),
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
