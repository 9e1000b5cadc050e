"""One sound file: any rate, channels and format become a clip; anything else is one line."""

import io
import re
import struct

import numpy as np
import pytest
import soundfile

from kdviz.datasets.sound_file import MAX_SECONDS, SUFFIXES, loudest, resampled, sound
from kdviz.errors import DataError

RATE = 16_000


def tone(hertz=440, seconds=1.0, rate=RATE, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def written(wave, rate=RATE, **form):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, **{"format": "WAV", **form})
    return file.getvalue()


FORMS = {
    "wav": {"format": "WAV", "subtype": "PCM_16"},
    "8-bit": {"format": "WAV", "subtype": "PCM_U8"},
    "24-bit": {"format": "WAV", "subtype": "PCM_24"},
    "float": {"format": "WAV", "subtype": "FLOAT"},
    "flac": {"format": "FLAC"},
    "vorbis": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {"format": "MP3"},
    "aiff": {"format": "AIFF"},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_the_same_sound(form):
    found, cut = sound(written(tone(), **FORMS[form]), RATE)
    assert not cut
    assert found.shape == (RATE,)
    spectrum = np.abs(np.fft.rfft(found.numpy()))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    loudness = np.sqrt(np.mean((found.numpy()[4_000:12_000] / 32_767) ** 2))
    assert loudness == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 192_000])
def test_any_rate_becomes_16_khz(rate):
    found, cut = sound(written(tone(rate=rate), rate), RATE)
    middle = slice(1_000, 15_000)
    np.testing.assert_allclose(found.numpy()[middle] / 32_767, tone()[middle], atol=5e-3)
    assert not cut


@pytest.mark.parametrize("rate", [1_009, 5_003, 47_981, 99_991, 191_999])
def test_the_ratio_of_an_unusual_rate_is_rounded(rate):
    wave = np.zeros(30 * rate, np.float32)
    wave[29 * rate :] = 1
    found = resampled(wave, rate)
    assert np.argmax(found > 0.5) == pytest.approx(29 * RATE, rel=1e-4)
    assert len(found) == pytest.approx(30 * RATE, rel=1e-4)


def test_tones_above_8_khz_are_not_folded_down():
    wave = tone(hertz=15_000, rate=48_000)
    assert np.abs(resampled(wave.astype(np.float32), 48_000)[500:-500]).max() < 5e-3


def test_six_channels_of_8_bits_at_192_khz_are_one():
    channels = np.stack([tone(rate=192_000), *[np.zeros(192_000)] * 5], axis=1)
    found, _ = sound(written(channels, 192_000, subtype="PCM_U8"), RATE)
    np.testing.assert_allclose(found.numpy()[1_000:15_000] / 32_767, tone()[1_000:15_000] / 6, atol=1e-2)


def test_the_loudest_second_of_a_longer_sound_is_heard():
    wave = np.concatenate([tone(amplitude=0.1, seconds=2), tone(hertz=880), tone(amplitude=0.1, seconds=3)])
    found, cut = sound(written(wave), RATE)
    assert cut
    np.testing.assert_allclose(found.numpy() / 32_767, tone(hertz=880), atol=1e-3)


def test_the_loudest_part_is_found_as_by_trying_each():
    wave = np.random.default_rng(0).standard_normal(400).astype(np.float32)
    energies = [float((wave[start : start + 50].astype(np.float64) ** 2).sum()) for start in range(351)]
    start = int(np.argmax(energies))
    np.testing.assert_array_equal(loudest(wave, 50), wave[start : start + 50])


def test_a_shorter_sound_is_between_two_silences():
    found, cut = sound(written(tone(seconds=0.5)), RATE)
    assert not cut
    assert not found[:4_000].any()
    assert not found[12_000:].any()
    np.testing.assert_allclose(found[4_000:12_000].numpy() / 32_767, tone(seconds=0.5), atol=1e-3)


def lying_header():
    """A second of sound whose header promises two hours."""
    file = bytearray(written(tone()))
    file[4:8] = struct.pack("<I", 36 + 2 * 7_200 * RATE)
    file[40:44] = struct.pack("<I", 2 * 7_200 * RATE)
    return bytes(file)


def test_a_header_that_promises_two_hours_is_not_believed():
    found, cut = sound(lying_header(), RATE)
    np.testing.assert_allclose(found.numpy() / 32_767, tone(), atol=1e-3)
    assert not cut


UNREADABLE = "sound: this file cannot be read as a sound. These can: wav, flac, ogg, opus, mp3, aiff."
SILENT = "sound: nothing can be heard in it. Record it louder."
REFUSED = {
    "nothing": (b"", UNREADABLE),
    "text": (b"path,label\na.wav,dog\n", UNREADABLE),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), UNREADABLE),
    "half a header": (written(tone())[:20], UNREADABLE),
    "no samples": (written(tone())[:44], "sound: it lasts 0 ms, at least 50 are needed."),
    "a millisecond": (written(tone(seconds=0.001)), "sound: it lasts 1 ms, at least 50 are needed."),
    "silence": (written(np.zeros(RATE)), SILENT),
    "almost silence": (written(tone(amplitude=5e-5), subtype="FLOAT"), SILENT),
    "no numbers": (written(np.full(RATE, np.nan), subtype="FLOAT"), SILENT),
    "infinite": (written(np.full(RATE, np.inf), subtype="FLOAT"), SILENT),
    "two hours": (
        written(np.zeros(7_200 * 1_000), 1_000, format="FLAC"),
        f"sound: it lasts more than {MAX_SECONDS // 60} minutes. Cut a part out of it.",
    ),
    "a rate of radio": (
        written(tone(), 1_000_000),
        "sound: it has 1,000,000 samples a second, 1,000 to 192,000 can be read. Save it with another rate.",
    ),
    "too large": (bytes(51 << 20), "sound: the file has 51 MB, at most 50 are read."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_heard_is_refused_in_one_line(name):
    content, said = REFUSED[name]
    with pytest.raises(DataError) as refused:
        sound(content, RATE)
    assert str(refused.value) == said


def outcome(file):
    try:
        return f"{len(sound(file, RATE)[0])} samples"
    except DataError as error:
        return str(error)


@pytest.mark.parametrize("form", FORMS)
def test_damaged_files_give_a_sound_or_one_line(form):
    """Bytes changed, cut off and inserted, by a seed."""
    random, whole = np.random.default_rng(sum(map(ord, form))), written(tone(seconds=0.2), **FORMS[form])
    for _ in range(60):
        file = np.frombuffer(whole, np.uint8).copy()
        file[random.integers(len(file), size=random.integers(1, 30))] = random.integers(256, dtype=np.uint8)
        head = random.integers(0, min(64, len(file)), size=random.integers(0, 5))
        file[head] = random.integers(0, 256, size=len(head), dtype=np.uint8)
        damaged = file.tobytes()[: random.integers(0, len(file)) if random.random() < 0.3 else None]
        assert re.fullmatch(r"16000 samples|sound: [^\n]+\.", outcome(damaged))


def test_names_of_sound_files_have_lower_case_suffixes():
    assert {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff"} <= set(SUFFIXES)
