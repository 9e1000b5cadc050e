"""A run whose student reads samples: what is drawn, heard, exported and loaded is that of its own input."""

import io

import numpy as np
import pytest
import soundfile
import torch

from kdviz.comparison import (
    explain_cue_variants,
    explain_test_image,
    heard_parts,
    loading_code,
    map_pairs,
    prepare_sound,
    program,
    snapshots,
)
from kdviz.comparison.input.unrelated_maps import chance_walkthrough
from kdviz.comparison.input.walkthroughs import (
    grad_cam_walkthrough,
    integration_walkthrough,
    predictions,
)
from kdviz.comparison.test_set.channels import channels
from kdviz.sound import SAMPLE_RATE, as_waves, inputs
from kdviz.store.folder import weights_to_bytes
from tests.small_runs import copied, made_once, train
from tests.ways import at_the_end


@pytest.fixture(scope="module")
def run(shared_folder, tmp_path_factory):
    """A store with a small run on spoken words with beeps, whose student is M5, and its id."""
    settings = {"dataset": "speech-commands-mini", "student": "m5"}
    made = made_once(shared_folder / "run-of-samples", lambda folder: train(folder, settings, ()))
    return copied(made, tmp_path_factory.mktemp("samples") / "runs")


def test_what_is_drawn_is_the_spectrogram_and_the_students_map_has_no_frequency(run):
    explained = explain_test_image(*run, 3, explainer="integrated-gradients")
    test = snapshots(*run).images.test
    assert test.images.shape[1] == 5
    np.testing.assert_array_equal(explained.image[..., 0], test.images[3, 0].numpy())
    assert explained.image.shape == (40, 100, 1)
    student, teacher = (explained.attributions[arm] for arm in ("student", "teacher"))
    assert (student == student[:1]).all()
    assert not (teacher == teacher[:1]).all()
    (pair,) = map_pairs(*run, [3])
    assert pair.image.shape == (40, 100, 1)


def test_the_whole_clip_is_answered_as_it_was(run):
    explained = explain_test_image(*run, 3)
    whole, *_parts = heard_parts(*run, explained)
    for arm, of in explained.arms.items():
        assert whole.predicted[arm] == of.predicted
        assert whole.confidences[arm] == pytest.approx(of.confidence, abs=5e-3)


def test_a_beep_at_another_time_is_in_the_samples_as_well(run):
    variants = explain_cue_variants(*run, 3).variants
    expected = inputs(as_waves(variants.sounds), 5)
    assert torch.equal(variants.inputs, expected)


def test_an_own_sound_comes_with_its_samples(run):
    file = io.BytesIO()
    wave = 0.5 * np.sin(np.arange(SAMPLE_RATE) / 5)
    soundfile.write(file, wave, SAMPLE_RATE, format="WAV")
    own = prepare_sound(file.getvalue(), snapshots(*run).images)
    assert torch.equal(own.image, inputs(as_waves(own.samples[None]), 5))


@pytest.mark.parametrize("arm", ["teacher", "student"])
def test_the_program_and_the_code_beside_the_weights_answer_sounds_as_the_network_does(
    run, tmp_path, monkeypatch, arm
):
    found = snapshots(*run)
    sounds = found.images.test.sounds[:8]
    with torch.no_grad():
        expected = found.networks[arm](found.normalizer.normalize(found.images.test.images[:8]))
    exported = torch.export.load(io.BytesIO(program(found, arm))).module()
    torch.testing.assert_close(exported(as_waves(sounds))[0], expected, atol=2e-3, rtol=2e-3)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "arm.safetensors").write_bytes(weights_to_bytes(run[0].weights(run[1], arm)))
    names = {}
    exec(compile(loading_code(found.config, arm, found.images, "arm.safetensors"), "pasted", "exec"), names)
    torch.testing.assert_close(names["logits"](sounds), expected, atol=1e-5, rtol=1e-5)


def test_each_step_of_a_lesson_ends_in_the_map_that_explain_shows(run):
    row = explain_test_image(*run, 3)
    path = integration_walkthrough(*run, 3, "student", "silence")
    complete = explain_test_image(*run, 3, explainer="integrated-gradients").attributions["student"]
    np.testing.assert_allclose(
        grad_cam_walkthrough(*run, 3, "student").summed, row.attributions["student"], atol=1e-5
    )
    np.testing.assert_allclose(path.accumulated[-1], complete, atol=1e-4)
    np.testing.assert_array_equal(path.pictures[-1], row.image)
    np.testing.assert_array_equal(predictions(*run, 3).image, row.image)
    assert np.isfinite(chance_walkthrough(*run, "student").chance)


def test_a_channel_that_reads_samples_has_clips_and_no_optimized_spectrogram(run):
    found, _steps = at_the_end(channels(*run, 3))
    test = snapshots(*run).images.test
    for arm, of_arm in found.items():
        for channel in of_arm:
            assert (channel.made is None) == (arm == "student")
            for patch in channel.patches:
                np.testing.assert_array_equal(patch.sound, test.sounds[patch.index].numpy())
                np.testing.assert_array_equal(patch.image[..., 0], test.images[patch.index, 0].numpy())
    assert found["teacher"][0].made.shape == (40, 100, 1)
