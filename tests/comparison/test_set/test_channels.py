"""What channels respond to is what the network's own maps say, and is found once."""

import pytest
import torch

from kdviz.comparison import snapshots
from kdviz.comparison.input.walkthroughs import predictions
from kdviz.comparison.test_set import channels as module
from kdviz.comparison.test_set.channels import CHANNELS, SHOWN, channels, known_channels
from tests.ways import at_the_end


@pytest.fixture(scope="module")
def found(finished):
    return at_the_end(channels(*finished, 0))


def test_the_channels_are_those_that_the_class_weighs_most(finished, found):
    run, target = snapshots(*finished), predictions(*finished, 0).target
    for arm in SHOWN:
        network = run.networks[arm]
        weights = network.pooled_classifier().weight[target]
        images = run.normalizer.normalize(run.images.test.images[:1])
        area = network.forward_features(images)[0, 0].numel()
        expected = weights.sort(descending=True).values[:CHANNELS] / area
        assert [channel.weight for channel in found[0][arm]] == pytest.approx(expected.tolist(), rel=1e-4)


def test_the_first_patch_is_the_highest_cell_of_all_test_images(finished, found):
    run = snapshots(*finished)
    images = run.normalizer.normalize(run.images.test.images)
    for arm in SHOWN:
        with torch.no_grad():
            maps = run.networks[arm].forward_features(images)
        for channel in found[0][arm]:
            first = channel.patches[0]
            of_channel = maps[:, channel.number]
            assert first.activation == pytest.approx(float(of_channel.max()), rel=1e-4)
            assert first.label == run.images.test.labels[first.index]
            assert float(of_channel[first.index].max()) == pytest.approx(first.activation, rel=1e-4)


def test_the_work_can_be_followed_to_its_end_and_is_done_once(finished, found):
    fractions = [step.fraction for step in found[1]]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
    assert {step.message.id for step in found[1]} == {"Searching the test images", "Optimizing images"}
    assert known_channels(*finished, 0) is found[0]
    with pytest.raises(StopIteration):
        next(channels(*finished, 0))


def test_another_image_with_the_same_answer_uses_the_same_channels(finished, found):
    target = predictions(*finished, 0).target
    count = len(snapshots(*finished).images.test)
    indices = {index: predictions(*finished, index).target for index in range(count)}
    same = next(index for index in range(1, count) if indices[index] == target)
    assert known_channels(*finished, same) is found[0]
    for index in (index for index in range(count) if indices[index] != target):
        assert known_channels(*finished, index) is None
        break


def test_pages_get_the_device_between_two_steps(finished, found, monkeypatch):
    monkeypatch.setattr(module._KNOWN, "_values", type(module._KNOWN._values)())
    lock = snapshots(*finished).lock
    way = channels(*finished, 0)
    for _step in zip(range(3), way, strict=False):
        assert lock._depth == 0
