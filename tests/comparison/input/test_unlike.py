"""Which pictures and sounds are unlike a run's test inputs: against distances that are written out."""

import numpy as np
import pytest
import torch

from kdviz.comparison import RunImages, is_unlike
from kdviz.datasets import Split, load
from kdviz.sound import BANDS, SAMPLE_RATE, spectrograms
from kdviz.types import WITH_SAMPLES


def run_of(images, sounds=None):
    split = Split(images, torch.zeros(len(images), dtype=torch.int64), sounds=sounds)
    return RunImages(("a", "b"), split, None, (0.5,) * images.shape[1], (0.5,) * images.shape[1], split)


def nearest(one, others):
    return min(np.sqrt(((one - other) ** 2).sum()) for other in others)


def usual(known):
    """The distance within which 99 % have another one."""
    return np.quantile([nearest(known[at], np.delete(known, at, axis=0)) for at in range(len(known))], 0.99)


def test_a_picture_is_unlike_the_test_images_where_its_colours_are_further_than_theirs_from_each_other():
    """Against the distances written out: pink cells, of which each has another one nearby."""
    generator = np.random.default_rng(0)
    pink = np.array([220, 170, 190])[None, :, None, None]
    drawn = (pink + generator.normal(0, 12, (40, 3, 16, 16))).clip(0, 255).astype(np.uint8)
    known = torch.from_numpy(drawn)
    run = run_of(known)

    def coarse(picture):
        return picture.reshape(3, 8, 2, 8, 2).mean((2, 4)).ravel()

    all_coarse = np.stack([coarse(picture.astype(float)) for picture in drawn])
    grey = np.full((1, 3, 16, 16), 60, np.uint8)
    another = (pink + generator.normal(0, 12, (1, 3, 16, 16))).clip(0, 255).astype(np.uint8)
    shifted = (drawn[:1].astype(float) + 25).clip(0, 255).astype(np.uint8)
    for picture in (grey, another, shifted, drawn[:1]):
        far = nearest(coarse(picture[0].astype(float)), all_coarse) > usual(all_coarse)
        assert is_unlike(torch.from_numpy(picture), run) == far
    assert is_unlike(torch.from_numpy(grey), run)
    assert not is_unlike(torch.from_numpy(drawn[:1]), run)


def test_of_a_single_test_image_nothing_is_unlike():
    one = torch.zeros(1, 3, 16, 16, dtype=torch.uint8)
    assert not is_unlike(torch.full_like(one, 255), run_of(one))


def clips(count, seed, loudness=0.3):
    """Tones of 400 to 1,000 Hz in soft noise, each for half a second at some time, int16 (N, samples)."""
    draw, time = np.random.default_rng(seed), np.arange(SAMPLE_RATE) / SAMPLE_RATE
    waves = draw.normal(0, 0.003, (count, SAMPLE_RATE))
    for wave in waves:
        start, rate = draw.integers(0, SAMPLE_RATE // 2), draw.uniform(400, 1000)
        wave[start : start + SAMPLE_RATE // 2] += (loudness * np.sin(2 * np.pi * rate * time))[
            : SAMPLE_RATE // 2
        ]
    return torch.from_numpy((32_767 * waves.clip(-1, 1)).astype(np.int16))


@pytest.mark.parametrize("channels", [1, WITH_SAMPLES])
def test_a_sound_is_unlike_the_test_clips_where_its_bands_are_further_than_theirs_from_each_other(channels):
    """Mean and deviation over time of each band, in NumPy. Samples behind a spectrogram are not compared."""
    sounds, time = clips(60, 0), np.arange(SAMPLE_RATE) / SAMPLE_RATE
    run = run_of(spectrograms(sounds, channels), sounds)

    def bands(sound):
        levels = spectrograms(sound[None])[0, 0].numpy().astype(float)
        return np.concatenate([levels.mean(1), levels.std(1, ddof=1)])

    known = np.stack([bands(sound) for sound in sounds])
    assert known.shape == (60, 2 * BANDS)
    hiss = torch.from_numpy((1000 * np.random.default_rng(1).normal(size=SAMPLE_RATE)).astype(np.int16))
    whistle = torch.from_numpy((9000 * np.sin(2 * np.pi * 5000 * time)).astype(np.int16))
    quiet = sounds[0] // 100
    others = clips(20, 5)
    for sound in (hiss, whistle, quiet, sounds[0], *others):
        far = nearest(bands(sound), known) > usual(known)
        assert is_unlike(spectrograms(sound[None], channels), run) == far
    assert all(is_unlike(spectrograms(sound[None], channels), run) for sound in (hiss, whistle, quiet))
    assert not is_unlike(spectrograms(sounds[:1], channels), run)
    assert sum(is_unlike(spectrograms(sound[None], channels), run) for sound in others) <= 2


def test_packaged_clips_by_other_speakers_are_rarely_unlike_and_far_quieter_ones_mostly():
    """What the docstring says was measured, on the clips that come with kdviz."""
    data = load("speech-commands-mini", data=None, image_size=32, report=lambda *_: None)
    run, other = run_of(data.test.images, data.test.sounds), data.validation.sounds

    def share(sounds):
        return np.mean([is_unlike(image[None], run) for image in spectrograms(sounds)])

    assert share(other) == pytest.approx(0.04, abs=0.005)
    assert share((other.float() * 10 ** (-30 / 20)).short()) == pytest.approx(0.73, abs=0.01)
