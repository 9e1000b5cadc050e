"""Comparisons of runs in words."""

from __future__ import annotations

from kdviz.comparison.across_runs.answer_changes import AnswerChanges
from kdviz.comparison.across_runs.compared import SeedGroup
from kdviz.figures.style import percent
from kdviz.language import _, listed, plural, sentences
from kdviz.narrative.intervals import percent_text, points_text, score_text


def different_images() -> str:
    """The note for runs with different test images."""
    return _(
        "These runs are tested on different images, so their accuracies and agreements are not comparable "
        "with each other. Compare each student with its own twin."
    )


def seeds_sentence(group: SeedGroup) -> str:
    """The means over seeds, e.g. "3 seeds (0, 1, 2): accuracy 84.1 % (82.0 to 86.2), …"."""
    values = {
        "n": len(group.seeds),
        "seeds": listed(map(str, group.seeds)),
        "accuracy": percent_text(group.accuracy),
        "agreement": score_text(group.agreement),
    }
    if group.accuracy_gain is None or group.agreement_gain is None:
        return _(
            "{n} seeds ({seeds}): accuracy {accuracy}, agreement {agreement}; mean with its 95 % interval "
            "over seeds."
        ).format(**values)
    return _(
        "{n} seeds ({seeds}): accuracy {accuracy}, agreement {agreement}; student − twin: accuracy "
        "{accuracy_gain} points, agreement {agreement_gain}; mean with its 95 % interval over seeds."
    ).format(
        **values,
        accuracy_gain=points_text(group.accuracy_gain),
        agreement_gain=score_text(group.agreement_gain, signed=True),
    )


def answer_changes_text(changes: AnswerChanges) -> str:
    """How many answers the later run has mended and broken, and whether its maps moved to the object."""
    answers = plural(
        "**{mended} mended, {broken} broken** of {count} test image: accuracy {accuracy} points.",
        "**{mended} mended, {broken} broken** of {count} test images: accuracy {accuracy} points.",
        changes.images,
        mended=len(changes.mended),
        broken=len(changes.broken),
        accuracy=points_text(changes.accuracy),
    )
    if changes.evidence is None:
        return answers
    before, after, gain = changes.evidence
    evidence = _("The student's evidence on the object: {before} → {after}, {gain} points.")
    return sentences(
        answers, evidence.format(before=percent(before), after=percent(after), gain=points_text(gain))
    )
