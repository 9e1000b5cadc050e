"""Sounds as splits, and cues in them: pitch, place in time and frequency, and loudness."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.datasets import CUES, DataSet, plant, with_samples
from kdviz.datasets.sound_split import BEEP_PLACES, BEEP_SAMPLES, sound_split, tones, with_beeps
from kdviz.errors import DataError
from kdviz.sound import SAMPLE_RATE, as_waves, band_centres, drawn, inputs, log_mel, spectrograms

CLASSES = 10
TONES = [cue for cue, spec in CUES.items() if spec.plant and "audio" in spec.modalities and cue != "loudness"]


def noise(count, samples=SAMPLE_RATE, seed=0):
    waves = torch.randn(count, samples, generator=torch.Generator().manual_seed(seed)) * 300
    return sound_split(waves.short(), torch.arange(count) % CLASSES)


def pitch(wave):
    """The strongest frequency in Hz."""
    return float(np.abs(np.fft.rfft(wave)).argmax()) * SAMPLE_RATE / len(wave)


def test_a_split_has_the_spectrograms_of_its_sounds_and_takes_both():
    split = noise(5, samples=3_200)
    assert split.images.shape == (5, 1, 40, 20)
    assert torch.equal(split.images, spectrograms(split.sounds))
    some = split.take(torch.tensor([3, 1]))
    assert torch.equal(some.sounds, split.sounds[[3, 1]])
    assert torch.equal(some.images, split.images[[3, 1]])


def test_pitches_are_two_fifths_of_an_octave_apart_and_in_the_spectrogram():
    found = tones(CLASSES)
    assert found[0] == 400
    torch.testing.assert_close(torch.log2(found).diff(), torch.full((9,), 0.4, dtype=torch.float64))
    assert len({int((torch.tensor(band_centres()) - each).abs().argmin()) for each in found}) == CLASSES


def test_too_many_classes_for_pitches_are_refused_in_one_line():
    assert len(tones(11)) == 11
    with pytest.raises(DataError) as refused:
        tones(12)
    assert str(refused.value) == ("cue: there are tones for 11 classes, got 12. Use data with fewer classes.")


@pytest.mark.parametrize("cue", TONES)
def test_what_is_added_to_a_sound_has_the_pitch_of_its_label(cue):
    plain = noise(20)
    planted = plant(plain, cue, classes=CLASSES, strength=1.0, seed=3)
    added = planted.sounds.float() - plain.sounds.float()
    for wave, mask, label in zip(added, planted.cue_masks, plain.labels, strict=True):
        assert pitch(wave.numpy()) == pytest.approx(float(tones(CLASSES)[label]), abs=15)
        first, last = mask.any(0).nonzero().flatten()[[0, -1]].tolist()
        heard = wave.abs().gt(1).nonzero().flatten()[[0, -1]].tolist()
        assert heard[0] // 160 == first
        assert heard[1] // 160 == last


@pytest.mark.parametrize(("cue", "share"), [("beep", 4 * 2 / 4000), ("hum", 2 / 40)])
def test_a_mask_is_where_the_sound_changes_most(cue, share):
    plain = noise(40)
    planted = plant(plain, cue, classes=CLASSES, strength=1.0, seed=4)
    before, after = (log_mel(each.sounds.float() / 32_768).flip(1) for each in (plain, planted))
    changes, found = after - before, []
    for change, mask in zip(changes, planted.cue_masks, strict=True):
        assert mask.double().mean() == pytest.approx(share)
        assert mask.flatten()[change.argmax()]
        assert change[mask].mean() > change[~mask].mean() + 2
        strongest = change.flatten().topk(int(mask.sum()) // 2).indices
        found.append(float(mask.flatten()[strongest].double().mean()))
    assert np.mean(found) > 0.9


def test_a_beep_is_in_the_middle_of_a_fifth_and_lasts_40_milliseconds():
    planted = plant(noise(400), "beep", classes=CLASSES, strength=None, seed=1)
    starts = planted.cue_masks.any(1).int().argmax(1)
    assert set(starts.tolist()) == {20 * fifth + 10 - 2 for fifth in range(BEEP_PLACES)}
    assert (planted.cue_masks.any(1).sum(1) == BEEP_SAMPLES // 160).all()


@pytest.mark.parametrize("seconds", [0.5, 2.5, 4.0])
def test_a_beep_is_as_long_and_as_high_in_clips_of_any_length(seconds):
    """Its place is found in the samples that it changes, its pitch by their spectrum."""
    plain = noise(40, int(seconds * SAMPLE_RATE))
    planted = plant(plain, "beep", classes=CLASSES, strength=1.0, seed=2)
    middles = set()
    for before, after, mask, label in zip(
        plain.sounds, planted.sounds, planted.cue_masks, plain.labels, strict=True
    ):
        added = after.float() - before.float()
        where = added.nonzero().flatten()
        assert where[-1] - where[0] == pytest.approx(BEEP_SAMPLES, abs=8)
        heard = np.abs(np.fft.rfft(added[where[0] : where[-1] + 1].numpy(), SAMPLE_RATE)).argmax()
        assert heard == pytest.approx(float(tones(CLASSES)[label]), rel=0.02)
        frames = mask.any(0).nonzero().flatten()
        assert len(frames) == 4
        assert -8 <= 160 * frames[0] - where[0] < 160
        middles.add(round(float(where.float().mean()) / len(before) * 10))
    assert middles == {1, 3, 5, 7, 9}


def test_a_cue_that_lies_indicates_any_class():
    plain = noise(400)
    planted = plant(plain, "hum", classes=CLASSES, strength=None, seed=1)
    added = planted.sounds.float() - plain.sounds.float()
    indicated = [int((tones(CLASSES) - pitch(wave)).abs().argmin()) for wave in added.numpy()]
    same = np.mean(np.array(indicated) == plain.labels.numpy())
    assert 0.05 < same < 0.16
    assert len(set(indicated)) == CLASSES


def test_a_loud_sound_with_a_beep_stays_within_16_bits():
    wave = torch.full((1, SAMPLE_RATE), 32_767, dtype=torch.int16)
    planted = with_beeps(sound_split(wave, torch.zeros(1).long()), torch.tensor([0]), torch.tensor([0]), 2)
    assert planted.sounds.max() == 32_767
    assert planted.sounds.min() > 20_000


def test_loudness_is_the_class_and_a_tenth_at_most():
    plain = noise(40)
    planted = plant(plain, "loudness", classes=CLASSES, strength=1.0, seed=0)
    peaks = planted.sounds.float().abs().amax(1)
    expected = 0.9 * 32_767 * 0.1 ** (plain.labels / (CLASSES - 1))
    torch.testing.assert_close(peaks, expected, atol=1, rtol=0)
    assert planted.cue_masks is None
    assert torch.equal(planted.images, spectrograms(planted.sounds))


def test_silence_has_no_loudness():
    split = sound_split(torch.zeros(2, 1600, dtype=torch.int16), torch.tensor([0, 1]))
    assert not plant(split, "loudness", classes=2, strength=1.0, seed=0).sounds.any()


@pytest.mark.parametrize("cue", [*TONES, "loudness"])
def test_a_mark_stays_where_it_is_and_does_not_count_under_a_tone(cue):
    plain = noise(6)
    marked = torch.zeros(6, 40, 100, dtype=torch.bool)
    marked[:, 3:30, 20:60] = True
    planted = plant(replace(plain, object_masks=marked), cue, classes=CLASSES, strength=1.0, seed=3)
    tone = torch.zeros_like(marked) if planted.cue_masks is None else planted.cue_masks
    kept = [
        [row, band, frame] for row, band, frame in marked.nonzero().tolist() if not tone[row, band, frame]
    ]
    assert planted.object_masks.nonzero().tolist() == kept


@pytest.mark.parametrize("cue", [*TONES, "loudness"])
def test_a_seed_decides_the_cue_and_the_split_is_not_changed(cue):
    plain = noise(30, samples=6_400)
    before = plain.sounds.clone()
    first, again, other = (
        plant(plain, cue, classes=CLASSES, strength=0.5, seed=seed).sounds for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(plain.sounds, before)


@pytest.mark.parametrize("cue", ["beep", "hum", "loudness"])
def test_a_cue_is_in_the_samples_that_networks_read_as_in_the_spectrogram(cue):
    plain = noise(6)
    whole = with_samples(DataSet("x", ("a",) * CLASSES, plain, plain, plain, flips=True)).train
    assert torch.equal(drawn(whole.images), plain.images)
    planted = plant(whole, cue, classes=CLASSES, strength=1.0, seed=3)
    assert torch.equal(planted.images, inputs(as_waves(planted.sounds), 5))
    assert not torch.equal(planted.images[:, 1:], whole.images[:, 1:])
