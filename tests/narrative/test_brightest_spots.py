"""The line above all methods counts the maxima that the core finds."""

import torch

from kdviz.narrative import brightest_spots
from tests.narrative.test_why import OBJECTS, ON_CUE, ON_OBJECT, both, peaked, planted

EXPLANATION = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0))
PEAKS = [
    {"teacher": "object", "student": "object", "twin": "cue"},
    {"teacher": "object", "student": "elsewhere", "twin": "cue"},
    {"teacher": "cue", "student": "object", "twin": "undefined"},
]


def test_maxima_on_patch_and_object_are_counted_over_methods():
    assert brightest_spots(PEAKS, planted(), EXPLANATION) == (
        "Brightest spot, by 3 methods: teacher on the patch in 1, on the cross in 2; twin (λ = 0) on the patch in 2, "
        "on the cross in 0; student on the patch in 0, on the cross in 2."
    )


def test_an_object_that_is_unknown_or_fills_the_image_is_left_out():
    for objects in (None, torch.ones_like(OBJECTS)):
        assert brightest_spots(PEAKS[:1], planted(objects=objects), EXPLANATION) == (
            "Brightest spot, by 1 method: teacher on the patch in 0; twin (λ = 0) on the patch in 1; student on the "
            "patch in 0."
        )
