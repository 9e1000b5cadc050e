"""The work after training, limited so that it does not outweigh the training.

It is counted in multiply-adds and never timed: the figures of a run depend on its settings alone, not on
how busy the machine is.
"""

from __future__ import annotations

from dataclasses import dataclass

FINAL_SHARE = 0.2
"""Largest share of a run's multiply-adds that the final figures may take."""

FREE_MULTIPLY_ADDS = 200e9
"""What they may always take, about ten seconds of one core: all of them for images of 32 px."""

ENOUGH_IMAGES, FEWEST_IMAGES = 48, 8
"""Images for which integration steps are reduced first, and below which nothing is reduced."""

FEWEST_STEPS = 4

_TRAINING_PASSES = 3  # a backward pass costs two forward passes


@dataclass(frozen=True)
class PassCost:
    """Multiply-adds of a forward pass of one image. arms: of all student arms together."""

    teacher: int
    arms: int

    @property
    def all(self) -> int:
        """Of all networks."""
        return self.teacher + self.arms


@dataclass(frozen=True)
class FinalWork:
    """What final figures are computed from, beside the predictions for all test images.

    maps: number of test images whose Grad-CAM maps are compared. held_out: of those also explained by the
    held-out explainer, with `steps` integration steps.
    """

    maps: int
    held_out: int
    steps: int


def run_multiply_adds(cost: PassCost, *, trained: int, evaluated: int, views: int) -> int:
    """Of the students' stage before the final figures.

    trained, evaluated: images in all training steps and in all evaluations, for each arm. views: images in
    the teacher's forward passes.
    """
    return (_TRAINING_PASSES * trained + evaluated) * cost.arms + views * cost.teacher


def final_work(cost: PassCost, *, run: int, predicted: int, most: FinalWork) -> FinalWork:
    """The part of `most` that the budget allows.

    run: of `run_multiply_adds`. predicted: images that all networks classify in any case. Maps get up to half
    of what is left after that, the held-out explainer the rest: with fewer steps while less than
    `ENOUGH_IMAGES` can be explained, then on fewer images.
    """
    budget = max(FREE_MULTIPLY_ADDS, FINAL_SHARE / (1 - FINAL_SHARE) * run) - predicted * cost.all
    maps = _within(most.maps, int(budget / 2 / cost.all))
    wanted, left, steps = min(maps, most.held_out), budget - maps * cost.all, most.steps
    while True:
        affordable = int(left / (steps * _TRAINING_PASSES * cost.all))
        if affordable >= min(ENOUGH_IMAGES, wanted) or steps // 2 < FEWEST_STEPS:
            return FinalWork(maps, _within(wanted, affordable), steps)
        steps //= 2


def _within(most: int, affordable: int) -> int:
    """The affordable number of images, but at least `FEWEST_IMAGES` and at most `most`."""
    return min(most, max(FEWEST_IMAGES, affordable))
