"""The pointing game of the networks' maps on the object, or on a planted cue, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kdviz.agreement import Verdict, verdict
from kdviz.comparison.test_set.cue_removal import CueRemoval
from kdviz.comparison.test_set.localization import (
    ClassLocalization,
    LocalizationRow,
    evidence_gain,
    localization_by_class,
    localization_gain,
    localization_table,
)
from kdviz.comparison.test_set.map_cells import map_cells
from kdviz.comparison.test_set.survey import Survey
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, listed, percentage, sentences
from kdviz.narrative.cue_removal import which_map_is_right
from kdviz.narrative.intervals import percent_text, points_range
from kdviz.types import ENOUGH_IMAGES, Arm, Interval, Region

HARDLY = 0.01
"""A share of the images up to which a bar in a chart of 100 % cannot be seen."""

CLEARLY = 0.05
"""From this distance of its interval from chance on, a share is clearly above it."""

_UNEQUAL = 2.0
"""Where a region is this many times as large in one class as in another, each class has its own figure."""

_COMPARED: tuple[Arm, ...] = ("teacher", "student")


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
    apart = _("difference {gain}").format(gain=points_range(gain))
    beside = _beside_twin(region).format(
        student=percentage(hits["student"].value), twin=percentage(hits["twin"].value), gain=apart
    )
    if verdict(gain) is not Verdict.NOT_DISTINGUISHABLE:
        return beside
    return sentences(beside, _("That is no clear difference."))


def evidence_verdict(survey: Survey) -> Verdict:
    """Whether more or less of the student's evidence is on the object than of its twin's."""
    arms = survey.localization["object"].arms if "object" in survey.localization else {}
    if not {"student", "twin"} <= arms.keys():
        return Verdict.NO_ERROR_BAR
    return verdict(evidence_gain(survey, "object"))


def evidence_sentence(survey: Survey) -> str:
    """How much of each network's evidence is on the object; "" where student and twin do not clearly differ.

    The brightest spot alone does not say it.
    """
    if evidence_verdict(survey) not in (Verdict.BETTER, Verdict.WORSE):
        return ""
    shares = {
        row.arm: percent_text(row.share) for row in localization_table(survey) if row.region == "object"
    }
    text = _(
        "Of all of the student's evidence {student} is on the object, of its twin's {twin}, of the teacher's "
        "{teacher}."
    )
    return text.format(**shares)


def by_class_sentence(survey: Survey, region: Region) -> str:
    """The student's share of images by class, where the region is much larger in one class than in another.

    There the chance level of all images together is that of none of the classes.
    """
    if region not in survey.localization or "student" not in survey.localization[region].arms:
        return ""
    found = localization_by_class(survey, region, "student")
    if not found or max(each.chance for each in found) < _UNEQUAL * min(each.chance for each in found):
        return ""
    text = _("{name} {hit} (chance {chance})")
    return _("The student by class: {figures}.").format(
        figures=listed(
            text.format(
                name=class_name(survey.classes, each.label),
                hit=percentage(each.hit, 0),
                chance=percentage(each.chance, 0),
            )
            for each in found
        )
    )


def missed_classes_sentence(survey: Survey, region: Region, arm: Arm) -> str:
    """On images of which classes an arm's maps are highest there no more often than by chance; "" if of none.

    Classes of fewer than 20 images with a maximum are left out.
    """
    missed = missed_shares(survey, region, arm)
    return _("But in only {classes}.").format(classes=missed) if missed else ""


def missed_shares(survey: Survey, region: Region, arm: Arm) -> str:
    """The share of each of the `missed_classes` against chance, as a part of a sentence; "" without one."""
    text = _("{share} of the images labelled {name} (a random place {chance}: {compared})")
    return listed(
        text.format(
            name=class_name(survey.classes, each.label),
            share=percentage(each.hit, 0),
            chance=percentage(each.chance, 0),
            compared=against_chance(each.interval, each.chance),
        )
        for each in missed_classes(survey, region, arm)
    )


def against_chance(hit: Interval, chance: float) -> str:
    """How often maps are highest in a region compared to a random place, as a part of a sentence."""
    if hit.low > chance + CLEARLY:
        return _("clearly more often than by chance")
    if hit.low > chance:
        return _("hardly more often than by chance: the interval begins just above it")
    if hit.high < chance:
        return _("less often than by chance")
    return _("no more often than by chance")


def missed_classes(survey: Survey, region: Region, arm: Arm) -> list[ClassLocalization]:
    """The `reported_classes` on whose images an arm's maps are highest there no more often than by chance."""
    return [each for each in reported_classes(survey, region, arm) if each.hit <= each.chance]


def reported_classes(survey: Survey, region: Region, arm: Arm) -> list[ClassLocalization]:
    """The pointing game by class, of classes with at least 20 images that have a maximum."""
    return [each for each in localization_by_class(survey, region, arm) if each.n >= ENOUGH_IMAGES]


def hardly_ever(survey: Survey, region: Region) -> str:
    """That no network's maps are highest in the region on more than 1 % of the images; "" if some are."""
    rows = [row for row in localization_table(survey) if row.region == region]
    hits = [row.hit.value for row in rows if not math.isnan(row.hit.value)]
    if not hits or max(hits) > HARDLY:
        return ""
    if region == "object":
        text = _(
            "Hardly any map is highest on the object: on at most {most} of the images, whichever network. A "
            "random place is on it in {chance}."
        )
    else:
        text = _(
            "Hardly any map is highest on the cue: on at most {most} of the images, whichever network. A "
            "random place is on it in {chance}."
        )
    found = text.format(most=percentage(max(hits)), chance=percentage(rows[0].chance))
    return sentences(found, _too_coarse(survey, rows[0].chance) if region == "cue" else "")


def explainers_differ(first: Survey, second: Survey, removals: Sequence[CueRemoval] = ()) -> str:
    """That two explainers put the maxima of teacher and student at different places; "" if they do not.

    On the cue, or else on the object: clearly more often than chance by one of them, and not by the other.
    removals: what removing the cue changes, which says which of them is right about it.
    """
    regions: tuple[Region, ...] = ("cue", "object")
    for region in regions:
        if maxima_differ(first, second, region):
            rows = [_teacher_and_student(survey, region) for survey in (first, second)]
            (teacher, student), (other_teacher, other_student) = rows
            differ = _two_places(region).format(
                first=_(EXPLAINERS[first.explainer].label),
                teacher=percentage(teacher.hit.value),
                student=percentage(student.hit.value),
                chance=percentage(teacher.chance),
                second=_(EXPLAINERS[second.explainer].label),
                other_teacher=percentage(other_teacher.hit.value),
                other_student=percentage(other_student.hit.value),
                other_chance=percentage(other_teacher.chance),
            )
            right = which_map_is_right(removals, first, second) if region == "cue" else ""
            return sentences(differ, right)
    return ""


def maxima_differ(first: Survey, second: Survey, region: Region) -> bool:
    """Whether two explainers put the maxima of teacher or student at different places: see above."""
    rows = (_teacher_and_student(survey, region) for survey in (first, second))
    return any(_differ(*of_arm) for of_arm in zip(*rows, strict=False))


def point_apart(first: Survey, second: Survey) -> bool:
    """The same, on the cue or on the object."""
    return maxima_differ(first, second, "cue") or maxima_differ(first, second, "object")


def _teacher_and_student(survey: Survey, region: Region) -> list[LocalizationRow]:
    """Both, or neither if the region or all maps of one of them are undefined."""
    rows = {row.arm: row for row in localization_table(survey) if row.region == region}
    both = [rows[arm] for arm in _COMPARED if arm in rows and not math.isnan(rows[arm].hit.value)]
    return both if len(both) == len(_COMPARED) else []


def _differ(first: LocalizationRow, second: LocalizationRow) -> bool:
    above = [row.hit.low - row.chance for row in (first, second)]
    return max(above) > CLEARLY and min(above) <= 0


def _two_places(region: Region) -> str:
    if region == "object":
        return _(
            "But the two explainers do not point at the same place: by {first} the brightest spot is on the "
            "object in {teacher} of the images for the teacher and {student} for the student (chance "
            "{chance}), by {second} in {other_teacher} and {other_student} (chance {other_chance})."
        )
    return _(
        "But the two explainers do not point at the same place: by {first} the brightest spot is on the cue "
        "in {teacher} of the images for the teacher and {student} for the student (chance {chance}), by "
        "{second} in {other_teacher} and {other_student} (chance {other_chance})."
    )


def _too_coarse(survey: Survey, area: float) -> str:
    """That the cue is smaller than a cell of the maps, of which only earlier versions took no account.

    "" if it is not, and where the chance of a hit is the share of the cells that it touches.
    """
    cells = map_cells(survey)
    if cells is None or area >= 1 / math.prod(cells):
        return ""
    return _(
        "These maps have {rows} × {columns} cells, each {cell} of an image, and the cue is smaller ({cue}): "
        "maps as coarse as these can hardly be highest on it, even where it decides the answer."
    ).format(rows=cells[0], columns=cells[1], cell=percentage(1 / math.prod(cells)), cue=percentage(area))


def _alone(region: Region) -> str:
    if region == "object":
        return _(
            "The single brightest cell of the student's map is on the object in {student} of the images."
        )
    return _("The single brightest cell of the student's map is on the cue in {student} of the images.")


def _beside_twin(region: Region) -> str:
    if region == "object":
        return _(
            "The single brightest cell of the student's map is on the object in {student} of the images, of "
            "its twin's in {twin}: {gain} points."
        )
    return _(
        "The single brightest cell of the student's map is on the cue in {student} of the images, of its "
        "twin's in {twin}: {gain} points."
    )
