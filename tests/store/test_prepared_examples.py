"""The runs on photographs that come with the package: what they hold, and when they are imported."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import soundfile
from PIL import Image

from kdviz.comparison import (
    different_settings,
    evidence_on,
    explain_test_image,
    known_survey,
    planted_cue,
    run_images,
)
from kdviz.config import make_config, stored_settings
from kdviz.figures.maps import border_share
from kdviz.sound import SAMPLE_RATE
from kdviz.store import Store
from kdviz.store.prepared import is_prepared, offer_prepared_run
from kdviz.store.prepared_examples import (
    EXAMPLES,
    PACKED,
    WEAKER,
    came_with_kdviz,
    is_example,
    open_example,
    packed_file,
    packed_run,
    prepared_example,
    prepared_picture,
    prepared_sentence,
    prepared_sound,
    still_packed,
)
from kdviz.ui.distill.presets import PRESETS
from kdviz.vocabulary import words_of
from tests.patience import PATIENCE_S

EACH = pytest.mark.parametrize("name", EXAMPLES)
OF_SOUNDS = "speech-commands-mini"
OF_TEXTS = "counterfactual-reviews"


@EACH
def test_it_is_imported_when_it_is_first_opened(store, name):
    run_id = open_example(store, name)
    assert open_example(store, name) == run_id
    (run,) = store.runs()
    store.annotate(run_id, name="Mine")
    assert (run.id, run.state) == (run_id, "finished")
    assert is_example(store.run(run_id))
    assert not is_prepared(run)
    assert run.results == prepared_example(name).results


def test_a_deleted_one_is_imported_again_when_it_is_opened(store):
    first = open_example(store, "flowers")
    store.delete(first)
    assert open_example(store, "flowers") != first
    assert len(store.runs()) == 1


def test_the_packed_ones_are_known_before_they_are_opened(store):
    """The list of runs has them from the start, with their figures, and each only once."""
    offer_prepared_run(store)
    packed = still_packed(store.runs())
    assert len(packed) == len(PACKED) == len(EXAMPLES) + 1
    opened = [store.run(open_example(store, name)) for name in PACKED]
    assert [(run.id, run.title, run.results) for run in opened] == [
        (run.id, run.title, run.results) for run in packed
    ]
    assert still_packed(store.runs()) == []
    assert all(came_with_kdviz(run) for run in store.runs())


def test_one_of_them_differs_from_the_prepared_run_only_in_lambda(store):
    offer_prepared_run(store)
    (prepared,) = store.runs()
    weaker = packed_run(WEAKER)
    assert different_settings([prepared.config, weaker.config]) == {"explanation_weight": (30.0, 3.0)}
    assert repr(weaker.results["teacher"]) == repr(prepared.results["teacher"])
    assert weaker.results["twin"].accuracy == prepared.results["twin"].accuracy
    assert (
        weaker.results["twin"].accuracy
        < weaker.results["student"].accuracy
        < prepared.results["student"].accuracy
    )


def test_a_run_of_ones_own_is_no_example(store, run_id):
    assert not is_example(store.run(run_id))


def test_visitors_who_open_one_together_import_it_once(store):
    together = Barrier(3)

    def opened(_):
        mine = Store(store.directory)
        together.wait(timeout=PATIENCE_S)
        return open_example(mine, "blood-cells")

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(opened, range(3)))) == 1


@EACH
def test_it_is_the_preset_of_its_data_set_and_small(store, name):
    run = store.run(open_example(store, name))
    (preset,) = (each for each in PRESETS.values() if each.dataset == name)
    config = make_config({"dataset": name, **preset.settings, "device": "cpu"})
    assert run.config == config
    assert stored_settings(config.model_dump(mode="json")) == config.model_dump(mode="json")
    assert packed_file(name).stat().st_size <= 3_000_000
    assert (
        prepared_picture(name).stat().st_size <= 80_000 if name != OF_TEXTS else prepared_sentence(name).text
    )
    assert "/" not in str(store.card(run.id))


@EACH
@pytest.mark.parametrize("explainer", ["grad-cam", "integrated-gradients"])
def test_its_surveys_are_still_good(store, name, explainer):
    """Their key names the weights, the images and the rules: a change of any of them asks for a new run."""
    assert known_survey(store, open_example(store, name), explainer) is not None


@EACH
def test_its_picture_is_of_an_image_that_only_the_twin_gets_wrong(store, name):
    example, run_id = prepared_example(name), open_example(store, name)
    survey = known_survey(store, run_id)
    row = list(survey.indices).index(example.index)
    right = {arm: bool(survey.right(arm)[row]) for arm in ("teacher", "student", "twin")}
    assert right == {"teacher": True, "student": True, "twin": False}
    assert example.label == survey.classes[survey.labels[row]]
    assert example.predicted == {
        arm: survey.classes[survey.predictions[arm].predicted[row]] for arm in ("teacher", "student", "twin")
    }
    if name == OF_TEXTS:
        assert all(survey.predictions[arm].confidence[row] >= 0.55 for arm in right), "no coin toss"
    images = run_images(store.run(run_id).config)
    if example.cue != "none":
        cue = planted_cue(store.run(run_id).config, example.index)
        assert survey.predictions["twin"].predicted[row] == cue.variant.indicated, "it follows the cue"
        own = explain_test_image(store, run_id, example.index, target="own")
        assert evidence_on(cue, own)["twin"].peak == "cue", "and its map says so"
        assert all(border_share(np.maximum(own.arms[arm].attribution, 0)) is None for arm in right)
    if images.test.object_masks is not None and name not in (OF_TEXTS, OF_SOUNDS):
        assert images.test.object_masks[example.index].float().mean() <= 0.1
    if name != OF_TEXTS:
        with Image.open(prepared_picture(name)) as picture:
            shown = 4 if name != OF_SOUNDS else 2 * 100 / (2 * 40)  # in a row, or two above two of 40 × 100
            assert picture.width == pytest.approx(shown * picture.height, rel=0.05)
            assert picture.width % 4 == 0, "it is cut into equal parts"


def test_the_sound_is_that_of_its_picture(store):
    example = prepared_example(OF_SOUNDS)
    explained = explain_test_image(store, open_example(store, OF_SOUNDS), example.index)
    samples, rate = soundfile.read(prepared_sound(OF_SOUNDS), dtype="int16")
    assert rate == SAMPLE_RATE
    np.testing.assert_array_equal(samples, explained.sound)


def test_its_words_are_those_of_the_run_explained_again(store):
    example, shown = prepared_example(OF_TEXTS), prepared_sentence(OF_TEXTS)
    explained = explain_test_image(store, open_example(store, OF_TEXTS), example.index, target="own")
    assert explained.text == shown.text
    assert list(shown.values) == ["teacher", "student", "twin"]
    for arm, values in shown.values.items():
        found = explained.arms[arm]
        assert explained.classes[found.predicted] == example.predicted[arm]
        own = found.attribution[: len(values)]
        np.testing.assert_allclose(values, own / np.abs(own).max(), atol=1e-3)
        assert np.isnan(found.attribution[len(values) :]).all()
    changed = [words_of(shown.text)[place].text for place in shown.objects]
    assert changed[:4] == ["good", "best", "with", "crazy"]


@EACH
def test_its_student_beats_twin_and_placebo(name):
    results = prepared_example(name).results
    assert results["student"].accuracy > max(results["twin"].accuracy, results["placebo"].accuracy) + 0.05
    assert results["student"].held_out_gain.low > 0
