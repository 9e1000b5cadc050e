"""A ladder of students: which images it chooses, what it holds of each, and that it refuses other runs."""

import numpy as np
import pytest
import torch

from kdviz.comparison import evidence_on, explain_test_image, planted_cue, snapshots
from kdviz.comparison.across_runs import lambda_ladder as module
from kdviz.comparison.across_runs.lambda_ladder import (
    cue_classes,
    decisive_images,
    first_decisive,
    lambda_ladder,
)
from kdviz.datasets import Split, plant
from kdviz.errors import ConfigError
from kdviz.store import Store
from kdviz.store.lambda_ladder import read_ladder, save_ladder

CLASSES = 4


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("ladder") / "runs")


@pytest.fixture(scope="module")
def runs(store, train_tiny):
    """Two λ in no order, and a run of another seed."""
    alone = {"arms": ("student",), "epochs": 1}
    ids = {weight: train_tiny(store, explanation_weight=weight, **alone) for weight in (3.0, 0.0)}
    return ids | {"other": train_tiny(store, explanation_weight=1.0, seed=1, **alone)}


@pytest.fixture(scope="module")
def ladder(store, runs):
    return lambda_ladder(store, [runs[weight] for weight in (3.0, 0.0)], [4, 1])


def split(count=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 100, (count, 1, 16, 16), generator=generator, dtype=torch.uint8)
    return Split(images, torch.arange(count) % CLASSES)


def test_the_colour_of_a_patch_indicates_its_class():
    labels = split().labels
    intact = plant(split(), "hue-patch", classes=CLASSES, strength=1.0, seed=3)
    broken = plant(split(), "hue-patch", classes=CLASSES, strength=0.0, seed=3)
    assert torch.equal(cue_classes(intact, CLASSES), labels)
    assert (cue_classes(broken, CLASSES) != labels).all()


def test_images_without_a_patch_are_refused():
    with pytest.raises(ConfigError) as caught:
        cue_classes(split(), CLASSES)
    assert str(caught.value) == "cue: these images have no patch. Use runs with cue = 'hue-patch'."


def test_the_first_of_each_class_is_chosen_where_one_student_follows_the_patch_and_the_other_is_right():
    test = plant(split(), "hue-patch", classes=CLASSES, strength=None, seed=5)
    cue, labels = cue_classes(test, CLASSES), test.labels
    random = torch.Generator().manual_seed(1)
    without = torch.where(torch.rand(len(test), generator=random) < 0.7, cue, labels)
    within = torch.where(torch.rand(len(test), generator=random) < 0.6, labels, cue)
    expected = {}
    for index in range(len(test)):
        label = int(labels[index])
        if without[index] == cue[index] != label == within[index]:
            expected.setdefault(label, index)
    assert len(expected) == CLASSES
    assert first_decisive(test, CLASSES, without, within) == sorted(expected.values())
    assert first_decisive(test, CLASSES, labels, within) == []


def test_it_contains_the_predictions_of_each_run(store, runs, ladder):
    ordered = [runs[weight] for weight in (0.0, 3.0)]
    assert ladder.weights == (0.0, 3.0)
    assert ladder.accuracies == tuple(store.run(each).results["student"].accuracy for each in ordered)
    assert ladder.cue_followed == tuple(store.run(each).results["student"].cue_followed for each in ordered)
    assert ladder.keys == tuple(store.run(each).config.key for each in ordered)
    test = snapshots(store, ordered[0]).images.test
    assert [image.index for image in ladder.images] == [4, 1]
    for image in ladder.images:
        assert np.array_equal(image.image, test.images[image.index].permute(1, 2, 0).numpy())
        assert image.label == test.labels[image.index]
        top, left, bottom, right = image.cue_box
        box = torch.zeros(test.cue_masks.shape[1:], dtype=torch.bool)
        box[top:bottom, left:right] = True
        assert torch.equal(box, test.cue_masks[image.index])
        for run_id, answer in zip(ordered, image.students, strict=True):
            explanation = explain_test_image(store, run_id, image.index, target="own")
            seen = explanation.arms["student"]
            assert (answer.predicted, answer.confidence) == (seen.predicted, seen.confidence)
            assert np.array_equal(answer.attribution, seen.attribution)
            cue = planted_cue(store.run(run_id).config, image.index)
            assert answer.looks_at == evidence_on(cue, explanation)["student"].looks_at


def test_images_are_chosen_by_the_first_and_the_last_student(store, runs, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "first_decisive", lambda *given: asked.append(given) or [7])
    assert decisive_images(store, [runs[weight] for weight in (3.0, 0.0)]) == [7]
    ((test, classes, without, within),) = asked
    assert (len(test), classes) == (len(without), 2)
    for answers, weight in ((without, 0.0), (within, 3.0)):
        right = float((answers == test.labels).float().mean())
        assert right == pytest.approx(store.run(runs[weight]).results["student"].accuracy)


def test_what_is_saved_is_read_again(ladder, tmp_path):
    save_ladder(tmp_path / "ladder.npz", ladder)
    again = read_ladder(tmp_path / "ladder.npz")
    same = ("weights", "accuracies", "cue_followed", "teacher_accuracy", "keys", "explainer", "classes")
    assert all(getattr(again, name) == getattr(ladder, name) for name in same)
    for before, after in zip(ladder.images, again.images, strict=True):
        same = ("index", "label", "cue_box", "cue_class")
        assert all(getattr(after, name) == getattr(before, name) for name in same)
        assert np.array_equal(after.image, before.image)
        pairs = zip((before.teacher, *before.students), (after.teacher, *after.students), strict=True)
        for one, other in pairs:
            assert (other.predicted, other.looks_at) == (one.predicted, one.looks_at)
            assert other.confidence == pytest.approx(one.confidence, rel=1e-6)
            assert np.array_equal(other.attribution, one.attribution.astype(np.float16))


def test_runs_that_differ_in_more_than_weight_are_refused(store, runs):
    with pytest.raises(ConfigError) as caught:
        lambda_ladder(store, [runs[0.0], runs["other"]], [4, 1])
    assert str(caught.value) == "runs: must differ in λ alone, but differ in seed."


def test_a_ladder_begins_at_weight_0(store, runs):
    with pytest.raises(ConfigError) as caught:
        lambda_ladder(store, [runs["other"]], [4, 1])
    assert str(caught.value) == "runs: all must be finished, and one of them must have λ = 0."
