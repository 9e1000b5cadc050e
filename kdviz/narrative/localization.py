"""The pointing game of the student's maps on the object, or on a planted cue, in a sentence."""

from __future__ import annotations

import math

from kdviz.comparison.test_set.localization import (
    localization_by_class,
    localization_gain,
    localization_table,
)
from kdviz.comparison.test_set.survey import Survey
from kdviz.datasets import class_name
from kdviz.language import _, listed, percentage
from kdviz.narrative.intervals import points_text
from kdviz.types import Region

HARDLY = 0.01
"""A share of the images up to which a bar in a chart of 100 % cannot be seen."""

_UNEQUAL = 2.0
"""Where a region is this many times as large in one class as in another, each class has its own figure."""


def localization_sentence(survey: Survey, region: Region) -> str:
    """How often the student's maps point at the region, compared to its twin.

    Empty without a student whose maps are defined.
    """
    hits = {row.arm: row.hit for row in localization_table(survey) if row.region == region}
    if "student" not in hits or math.isnan(hits["student"].value):
        return ""
    if "twin" not in hits or math.isnan(hits["twin"].value):
        return _alone(region).format(student=percentage(hits["student"].value))
    gain = localization_gain(survey, region)
    return _beside_twin(region).format(
        student=percentage(hits["student"].value), twin=percentage(hits["twin"].value), gain=points_text(gain)
    )


def by_class_sentence(survey: Survey, region: Region) -> str:
    """The student's share of images by class, where the region is much larger in one class than in another.

    There the chance level of all images together is that of none of the classes.
    """
    if region not in survey.localization or "student" not in survey.localization[region].arms:
        return ""
    found = localization_by_class(survey, region, "student")
    if not found or max(each.area for each in found) < _UNEQUAL * min(each.area for each in found):
        return ""
    text = _("{name} {hit} (chance {chance})")
    return _("The student by class: {figures}.").format(
        figures=listed(
            text.format(
                name=class_name(survey.classes, each.label),
                hit=percentage(each.hit, 0),
                chance=percentage(each.area, 0),
            )
            for each in found
        )
    )


def hardly_ever(survey: Survey, region: Region) -> str:
    """That no network's maps are highest in the region on more than 1 % of the images; "" if some are."""
    rows = [row for row in localization_table(survey) if row.region == region]
    hits = [row.hit.value for row in rows if not math.isnan(row.hit.value)]
    if not hits or max(hits) > HARDLY:
        return ""
    if region == "object":
        text = _(
            "Hardly any map is highest on the object: on at most {most} of the images, whichever network. A "
            "random point is on it in {chance}."
        )
    else:
        text = _(
            "Hardly any map is highest on the cue: on at most {most} of the images, whichever network. A "
            "random point is on it in {chance}."
        )
    return text.format(most=percentage(max(hits)), chance=percentage(rows[0].area))


def _alone(region: Region) -> str:
    if region == "object":
        return _("The student's map is highest on the object in {student} of the images.")
    return _("The student's map is highest on the cue in {student} of the images.")


def _beside_twin(region: Region) -> str:
    if region == "object":
        return _(
            "The student's map is highest on the object in {student} of the images, its twin's in {twin}: "
            "{gain} points."
        )
    return _(
        "The student's map is highest on the cue in {student} of the images, its twin's in {twin}: "
        "{gain} points."
    )
