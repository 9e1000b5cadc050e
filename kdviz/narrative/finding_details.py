"""Further sentences on the finding of a finished run: its controls, and the held-out explainer."""

from __future__ import annotations

import math

from kdviz.language import _, percentage, sentences
from kdviz.narrative.accuracy_gains import NO_SURVEYS, Surveys
from kdviz.narrative.findings import explainer_label, finding, held_out_gain_text, why_fewer_images
from kdviz.narrative.intervals import agreement_text
from kdviz.narrative.placebo import weak_placebo
from kdviz.narrative.verdicts import verdict_words
from kdviz.types import ArmResult, Results


def details(results: Results, surveys: Surveys = NO_SURVEYS) -> list[str]:
    """Further sentences on the finding."""
    found = finding(results, surveys)
    if found is None:
        return []
    lines = []
    if found.placebo is not None:
        lines.append(_of_placebo(found.placebo, results, surveys))
    if found.same_answer is not None:
        lines.append(
            _(
                "The same-answer placebo, with the same λ on maps of other images that got the same answer: "
                "agreement {agreement}, accuracy {accuracy}."
            ).format(
                agreement=agreement_text(found.same_answer.cosine),
                accuracy=percentage(found.same_answer.accuracy),
            )
        )
    if "teacher-maps" in results:
        lines.append(_instead_of_masks(found.student, found.twin, results["teacher-maps"]))
    if math.isfinite(found.student.held_out.interval.value):
        lines.append(
            _("Evaluated with {explainer}, a held-out explainer: student − twin {gain}, {verdict}.").format(
                explainer=explainer_label(found.student.held_out_explainer),
                gain=held_out_gain_text(found),
                verdict=verdict_words(found.held_out),
            )
        )
        lines[-1] = sentences(lines[-1], why_fewer_images(found))
    return lines


def _of_placebo(placebo: ArmResult, results: Results, surveys: Surveys) -> str:
    """Its figures, and what follows from the gain over it."""
    text = _("The placebo, with the same λ on shuffled maps: agreement {agreement}, accuracy {accuracy}.")
    return sentences(
        text.format(agreement=agreement_text(placebo.cosine), accuracy=percentage(placebo.accuracy)),
        _("Only the gain over it comes from each image's own map.")
        if weak_placebo(results, surveys) is None
        else _("Being ahead of it shows little here."),
    )


def _instead_of_masks(student: ArmResult, twin: ArmResult, second: ArmResult) -> str:
    """The student of the teacher's maps beside that of masks; and where they look, if that is known."""
    text = _(
        "The control without marks, with the same λ on the teacher's maps: agreement {agreement}, accuracy "
        "{accuracy}."
    ).format(agreement=agreement_text(second.cosine), accuracy=percentage(second.accuracy))
    shares = [each.object_share for each in (student, second, twin)]
    if not all(map(math.isfinite, (*shares, student.object_area))):
        return text
    masks, maps, neither = map(percentage, shares)
    return sentences(
        text,
        _(
            "Evidence on the object: with masks {masks}, with the teacher's maps {maps}, with neither "
            "{neither}; the object covers {area} of an image."
        ).format(masks=masks, maps=maps, neither=neither, area=percentage(student.object_area)),
    )
