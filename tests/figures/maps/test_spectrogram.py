"""Axes of spectrograms against the bands themselves, and sounds as files that another library reads."""

import base64
import io

import numpy as np
import pytest
import soundfile
import torch

from kdviz.figures.maps import frequency_text, spectrogram_axes, time_text, wav_file, wav_url
from kdviz.figures.maps.spectrogram import row_share
from kdviz.sound import BANDS, SAMPLE_RATE, band_centres, spectrograms


@pytest.mark.parametrize("row", [0, 7, 20, BANDS - 1])
def test_the_centre_of_a_band_is_in_the_middle_of_its_row(row):
    assert row_share(band_centres()[row]) == pytest.approx((row + 0.5) / BANDS)


@pytest.mark.parametrize("hertz", [300.0, 1_000.0, 4_000.0])
def test_a_sine_is_brightest_where_the_axis_has_its_frequency(hertz):
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    picture = spectrograms(torch.from_numpy((32_767 * wave).astype(np.int16))[None])[0, 0]
    brightest = int(picture[:, 50].argmax())
    assert abs((brightest + 0.5) / BANDS - row_share(hertz)) <= 1 / BANDS


def test_times_are_evenly_spaced_and_a_row_is_named_by_its_frequency():
    axes = spectrogram_axes(100)
    assert axes["seconds"] == 1
    assert [(tick["at"], tick["text"]) for tick in axes["times"]] == [
        (0.25, "0.25 s"), (0.5, "0.50 s"), (0.75, "0.75 s"),
    ]  # fmt: skip
    assert axes["rows"] == [frequency_text(hertz) for hertz in band_centres()]
    places = [tick["at"] for tick in axes["pitches"]]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    ("hertz", "text"), [(60, "60 Hz"), (528, "530 Hz"), (999, "1 kHz"), (1_234, "1.2 kHz"), (5_000, "5 kHz")]
)
def test_frequencies_are_said_with_two_digits(hertz, text):
    assert frequency_text(hertz) == text


def test_a_time_has_two_decimals():
    assert time_text(0.256) == "0.26 s"


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_a_sound_file_is_read_back_by_another_library(kind):
    samples = np.array([0, 16_384, -16_384, 32_767], np.int16)
    given = samples if kind == np.int16 else (samples / 32_767).astype(np.float32)
    found, rate = soundfile.read(io.BytesIO(wav_file(given)), dtype="int16")
    assert rate == SAMPLE_RATE
    np.testing.assert_array_equal(found, samples)
    assert base64.b64decode(wav_url(given).partition(",")[2]) == wav_file(given)
