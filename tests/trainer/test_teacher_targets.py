"""What the teacher says: the same whether it is asked once about every image or anew in every batch."""

import pytest
import torch

from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import build
from kdviz.trainer import teacher_targets as lesson
from kdviz.trainer.batches import Batches
from kdviz.trainer.setup import make_setting
from kdviz.trainer.teacher_targets import TeacherOutput, asking, dealt, next_of_same_class, teaching
from kdviz.types import ASKED_BEFORE, Measured
from tests.ways import at_the_end


@pytest.fixture
def setting(tiny_config):
    return make_setting(tiny_config(), lambda what, fraction: None)


@pytest.fixture(params=[True, False], ids=["mirrored", "as they are"])
def batches(setting, request):
    return Batches(
        setting.data.student_train, setting.normalizer, modality=setting.modality, batch_size=8, flips=request.param, seed=1
    )  # fmt: skip


class Teacher:
    """A teacher that counts the images it is asked about."""

    def __init__(self, setting, loss):
        network = build(
            "resnet8-lite", classes=len(setting.data.dataset.classes), input_shape=setting.data.input_shape, width=0.25, seed=0,
        )  # fmt: skip
        self._ask = asking(network, loss and EXPLANATION_LOSSES[loss], "last")
        self.asked = 0

    def __call__(self, images):
        self.asked += len(images)
        return self._ask(images)


@pytest.mark.parametrize("loss", [None, *EXPLANATION_LOSSES])
def test_a_lesson_learnt_beforehand_is_the_one_for_the_batch(setting, batches, loss):
    if loss == "attention":
        pytest.skip("a residual network has no attention")
    teacher = Teacher(setting, loss)
    teach, events = at_the_end(teaching(teacher, batches, ASKED_BEFORE))
    assert teacher.asked == batches.view_count
    assert [event.values["seconds"] > 0 for event in events if isinstance(event, Measured)] == [True]
    for batch in [*batches.epoch(0), *batches.epoch(1)]:
        known, fresh = teach(batch), teacher._ask(batch.images)
        assert torch.equal(known.target, fresh.target)
        torch.testing.assert_close(known.logits, fresh.logits, rtol=1e-4, atol=1e-5)
        if loss is None:
            assert known.maps is fresh.maps is None
        else:
            torch.testing.assert_close(known.maps, fresh.maps, rtol=1e-3, atol=1e-6)
    assert teacher.asked == batches.view_count


def test_in_few_epochs_it_is_asked_about_every_batch(setting, batches):
    teacher = Teacher(setting, "grad-cam")
    teach, events = at_the_end(teaching(teacher, batches, ASKED_BEFORE - 1))
    assert (teacher.asked, events) == (0, [])
    batch = next(batches.epoch(0))
    assert torch.equal(teach(batch).logits, teacher._ask(batch.images).logits)
    assert teacher.asked == len(batch.labels)


def test_maps_that_take_too_much_memory_are_asked_for_anew(setting, batches, monkeypatch):
    monkeypatch.setattr(lesson, "_MOST_BYTES", 100)
    teacher = Teacher(setting, "grad-cam")
    teach, events = at_the_end(teaching(teacher, batches, ASKED_BEFORE))
    assert events == []
    batch = next(batches.epoch(0))
    assert torch.equal(teach(batch).maps, teacher._ask(batch.images).maps)


def test_a_view_is_the_image_or_its_mirror_image(setting, batches):
    split, count = setting.data.student_train, len(setting.data.student_train)
    seen = setting.normalizer.normalize(split.images)
    for batch in batches.epoch(3):
        for image, label, view in zip(batch.images, batch.labels, batch.views.tolist(), strict=True):
            expected = seen[view % count].flip(-1) if view >= count else seen[view % count]
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


def test_maps_are_dealt_to_their_own_image_to_another_or_to_one_of_the_same_answer():
    maps = torch.arange(7.0)[:, None, None].expand(7, 2, 2) + 1
    lesson = TeacherOutput(torch.zeros(7, 5), CLASSES, maps)
    assert torch.equal(dealt(lesson, "its own"), maps)
    assert dealt(lesson, "another image")[:, 0, 0].tolist() == [7, 1, 2, 3, 4, 5, 6]
    same_answer = dealt(lesson, "another image of the same answer")[:, 0, 0]
    assert same_answer.tolist() == [3, 5, 6, 0, 2, 1, 0]  # an answer that nobody shares has no map: all zero
