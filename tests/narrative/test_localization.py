"""The pointing game in sentences, of surveys made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import evidence_gain, localization_table
from kdviz.comparison.test_set.map_cells import map_cells
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import (
    by_class_sentence,
    evidence_sentence,
    explainers_differ,
    hardly_ever,
    localization_sentence,
    percent_text,
)
from tests.comparison.made import made

N, NBSP = 400, "\N{NO-BREAK SPACE}"


def on_the_cue(*, decided=None, **hits):
    """400 images with a cue that covers 3 %; how many of an arm's maps are highest on it, the first ones.

    decided: of how many, the first ones too, the cue decides an arm's answer; none without it.
    """
    image = np.arange(N)
    arms = {
        arm: ArmLocalization(
            np.zeros(N),
            (image < count).astype(float),
            deciding=np.where(image < (decided or {}).get(arm, 0), image < count, np.nan),
        )
        for arm, count in hits.items()
    }
    found = {"cue": Localization(np.full(N, 0.03), arms)}
    return replace(made(), indices=image, localization=found)


def of_classes(*areas):
    """Images of a cat, a dog and a dog, whose objects have these areas; the last one's map is undefined."""
    arms = {
        arm: ArmLocalization(np.zeros(4), np.array([1.0, 0.0, 1.0, np.nan])) for arm in ("teacher", "student")
    }
    found = Localization(np.array([*areas, 1.0]), arms)
    return replace(made(), labels=np.array([0, 1, 1, 2]), localization={"object": found})


def test_classes_whose_objects_are_of_unlike_size_have_a_figure_each():
    assert by_class_sentence(of_classes(0.9, 0.2, 0.4), "object") == (
        f"The student by class: cat 100{NBSP}% (chance 90{NBSP}%), dog 50{NBSP}% (chance 30{NBSP}%)."
    )


def test_objects_of_like_size_have_one_figure():
    assert by_class_sentence(of_classes(0.5, 0.3, 0.3), "object") == ""
    assert by_class_sentence(of_classes(0.5, 0.3, 0.3), "cue") == ""


def with_evidence(**shares):
    """The eight images with an object; the share of each arm's evidence on it is this, or 0.02 more."""
    arms = {
        arm: ArmLocalization(share + 0.02 * (np.arange(8) % 2), np.zeros(8)) for arm, share in shares.items()
    }
    return replace(made(), key=f"{shares}", localization={"object": Localization(np.full(8, 0.1), arms)})


def test_the_share_of_evidence_is_said_where_student_and_twin_clearly_differ():
    survey = with_evidence(teacher=0.27, student=0.28, twin=0.19)
    shares = {row.arm: percent_text(row.share) for row in localization_table(survey)}
    assert evidence_gain(survey, "object").value == pytest.approx(0.09)
    assert shares["student"].startswith("29.0")
    assert evidence_sentence(survey) == (
        f"Of all of the student's evidence {shares['student']} is on the object, of its twin's {shares['twin']}, of the "
        f"teacher's {shares['teacher']}."
    )
    assert evidence_sentence(with_evidence(teacher=0.27, student=0.28, twin=0.28)) == ""
    assert evidence_sentence(with_evidence(teacher=0.27, student=0.28)) == ""
    assert evidence_sentence(made()) == ""


def test_maps_that_are_hardly_ever_on_the_cue_are_put_into_words():
    assert hardly_ever(on_the_cue(teacher=0, student=2, twin=4), "cue") == (
        f"Hardly any map is highest on the cue: on at most 1.0{NBSP}% of the images, whichever network. A "
        f"random place is on it in 3.0{NBSP}%."
    )


def test_a_bar_that_can_be_seen_is_not():
    assert hardly_ever(on_the_cue(teacher=0, student=2, twin=5), "cue") == ""
    assert hardly_ever(made(), "cue") == ""


def test_explainers_that_point_at_different_places_are_told_with_the_figures_of_both():
    first = on_the_cue(teacher=1, student=2)
    second = replace(on_the_cue(teacher=142, student=140), explainer="integrated-gradients")
    assert explainers_differ(first, second).replace(NBSP, " ") == (
        "But the two explainers do not point at the same place: by Grad-CAM the brightest spot is on the cue in "
        "0.3 % of the images for the teacher and 0.5 % for the student (chance 3.0 %), by Integrated "
        "gradients in 35.5 % and 35.0 % (chance 3.0 %)."
    )
    assert explainers_differ(second, first).startswith(
        "But the two explainers do not point at the same place: by Integrated gradients"
    )


def test_explainers_that_are_both_on_the_cue_or_hardly_off_chance_do_not_differ():
    often, never = on_the_cue(teacher=142, student=140), on_the_cue(teacher=1, student=2)
    assert explainers_differ(often, on_the_cue(teacher=40, student=60)) == "", "more and less often"
    assert explainers_differ(never, on_the_cue(teacher=20, student=30)) == "", "hardly above chance"
    assert explainers_differ(often, on_the_cue(twin=9)) == "", "no figure of the other"
    assert explainers_differ(made(), made()) == "", "no masks"


def test_explainers_that_differ_on_the_object_are_told_where_they_agree_on_the_cue():
    def on_the_object(hits):
        arms = {arm: ArmLocalization(np.zeros(N), hits) for arm in ("teacher", "student")}
        cue = on_the_cue(teacher=1, student=1).localization["cue"]
        found = {"cue": cue, "object": Localization(np.full(N, 0.5), arms)}
        return replace(made(), localization=found)

    said = explainers_differ(on_the_object(np.ones(N)), on_the_object(np.zeros(N))).replace(NBSP, " ")
    assert "is on the object in 100.0 % of the images for the teacher" in said
    assert said.endswith("in 0.0 % and 0.0 % (chance 50.0 %).")
    assert explainers_differ(on_the_object(np.ones(N)), on_the_object(np.full(N, np.nan))) == ""


@pytest.mark.parametrize(
    ("student", "twin", "clear"), [(165, 158, False), (240, 120, True), (120, 240, True)], ids=str
)
def test_a_difference_within_noise_is_said_to_be_none(student, twin, clear):
    """Of 400 images, the student on the first and the twin on the last."""
    found = on_the_cue(student=student, twin=twin)
    own, area = found.localization["cue"].arms, found.localization["cue"].area
    arms = {**own, "twin": replace(own["twin"], hit=own["twin"].hit[::-1])}
    said = localization_sentence(replace(found, localization={"cue": Localization(area, arms)}), "cue")
    assert said.endswith(" points." if clear else " points. That is no clear difference.")


def at_cells(rows, columns, count=40):
    """Maxima at the centres of random places of maps of this size."""
    rng = np.random.default_rng(0)
    places = [(rng.integers(of, size=count) + 0.5) / of for of in (rows, columns)]
    return np.stack(places, 1).astype(np.float32)


@pytest.mark.parametrize("size", [(5, 13), (4, 4), (7, 7), (40, 100)], ids=str)
def test_the_size_of_maps_is_read_off_their_maxima(size):
    assert map_cells(replace(made(), teacher_peaks=at_cells(*size))) == size


def test_of_few_maxima_or_of_texts_no_size_is_read():
    assert map_cells(made()) is None
    assert map_cells(replace(made(), teacher_peaks=at_cells(5, 13, count=19))) is None
    assert map_cells(replace(made(), teacher_peaks=np.full((40, 2), np.nan, np.float32))) is None


def test_a_cue_smaller_than_a_cell_of_the_maps_is_said_to_be():
    few = on_the_cue(teacher=0, student=2, twin=4)
    coarse = hardly_ever(replace(few, teacher_peaks=at_cells(4, 4)), "cue").replace(NBSP, " ")
    assert coarse.startswith(hardly_ever(few, "cue").replace(NBSP, " "))
    assert coarse.endswith(
        " These maps have 4 × 4 cells, each 6.3 % of an image, and the cue is smaller (3.0 %): maps as coarse as "
        "these can hardly be highest on it, even where it decides the answer."
    )
    fine = replace(few, teacher_peaks=at_cells(40, 100))
    assert hardly_ever(fine, "cue") == hardly_ever(few, "cue")
