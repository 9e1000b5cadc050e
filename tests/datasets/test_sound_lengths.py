"""The lengths of a user's sounds: each file's own, of those that can be read; the fitting one of those to train with."""

import io

import numpy as np
import pytest
import soundfile

from kdviz.datasets import sound_lengths
from kdviz.errors import DataError
from kdviz.progress import silent

LENGTHS = (0.4, 1.0, 1.2, 2.2, 2.9)


def written(seconds, rate=16_000, kind="WAV"):
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format=kind)
    return file.getvalue()


def two_classes(lengths, **form):
    return {f"{name}/{n}.wav": written(each, **form) for name in "ab" for n, each in enumerate(lengths)}


@pytest.mark.parametrize("form", [{}, {"rate": 44_100}, {"rate": 8_000, "kind": "FLAC"}])
def test_lengths_are_those_of_the_files(as_folder, form):
    found = sound_lengths(as_folder(two_classes(LENGTHS * 2, **form), "sounds"), silent)
    np.testing.assert_allclose(sorted(found.seconds), sorted(4 * LENGTHS), atol=1e-3)


def test_zip_and_folder_have_the_same_and_progress_is_reported(as_folder, as_zip, heard):
    files = two_classes(LENGTHS * 2)
    found = sound_lengths(as_zip(files, "sounds.zip"), heard)
    assert found == sound_lengths(as_folder(files, "sounds"), silent)
    assert ("Measuring sounds: 0 of 20", 0.0) in heard
    assert heard[-1] == ("Measuring sounds", 1.0)


def test_the_fitting_length_is_of_the_sounds_to_train_with(as_folder):
    files = {f"train/{name}/{n}.wav": written(1.7) for name in "ab" for n in range(6)}
    files |= {f"test/{name}/{n}.wav": written(3.6) for name in "ab" for n in range(9)}
    found = sound_lengths(as_folder(files, "sounds"), silent)
    assert found.fitting == 2.0
    assert len(found.seconds) == 30


def test_who_is_cut_and_who_is_padded_is_counted(as_folder):
    found = sound_lengths(as_folder(two_classes(LENGTHS * 2), "sounds"), silent)
    for clip in (0.5, 1.0, 2.2, 4.0):
        assert len(found.longer(clip)) == 4 * sum(each > clip for each in LENGTHS)
        assert len(found.shorter(clip)) == 4 * sum(each < clip for each in LENGTHS)


def test_what_cannot_be_read_is_left_out(as_folder):
    files = two_classes((1.0,) * 6) | {"a/text.wav": b"a text", "b/click.wav": written(0.01)}
    found = sound_lengths(as_folder(files, "sounds"), silent)
    np.testing.assert_allclose(found.seconds, 1.0)
    with pytest.raises(DataError, match="none of the 2 files is a sound that can be heard"):
        sound_lengths(as_folder({"a/1.wav": b"x", "b/1.wav": b"y"}, "texts"), silent)


def test_without_files_they_are_asked_for():
    with pytest.raises(DataError, match="needs a folder or zip of sounds"):
        sound_lengths(None, silent)
