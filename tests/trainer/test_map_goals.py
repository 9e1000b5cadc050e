"""What a student's maps are matched to, by hand: masks averaged over the cells of a map, and their product."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor

from kdviz.datasets import Marks, Split, digests
from kdviz.datasets.text_split import text_split
from kdviz.errors import DataError
from kdviz.explainers import run
from kdviz.inputs import images_to_mark, load_dataset
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.losses.explanation import class_distance, explanation_loss
from kdviz.modalities import MODALITIES
from kdviz.progress import silent
from kdviz.trainer import distill
from kdviz.trainer.batches import Batches
from kdviz.trainer.map_goals import at_map_size, explained_classes, map_goals
from kdviz.trainer.setup import load_setup
from kdviz.trainer.teacher_targets import TeacherOutput, paired_maps
from kdviz.types import Finished, Measured, SnapshotTaken
from kdviz.vocabulary import PAD


def masks(*boxes, side=8):
    """Bool (N, side, side), true in boxes of top, left, bottom, right."""
    found = torch.zeros(len(boxes), side, side, dtype=torch.bool)
    for mask, (top, left, bottom, right) in zip(found, boxes, strict=True):
        mask[top:bottom, left:right] = True
    return found


NOTHING = (0, 0, 0, 0)


def by_hand(mask: Tensor, cells: int) -> list[list[float]]:
    side = len(mask) // cells
    return [
        [
            sum(float(mask[row * side + y, column * side + x]) for y in range(side) for x in range(side))
            / side**2
            for column in range(cells)
        ]
        for row in range(cells)
    ]


def test_a_mask_is_averaged_over_the_area_of_each_cell():
    given = masks((3, 5, 4, 6), (1, 1, 7, 4))
    found = at_map_size(given, (4, 4))
    assert found[0].tolist() == by_hand(given[0], 4)
    assert found[0].sum() == found[0, 1, 2] == 1 / 4  # one pixel of the four of its cell
    assert found[1].tolist() == by_hand(given[1], 4)


def teacher(maps, predicted):
    return TeacherOutput(torch.zeros(len(predicted), 3), torch.tensor(predicted), maps)


def test_a_mask_is_the_map_of_the_label_and_other_classes_have_none():
    labels, given = torch.tensor([2, 0]), masks((0, 0, 4, 4), NOTHING)
    output = teacher(None, [1, 1])
    assert explained_classes("mask", output, labels) is labels
    goals = map_goals("mask", output, labels, given, torch.ones(2, 3, 2, 2))
    assert goals[0].tolist() == [[[0, 0], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]]
    assert not goals[1].any()
    of_one_class = map_goals("mask", output, labels, given, torch.ones(2, 2, 2))
    assert of_one_class.tolist() == [[[1, 0], [0, 0]], [[0, 0], [0, 0]]]


def test_an_image_without_a_mask_has_no_loss_and_the_others_have_that_of_the_formula():
    """2 · (1 − cosine) of the label's map and the mask; a mean over the images that have one."""
    student = torch.randn(2, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    goals = map_goals(
        "mask", teacher(None, [1, 1]), torch.tensor([2, 0]), masks((0, 0, 4, 8), NOTHING), student
    )
    loss, missing = explanation_loss(class_distance, goals, student)
    cells = student[0, 2].flatten().tolist()
    cosine = (cells[0] + cells[1]) / (2**0.5 * sum(cell**2 for cell in cells) ** 0.5)
    assert loss.item() == pytest.approx(2 * (1 - cosine), rel=1e-5)
    assert missing == 0.5


def test_both_is_the_teachers_map_where_the_object_is_and_everywhere_without_a_mask():
    maps = torch.tensor([[[1.0, -2.0], [3.0, 4.0]]]).repeat(2, 1, 1)
    given = masks((0, 0, 6, 4), NOTHING)
    output = teacher(maps, [1, 1])
    goals = map_goals("both", output, torch.tensor([0, 0]), given, maps)
    assert goals[0].tolist() == [[1, 0], [1.5, 0]]  # the lower left cell is half in the mask
    assert torch.equal(goals[1], maps[1])
    assert explained_classes("both", output, torch.tensor([0, 0])) is output.target
    of_classes = map_goals(
        "both", teacher(maps[:, None].repeat(1, 3, 1, 1), [1, 1]), output.target, given, maps
    )
    assert all(torch.equal(each, goals) for each in of_classes.unbind(1))


def test_the_teachers_maps_are_as_they_are():
    maps = torch.randn(2, 3, 3)
    assert map_goals("teacher", teacher(maps, [0, 1]), torch.tensor([0, 0]), None, maps) is maps


def test_a_source_without_what_it_needs_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="masks"):
        map_goals("mask", teacher(None, [0]), torch.tensor([0]), None, torch.ones(1, 2, 2))
    with pytest.raises(ValueError, match="the teacher's maps"):
        map_goals("teacher", teacher(None, [0]), torch.tensor([0]), None, torch.ones(1, 2, 2))


def test_a_placebo_matches_the_mask_of_another_image():
    given = masks((0, 0, 1, 1), (2, 2, 4, 4), (5, 5, 8, 8))
    goals = map_goals("mask", teacher(None, [0, 0, 0]), torch.tensor([0, 1, 2]), given, torch.ones(3, 8, 8))
    assert torch.equal(paired_maps(goals, torch.zeros(3), "other image"), given.float()[[2, 0, 1]])


@pytest.fixture
def setup(tiny_config):
    return load_setup(tiny_config(), silent)


def squares(split: Split) -> Tensor:
    """Bool (N, 16, 16): the bright square of the images of `tiny_folder`, which is theirs alone."""
    return split.images.amin(1) > 200


def test_a_mask_is_mirrored_with_its_image(setup):
    """The bright square of each image, which is at the same place in its mask, whichever way it is shown."""
    split = setup.data.student_train
    known = Split(split.images, split.labels, squares(split))
    batches = Batches(
        known, setup.normalizer, modality=setup.modality, batch_size=8, flips=True, seed=1, masks=True
    )
    bright = setup.normalizer.normalize(torch.full((1, 3, 1, 1), 200, dtype=torch.uint8)).view(3, 1, 1)
    mirrored = 0
    for batch in batches.epoch(0):
        assert torch.equal(batch.masks, (batch.images > bright).all(1))
        mirrored += int((batch.views >= len(split)).sum())
    assert 0 < mirrored < len(split)
    assert next(Batches(known, setup.normalizer, modality=setup.modality, batch_size=8, flips=True, seed=1).epoch(0)).masks is None  # fmt: skip


@pytest.fixture
def with_squares(monkeypatch):
    """The tiny folder's images have their squares as object masks, in all splits."""
    from kdviz.trainer import setup as place

    load = place.load_dataset

    def loaded(config, report):
        dataset = load(config, report)
        parts = {
            name: SimpleNamespace(**vars(getattr(dataset, name))) for name in ("train", "validation", "test")
        }
        return type(dataset)(
            dataset.name, dataset.classes, flips=dataset.flips,
            **{name: Split(part.images, part.labels, squares(part)) for name, part in parts.items()},
        )  # fmt: skip

    monkeypatch.setattr(place, "load_dataset", loaded)


def marks_on(tiny_config, tmp_path, *indices):
    """A file of marks: the upper left quarter of some of the images, by index among the student's."""
    config = tiny_config()
    names = digests(images_to_mark(config, load_dataset(config, silent)).images)
    mask = np.zeros((16, 16), dtype=bool)
    mask[:8, :8] = True
    (tmp_path / "marks.npz").write_bytes(Marks({names[index]: mask for index in indices}).to_bytes())
    return str(tmp_path / "marks.npz")


def test_marks_are_all_that_is_known_of_the_object(tiny_config, with_squares, tmp_path):
    """Whatever masks the data have, and wherever the image stands among those that were chosen."""
    setup = load_setup(tiny_config(marks=marks_on(tiny_config, tmp_path, 2, 5)), silent)
    masks = setup.data.student_train.object_masks
    assert masks.flatten(1).sum(1).nonzero().flatten().tolist() == [2, 5]
    assert masks[2].nonzero().amax(0).tolist() == [7, 7]
    assert setup.notes[-1] == "2 of 64 training images have a mark that is matched."


def test_a_run_with_a_single_mark_is_trained(tiny_config, tmp_path):
    config = tiny_config(marks=marks_on(tiny_config, tmp_path, 9), arms=("student", "placebo"), epochs=1)
    events = list(distill(config))
    missing = [
        event.values["missing_maps"]
        for event in events
        if isinstance(event, Measured) and event.arm == "student" and "missing_maps" in event.values
    ]
    assert sum(missing) / len(missing) == pytest.approx(63 / 64)


def test_the_total_loss_is_that_of_the_formula(tiny_config, with_squares):
    """Accuracy loss + λ · mean of 2 · (1 − cosine of the label's activation map and the averaged mask)."""
    setup = load_setup(tiny_config(map_source="mask", explanation_loss="class-attention"), silent)
    learner, split = setup.student_learner("student", 10), setup.data.student_train
    batches = Batches(
        split, setup.normalizer, modality=setup.modality, batch_size=8, flips=True, seed=1, masks=True
    )
    batch = next(batches.epoch(0))
    outputs = TeacherOutput(torch.zeros(8, 2), torch.zeros(8, dtype=torch.int64), None)
    terms = learner.terms(batch.images, batch.labels, outputs, batch.masks)
    features = run(learner.network, batch.images).features  # in train mode, as in the step
    weight = learner.network.pooled_classifier("last").weight
    distances = []
    for image, label, mask in zip(features, batch.labels, batch.masks, strict=True):
        map_of_label = sum(w * channel for w, channel in zip(weight[label], image, strict=True))
        goal = torch.tensor(by_hand(mask, len(map_of_label)))
        cosine = (map_of_label * goal).sum() / (map_of_label.norm() * goal.norm())
        distances.append(2 * (1 - cosine.item()))
    expected = terms.accuracy.item() + 3.0 * sum(distances) / 8
    assert terms.total(3.0).item() == pytest.approx(expected, rel=1e-5)


def results(events):
    return next(event for event in events if isinstance(event, Finished)).arms


@pytest.mark.parametrize("source", ["mask", "both"])
def test_masks_draw_the_evidence_onto_the_object(tiny_config, with_squares, source):
    """More of it than in the twin, in a run of seconds."""
    config = tiny_config(
        map_source=source, arms=("student", "twin", "placebo", "teacher-maps"), epochs=6, explanation_weight=30.0,
    )  # fmt: skip
    found = results(list(distill(config)))
    assert found["student"].object_share > 1.2 * found["twin"].object_share
    assert found["student"].object_share > found["placebo"].object_share


def test_the_second_student_is_the_student_of_a_run_on_the_teachers_maps(tiny_config, with_squares):
    both = results(list(distill(tiny_config(map_source="mask", arms=("student", "teacher-maps")))))
    alone = results(list(distill(tiny_config(arms=("student",)))))
    assert both["teacher-maps"].object_share == alone["student"].object_share
    assert both["teacher-maps"].cosine == alone["student"].cosine
    assert both["teacher-maps"].cosine != both["student"].cosine


def test_a_resumed_run_ends_like_one_never_stopped(tiny_config, with_squares):
    config = tiny_config(map_source="both", arms=("student", "placebo"), epochs=2)
    whole = list(distill(config))
    taken = [event for event in whole if isinstance(event, SnapshotTaken) and event.stage == "students"]
    teachers = {config.teacher_key: next(each.weights for each in whole if hasattr(each, "cached"))}
    rest = list(distill(config, teacher=teachers.get, resume=taken[-2].state))
    last = [event for event in rest if isinstance(event, SnapshotTaken)][-1]
    for arm, weights in taken[-1].weights.items():
        assert all(torch.equal(weights[name], last.weights[arm][name]) for name in weights)


def test_the_share_of_images_without_a_mask_is_measured(tiny_config, with_squares, monkeypatch):
    """Half of the images have none, so half are missing on average."""
    import kdviz.trainer.setup as place

    load = place.load_dataset

    def half(config, report):
        dataset = load(config, report)
        dataset.train.object_masks[::2] = False
        return dataset

    monkeypatch.setattr(place, "load_dataset", half)
    events = distill(tiny_config(map_source="mask", arms=("student",), epochs=1))
    shares = [each.values["missing_maps"] for each in events if isinstance(each, Measured) and "missing_maps" in each.values and each.arm == "student"]  # fmt: skip
    assert 0.3 < sum(shares) / len(shares) < 0.7


def test_images_without_masks_are_refused(tiny_config):
    with pytest.raises(DataError) as refused:
        list(distill(tiny_config(map_source="mask")))
    assert str(refused.value).startswith("map_source: none of the ")
    assert str(refused.value).endswith(
        " training images has a mask. Give marks, or images with masks, or leave map_source out."
    )


@pytest.mark.parametrize(
    "loss", [name for name, spec in EXPLANATION_LOSSES.items() if "mask" in spec.map_sources]
)
def test_every_loss_that_takes_a_mask_is_least_where_the_map_is_the_mask(loss):
    """0 for the mask itself, at the size of the student's maps, and more for another one."""
    spec = EXPLANATION_LOSSES[loss]
    given = masks((2, 2, 6, 4), (0, 0, 4, 8))
    shape = (2, 3, 4, 4) if spec.map == "class-activation" else (2, 4, 4)
    goals = map_goals("mask", teacher(None, [0, 0]), torch.tensor([1, 2]), given, torch.ones(shape))
    assert explanation_loss(spec.distance, goals, 5 * goals)[0] == pytest.approx(0, abs=1e-6)
    elsewhere = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    assert explanation_loss(spec.distance, goals, elsewhere)[0] > 0.05


WORDS = torch.tensor([[True, True, False, True, False], [True, False, False, False, False]])
MARKED = torch.tensor([[True, False, True, False, True], [False, True, False, False, False]])
"""The third word of the first text is hidden, the last place is behind its end; the second's one mark is hidden."""


def test_the_goal_of_a_text_is_its_marked_words_that_are_not_hidden():
    goals = map_goals("mask", teacher(None, [0, 1]), torch.tensor([1, 0]), MARKED, torch.zeros(2, 5), words=WORDS)  # fmt: skip
    assert goals.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], (
        "a text without a marked word that is read has no goal"
    )
    all_classes = map_goals("mask", teacher(None, [0, 1]), torch.tensor([1, 0]), MARKED, torch.zeros(2, 3, 5), words=WORDS)  # fmt: skip
    assert all_classes[0].tolist() == [[0] * 5, [1, 0, 0, 0, 0], [0] * 5]
    assert not all_classes[1].any()


def test_the_teachers_map_of_a_text_is_kept_on_marked_words_alone():
    maps = torch.arange(1.0, 16).view(3, 5)
    given = torch.cat([MARKED, torch.zeros(1, 5, dtype=torch.bool)])
    goals = map_goals("both", teacher(maps, [0, 1, 0]), torch.tensor([0, 0, 0]), given, torch.zeros(3, 5))
    assert goals.tolist() == [[1, 0, 3, 0, 5], [0, 7, 0, 0, 0], [11, 12, 13, 14, 15]]
    by_class = map_goals("both", teacher(maps[:, None].repeat(1, 2, 1), [0, 1, 0]), torch.tensor([0, 0, 0]), given, torch.zeros(3, 2, 5))  # fmt: skip
    assert torch.equal(by_class, goals[:, None].repeat(1, 2, 1))


def test_a_hidden_word_takes_no_mark_to_another():
    """In every view of a text its words stay at their places, hidden or not, and so do its marks."""
    length = 12
    split = text_split(["one two three four five six seven eight nine ten eleven twelve"] * 8, torch.arange(8) % 2, length)  # fmt: skip
    marks = torch.zeros(8, length, dtype=torch.bool)
    marks[torch.arange(8), torch.arange(8)] = True
    split = replace(split, object_masks=marks)
    text = MODALITIES["text"]
    batches = Batches(split, text.normalizer((), (), torch.device("cpu")), modality=text, batch_size=8, flips=True, seed=0, masks=True)  # fmt: skip
    hidden = 0
    for views in torch.arange(batches.view_count).split(8):
        batch = batches.batch(views)
        assert torch.equal(batch.masks, marks[views % 8])
        read = batch.images[:, 0] != PAD
        assert torch.equal(batch.images[:, 0][read], split.images[views % 8][:, 0][read].long())
        hidden += int((~read).sum())
    assert hidden > 0
