"""One clip through all arms: what each heard of it, as masks, as samples, and as the networks answer it."""

import io

import numpy as np
import pytest
import soundfile
import torch

from kdviz.comparison import (
    HEARD_SHARE,
    explain_cue_variants,
    explain_image,
    explain_test_image,
    heard_parts,
    planted_cue,
    prepare_sound,
    run_images,
    snapshots,
)
from kdviz.datasets import tones
from kdviz.errors import DataError
from kdviz.narrative import cue_meaning, cue_place_name, heard_name, what_if_sentence, why_sentence
from kdviz.sound import HOP, SAMPLE_RATE, band_centres, spectrograms


@pytest.fixture(scope="module")
def run(small_run):
    """A store with a small run on spoken words with beeps, and its id."""
    return small_run("speech-commands-mini")


@pytest.fixture
def images(run):
    return run_images(run[0].run(run[1]).config)


@pytest.fixture
def explained(run):
    return explain_test_image(*run, 3, explainer="integrated-gradients")


def test_a_test_clip_comes_with_its_samples_whose_spectrogram_it_is(explained, images):
    np.testing.assert_array_equal(explained.sound, images.test.sounds[3].numpy())
    picture = spectrograms(torch.from_numpy(explained.sound)[None])
    np.testing.assert_array_equal(explained.image[..., 0], picture[0, 0].numpy())


def test_the_whole_clip_is_played_unchanged(run, explained):
    whole, *_others = heard_parts(*run, explained)
    assert (whole.arm, whole.mask.all()) == (None, True)
    np.testing.assert_allclose(whole.samples, explained.sound / 32_768, atol=1e-5)
    assert whole.predicted == {arm: of.predicted for arm, of in explained.arms.items()}


def test_a_part_is_a_fifth_of_the_cells_none_of_which_has_less_evidence_than_those_left_out(run, explained):
    parts = {part.arm: part for part in heard_parts(*run, explained) if part.but_not is None}
    assert set(parts) == {None, *explained.arms}
    for arm, of in explained.arms.items():
        mask, evidence = parts[arm].mask, of.attribution
        assert mask.mean() <= HEARD_SHARE + 1 / mask.size
        assert (evidence[mask] > 0).all()
        assert mask.mean() == pytest.approx(HEARD_SHARE, abs=1e-3) or (evidence[~mask] <= 0).all()
        assert evidence[mask].min() >= evidence[~mask].max()


def test_only_what_the_student_heard_leaves_out_what_the_teacher_heard(run, explained):
    by_arm = {(part.arm, part.but_not): part.mask for part in heard_parts(*run, explained)}
    expected = by_arm["student", None] & ~by_arm["teacher", None]
    np.testing.assert_array_equal(by_arm["student", "teacher"], expected)


def test_the_answers_to_a_part_are_those_of_the_networks_to_its_spectrogram(run, explained):
    loaded = snapshots(*run)
    for part in heard_parts(*run, explained):
        samples = torch.from_numpy((part.samples * 32_768).round().astype(np.int16))
        heard = loaded.normalizer.normalize(spectrograms(samples[None]))
        for arm, network in loaded.networks.items():
            shares = network(heard).softmax(1)[0]
            assert part.predicted[arm] == int(shares.argmax())
            assert part.confidences[arm] == pytest.approx(float(shares.max()), abs=1e-4)


def test_the_parts_have_names(run, explained):
    assert [heard_name(part) for part in heard_parts(*run, explained)] == [
        "The whole clip",
        "What the teacher heard",
        "What the student heard",
        "What the twin (λ = 0) heard",
        "What the placebo heard",
        "Only what the student heard and the teacher did not",
    ]


def wav(samples, rate=SAMPLE_RATE):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    return file.getvalue()


def test_a_recording_of_a_test_clip_is_answered_as_the_test_clip(run, images):
    samples = images.test.sounds[3].numpy()
    own = prepare_sound(wav(samples), images)
    assert not own.cut
    mine = explain_image(*run, own.image, sound=own.samples.numpy())
    theirs = explain_test_image(*run, 3)
    for arm, of in mine.arms.items():
        np.testing.assert_allclose(of.probabilities, theirs.arms[arm].probabilities, atol=0.02)


def test_of_a_long_recording_the_loudest_second_is_heard(images):
    samples = np.zeros(5 * SAMPLE_RATE, np.float32)
    samples[32_000:48_000] = 0.5 * np.sin(np.arange(16_000))
    own = prepare_sound(wav(samples), images)
    assert own.cut
    np.testing.assert_allclose(own.samples.numpy() / 32_767, samples[32_000:48_000], atol=1e-3)


def test_silence_is_refused_in_one_line(images):
    with pytest.raises(DataError, match=r"^sound: nothing can be heard in it\. Record it louder\.$"):
        prepare_sound(wav(np.zeros(SAMPLE_RATE)), images)


# --- the planted tone ---------------------------------------------------------------------------


def test_the_cue_is_where_the_beep_is_and_named_by_its_pitch(run, images, explained):
    cue = planted_cue(run[0].run(run[1]).config, 3)
    top, left, bottom, right = cue.box
    hertz = float(tones(10)[cue.variant.indicated])
    assert band_centres()[top] > hertz > band_centres()[bottom - 1]
    moment = (cue.variant.place + 0.5) / 5
    assert left * HOP / SAMPLE_RATE < moment < right * HOP / SAMPLE_RATE
    pitch = f"{hertz:.2g} Hz" if hertz < 1_000 else f"{hertz / 1_000:.1f} kHz"
    name = explained.classes[cue.variant.indicated]
    assert cue_meaning(cue, explained) == f"in training, a tone of {pitch} meant “{name}”"
    assert why_sentence(explained, cue).startswith(f"In training, a tone of {pitch} meant “{name}”.")


def test_a_moved_tone_is_said_with_its_time_and_another_pitch_with_its_meaning(run):
    varied = explain_cue_variants(*run, 3)
    start = varied.variants.cues[varied.planted]
    assert what_if_sentence(varied, varied.planted).startswith("As in the test image")
    seen = set()
    for number, way in enumerate(varied.variants.cues):
        said = what_if_sentence(varied, number)
        if way is None:
            assert said.startswith("Without the patch: ")
        elif way.indicated == start.indicated and way.place != start.place:
            assert said.startswith(f"Moved to {cue_place_name(varied, number)}: ")
            assert float(cue_place_name(varied, number).split()[0]) == pytest.approx(
                (way.place + 0.5) / 5, abs=0.01
            )
            seen.add("moved")
        elif way.place == start.place and way.indicated != start.indicated:
            assert said.startswith("Changed to ")
            assert f", which meant {varied.classes[way.indicated]}: " in said
            seen.add("changed")
    assert seen == {"moved", "changed"}
