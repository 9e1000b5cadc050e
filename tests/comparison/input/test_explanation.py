from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from kdviz.agreement import MEASURES, scores_against_chance
from kdviz.comparison import (
    REFERENCE_IMAGES,
    baselines_offered,
    chance_levels,
    difference_map,
    explain_image,
    explain_test_image,
    explainers_offered,
    known_chance_levels,
    run_images,
    snapshots,
    survey,
)
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.datasets import balanced_subset
from kdviz.errors import ConfigError, StoreError
from kdviz.explainers import EXPLAINERS, absent_pixels, completeness_gap, explain
from kdviz.models import build, load_weights
from tests.ways import at_the_end


def by_hand(store, run_id, arm):
    """A second reading of an arm, without anything of this package: network, and its normalized images."""
    config = store.run(run_id).config
    role = "teacher" if arm == "teacher" else "student"
    images = run_images(config)
    name, width = getattr(config, role), getattr(config, f"{role}_width")
    network = build(name, classes=2, input_shape=(3, 16, 16), width=width, seed=7)
    load_weights(network, store.weights(run_id, arm), source="a test")
    mean, std = (torch.tensor(numbers).view(1, 3, 1, 1) for numbers in (images.mean, images.std))
    return network.eval(), (images.test.images.float() / 255 - mean) / std


def test_an_arm_answers_as_its_saved_weights_do(finished):
    store, run_id = finished
    row = explain_test_image(store, run_id, 3)
    for arm, view in row.arms.items():
        network, images = by_hand(store, run_id, arm)
        with torch.no_grad():
            expected = network(images[3:4]).softmax(1)[0].numpy()
        np.testing.assert_allclose(view.probabilities, expected, atol=1e-5)
        assert view.predicted == expected.argmax()
        assert view.top(1) == [(view.predicted, pytest.approx(expected.max(), abs=1e-5))]


@pytest.mark.parametrize("explainer", ["grad-cam", "integrated-gradients"])
def test_all_arms_are_explained_for_the_teachers_answer(finished, explainer):
    store, run_id = finished
    row = explain_test_image(store, run_id, 5, explainer=explainer)
    assert row.target == row.arms["teacher"].predicted
    for arm, view in row.arms.items():
        network, images = by_hand(store, run_id, arm)
        expected = explain(explainer, network, images[5:6], torch.tensor([row.target]))[0]
        np.testing.assert_allclose(view.attribution, expected.numpy(), atol=1e-4)


def test_the_teacher_comes_first_and_the_arms_keep_their_order(finished):
    assert list(explain_test_image(*finished, 0).arms) == ["teacher", "student", "twin", "placebo"]


def test_a_score_is_the_measure_of_the_maps_after_the_relu_of_grad_cam(finished):
    row = explain_test_image(*finished, 2)
    pair = [torch.from_numpy(row.arms[arm].attribution).relu()[None] for arm in ("teacher", "student")]
    assert row.arms["teacher"].scores == {}
    for name, spec in MEASURES.items():
        np.testing.assert_equal(row.arms["student"].scores[name], float(spec.measure(*pair)[0]))


def test_another_target_is_another_question(finished):
    label = explain_test_image(*finished, 1, target="label")
    assert label.target == label.label
    assert [explain_test_image(*finished, 1, target=target).target for target in (0, 1)] == [0, 1]


def test_each_arm_can_be_explained_for_its_own_prediction(finished):
    """Maps of two classes are not compared: nobody looks at another class as the teacher looks at its own."""
    store, run_id = finished
    count = len(run_images(store.run(run_id).config).test)
    rows = [explain_test_image(store, run_id, index, target="own") for index in range(count)]
    apart = 0
    for row in rows:
        for arm, view in row.arms.items():
            assert view.target == view.predicted
            if arm != "teacher" and view.target != row.target:
                apart += 1
                assert np.isnan(list(view.scores.values())).all()
        same = explain_test_image(store, run_id, row.index, target=row.arms["twin"].target).arms["twin"]
        np.testing.assert_array_equal(row.arms["twin"].attribution, same.attribution)
    assert apart, "no image tells the arms apart, so that this test could not fail"


@pytest.mark.parametrize("explainer", [name for name, spec in EXPLAINERS.items() if spec.takes_baseline])
def test_an_absent_pixel_is_the_chosen_baseline(finished, explainer):
    store, run_id = finished
    network, images = by_hand(store, run_id, "student")
    everything, target = run_images(store.run(run_id).config), torch.tensor([1])
    mean, std = (torch.tensor(numbers).view(3, 1, 1) for numbers in (everything.mean, everything.std))
    seen = set()
    offered = baselines_offered(store.run(run_id).config)
    for name in [spec.name for spec in offered]:
        baseline = absent_pixels(name, images[3:4], black=-mean / std)
        expected = explain(explainer, network, images[3:4], target, baseline=baseline)
        view = explain_test_image(store, run_id, 3, explainer=explainer, target=1, baseline=name).arms[
            "student"
        ]
        np.testing.assert_allclose(view.attribution, expected[0].numpy(), atol=1e-4)
        seen.add(view.attribution.tobytes())
        if EXPLAINERS[explainer].complete:
            gap = completeness_gap(network, images[3:4], target, expected, baseline)
            assert view.gap == pytest.approx(float(gap), abs=1e-3)
    assert len(seen) == len(offered) == 3


def test_only_what_takes_pixels_away_takes_a_baseline(finished):
    """Told by the maps: the others do not change with it."""
    store, run_id = finished
    network, images = by_hand(store, run_id, "student")
    for spec in explainers_offered(store.run(run_id).config):
        maps = [
            explain(spec.name, network, images[:1], torch.tensor([0]), baseline=baseline)
            for baseline in (None, torch.full((3, 1, 1), 2.0))
        ]
        assert spec.takes_baseline == (not torch.equal(*maps)), spec.name


def test_any_image_is_seen_as_a_test_image_is(finished):
    store, run_id = finished
    image = run_images(store.run(run_id).config).test.images[6:7]
    seen, row = explain_image(store, run_id, image.clone()), explain_test_image(store, run_id, 6)
    assert seen.label is None
    assert seen.target == row.target
    for arm, view in seen.arms.items():
        np.testing.assert_array_equal(view.attribution, row.arms[arm].attribution)


def test_an_image_without_a_label_cannot_be_explained_for_it(finished):
    with pytest.raises(ConfigError) as caught:
        explain_image(*finished, torch.zeros(1, 3, 16, 16, dtype=torch.uint8), target="label")
    message = "target: this image has no label. Choose the teacher's prediction, or a class."
    assert str(caught.value) == message


def test_a_contrast_is_the_second_less_the_first_at_the_larger_size():
    small, large = np.full((2, 2), 3, np.float32), np.full((4, 4), 1, np.float32)
    np.testing.assert_allclose(difference_map(small, large), np.full((4, 4), -2))
    np.testing.assert_allclose(difference_map(large, small), np.full((4, 4), 2))


def test_with_the_cue_intact_the_image_is_another_one(finished):
    store, run_id = finished
    images = run_images(store.run(run_id).config)
    row = explain_test_image(store, run_id, 4, intact=True)
    np.testing.assert_array_equal(row.image, images.intact.images[4].permute(1, 2, 0).numpy())


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"index": 999}, "image: must be from 0 to 23, got 999."),
        ({"index": -1}, "image: must be from 0 to 23, got -1."),
        ({"index": 0, "target": 2}, "target: must be from 0 to 1, got 2."),
        ({"index": 0, "baseline": "x"}, "baseline: unknown name 'x'. Known: black, blur, mean."),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(finished, question, message):
    store, run_id = finished
    count = len(run_images(store.run(run_id).config).test)
    with pytest.raises(ConfigError) as caught:
        explain_test_image(store, run_id, **question)
    assert str(caught.value) == message.replace("23", str(count - 1))


def test_a_run_without_snapshots_is_an_error(finished):
    store, run_id = finished
    waiting = store.create(store.run(run_id).config.model_dump(mode="json"))
    with pytest.raises(StoreError, match=r"there is no weights/teacher\.safetensors"):
        explain_test_image(store, waiting, 0)


def test_threads_that_ask_at_once_get_what_one_would_get(finished):
    alone = [explain_test_image(*finished, index, explainer="saliency") for index in range(6, 12)]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(
                lambda index: explain_test_image(*finished, index % 6 + 6, explainer="saliency"), range(24)
            )
        )
    for row in together:
        np.testing.assert_array_equal(
            row.arms["student"].attribution, alone[row.index - 6].arms["student"].attribution
        )


def test_networks_are_kept_until_their_weights_change(finished):
    store, run_id = finished
    before = snapshots(store, run_id)
    assert snapshots(store, run_id) is before
    assert not any(network.training for network in before.networks.values())
    weights = store.weights(run_id, "twin")
    store.save_weights(run_id, "twin", {name: tensor + 1 for name, tensor in weights.items()})
    assert snapshots(store, run_id) is not before
    store.save_weights(run_id, "twin", weights)


def test_chance_comes_from_the_results_where_they_hold_it(finished):
    store, run_id = finished
    results = store.run(run_id).results
    expected = results["student"].cosine.chance
    np.testing.assert_equal(chance_levels(store, run_id)["student"]["cosine"], expected)


def test_chance_of_another_explainer_is_measured_on_test_images(finished):
    store, run_id = finished
    measured = chance_levels(store, run_id, "saliency")
    split = run_images(store.run(run_id).config).test
    count = min(REFERENCE_IMAGES, len(split))
    chosen = balanced_subset(split, count, seed=0).images
    everything, maps, target = run_images(store.run(run_id).config), {}, None
    mean, std = (torch.tensor(numbers).view(1, 3, 1, 1) for numbers in (everything.mean, everything.std))
    for arm in ("teacher", "twin"):
        network, _ = by_hand(store, run_id, arm)
        images = (chosen.float() / 255 - mean) / std
        target = network(images).argmax(1) if target is None else target
        maps[arm] = explain("saliency", network, images, target)
    _, chance = scores_against_chance(maps["teacher"], maps["twin"], measure="pearson")
    assert measured["twin"]["pearson"] == pytest.approx(chance.mean(), abs=1e-4)
    assert set(measured) == {"student", "twin", "placebo"}


def test_chance_is_known_once_it_has_been_measured(finished):
    store, run_id = finished
    asked = {"explainer": "input-x-gradient", "baseline": "black"}
    assert known_chance_levels(store, run_id, **asked) is None
    measured = chance_levels(store, run_id, **asked)
    assert known_chance_levels(store, run_id, **asked) == measured
    other = chance_levels(store, run_id, "input-x-gradient")
    assert other["student"]["cosine"] != measured["student"]["cosine"]


def test_chance_of_a_survey_is_taken_where_there_is_one(finished):
    store, run_id = finished
    made, _steps = at_the_end(survey(store, run_id, "attention"))
    known = known_chance_levels(store, run_id, "attention")
    for arm, scores in made.scores.items():
        for measure, of in scores.items():
            np.testing.assert_equal(known[arm][measure], of.level)


def test_only_what_both_networks_can_do_is_offered(finished):
    store, run_id = finished
    names = [spec.name for spec in explainers_offered(store.run(run_id).config)]
    assert "attention-rollout" not in names
    assert {"grad-cam", "occlusion", "guided-backprop", "attention"} <= set(names)


def test_cams_are_compared_after_a_relu_and_all_others_with_their_signs():
    below_zero = -torch.ones(1, 2, 2)
    positive = {name for name in EXPLAINERS if not comparable_maps(below_zero, below_zero, name)[0].any()}
    assert positive == {"grad-cam", "grad-cam-plus-plus", "layer-cam", "score-cam"}
