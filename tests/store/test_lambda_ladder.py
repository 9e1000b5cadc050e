"""The students of Home: that the file is of the study, of its data and of its teacher, and tells what it should."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.comparison import ArmExplanation, ImageExplanation, evidence_on, planted_cue, run_images
from kdviz.datasets import Normalizer
from kdviz.datasets.cue import hues
from kdviz.explainers import explain
from kdviz.models import load_weights
from kdviz.networks import build_network
from kdviz.store.lambda_ladder import LADDER, prepared_ladder
from kdviz.store.packaged_runs import PACKAGED_RUNS, read_packaged_runs
from kdviz.store.teachers import TeacherStore
from kdviz.study import read_study
from kdviz.trainer import distill
from kdviz.types import Finished, SnapshotTaken

SEED = 3
STUDY = Path(__file__).parents[2] / "studies" / "lambda-ladder.toml"


@pytest.fixture(scope="module")
def configs():
    """The settings of its students."""
    _study, points = read_study(STUDY)
    return [point.config for point in points if point.config.seed == SEED]


@pytest.fixture(scope="module")
def networks(configs):
    """A network of a role, in eval mode, with given weights."""

    def make(role, weights):
        network = build_network(
            configs[0], role, classes=8, input_shape=(3, 32, 32), normalization=((0.0,) * 3, (1.0,) * 3)
        )
        load_weights(network, weights, source=role)
        return network.eval()

    return make


@pytest.fixture(scope="module")
def normalized(configs):
    """Its images, as networks take them."""
    images = run_images(configs[0])
    pixels = torch.from_numpy(np.stack([each.image for each in prepared_ladder().images])).movedim(3, 1)
    return Normalizer.of(images.mean, images.std, torch.device("cpu")).normalize(pixels)


def test_its_students_are_those_of_the_study(configs):
    ladder = prepared_ladder()
    assert ladder.weights == tuple(config.explanation_weight for config in configs)
    assert ladder.keys == tuple(config.key for config in configs)
    assert list(ladder.weights) == sorted({0.0, *ladder.weights})
    assert all(len(image.students) == len(ladder.weights) for image in ladder.images)


def test_its_seed_is_the_middle_one_of_the_study():
    """By the distance of its accuracies from each λ's median over seeds, as they come with the package."""
    _study, points = read_study(STUDY)
    packaged = read_packaged_runs(PACKAGED_RUNS).runs
    accuracies = {
        (point.config.seed, point.config.explanation_weight): packaged[point.config.key]
        .results["student"]
        .accuracy
        for point in points
    }
    table = np.array(
        [[accuracies[seed, weight] for weight in prepared_ladder().weights] for seed in range(5)]
    )
    distances = np.abs(table - np.median(table, axis=0)).sum(axis=1)
    assert distances.argmin() == SEED
    assert np.allclose(prepared_ladder().accuracies, table[SEED], atol=0.1), "trained again, so not equal"


def test_the_twin_follows_the_patch_and_the_last_student_does_not():
    followed = prepared_ladder().cue_followed
    assert followed[0] > 0.9
    assert followed[-1] < 0.01
    assert list(followed) == sorted(followed, reverse=True)


def test_accuracy_climbs_from_chance_to_the_teacher_s():
    ladder = prepared_ladder()
    assert list(ladder.accuracies) == sorted(ladder.accuracies)
    assert ladder.accuracies[0] == pytest.approx(1 / len(ladder.classes), abs=0.02)
    assert ladder.accuracies[-1] == pytest.approx(ladder.teacher_accuracy, abs=0.02)
    assert max(np.diff(ladder.accuracies)) < 0.5, "step by step"


def test_its_images_are_of_the_test_set_with_the_patch_in_its_box(configs):
    ladder, images = prepared_ladder(), run_images(configs[0])
    assert ladder.classes == images.classes
    assert len(ladder.images) == 6
    for image in ladder.images:
        assert np.array_equal(image.image, images.test.images[image.index].permute(1, 2, 0).numpy())
        assert image.label == images.test.labels[image.index]
        top, left, bottom, right = image.cue_box
        box = np.zeros(image.image.shape[:2], dtype=bool)
        box[top:bottom, left:right] = True
        assert np.array_equal(box, images.test.cue_masks[image.index].numpy())
        assert (image.image[box] == hues(len(ladder.classes))[image.cue_class].numpy()).all()


def test_each_image_is_of_another_class_and_shows_what_weight_decides():
    images = prepared_ladder().images
    assert len({image.label for image in images}) == len(images)
    assert [image.index for image in images] == sorted(image.index for image in images)
    for image in images:
        assert image.students[0].predicted == image.cue_class != image.label
        assert image.students[-1].predicted == image.label == image.teacher.predicted


def test_the_region_that_each_network_looks_at_is_that_of_the_masks(configs):
    regions = set()
    for image in prepared_ladder().images:
        cue = planted_cue(configs[0], image.index)
        for answer in (image.teacher, *image.students):
            only = ArmExplanation(answer.attribution, np.ones(8, np.float32), answer.predicted, {})
            shown = ImageExplanation(
                image.image, image.label, 0, "grad-cam", prepared_ladder().classes, {"student": only}
            )
            assert answer.looks_at == evidence_on(cue, shown)["student"].looks_at
            regions.add(answer.looks_at)
    assert regions == {"cue", "object", "elsewhere"}


def test_every_answer_has_a_map_and_a_probability():
    for image in prepared_ladder().images:
        for answer in (image.teacher, *image.students):
            assert answer.attribution.dtype == np.float32
            assert answer.attribution.shape == (4, 4)
            assert np.isfinite(answer.attribution).all()
            assert answer.attribution.max() > 0
            assert 1 / 8 < answer.confidence <= 1


def test_its_teacher_is_the_one_that_comes_along(configs, networks, normalized):
    ladder = prepared_ladder()
    teacher = networks("teacher", TeacherStore(Path("nowhere")).find(configs[0].teacher_key))
    confidence, predicted = teacher(normalized).detach().softmax(1).max(1)
    maps = explain(ladder.explainer, teacher, normalized, predicted).numpy()
    for image, share, number, values in zip(ladder.images, confidence, predicted, maps, strict=True):
        assert image.teacher.predicted == number
        assert image.teacher.confidence == pytest.approx(float(share), abs=1e-4)
        assert np.allclose(image.teacher.attribution, values, atol=2e-3 * np.abs(values).max())


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, -1])
def test_a_student_trained_again_is_the_same_but_for_rounding(
    configs, networks, normalized, place, monkeypatch
):
    """Sums are rounded otherwise on another processor, and training amplifies that: not bit for bit."""
    for name in ("MAX_VALIDATION_MAPS", "MAX_TEST_MAPS", "HELD_OUT_IMAGES"):  # maps are not looked at
        monkeypatch.setattr(f"kdviz.trainer.evaluation.{name}", 16)
    ladder, weights = prepared_ladder(), {}
    for event in distill(configs[place], teacher=TeacherStore(Path("nowhere")).find):
        if isinstance(event, SnapshotTaken):
            weights = event.weights.get("student", weights)
        if isinstance(event, Finished):
            accuracy = event.arms["student"].accuracy
    assert accuracy == pytest.approx(ladder.accuracies[place], abs=0.02)
    predicted = networks("student", weights)(normalized).argmax(1).tolist()
    assert predicted == [image.students[place].predicted for image in ladder.images]


def test_it_is_small_and_read_without_pytorch():
    assert LADDER.stat().st_size < 300_000
    code = (
        "import sys; from kdviz.store.lambda_ladder import prepared_ladder; prepared_ladder();"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
