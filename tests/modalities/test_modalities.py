"""What is true of every modality, and of images by hand."""

import io

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from kdviz.agreement import measures_for
from kdviz.datasets import AUGMENTATIONS, DATASETS
from kdviz.errors import ConfigError, DataError
from kdviz.modalities import MODALITIES, modality_of
from kdviz.modalities.audio import SHIFTS, disturbed_waves
from kdviz.sound import HOP, as_waves, inputs, spectrograms
from kdviz.types import AugmentationSpec

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", MODALITIES)
def test_an_entry_is_whole(name):
    spec = MODALITIES[name]
    assert spec.name == name
    assert spec.about.endswith(".")
    assert spec.dimensions in (1, 2)
    assert measures_for(spec.dimensions)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_one(name):
    assert modality_of(name) is MODALITIES[DATASETS[name].modality]


def test_an_image_is_mirrored_left_to_right_where_chosen():
    images = torch.arange(24, dtype=torch.uint8).view(2, 1, 3, 4)
    found = MODALITIES["image"].augment(images, torch.arange(2), torch.tensor([0, 1]))
    assert torch.equal(found[0], images[0])
    assert found[1, 0].tolist() == [row[::-1] for row in images[1, 0].tolist()]


def test_an_image_is_normalized_by_channel():
    normalizer = MODALITIES["image"].normalizer((0.2, 0.5), (0.1, 0.25), CPU)
    found = normalizer.normalize(torch.full((1, 2, 3, 4), 51, dtype=torch.uint8))
    torch.testing.assert_close(found[0, :, 0, 0], torch.tensor([0.0, -1.2]), atol=1e-6, rtol=0)
    assert found.shape == (1, 2, 3, 4)


def test_an_absent_pixel_is_black_or_the_mean():
    image, images = MODALITIES["image"], torch.ones(2, 3, 4, 5)
    normalizer = image.normalizer((0.2, 0.5, 0.1), (0.1, 0.25, 0.5), CPU)
    black = image.baseline("black", images, normalizer)
    torch.testing.assert_close(black[0, :, 1, 2], torch.tensor([-2.0, -2.0, -0.2]))
    assert (image.baseline("mean", images, normalizer) == 0).all()
    with pytest.raises(ConfigError, match="baseline: unknown name 'white'"):
        image.baseline("white", images, normalizer)


def test_a_picture_is_read_at_the_height_and_width_of_the_input():
    pixels = np.random.default_rng(0).integers(256, size=(40, 100, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    colour, enlarged = MODALITIES["image"].read(file.getvalue(), (3, 40, 100))
    assert np.array_equal(colour[0].permute(1, 2, 0).numpy(), pixels)
    assert not enlarged
    grey, enlarged = MODALITIES["image"].read(file.getvalue(), (1, 80, 100))
    assert grey.shape == (1, 1, 80, 100)
    assert enlarged


def test_hidden_words_of_a_text_depend_on_its_index_and_variant_alone():
    text = MODALITIES["text"]
    words = torch.arange(1, 49, dtype=torch.int32).expand(4000, 1, 48)
    index, variant = torch.arange(4000) // 4, torch.arange(4000) % 4
    seen = text.augment(words, index, variant)
    assert torch.equal(seen[variant == 0], words[variant == 0])
    hidden = seen == 0
    assert torch.equal(seen[~hidden], words[~hidden])
    shares = hidden[variant > 0].double().mean((1, 2))
    assert shares.mean() == pytest.approx(0.25, abs=0.01)  # of 0 to a half, evenly
    assert shares.quantile(0.9) == pytest.approx(0.45, abs=0.03)
    assert hidden[variant > 0].double().mean((0, 1)).std() < 0.02  # no place more than another
    order = torch.randperm(4000)
    again = text.augment(words[order], index[order], variant[order])
    assert torch.equal(again, seen[order])


def test_a_typed_text_is_numbers_and_its_end_may_not_be_read():
    text = MODALITIES["text"]
    numbers, cut = text.read(b"Not bad at all", (1, 4))
    assert numbers.shape == (1, 1, 4)
    assert not cut
    assert text.read(b"Not bad at all!", (1, 4)) == (pytest.approx(numbers), True)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "text: it has no words. Type at least one."),
        (b" \n\t", "text: it has no words. Type at least one."),
        (b"\xff\xfe", "text: this is not text in UTF-8. Save it as UTF-8, or paste it."),
        (b"a " * 60_000, "text: it has 120,000 characters, at most 100,000 are read."),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(file, said):
    with pytest.raises(DataError) as refused:
        MODALITIES["text"].read(file, (1, 48))
    assert str(refused.value) == said


def test_a_sound_is_heard_earlier_or_later_and_its_masks_with_it():
    audio, count = MODALITIES["audio"], MODALITIES["audio"].variants
    assert count == len(SHIFTS)
    assert SHIFTS[0] == 0
    spectra = torch.randint(256, (count, 1, 40, 100), generator=torch.Generator().manual_seed(0)).byte()
    masks = spectra[:, 0] > 128
    index, variant = torch.arange(count), torch.arange(count)
    moved, moved_masks = audio.augment(spectra, index, variant), audio.augment_masks(masks, index, variant)
    for number, shift in enumerate(SHIFTS):
        assert torch.equal(moved[number], spectra[number].roll(shift, -1))
        assert torch.equal(moved_masks[number], masks[number].roll(shift, -1))
    assert torch.equal(moved_masks, moved[:, 0] > 128)


def test_an_absent_sound_is_silence():
    audio, spectra = MODALITIES["audio"], torch.ones(2, 1, 40, 100)
    normalizer = audio.normalizer((0.4,), (0.2,), CPU)
    silent = normalizer.normalize(spectrograms(torch.zeros(2, 16_000, dtype=torch.int16)))
    for name in ("mean", "silence"):
        assert torch.equal(audio.baseline(name, spectra, normalizer), silent)
    with pytest.raises(ConfigError, match=r"baseline: unknown name 'black'\. Known: silence\."):
        audio.baseline("black", spectra, normalizer)


def test_a_sound_file_is_read_as_the_spectrogram_of_its_loudest_second():
    wave = np.zeros(40_000)
    wave[20_000:30_000] = 0.5 * np.sin(np.arange(10_000))
    file = io.BytesIO()
    soundfile.write(file, wave, 16_000, format="WAV")
    found, cut = MODALITIES["audio"].read(file.getvalue(), (1, 40, 100))
    assert cut
    assert found.shape == (1, 1, 40, 100)
    assert (found.amax((0, 1, 2)) > 0).sum() >= 62
    with pytest.raises(DataError, match="sound: this file cannot be read as a sound"):
        MODALITIES["audio"].read(b"no sound", (1, 40, 100))


def soft_noise(count):
    waves = torch.randn(count, 3_200, generator=torch.Generator().manual_seed(0)) * 300
    return waves.short()


def root_mean_square(waves):
    return np.sqrt(np.mean(np.square(waves.double().numpy()), axis=-1))


@pytest.mark.parametrize("variant", range(1, len(SHIFTS)))
def test_gain_is_one_factor_for_a_shifted_sound_evenly_within_its_decibels(variant):
    samples, variants = soft_noise(300), torch.full((300,), variant)
    found = disturbed_waves(samples, torch.arange(300), variants, AUGMENTATIONS["gain"], seed=1)
    shifted = as_waves(samples).roll(SHIFTS[variant] * HOP, 1)
    decibels = 20 * np.log10(root_mean_square(found) / root_mean_square(shifted))
    assert np.abs(decibels).max() <= 10
    assert np.mean(decibels) == pytest.approx(0, abs=1.2)
    assert np.std(decibels) == pytest.approx(20 / np.sqrt(12), abs=0.6)
    expected = shifted.double() * torch.from_numpy(10 ** (decibels / 20))[:, None]
    torch.testing.assert_close(found.double(), expected, atol=1e-6, rtol=1e-5)


def test_noise_is_white_and_as_far_below_a_sound_as_is_said():
    samples, variants = soft_noise(200), torch.arange(200) % 8 + 1
    places = torch.arange(200)
    shifted = torch.stack(
        [wave.roll(SHIFTS[variant] * HOP) for wave, variant in zip(as_waves(samples), variants, strict=True)]
    )
    exact = AugmentationSpec("x", "X", "X.", noise_db=(12.0, 12.0))
    added = disturbed_waves(samples, places, variants, exact, seed=1) - shifted
    np.testing.assert_allclose(
        20 * np.log10(root_mean_square(shifted) / root_mean_square(added)), 12, atol=1e-3
    )
    whole = added / added.square().mean(1, keepdim=True).sqrt()
    assert whole.mean().abs() < 0.01
    for step in (1, 2, 80):
        assert (whole * whole.roll(step, 1)).mean().abs() < 0.01
    assert (whole[:-1] * whole[1:]).mean().abs() < 0.01  # another in each sound
    added = disturbed_waves(samples, places, variants, AUGMENTATIONS["noise"], seed=1) - shifted
    ratios = 20 * np.log10(root_mean_square(shifted) / root_mean_square(added))
    assert ratios.min() == pytest.approx(5, abs=1)
    assert ratios.max() == pytest.approx(25, abs=1)


@pytest.mark.parametrize("name", ["gain", "noise", "gain-noise"])
def test_a_view_of_a_sound_is_always_the_same_and_each_is_another(name):
    samples, index, variant = soft_noise(6), torch.arange(6), torch.tensor([0, 1, 2, 3, 4, 5])
    spec = AUGMENTATIONS[name]
    found = disturbed_waves(samples, index, variant, spec, seed=1)
    assert torch.equal(found[0], as_waves(samples)[0])
    turned = disturbed_waves(samples.flip(0), index.flip(0), variant.flip(0), spec, seed=1).flip(0)
    assert torch.equal(turned, found)
    for other in (
        disturbed_waves(samples, index, variant, spec, seed=2),
        disturbed_waves(samples, index + 6, variant, spec, seed=1),
    ):
        assert not any(torch.equal(*pair) for pair in zip(other[1:], found[1:], strict=True))
    raw = MODALITIES["audio"].disturb(samples, index, variant, augmentation=spec, seed=1, channels=5)
    assert torch.equal(raw, inputs(found, 5))


def test_silence_stays_silent_in_noise_below_it():
    silence = torch.zeros(2, 1_600, dtype=torch.int16)
    found = disturbed_waves(
        silence, torch.arange(2), torch.ones(2).long(), AUGMENTATIONS["gain-noise"], seed=0
    )
    assert (found == 0).all()
