"""The teacher's outputs: the same, precomputed once for all images or computed batch by batch."""

from collections.abc import Sequence
from itertools import permutations

import pytest
import torch
from torch import Tensor

from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import build
from kdviz.trainer import teacher_targets
from kdviz.trainer.batches import Batches
from kdviz.trainer.setup import load_setup
from kdviz.trainer.teacher_targets import (
    batch_targets,
    next_of_same_class,
    paired_maps,
    ring_by_length,
    teacher_forward,
)
from kdviz.types import PRECOMPUTE_FROM_EPOCHS, Measured
from tests.ways import at_the_end


@pytest.fixture
def setup(tiny_config):
    return load_setup(tiny_config(), lambda what, fraction: None)


@pytest.fixture(params=[True, False], ids=["mirrored", "as they are"])
def batches(setup, request):
    return Batches(
        setup.data.student_train, setup.normalizer, modality=setup.modality, batch_size=8, flips=request.param, seed=1
    )  # fmt: skip


class Teacher:
    """A teacher that counts the images in its forward passes."""

    def __init__(self, setup, loss):
        network = build(
            "resnet8-lite", classes=len(setup.data.dataset.classes), input_shape=setup.data.input_shape, width=0.25, seed=0,
        )  # fmt: skip
        self._forward = teacher_forward(network, loss and EXPLANATION_LOSSES[loss], "last")
        self.images = 0

    def __call__(self, images):
        self.images += len(images)
        return self._forward(images)


@pytest.mark.parametrize("loss", [None, *EXPLANATION_LOSSES])
def test_precomputed_outputs_are_those_of_the_batch(setup, batches, loss):
    if loss == "attention":
        pytest.skip("a residual network has no attention")
    teacher = Teacher(setup, loss)
    targets, events = at_the_end(batch_targets(teacher, batches, PRECOMPUTE_FROM_EPOCHS))
    assert teacher.images == batches.view_count
    assert [event.values["seconds"] > 0 for event in events if isinstance(event, Measured)] == [True]
    for batch in [*batches.epoch(0), *batches.epoch(1)]:
        known, fresh = targets(batch), teacher._forward(batch.images)
        assert torch.equal(known.target, fresh.target)
        torch.testing.assert_close(known.logits, fresh.logits, rtol=1e-4, atol=1e-5)
        if loss is None:
            assert known.maps is fresh.maps is None
        else:
            torch.testing.assert_close(known.maps, fresh.maps, rtol=1e-3, atol=1e-6)
    assert teacher.images == batches.view_count


def test_for_few_epochs_nothing_is_precomputed(setup, batches):
    teacher = Teacher(setup, "grad-cam")
    targets, events = at_the_end(batch_targets(teacher, batches, PRECOMPUTE_FROM_EPOCHS - 1))
    assert (teacher.images, events) == (0, [])
    batch = next(batches.epoch(0))
    assert torch.equal(targets(batch).logits, teacher._forward(batch.images).logits)
    assert teacher.images == len(batch.labels)


def test_maps_that_need_too_much_memory_are_computed_batch_by_batch(setup, batches, monkeypatch):
    monkeypatch.setattr(teacher_targets, "_MAX_BYTES", 100)
    teacher = Teacher(setup, "grad-cam")
    targets, events = at_the_end(batch_targets(teacher, batches, PRECOMPUTE_FROM_EPOCHS))
    assert events == []
    batch = next(batches.epoch(0))
    assert torch.equal(targets(batch).maps, teacher._forward(batch.images).maps)


def test_a_view_is_the_image_or_its_mirror_image(setup, batches):
    split, count = setup.data.student_train, len(setup.data.student_train)
    images = setup.normalizer.normalize(split.images)
    for batch in batches.epoch(3):
        for image, label, view in zip(batch.images, batch.labels, batch.views.tolist(), strict=True):
            expected = images[view % count].flip(-1) if view >= count else images[view % count]
            assert torch.equal(image, expected)
            assert label == split.labels[view % count]


CLASSES = torch.tensor([2, 0, 2, 1, 0, 2, 4])


def test_the_next_of_the_same_class_goes_round_each_class_once():
    assert next_of_same_class(CLASSES).tolist() == [2, 4, 5, 3, 1, 0, 6]
    many = torch.randint(5, (200,), generator=torch.Generator().manual_seed(0))
    partner = next_of_same_class(many)
    assert torch.equal(many[partner], many)
    assert sorted(partner.tolist()) == list(range(200))
    assert not (partner == torch.arange(200)).any()


def of_lengths(*lengths: int) -> Tensor:
    """Where texts of these lengths have words, the second of each hidden; bool (B, 12)."""
    words = torch.arange(12) < torch.tensor(lengths)[:, None]
    words[:, 1] &= torch.tensor(lengths) == 2
    return words


def differences(ring: Sequence[int], lengths: Sequence[int]) -> tuple[int, int]:
    """Sum and maximum of the differences in length between neighbours of a closed order."""
    steps = [abs(lengths[a] - lengths[b]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    return sum(steps), max(steps)


@pytest.mark.parametrize(
    "lengths", [(5,), (3, 9), (4, 1, 12), (7, 7, 7, 7), (1, 12, 2, 11, 3), (9, 1, 4, 4, 2, 10), (1, 5, 2, 5, 12, 3, 8)]
)  # fmt: skip
def test_texts_are_paired_with_others_whose_lengths_differ_least(lengths):
    """No other closed order of a batch has a smaller sum of differences, or a smaller largest one."""
    ring = ring_by_length(of_lengths(*lengths)).tolist()
    assert sorted(ring) == list(range(len(lengths)))
    found = [differences((0, *rest), lengths) for rest in permutations(range(1, len(lengths)))]
    assert differences(ring, lengths) == (min(total for total, _ in found), min(most for _, most in found))


def test_a_text_gets_the_map_of_another_text_of_similar_length():
    lengths, maps = (12, 2, 10, 3, 11, 4, 9), torch.arange(7.0)[:, None].expand(7, 12)
    partner = paired_maps(maps, CLASSES, "other image", of_lengths(*lengths))[:, 0].int().tolist()
    assert sorted(partner) == list(range(7))
    assert all(own != other for own, other in enumerate(partner))
    long = {0, 2, 4, 6}
    assert sum((own in long) != (other in long) for own, other in enumerate(partner)) == 2
    same_class = paired_maps(maps + 1, CLASSES, "other image, same prediction", of_lengths(*lengths))[:, 0]
    same = same_class.int().tolist()
    assert [same[1], same[4]] == [5, 2]
    assert sorted((same[0], same[2], same[5])) == [1, 3, 6]
    assert not {0: 1, 2: 3, 5: 6}.items() & dict(enumerate(same)).items()
    assert [same[3], same[6]] == [0, 0], "a prediction that is unique in the batch has no map"


def test_an_image_is_paired_with_its_own_map_another_or_one_of_the_same_prediction():
    maps = torch.arange(7.0)[:, None, None].expand(7, 2, 2) + 1
    assert torch.equal(paired_maps(maps, CLASSES, "same image"), maps)
    assert paired_maps(maps, CLASSES, "other image")[:, 0, 0].tolist() == [7, 1, 2, 3, 4, 5, 6]
    same_class = paired_maps(maps, CLASSES, "other image, same prediction")[:, 0, 0]
    assert same_class.tolist() == [
        3,
        5,
        6,
        0,
        2,
        1,
        0,
    ]  # a prediction that is unique in the batch has no map: all zero
