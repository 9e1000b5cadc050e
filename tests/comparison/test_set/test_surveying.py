"""The survey of a real run: the run's own numbers, found again image by image."""

import threading
from contextlib import closing

import numpy as np
import pytest
import torch

from kdviz.agreement import MEASURES, image_scores
from kdviz.cache import Cache
from kdviz.comparison import (
    Survey,
    by_measure,
    cue_effects,
    explain_test_image,
    known_survey,
    run_images,
    survey,
)
from kdviz.comparison.models.device_lock import device_lock
from kdviz.comparison.models.snapshots import snapshots
from kdviz.errors import ConfigError, StoreError
from kdviz.explainers import EXPLAINERS, explain
from kdviz.faithfulness import mask_share, pointing_hit, touched_areas
from kdviz.jobs import start_survey
from kdviz.language import text_of
from kdviz.models import multiply_adds
from kdviz.store import Store
from tests.comparison.input.test_explanation import by_hand
from tests.patience import PATIENCE_S
from tests.ways import at_the_end

MODULE = "kdviz.comparison.test_set.surveying"
SLICES = "kdviz.comparison.models.slices"


@pytest.fixture(autouse=True)
def _forgetful(finished, monkeypatch):
    """Each test begins without a survey, on disk or in memory."""
    store, run_id = finished
    for file in (store.directory / run_id).glob("surveys/*"):
        file.unlink()
    forget(monkeypatch)


def forget(monkeypatch):
    monkeypatch.setattr("kdviz.comparison.test_set.known_surveys._SURVEYS", Cache(2))


def steps_and_survey(store, run_id, explainer="grad-cam"):
    found, steps = at_the_end(survey(store, run_id, explainer))
    return steps, found


def made(*args, **kwargs) -> Survey:
    return steps_and_survey(*args, **kwargs)[1]


def assert_same(a: Survey, b: Survey, **tolerance):
    assert (a.key, a.explainer, a.total, a.classes) == (b.key, b.explainer, b.total, b.classes)
    np.testing.assert_array_equal(a.indices, b.indices)
    np.testing.assert_array_equal(a.labels, b.labels)
    assert list(a.predictions) == list(b.predictions)
    for arm, answers in a.predictions.items():
        np.testing.assert_array_equal(answers.predicted, b.predictions[arm].predicted)
        np.testing.assert_allclose(answers.confidence, b.predictions[arm].confidence, **tolerance)
    assert_same_scores(a.scores, b.scores, **tolerance)
    assert_same_scores(a.unsigned, b.unsigned, **tolerance)
    assert list(a.localization) == list(b.localization)
    for region, found in a.localization.items():
        np.testing.assert_array_equal(found.area, b.localization[region].area)
        for arm, of_arm in found.arms.items():
            for name, values in vars(of_arm).items():
                other = getattr(b.localization[region].arms[arm], name)
                np.testing.assert_allclose(values, other, equal_nan=True, **tolerance)


def assert_same_scores(a, b, **tolerance):
    assert {arm: list(of) for arm, of in a.items()} == {arm: list(of) for arm, of in b.items()}
    for arm in a:
        for name in MEASURES:
            for part in ("raw", "chance", "unrelated"):
                one, other = (getattr(each[arm][name], part) for each in (a, b))
                np.testing.assert_allclose(one, other, equal_nan=True, **tolerance)


def test_summed_up_it_is_what_the_run_itself_has_found(finished):
    results = finished[0].run(finished[1]).results
    rows = by_measure(made(*finished))
    assert {(row.arm, row.measure) for row in rows} == {
        (arm, name) for arm in ("student", "twin", "placebo") for name in MEASURES
    }
    for row in rows:
        expected = results[row.arm].agreement[row.measure]
        for name, value in vars(expected).items():
            np.testing.assert_allclose(getattr(row.score, name), value, atol=1e-4, equal_nan=True)


def test_so_it_is_by_an_explainer_of_many_passes(finished):
    expected = finished[0].run(finished[1]).results["student"].held_out
    score = next(row.score for row in by_measure(made(*finished, "integrated-gradients")))
    np.testing.assert_allclose([score.raw, score.corrected], [expected.raw, expected.corrected], atol=1e-4)


def test_an_image_is_explained_for_the_teachers_answer_and_compared_by_itself(finished):
    store, run_id = finished
    found = made(store, run_id, "saliency")
    maps, target = {}, None
    for arm in ("teacher", "twin"):
        network, images = by_hand(store, run_id, arm)
        images = images[found.indices]
        with torch.no_grad():
            logits = network(images)
        target = logits.argmax(1) if target is None else target
        np.testing.assert_array_equal(found.predictions[arm].predicted, logits.argmax(1))
        np.testing.assert_allclose(found.predictions[arm].confidence, logits.softmax(1).amax(1), atol=1e-5)
        maps[arm] = explain("saliency", network, images, target)
    expected = image_scores(*maps.values(), measure="pearson")
    np.testing.assert_allclose(found.scores["twin"]["pearson"].raw, expected.raw, atol=1e-4)
    labels = run_images(store.run(run_id).config).test.labels
    np.testing.assert_array_equal(found.labels, labels[found.indices])
    assert sorted(found.indices) == list(range(len(labels))) == list(range(found.total))


def by_explainer(finished, found, explainer, arm="student"):
    """The arm's maps of the images of a survey, for the teacher's answers."""
    network, images = by_hand(*finished, arm)
    target = torch.from_numpy(found.predictions["teacher"].predicted)
    return explain(explainer, network, images[found.indices], target)


def test_maps_that_are_compared_with_signs_are_compared_without_them_too(finished):
    found = made(*finished, "input-x-gradient")
    teacher, student = (
        by_explainer(finished, found, "input-x-gradient", arm) for arm in ("teacher", "student")
    )
    expected = image_scores(teacher.abs(), student.abs(), measure="spearman")
    np.testing.assert_allclose(found.unsigned["student"]["spearman"].raw, expected.raw, atol=1e-4)
    assert not np.allclose(found.scores["student"]["spearman"].raw, expected.raw, atol=0.01)


@pytest.mark.parametrize("explainer", ["grad-cam", "saliency"])
def test_maps_without_signs_are_compared_once(finished, explainer):
    assert made(*finished, explainer).unsigned == {}


@pytest.mark.parametrize("explainer", ["grad-cam", "saliency"])
def test_where_a_cue_is_planted_every_map_is_held_against_it(finished, explainer):
    found = made(*finished, explainer)
    masks = run_images(finished[0].run(finished[1]).config).test.cue_masks[found.indices]
    (region,) = found.localization
    assert region == "cue"
    assert list(found.localization["cue"].arms) == ["teacher", "student", "twin", "placebo"]
    np.testing.assert_allclose(found.localization["cue"].area, masks.float().mean((1, 2)))
    maps = by_explainer(finished, found, explainer)
    maps = maps.relu() if explainer == "grad-cam" else maps
    of_student = found.localization["cue"].arms["student"]
    np.testing.assert_allclose(of_student.share, mask_share(maps, masks), atol=1e-3, equal_nan=True)
    np.testing.assert_array_equal(of_student.hit, pointing_hit(maps, masks))
    np.testing.assert_allclose(of_student.chance, touched_areas(masks, maps))


def test_where_a_cue_decides_the_map_of_the_networks_own_answer_is_held_against_it(finished):
    """Recounted image by image, by the networks' answers and the maps that Explain shows."""
    store, run_id = finished
    found = made(store, run_id, "saliency")
    masks = run_images(store.run(run_id).config).test.cue_masks
    decided = 0
    for place, index in enumerate(found.indices.tolist()):
        own = explain_test_image(store, run_id, index, explainer="saliency", target="own").arms
        effects = cue_effects(store, run_id, index, arms=tuple(own))
        for arm, of in own.items():
            hit = found.localization["cue"].arms[arm].deciding[place]
            if effects[arm].without == effects[arm].predicted:
                assert np.isnan(hit)
            else:
                decided += 1
                map_of = torch.from_numpy(of.attribution)[None]
                np.testing.assert_array_equal(hit, pointing_hit(map_of, masks[index][None])[0])
    assert decided


def test_a_large_test_set_is_surveyed_in_part_and_balanced(finished, monkeypatch):
    monkeypatch.setattr(f"{MODULE}.MOST_IMAGES", 10)
    found = made(*finished)
    assert (len(found), found.total > 10) == (10, True)
    assert list(np.bincount(found.labels)) == [5, 5]


def test_maps_of_large_pictures_are_fewer_so_that_they_fit_in_memory(finished, monkeypatch):
    monkeypatch.setattr(f"{MODULE}._MOST_CELLS", 16 * 16 * 7)
    monkeypatch.setattr(f"{MODULE}._FEWEST_IMAGES", 4)
    assert len(made(*finished, "saliency")) == 7
    assert len(made(*finished, "grad-cam")) > 7  # its maps are small


def test_what_costs_much_is_explained_for_fewer_images(finished, monkeypatch):
    store, run_id = finished
    networks = snapshots(store, run_id).networks.values()
    forward = sum(multiply_adds(network, (3, 16, 16)) for network in networks)
    monkeypatch.setattr(f"{SLICES}._FEWEST_IMAGES", 4)
    monkeypatch.setattr(f"{SLICES}._MOST_WORK", 7.5 * forward * EXPLAINERS["integrated-gradients"].passes)
    monkeypatch.setattr(f"{MODULE}._images_in_results", lambda results, explainer: 0)
    assert len(made(store, run_id, "integrated-gradients")) == 7
    assert len(made(store, run_id, "grad-cam")) > 7  # it takes two passes
    monkeypatch.setattr(f"{SLICES}._MOST_WORK", 0)
    for file in (store.directory / run_id).glob("surveys/*"):
        file.unlink()
    forget(monkeypatch)
    assert len(made(store, run_id, "integrated-gradients")) == 4


def test_a_survey_has_no_fewer_images_than_the_results_by_its_explainer(finished, monkeypatch):
    store, run_id = finished
    student = store.run(run_id).results["student"]
    monkeypatch.setattr(f"{SLICES}._FEWEST_IMAGES", 4)
    monkeypatch.setattr(f"{SLICES}._MOST_WORK", 0)
    assert student.held_out_explainer == "integrated-gradients"
    assert len(made(store, run_id, "integrated-gradients")) == student.held_out.total > 4
    assert len(made(store, run_id, "grad-cam")) == 4  # by the budget alone


def test_numbers_do_not_depend_on_how_the_work_is_sliced(finished, monkeypatch):
    whole = made(*finished)
    monkeypatch.setattr("kdviz.comparison.models.slices._SLICE_IMAGES", 5)
    forget(monkeypatch)
    finished[0].save_survey(finished[1], "grad-cam", {"key": np.array("another")})
    steps, sliced = steps_and_survey(*finished)
    assert len(steps) > 4 * len(whole) / 5
    assert_same(whole, sliced, atol=1e-4, rtol=0)


def test_it_reports_its_progress(finished, monkeypatch):
    monkeypatch.setattr("kdviz.comparison.models.slices._SLICE_IMAGES", 8)
    steps, found = steps_and_survey(*finished)
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, pytest.approx(1))
    words = list(dict.fromkeys(text_of(step.message) for step in steps))
    explaining = [
        f"Explaining {len(found)} images: {arm}" for arm in ("teacher", "student", "twin", "placebo")
    ]
    removing = f"Removing the cue from {len(found)} images"
    assert words == ["Reading images and networks", *explaining, removing, "Comparing the maps"]


def test_between_two_slices_a_page_gets_its_turn(finished):
    lock, turns = device_lock(torch.device("cpu")), 0

    def visit():
        nonlocal turns
        with lock:
            turns += 1

    with closing(survey(*finished)) as work:
        for asked, _ in enumerate(work, start=1):
            page = threading.Thread(target=visit)
            page.start()
            page.join(PATIENCE_S)
            assert turns == asked


def test_what_is_stopped_leaves_nothing_behind(finished, monkeypatch):
    monkeypatch.setattr("kdviz.comparison.models.slices._SLICE_IMAGES", 5)
    with closing(survey(*finished)) as work:
        for _ in range(4):
            next(work)
    assert known_survey(*finished) is None
    assert not list((finished[0].directory / finished[1]).glob("surveys/*"))


def test_it_comes_back_from_disk_as_it_was_made(finished, monkeypatch):
    found = made(*finished)
    assert known_survey(*finished) is found
    forget(monkeypatch)
    read = known_survey(*finished)
    assert read is not found
    assert_same(read, found, rtol=0)
    assert steps_and_survey(*finished) == ([], read)  # nothing is computed twice


def test_an_explainer_has_its_own(finished):
    made(*finished)
    assert known_survey(*finished, "attention") is None


def test_new_weights_need_a_new_one(finished):
    store, run_id = finished
    found = made(*finished)
    weights = store.weights(run_id, "twin")
    store.save_weights(run_id, "twin", {name: tensor + 1 for name, tensor in weights.items()})
    assert known_survey(*finished) is None
    store.save_weights(run_id, "twin", weights)
    assert known_survey(*finished) is found


def test_a_damaged_file_is_made_anew(finished, monkeypatch):
    found = made(*finished)
    forget(monkeypatch)
    (finished[0].directory / finished[1] / "surveys" / "grad-cam.npz").write_bytes(b"PK damaged")
    assert known_survey(*finished) is None
    assert_same(made(*finished), found, atol=1e-6)


def test_one_that_cannot_be_kept_is_shown_all_the_same(finished, monkeypatch, caplog):
    def full(self, *args):
        raise StoreError("runs directory 'x': the disk is full.")

    monkeypatch.setattr(Store, "save_survey", full)
    found = made(*finished)
    assert known_survey(*finished) is found
    assert "the disk is full" in caplog.text


def test_an_explainer_that_is_not_there_is_refused_in_one_line(finished):
    with pytest.raises(ConfigError) as caught:
        known_survey(*finished, "gradcam")
    assert str(caught.value) == (
        "explainer: unknown name 'gradcam'. Did you mean 'grad-cam'? Known: attention, grad-cam, "
        "grad-cam-plus-plus, guided-backprop, input-x-gradient, integrated-gradients, kernel-shap, layer-cam, "
        "occlusion, saliency, score-cam, smooth-grad."
    )


def test_a_run_without_snapshots_is_an_error(finished):
    store, run_id = finished
    waiting = store.create(store.run(run_id).config.model_dump(mode="json"))
    with pytest.raises(StoreError, match=r"there is no weights/teacher\.safetensors"):
        known_survey(store, waiting)


def test_in_the_background_it_is_the_same(finished):
    job = start_survey(*finished, "attention")
    assert job.wait(PATIENCE_S).state == "done"
    found = known_survey(*finished, "attention")
    assert len(found) == found.total
