"""Log-mel spectrograms against librosa, and what a mask leaves of a sound."""

from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.sound import (
    BANDS,
    HOP,
    SAMPLE_RATE,
    band_centres,
    companded,
    drawn,
    frames,
    in_order_of_time,
    inputs,
    log_mel,
    loud_cells,
    loud_part,
    masked,
    mel_bands,
    spectrograms,
)

LIBROSA = np.load(Path(__file__).parent / "data" / "librosa_log_mel.npz")
SECOND = torch.arange(SAMPLE_RATE) / SAMPLE_RATE


def tone(hertz, amplitude=0.5):
    return amplitude * torch.sin(2 * torch.pi * hertz * SECOND)


def as_int16(wave):
    return (wave * 32_767).round().to(torch.int16)


def level(part, whole):
    """Energy of a sound relative to another, in dB."""
    return 10 * float(torch.log10(part.square().sum() / whole.square().sum() + 1e-30))


@pytest.fixture
def speech_like():
    """A chirp in noise: something in every band and frame."""
    noise = 0.05 * torch.randn(SAMPLE_RATE, generator=torch.Generator().manual_seed(0))
    return as_int16(0.4 * torch.sin(2 * torch.pi * (100 * SECOND + 3_000 * SECOND**2)) + noise)


def chirp_in_noise_and_noise():
    """Half a second of a chirp from 100 Hz to 7 kHz in noise, and the noise."""
    times = np.arange(8_000) / SAMPLE_RATE
    chirp = 0.5 * np.sin(2 * np.pi * (100 * times + (7_000 - 100) / (2 * 0.5) * times * times))
    noise = np.random.default_rng(0).standard_normal(8_000) * 0.05
    return torch.from_numpy(np.stack([chirp + noise, noise]).astype(np.float32))


def test_bands_are_librosa_s():
    """By librosa 0.11.0, as are band centres.

    librosa.filters.mel(sr=16000, n_fft=512, n_mels=40, fmin=60, fmax=7600, htk=False, norm=None).
    """
    np.testing.assert_allclose(mel_bands().numpy(), LIBROSA["bands"], atol=1e-6)


def test_log_mel_is_librosa_s():
    """By librosa 0.11.0.

    log(librosa.feature.melspectrogram(y=wave, sr=16000, n_fft=512, win_length=400, hop_length=160,
    window="hann", center=True, pad_mode="constant", power=2.0, n_mels=40, fmin=60, fmax=7600, htk=False,
    norm=None)[:, :50] + 1e-5), of each wave in `chirp_in_noise_and_noise`.
    """
    np.testing.assert_allclose(
        log_mel(chirp_in_noise_and_noise()).numpy(), LIBROSA["log_mel"], atol=2e-5, rtol=0
    )


def test_a_band_s_centre_is_the_peak_of_its_triangle():
    peaks = mel_bands().argmax(1) * SAMPLE_RATE / 512
    centres = torch.tensor(band_centres()).flip(0)
    assert (peaks - centres).abs().max() <= SAMPLE_RATE / 512
    assert (centres.diff() > 0).all()


@pytest.mark.parametrize("samples", [16_000, 8_000, 1_601, 1_759])
def test_a_frame_is_10_milliseconds(samples):
    assert log_mel(torch.zeros(2, samples)).shape == (2, BANDS, samples // HOP)
    assert frames(samples) == samples // HOP


def test_log_mel_has_second_derivatives_with_respect_to_the_sound():
    generator = torch.Generator().manual_seed(0)
    wave = 0.1 * torch.randn(1, 480, dtype=torch.float64, generator=generator)
    assert torch.autograd.gradcheck(log_mel, wave.requires_grad_(), fast_mode=True)
    assert torch.autograd.gradgradcheck(log_mel, wave, fast_mode=True)


def test_silence_is_level_0_and_a_full_tone_255():
    assert not spectrograms(torch.zeros(1, SAMPLE_RATE, dtype=torch.int16)).any()
    row = 20
    full = spectrograms(as_int16(tone(band_centres()[row], 1.0))[None])
    assert full.shape == (1, 1, BANDS, 100)
    inner = full[0, 0, :, 5:-5]
    assert (inner.argmax(0) == row).all()
    assert (inner.amax(0).float() - 255).abs().max() <= 2


def test_a_picture_has_its_highest_band_in_its_first_row():
    loudest = [int(spectrograms(as_int16(tone(hertz))[None])[0, 0, :, 50].argmax()) for hertz in (200, 1_000, 6_000)]  # fmt: skip
    assert loudest == sorted(loudest, reverse=True)
    nearest = np.abs(np.array(band_centres())[:, None] - [200, 1_000, 6_000]).argmin(0)
    assert loudest == nearest.tolist()


def test_ten_times_the_amplitude_is_57_levels_more():
    """20 dB of 0.35 dB each."""
    quiet, loud = (spectrograms(as_int16(tone(1_000, amplitude))[None])[0, 0, :, 50] for amplitude in (0.05, 0.5))  # fmt: skip
    db_of_a_level = 10 * np.log10(100**2 / 1e-5) / 255
    assert db_of_a_level == pytest.approx(0.35, abs=0.005)
    assert int(loud.max()) - int(quiet.max()) == pytest.approx(20 / db_of_a_level, abs=1)


def test_many_sounds_have_the_spectrograms_of_each():
    waves = torch.randint(-9_000, 9_000, (300, 800), generator=torch.Generator().manual_seed(0)).short()
    apart = torch.cat([spectrograms(wave[None]) for wave in waves])
    assert (spectrograms(waves).int() - apart.int()).abs().max() <= 1


@pytest.mark.parametrize("samples", [16_000, 8_000, 15_999, 4_321])
def test_under_a_mask_of_ones_a_sound_is_unchanged(speech_like, samples):
    wave = speech_like[:samples]
    heard = masked(wave, torch.ones(BANDS, frames(samples)))
    assert heard.shape == wave.shape
    assert (heard - wave.float() / 32_768).abs().max() < 1e-5


def test_under_a_mask_of_zeros_nothing_is_heard(speech_like):
    assert not masked(speech_like, torch.zeros(BANDS, 100)).any()


@pytest.mark.parametrize("hertz", [300, 1_500, 5_000])
def test_a_mask_of_bands_keeps_the_tone_in_them_alone(hertz):
    wave = as_int16(tone(hertz))
    rows = np.abs(np.array(band_centres()) - hertz).argsort()[:5]
    within = torch.zeros(BANDS, 100)
    within[rows.tolist()] = 1
    given = wave.float() / 32_768
    assert level(masked(wave, within), given) == pytest.approx(0, abs=0.5)
    assert level(masked(wave, 1 - within), given) < -20


def test_a_mask_of_frames_keeps_what_is_heard_in_them(speech_like):
    mask = torch.zeros(BANDS, 100)
    mask[:, 40:60] = 1
    heard, given = masked(speech_like, mask), speech_like.float() / 32_768
    within, without = slice(42 * HOP, 58 * HOP), [slice(0, 36 * HOP), slice(64 * HOP, None)]
    torch.testing.assert_close(heard[within], given[within], atol=1e-5, rtol=0)
    for part in without:
        assert heard[part].abs().max() < 1e-6


def test_parts_of_a_sound_add_up_to_it(speech_like):
    """Amplitudes under a mask of zeros and ones and under its opposite."""
    mask = (torch.rand(BANDS, 100, generator=torch.Generator().manual_seed(1)) < 0.4).float()
    parts = masked(speech_like, mask) + masked(speech_like, 1 - mask)
    assert (parts - speech_like.float() / 32_768).abs().max() < 1e-5


def test_a_quarter_of_the_power_is_half_the_amplitude(speech_like):
    heard = masked(speech_like, torch.full((BANDS, 100), 0.25))
    assert (heard - speech_like.float() / 65_536).abs().max() < 1e-5


def test_the_loud_part_is_around_the_loudest_frame_with_short_pauses():
    picture = torch.full((40, 60), 20, dtype=torch.uint8)
    for start, end, level in ((2, 5, 200), (20, 28, 180), (36, 40, 250)):
        picture[:, start:end] = level
    assert loud_part(picture).nonzero().flatten().tolist() == list(range(20, 40)), (
        "8 quiet frames are a pause, 15 are not"
    )


def spoken(*parts, gain=1.0):
    """A second of soft noise with harmonics of 150 Hz at full loudness from one sample to another."""
    wave = 0.002 * torch.randn(SAMPLE_RATE, generator=torch.Generator().manual_seed(3))
    voice = sum(tone(150 * harmonic, 0.3 / harmonic) for harmonic in range(1, 20))
    for start, end in parts:
        wave[start:end] += voice[start:end]
    return spectrograms(as_int16(gain * wave)[None])


@pytest.mark.parametrize("gain", [1.0, 0.5, 0.1])
@pytest.mark.parametrize(("start", "end"), [(20, 60), (0, 35), (50, 100), (44, 52)])
def test_the_loud_part_of_a_word_in_noise_is_where_it_was_put(start, end, gain):
    """A frame is 25 ms, so that it hears a word that begins or ends up to a frame later or earlier."""
    found = loud_part(spoken((start * HOP, end * HOP), gain=gain)[0, 0]).nonzero().flatten().tolist()
    assert found == list(range(found[0], found[-1] + 1))
    assert abs(found[0] - start) <= 1
    assert abs(found[-1] - (end - 1)) <= 1 + (end < 100)


def test_a_click_that_is_louder_than_the_word_is_not_the_word():
    """Nor is it bridged, 200 ms away."""
    waves = spoken((20 * HOP, 60 * HOP))
    waves[0, 0, :, 80] = 255
    assert waves[0, 0].float().mean(0).argmax() == 80
    found = loud_part(waves[0, 0]).nonzero().flatten()
    assert abs(found[0] - 20) <= 1
    assert abs(found[-1] - 60) <= 1


@pytest.mark.parametrize(("soft", "begins"), [(71, 10), (69, 20)])
def test_a_soft_beginning_counts_above_a_quarter_of_the_way_to_the_peak(soft, begins):
    """Noise at level 20, the peak at 220: a quarter of the way is 70."""
    picture = torch.full((BANDS, 60), 20, dtype=torch.uint8)
    picture[:, 10:20], picture[:, 20:30] = soft, 220
    assert loud_part(picture).nonzero().flatten().tolist() == list(range(begins, 30))


def test_noise_before_a_word_does_not_count_where_the_recording_ends_with_it():
    """Silence follows, in half of the clip, beside which the noise is loud, too."""
    wave = spoken((20 * HOP, 45 * HOP))[0, 0].clone()
    wave[:, 50:] = 0
    found = loud_part(wave).nonzero().flatten()
    assert abs(found[0] - 20) <= 1
    assert abs(found[-1] - 45) <= 1


@pytest.mark.parametrize(("soft", "ends"), [(158, 40), (156, 30)])
def test_a_sound_in_silence_is_loud_down_to_15_db_below_its_peak(soft, ends):
    """A quarter of the way from 20 dB below it, or 57 levels: 42.75 below 200."""
    picture = torch.zeros(BANDS, 60, dtype=torch.uint8)
    picture[:, 10:30], picture[:, 30:40] = 200, soft
    assert loud_part(picture).nonzero().flatten().tolist() == list(range(10, ends))


def test_silence_has_no_loud_part():
    assert not loud_part(torch.zeros(BANDS, 60, dtype=torch.uint8)).any()


def test_loud_cells_are_all_bands_of_the_loud_part():
    pictures = torch.cat([spoken((20 * HOP, 60 * HOP)), spoken((50 * HOP, 90 * HOP))])
    cells = loud_cells(pictures)
    assert cells.shape == (2, BANDS, 100)
    for of_picture, picture in zip(cells, pictures, strict=True):
        assert all(torch.equal(band, loud_part(picture[0])) for band in of_picture)


def test_a_sound_that_is_equally_loud_throughout_has_no_loud_part():
    assert not loud_part(torch.full((40, 60), 90, dtype=torch.uint8)).any()


def test_samples_are_companded_as_the_formula_says_and_come_back_in_order():
    """ITU-T G.711 with 256 levels, sample by sample in plain floats; the error is small where it is quiet."""
    times = np.arange(3_200)
    wave = np.sin(times * times / 9_000) * np.linspace(0, 1, 3_200) ** 3
    cells = companded(torch.from_numpy(wave)[None].float())
    assert cells.shape == (1, 4, BANDS, 20)
    assert cells.dtype == torch.uint8
    found = in_order_of_time(cells)[0].tolist()
    expected = [(np.sign(x) * np.log(1 + 255 * abs(x)) / np.log(256) + 1) / 2 * 255 for x in wave]
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= 0.501
    back = np.array(found) / 255 * 2 - 1
    expanded = np.sign(back) * (256 ** np.abs(back) - 1) / 255
    assert (np.abs(expanded - wave) <= 0.022 * (np.abs(wave) + 1 / 255)).all()
    assert in_order_of_time(companded(torch.zeros(1, 160))).unique().tolist() == [128]


def test_inputs_with_samples_are_drawn_as_the_spectrogram(speech_like):
    wave = speech_like[None].float() / 32_768
    together = inputs(wave, 5)
    assert together.shape == (1, 5, BANDS, 100)
    assert torch.equal(drawn(together), spectrograms(speech_like[None]))
    assert torch.equal(inputs(wave, 1), drawn(together))
    assert drawn(torch.zeros(1, 3, 4, 4)).shape == (1, 3, 4, 4)
