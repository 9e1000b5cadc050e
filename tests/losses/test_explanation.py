"""Distances between maps against slow forms, and what blank maps may not do."""

from math import fsum, sqrt

import pytest
import torch
from scipy.stats import pearsonr
from torch import Tensor
from torch.nn import functional as F

from kdviz.losses import (
    BLANK_LENGTH,
    BLANK_SHARE,
    EXPLANATION_LOSSES,
    class_distance,
    class_level_distance,
    class_shape_distance,
    cosine_distance,
    energy_distance,
    explanation_loss,
    positive_cosine_distance,
)


def textbook_cosine(a: list[float], b: list[float]) -> float:
    dot = fsum(p * q for p, q in zip(a, b, strict=True))
    return dot / sqrt(fsum(p * p for p in a) * fsum(q * q for q in b))


def flat(maps: Tensor) -> list[list[float]]:
    return maps.flatten(1).tolist()


def maps_for(name: str, random) -> tuple[Tensor, Tensor]:
    """A batch of six raw maps of the shape that a loss takes, for teacher and student."""
    shape = (
        (6, 3, 5, 5) if EXPLANATION_LOSSES[name].map in ("input-gradient", "class-activation") else (6, 5, 5)
    )
    return random(*shape), random(*shape)


def test_cosine_distance_is_the_textbook_s_over_all_that_belongs_to_an_image(random):
    teacher, student = random(4, 3, 5, 5), random(4, 3, 5, 5)
    expected = [1 - textbook_cosine(a, b) for a, b in zip(flat(teacher), flat(student), strict=True)]
    assert cosine_distance(teacher, student).tolist() == pytest.approx(expected, abs=1e-6)


def test_the_grad_cam_distance_sees_only_what_speaks_for_the_target(random):
    teacher, student = random(4, 5, 5), random(4, 5, 5)
    expected = [
        1 - textbook_cosine(a, b) for a, b in zip(flat(teacher.relu()), flat(student.relu()), strict=True)
    ]
    assert positive_cosine_distance(teacher, student).tolist() == pytest.approx(expected, abs=1e-6)


def test_the_energy_distance_is_the_squared_distance_of_maps_of_length_one(random):
    teacher, student = random(4, 5, 5).square(), random(4, 5, 5).square()
    expected = (F.normalize(teacher.flatten(1)) - F.normalize(student.flatten(1))).square().sum(1)
    torch.testing.assert_close(energy_distance(teacher, student), expected)


def test_the_class_distance_is_a_mean_over_classes_on_the_smaller_grid(random):
    teacher, student = random(4, 3, 8, 8), random(4, 3, 4, 4)
    pooled = teacher.unflatten(2, (4, 2)).unflatten(4, (4, 2)).mean((3, 5))
    expected = torch.stack([energy_distance(pooled[:, c], student[:, c]) for c in range(3)]).mean(0)
    torch.testing.assert_close(class_distance(teacher, student), expected)


def test_the_shape_distance_is_twice_one_less_pearson_s_correlation_over_positions(random):
    teacher, student = random(4, 3, 5, 5), random(4, 3, 5, 5) + 2
    expected = [
        fsum(2 - 2 * pearsonr(a, b).statistic for a, b in zip(one, other, strict=True)) / 3
        for one, other in zip(teacher.flatten(2).numpy(), student.flatten(2).numpy(), strict=True)
    ]
    assert class_shape_distance(teacher, student).tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("level", [0.1, 1.0, 3.3, 1e4])
def test_a_flat_map_has_no_shape(random, level):
    """Centering leaves rounding behind, which is no map: undefined, and without gradient."""
    flat = torch.full((1, 2, 7, 7), level) + 1e-3 * level * random(1, 2, 7, 7).clamp(-1, 1)
    student = flat.requires_grad_()
    loss, missing = explanation_loss(class_shape_distance, random(1, 2, 7, 7), student)
    loss.backward()
    assert (loss.item(), missing.item()) == (0, 1)
    assert student.grad.eq(0).all()


def test_shapes_of_two_sizes_are_centered_on_the_smaller_grid(random):
    teacher, student = random(2, 3, 7, 7) + 1, random(2, 3, 4, 4)
    pooled = F.adaptive_avg_pool2d(teacher, 4)
    torch.testing.assert_close(class_shape_distance(teacher, student), class_shape_distance(pooled, student))
    torch.testing.assert_close(
        class_shape_distance(teacher + 5, student),
        class_shape_distance(teacher, student),
        rtol=1e-4,
        atol=1e-5,
    )


def test_the_level_distance_is_that_of_the_classes_means_as_one_vector(random):
    teacher, student = random(4, 3, 5, 5) + 1, random(4, 3, 5, 5) - 1
    expected = [
        2 - 2 * textbook_cosine(a, b)
        for a, b in zip(flat(teacher.mean((2, 3))), flat(student.mean((2, 3))), strict=True)
    ]
    assert class_level_distance(teacher, student).tolist() == pytest.approx(expected, abs=1e-6)


def test_shape_and_level_are_each_blind_to_the_other(random):
    teacher, student = random(4, 3, 5, 5), random(4, 3, 5, 5)
    moved = student.flatten(2)[..., torch.randperm(25, generator=torch.Generator().manual_seed(0))].view_as(
        student
    )
    raised = student + random(4, 3, 1, 1)
    torch.testing.assert_close(class_level_distance(teacher, moved), class_level_distance(teacher, student))
    torch.testing.assert_close(class_shape_distance(teacher, raised), class_shape_distance(teacher, student))
    assert not class_shape_distance(teacher, moved).allclose(class_shape_distance(teacher, student))
    assert not class_level_distance(teacher, raised).allclose(class_level_distance(teacher, student))


def test_a_class_without_a_map_is_left_out_of_the_class_distance(random):
    teacher, student = random(2, 3, 4, 4), random(2, 3, 4, 4)
    student[:, 1] = 0
    expected = (
        energy_distance(teacher[:, 0], student[:, 0]) + energy_distance(teacher[:, 2], student[:, 2])
    ) / 2
    torch.testing.assert_close(class_distance(teacher, student), expected)


@pytest.mark.parametrize("sizes", [((4, 4), (8, 8)), ((8, 8), (4, 4)), ((4, 8), (8, 4))])
def test_maps_of_two_sizes_meet_at_the_larger_one_s(random, sizes):
    teacher, student = random(3, *sizes[0]), random(3, *sizes[1])

    def enlarged(maps: Tensor) -> Tensor:
        return F.interpolate(maps[:, None], (8, 8), mode="bilinear", align_corners=False)[:, 0]

    torch.testing.assert_close(
        cosine_distance(teacher, student), cosine_distance(enlarged(teacher), enlarged(student))
    )


@pytest.mark.parametrize("name", EXPLANATION_LOSSES)
def test_a_distance_is_zero_for_equal_maps_and_blind_to_their_scale(random, name):
    distance = EXPLANATION_LOSSES[name].distance
    teacher, student = maps_for(name, random)
    torch.testing.assert_close(distance(teacher, 7 * teacher), torch.zeros(6), atol=1e-6, rtol=0)
    torch.testing.assert_close(distance(0.1 * teacher, 20 * student), distance(teacher, student))


@pytest.mark.parametrize("name", EXPLANATION_LOSSES)
def test_a_blank_map_is_undefined_counted_and_harmless(random, name):
    """Its image adds nothing to the loss and gets no gradient; the others get theirs, and no NaN."""
    distance = EXPLANATION_LOSSES[name].distance
    teacher, student = maps_for(name, random)
    teacher[0], student[1] = 0, 0
    student.requires_grad_()
    assert distance(teacher, student).isnan().tolist() == [True, True, False, False, False, False]

    loss, missing = explanation_loss(distance, teacher, student)
    loss.backward()
    torch.testing.assert_close(loss, distance(teacher[2:], student[2:]).mean())
    assert missing.item() == pytest.approx(2 / 6)
    assert student.grad.flatten(1).ne(0).any(1).tolist() == [False, False, True, True, True, True]
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", EXPLANATION_LOSSES)
def test_a_batch_without_any_map_teaches_nothing_and_breaks_nothing(random, name):
    teacher, student = maps_for(name, random)
    student = student.mul(0).requires_grad_()
    loss, missing = explanation_loss(EXPLANATION_LOSSES[name].distance, teacher, student)
    loss.backward()
    assert (loss.item(), missing.item()) == (0, 1)
    assert student.grad.eq(0).all()


@pytest.mark.parametrize("level", [10.0**-power for power in range(10)])
def test_a_nearly_blank_map_has_no_explosive_gradient(random, level):
    """One barely positive cell: the gradient is at most 1/BLANK_SHARE over the map's length, or nothing."""
    teacher, student = random(1, 4, 4), -random(1, 4, 4).abs()
    student[0, 0, 0] = level
    student.requires_grad_()
    loss, missing = explanation_loss(positive_cosine_distance, teacher, student)
    loss.backward()
    length = student.detach().norm()
    assert missing.item() == float(level <= BLANK_SHARE * length)
    assert student.grad.norm() <= 1 / (BLANK_SHARE * length)


def test_a_map_within_float_noise_of_zero_is_blank(random):
    teacher, student = random(1, 4, 4), F.normalize(random(1, 16)).view(1, 4, 4)
    assert cosine_distance(teacher, 0.9 * BLANK_LENGTH * student).isnan().all()
    assert cosine_distance(teacher, 1.1 * BLANK_LENGTH * student).isfinite().all()


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
@pytest.mark.parametrize("name", EXPLANATION_LOSSES)
def test_a_map_that_is_not_finite_is_not_passed_over(random, name, wrong):
    """It is a broken network, which training must notice, and no blank map."""
    teacher, student = maps_for(name, random)
    student.flatten(1)[2, 7] = wrong
    loss, missing = explanation_loss(EXPLANATION_LOSSES[name].distance, teacher, student)
    assert loss.isnan()
    assert missing == 0


def test_the_loss_is_the_same_in_half_precision_maps(random):
    teacher, student = random(6, 4, 4), random(6, 4, 4)
    loss, _ = explanation_loss(positive_cosine_distance, teacher.bfloat16(), student.bfloat16())
    assert loss.dtype == torch.float32
    torch.testing.assert_close(
        loss, explanation_loss(positive_cosine_distance, teacher, student)[0], rtol=0.02, atol=0
    )


def test_the_teacher_s_maps_are_constants(random):
    teacher, student = random(6, 4, 4).requires_grad_(), random(6, 4, 4).requires_grad_()
    explanation_loss(cosine_distance, teacher, student)[0].backward()
    assert teacher.grad is None
