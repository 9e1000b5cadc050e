"""The share of a student's evidence inside a person's marks, before and after it was trained on them."""

import math

import numpy as np
import pytest
import torch

from kdviz.comparison import known_marked_evidence, marked_evidence, snapshots
from kdviz.comparison.training_set import marked_evidence as module
from kdviz.comparison.training_set.measuring_marks import FEWEST_FOR_INTERVAL, summarized
from kdviz.datasets import Marks, digests
from kdviz.explainers import explain
from kdviz.inputs import images_to_mark, load_dataset, prepare_data
from kdviz.jobs import continued, execute, submit
from kdviz.progress import run_to_end, silent
from kdviz.store import Store

MARKED = [2, 7, 11]


@pytest.fixture(scope="module")
def retrained(train_tiny, tmp_path_factory):
    """A run without a cue, and one that goes on from it on three marks with a control."""
    store = Store(tmp_path_factory.mktemp("marked") / "runs")
    parent = train_tiny(store, cue="none", arms=("student",))
    config = store.run(parent).config
    plain = images_to_mark(config, load_dataset(config, silent))
    mask = np.zeros((16, 16), bool)
    mask[4:12, 2:9] = True
    marks = Marks(dict.fromkeys(digests(plain.images[MARKED]), mask))
    changes = {
        "marks": str(store.keep_marks(marks.to_bytes())), "map_source": "mask", "epochs": 1,
        "arms": ("student", "teacher-maps"),
    }  # fmt: skip
    new = submit(store, continued(store.run(parent), changes), foreground=True)
    assert execute(store, new).state == "finished"
    return store, parent, new, mask


def share(run, arm, image, label, mask):
    """Of the positive Grad-CAM for the label, enlarged to the image, what is inside the mask: pixel by pixel."""
    inputs = run.normalizer.normalize(image[None])
    heat = explain("grad-cam", run.networks[arm], inputs, torch.tensor([label])).relu()
    large = torch.nn.functional.interpolate(heat[None], size=mask.shape, mode="bilinear")[0, 0].tolist()
    inside = sum(large[row][column] for row, column in np.argwhere(mask))
    return inside / total if (total := sum(map(sum, large))) else math.nan


def test_the_shares_are_those_of_each_student_on_the_marked_images_by_hand(retrained):
    store, parent, new, mask = retrained
    found = run_to_end(marked_evidence(store, new))
    config = store.run(new).config
    images = prepare_data(config, load_dataset(config, silent)).student_train
    asked = [
        (snapshots(store, parent), "student"),
        (snapshots(store, new), "student"),
        (snapshots(store, new), "teacher-maps"),
    ]
    by_hand = np.array(
        [[share(*each, images.images[at], int(images.labels[at]), mask) for at in MARKED] for each in asked]
    )
    known = ~np.isnan(by_hand).any(0)
    assert found.images == known.sum() > 0
    assert (found.marked, found.explained) == (len(MARKED), len(MARKED))
    assert (found.before, found.after, found.control[1]) == pytest.approx(by_hand[:, known].mean(1), abs=1e-4)
    assert found.control[0] == "teacher-maps"
    assert found.area == 8 * 7 / 16**2
    assert math.isnan(found.gain.low), "three images have no interval"
    assert known_marked_evidence(store, new) is found


def test_an_image_without_a_map_of_one_network_counts_for_none():
    shares = np.array([[0.2, 0.4, np.nan], [0.6, 0.6, 1.0], [0.1, 0.5, 0.0]])
    found = summarized("grad-cam", np.array([0.25, 0.75, 1.0]), shares, ["twin"], marked=5)
    assert (found.marked, found.explained, found.blank) == (5, 3, {"before": 1})
    assert (found.images, found.area) == (2, 0.5)
    assert (found.before, found.after, found.gain.value) == pytest.approx((0.3, 0.6, 0.3))
    assert found.control == ("twin", pytest.approx(0.3))
    assert found.over_control.value == pytest.approx(0.3)


@pytest.mark.parametrize("fewer", [0, 1])
def test_a_gain_has_an_interval_from_ten_images_on(fewer):
    count = FEWEST_FOR_INTERVAL - fewer
    shares = np.stack([np.linspace(0.1, 0.4, count), np.full(count, 0.5)])
    found = summarized(
        "grad-cam", np.full(count, 0.2), np.concatenate([shares, shares[:1]]), ["twin"], marked=count
    )
    for gain in (found.gain, found.over_control):
        assert gain.value == pytest.approx(0.25)
        assert math.isnan(gain.low) == bool(fewer)


def test_without_a_map_anywhere_nothing_is_known():
    found = summarized("grad-cam", np.full(3, 0.2), np.full((2, 3), np.nan), [], marked=3)
    assert found.images == 0
    assert math.isnan(found.before)
    assert found.control is found.over_control is None


def test_without_a_control_the_twin_had_no_marks(tiny_config):
    assert module.arms_without_marks(tiny_config(arms=("student", "twin"))) == ("twin",)
    assert module.arms_without_marks(tiny_config(arms=("student",))) == ()
