"""Comparisons of runs in words."""

from __future__ import annotations

from kdviz.agreement import Verdict, verdict
from kdviz.comparison.across_runs.answer_changes import AnswerChanges
from kdviz.comparison.across_runs.compared import SeedGroup
from kdviz.comparison.across_runs.other_seeds import SeedLead
from kdviz.figures.style import percent
from kdviz.language import _, decimal, interval_ends, listed, plural, sentences
from kdviz.narrative.intervals import percent_text, points_text, score_text, spoken_points
from kdviz.types import Interval


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
            "{n} seeds ({seeds}): accuracy {accuracy}, agreement by Grad-CAM {agreement}; mean with its 95 % "
            "interval over seeds."
        ).format(**values)
    return _(
        "{n} seeds ({seeds}): accuracy {accuracy}, agreement by Grad-CAM {agreement}; student − twin: "
        "accuracy {accuracy_gain} points, agreement {agreement_gain}; mean with its 95 % interval over seeds."
    ).format(
        **values,
        accuracy_gain=points_text(group.accuracy_gain),
        agreement_gain=score_text(group.agreement_gain, signed=True),
    )


def accuracy_lead_text(
    lead: Interval, names: tuple[str, str], *, images: int | None = None, seeds: SeedLead | None = None
) -> str:
    """Which of two runs is more accurate, or that there is no clear difference.

    lead: accuracy of the second run − that of the first. names: of the runs, in this order. images: number
    of test images, None if the two accuracies were not compared image by image. seeds: the same over several
    seeds of either, where they are known: they are said next.
    """
    answer = _lead(lead, names, paired=images is not None)
    tested = "" if images is None else plural("{count} image", "{count} images", images)
    if seeds is not None:
        text = (
            _("{answer} (these two runs, tested on {images}).") if tested else _("{answer} (these two runs).")
        )
        return sentences(text.format(answer=answer, images=tested), _over_seeds(lead, names, seeds))
    if not tested:
        return _("{answer} (one seed each: another seed may differ).").format(answer=answer)
    text = _("{answer} (tested on {images}, one seed each: another seed may differ).")
    return text.format(answer=answer, images=tested)


def _over_seeds(lead: Interval, names: tuple[str, str], seeds: SeedLead) -> str:
    """What the mean over seeds says of a lead of one seed."""
    mean, better = seeds.accuracy, names[1]
    confirmed = mean.value * lead.value > 0
    if mean.value < 0:
        mean, better = mean.negated, names[0]
    if mean.low <= 0 <= mean.high:
        form = _(
            "Over {count} seeds each, with those that came with kdviz, no clear difference: {better} is "
            "{points} more accurate on average."
        )
    elif confirmed:
        form = _(
            "So it is over {count} seeds each, with those that came with kdviz: {better} is {points} more "
            "accurate on average."
        )
    else:
        form = _(
            "But over {count} seeds each, with those that came with kdviz, {better} is {points} more "
            "accurate on average."
        )
    return form.format(count=seeds.count, better=better, points=spoken_points(mean))


def _lead(lead: Interval, names: tuple[str, str], *, paired: bool) -> str:
    """The same without what it is based on. paired: whether the lead has an interval."""
    other, better = names
    if lead.value < 0:
        lead, (better, other) = lead.negated, names
    values = {"better": better, "other": other, "points": spoken_points(lead)}
    if lead.value == lead.low == lead.high == 0 or (lead.value == 0 and not paired):
        return _("**{better} and {other} are equally accurate**").format(better=names[0], other=names[1])
    if lead.low <= 0 <= lead.high and decimal(100 * lead.value, 1) == decimal(0.0, 1):
        form = _(
            "**{better} and {other} are equally accurate here**; a difference of {low} to {high} points is "
            "possible"
        )
        low, high = interval_ends(100 * lead.low, 100 * lead.high, 1)
        return form.format(better=names[0], other=names[1], low=low, high=high)
    if lead.low <= 0 <= lead.high:
        form = _(
            "**No clear difference in accuracy between {better} and {other}**: {better} is {points} more "
            "accurate"
        )
        return form.format(**values)
    return _("**{better} is {points} more accurate than {other}**").format(**values)


def answers_gained_text(changes: AnswerChanges, names: tuple[str, str]) -> str:
    """How many images only the later, and only the earlier, of two runs gets right. names: earlier, later."""
    return _(
        "{later} gets {mended} right that {earlier} got wrong, and {broken} wrong that {earlier} got right."
    ).format(
        earlier=names[0], later=names[1], mended=f"{len(changes.mended):,}", broken=f"{len(changes.broken):,}"
    )


def evidence_change_text(changes: AnswerChanges) -> str:
    """How far the maps moved to the object, and whether accuracy moved against that; "" without masks."""
    if changes.evidence is None:
        return ""
    before, after, gain = changes.evidence
    evidence = _("The student's evidence on the object: {before} → {after}, {gain} points.")
    moved = evidence.format(before=percent(before), after=percent(after), gain=points_text(gain))
    if {verdict(gain), verdict(changes.accuracy)} != {Verdict.BETTER, Verdict.WORSE}:
        return moved
    against = _(
        "That does not explain the accuracy, which moved the other way: how much of the evidence is on the "
        "object does not say how well a network tells the classes apart by it."
    )
    return sentences(moved, against)


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
    return sentences(answers, evidence_change_text(changes))
