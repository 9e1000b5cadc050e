"""The trust card: what is checked, and how it is counted."""

import math

import numpy as np
import pytest
import torch

from kdviz.comparison import Check, TrustCard, snapshots, trust_card
from kdviz.comparison.test_set import checks as trust
from kdviz.errors import ConfigError
from kdviz.explainers import EXPLAINERS, explain
from kdviz.models import build
from kdviz.narrative import check_sentence, check_threshold

NAMES = ["deletion", "insertion", "infidelity", "randomisation", "stability", "completeness"]


@pytest.fixture(autouse=True)
def _nothing_is_remembered(monkeypatch):
    monkeypatch.setattr(trust, "_CARDS", trust.Cache(4))


def by_name(card: TrustCard) -> dict[str, Check]:
    return {check.name: check for check in card.checks}


def test_every_check_has_a_verdict_a_number_and_one_sentence(finished):
    card = trust_card(*finished, images=8)
    assert [check.name for check in card.checks] == NAMES
    assert (card.explainer, card.arm, card.n) == ("grad-cam", "student", 8)
    for check in card.checks:
        assert (check.passed is None) == (check.name == "completeness") or math.isnan(check.value)
        assert check_sentence(check, card.explainer).endswith(".")
        assert "nan" not in check_sentence(check, card.explainer) + check_threshold(check)
        if check.passed is not None:
            assert check.interval.low <= check.interval.value <= check.interval.high, check.name


def test_integrated_gradients_promise_a_sum_and_grad_cam_does_not(finished):
    promised = by_name(trust_card(*finished, "integrated-gradients", images=4))["completeness"]
    assert promised.passed == (promised.value <= 0.05)
    assert promised.undefined is None
    not_promised = by_name(trust_card(*finished, "grad-cam", images=4))["completeness"]
    assert not_promised.passed is None
    assert not_promised.undefined == "not complete"


def test_an_explainer_that_ignores_the_weights_does_not_pass(finished, monkeypatch):
    """The picture itself in the place of each map."""
    monkeypatch.setattr(trust, "explain", lambda name, network, images, target, layer: images.mean(1))
    check = by_name(trust_card(*finished, images=8))["randomisation"]
    assert check.passed is False
    assert check.value == pytest.approx(1)
    assert (check.interval.low, check.interval.high) == pytest.approx((1, 1))
    assert check.similarity == {"spearman": pytest.approx(1), "ssim": pytest.approx(1)}


@pytest.mark.parametrize("blank", [0, 5])
def test_the_interval_of_the_similarity_is_of_the_mean_that_is_shown(blank):
    """Against a plain bootstrap; maps that are blank after one part count for the others."""
    rng = np.random.default_rng(1)
    similarity = rng.normal(0.2, 0.3, (4, 16))
    similarity[2, :blank] = np.nan
    found = trust.stay_interval(torch.from_numpy(similarity))

    def shown(drawn):
        return float(np.mean([np.nanmean(part) for part in drawn]))

    drawn = [shown(similarity[:, rng.integers(16, size=16)]) for _ in range(4000)]
    assert found.value == pytest.approx(shown(similarity))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, (0.025, 0.975))), abs=0.015)


def test_the_interval_is_that_of_the_lowest_similarity(finished):
    check = by_name(trust_card(*finished, images=8))["randomisation"]
    assert check.interval.value == pytest.approx(min(check.similarity.values()))
    assert check.interval.low <= check.interval.value <= check.interval.high


def darkness(name, network, images, target, layer):
    """A map the wrong way round: what the network answers most to comes last."""
    return -explain("occlusion", network, images, target)


def test_a_map_the_wrong_way_round_fails_what_it_should_and_passes_what_it_may(finished, monkeypatch):
    right = by_name(trust_card(*finished, "occlusion", arm="teacher", images=16))
    monkeypatch.setattr(trust, "explain", darkness)
    wrong = by_name(trust_card(*finished, "grad-cam", arm="teacher", images=16))
    for name in ("deletion", "insertion"):
        assert right[name].passed is True
        assert wrong[name].passed is False
        assert wrong[name].value < 0 < right[name].value
        for check in (right[name], wrong[name]):
            assert check.interval.value == check.value
            assert check.passed == (check.interval.low > 0)
    assert right["infidelity"].passed is True
    assert wrong["infidelity"].passed is False
    assert wrong["infidelity"].value > right["infidelity"].value
    assert right["infidelity"].value < right["infidelity"].reference
    gain = right["infidelity"].reference - right["infidelity"].value
    assert right["infidelity"].interval.value == pytest.approx(gain), "one unit, one average"
    assert right["infidelity"].interval.low > 0 >= wrong["infidelity"].interval.low
    for card in (right, wrong):
        assert card["stability"].passed is True
        assert card["stability"].value < 0.5


def test_blank_maps_are_undefined_not_failed(finished, monkeypatch):
    monkeypatch.setattr(trust, "explain", lambda name, network, images, target, layer: 0 * images[:, 0])
    card = trust_card(*finished, images=4)
    assert [check.passed for check in card.checks] == [None] * 6
    assert card.counts == (0, 0)
    assert [check.undefined for check in card.checks] == ["blank maps"] * 5 + ["not complete"]


def test_the_teacher_has_a_card_as_well_and_a_card_is_made_once(finished):
    told = []
    first = trust_card(*finished, arm="teacher", images=4, report=lambda *each: told.append(each))
    assert first.arm == "teacher"
    assert first.counts[1] >= 4
    assert [fraction for _, fraction in told if fraction < 1][-5:] == [0, 0.2, 0.4, 0.6, 0.8]
    assert "Leaving out words" not in [str(message) for message, _ in told], "images have no step for words"
    told.clear()
    again = trust_card(*finished, arm="teacher", images=4, report=lambda *each: told.append(each))
    assert again is first
    assert told == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"arm": "scratch"},
            "arm: unknown name 'scratch'. Known: placebo, student, teacher, twin.",
        ),
        (
            {"explainer": "attention-rollout"},
            "explainer: unknown name 'attention-rollout'. Did you mean 'attention'? Known: attention, grad-cam, "
            "grad-cam-plus-plus, guided-backprop, input-x-gradient, integrated-gradients, kernel-shap, layer-cam, "
            "occlusion, saliency, score-cam, smooth-grad.",
        ),
    ],
)
def test_what_the_run_does_not_have_is_refused_in_one_line(finished, given, message):
    with pytest.raises(ConfigError) as refused:
        trust_card(*finished, **given)
    assert str(refused.value) == message


def test_slow_networks_are_checked_on_fewer_images():
    small = build("resnet8-lite", classes=8, input_shape=(3, 32, 32))
    assert trust.affordable_images(small, (3, 32, 32), "grad-cam") == trust.TRUST_IMAGES
    large = build("resnet18", classes=8, input_shape=(3, 224, 224))
    assert trust.affordable_images(large, (3, 224, 224), "grad-cam") == trust.FEWEST_TRUST_IMAGES
    between = build("mobilenet-v3-small", classes=8, input_shape=(3, 224, 224))
    by_method = [
        trust.affordable_images(between, (3, 224, 224), name) for name in ("grad-cam", "integrated-gradients")
    ]
    assert by_method == sorted(by_method, reverse=True)


def test_the_passes_of_all_checks_are_as_budgeted(finished):
    store, run_id = finished
    network = snapshots(store, run_id).networks["student"]
    seen = []
    hook = network.register_forward_hook(lambda _network, given, _logits: seen.append(len(given[0])))
    card = trust_card(store, run_id, "grad-cam", images=5)
    hook.remove()
    budgeted = trust._PASSES + trust._MAPS * EXPLAINERS["grad-cam"].passes
    assert sum(seen) / card.n == pytest.approx(budgeted, rel=0.3)
