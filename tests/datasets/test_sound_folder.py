"""Sounds of one's own: layouts as they are found, files that cannot be heard, and what is refused in one line."""

import io
import zipfile

import numpy as np
import pytest
import soundfile
import torch

from kdviz.datasets import counted, fingerprint, load
from kdviz.datasets.sound_file import sound
from kdviz.errors import DataError

RATE = 16_000
PITCHES = {"dog": 300, "rain": 900, "siren": 2_700}


def wave(hertz, number=0, seconds=0.4, rate=RATE):
    return (0.3 + number / 100) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def written(samples, rate=RATE, **form):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **form})
    return file.getvalue()


def clips(count=10):
    """Sounds by class and number."""
    return {(name, n): written(wave(hertz, n)) for name, hertz in PITCHES.items() for n in range(count)}


def loaded(path, report=lambda *_: None, **length):
    return load("audio-folder", data=str(path), image_size=32, report=report, **length)


def parts(data):
    return data.train, data.validation, data.test


def found_pitches(data):
    """Every sound's class, and the frequency that is heard in it."""
    return {
        (data.classes[label], round(float(np.abs(np.fft.rfft(samples)).argmax()), -2))
        for split in parts(data)
        for samples, label in zip(split.sounds.numpy(), split.labels, strict=True)
    }


def as_they_are():
    return {(name, float(hertz)) for name, hertz in PITCHES.items()}


@pytest.fixture
def classes():
    return {f"{name}/{n}.wav": content for (name, n), content in clips().items()}


def test_a_folder_for_each_class_and_its_zip_are_the_same(as_folder, as_zip, classes):
    folder, packed = as_folder(classes, "sounds"), as_zip(classes, "sounds.zip")
    data, other = loaded(folder), loaded(packed)
    assert data.classes == other.classes == ("dog", "rain", "siren")
    assert found_pitches(data) == as_they_are()
    assert [len(split) for split in parts(data)] == [21, 3, 6]
    for split, same in zip(parts(data), parts(other), strict=True):
        assert torch.equal(split.sounds, same.sounds)
        assert torch.equal(split.labels, same.labels)
    assert data.input_shape == (1, 40, 100)
    assert data.notes == ()
    counts = counted("audio-folder", folder)
    assert (counts.train + counts.validation, counts.test, counts.classes) == (24, 6, 3)


def test_train_and_test_folders_stay_apart(as_folder):
    files = {
        f"{'train' if n < 7 else 'test'}/{name}/{n}.wav": content for (name, n), content in clips().items()
    }
    data = loaded(as_folder(files, "sounds"))
    assert len(data.test) == 9 == counted("audio-folder", as_folder(files, "sounds")).test
    loud = data.test.sounds.float().abs().amax(1) / 32_767
    assert loud.min() > 0.36


def test_esc_50_as_it_is_downloaded(as_zip):
    """A table of five columns in a folder of its own names files in another, wrapped in the archive's folder."""
    names = {f"{n % 5 + 1}-{1000 + n}-A-{label}.wav": (n, label) for label in range(3) for n in range(10)}
    words = list(PITCHES)
    files = {f"ESC-50-master/audio/{name}": written(wave(PITCHES[words[label]], n, 2.0, 44_100), 44_100) for name, (n, label) in names.items()}  # fmt: skip
    rows = [
        f"{name},{n % 5 + 1},{label},{words[label]},False,{1000 + n},A" for name, (n, label) in names.items()
    ]
    table = "\n".join(["filename,fold,target,category,esc10,src_file,take", *rows])
    files |= {"ESC-50-master/meta/esc50.csv": table.encode(), "ESC-50-master/README.md": b"# ESC-50"}
    data = loaded(as_zip(files, "ESC-50-master.zip"))
    assert found_pitches(data) == as_they_are()
    assert data.notes == ("Only the loudest 1 s are heard of 30 of 30 sounds: they are longer.",)


def test_what_an_archive_from_a_mac_adds_is_not_counted_as_left_out(as_zip, classes):
    """Beside each file it has one of the same name, which is no sound; every class is read."""
    beside = {f"__MACOSX/{name.replace('/', '/._')}": b"\0\5\x16\7" for name in classes}
    data = loaded(as_zip({**classes, **beside, "dog/._0.m4a": b"\0\5\x16\7"}, "mac.zip"))
    assert found_pitches(data) == as_they_are()
    assert data.notes == ()


def test_speech_commands_as_they_are_unpacked(as_folder, classes):
    """Lists name what is tested with, and background noise is no word."""
    listed = {"testing_list.txt": b"dog/0.wav\nrain/0.wav\nsiren/0.wav\n", "validation_list.txt": b"dog/1.wav\r\nrain/1.wav\r\nsiren/1.wav\r\n"}  # fmt: skip
    noise = {"_background_noise_/running_tap.wav": written(wave(50)), "LICENSE": b"CC BY", ".DS_Store": b"x"}
    folder = as_folder({**classes, **listed, **noise}, "speech")
    data = loaded(folder)
    assert [len(split) for split in parts(data)] == [24, 3, 3]
    assert data.classes == ("dog", "rain", "siren")
    for split, number in ((data.test, 0), (data.validation, 1)):
        loud = split.sounds.float().abs().amax(1) / 32_767
        torch.testing.assert_close(loud, torch.full((3,), 0.3 + number / 100), atol=2e-3, rtol=0)
    assert data.notes == ("Not read, by their names: _background_noise_.",)
    counts = counted("audio-folder", folder)
    assert (counts.train, counts.validation, counts.test) == (24, 3, 3)


def test_a_flat_zip_with_a_table(as_zip):
    files = {f"{name}-{n}.flac": written(wave(PITCHES[name], n), format="FLAC") for name, n in clips()}
    rows = [f"{name}-{n}.flac;{name};{'test' if n < 2 else 'train'}" for name, n in clips()]
    table = "\n".join(["path;label;split", *rows, "gone.flac;dog;train"]).encode("utf-8-sig")
    path = as_zip({**files, "labels.csv": table}, "flat.zip")
    data = loaded(path)
    assert found_pitches(data) == as_they_are()
    assert len(data.test) == 6 == counted("audio-folder", path).test
    assert data.notes == ("1 sound of labels.csv not found: gone.flac.",)


def test_a_table_beside_its_sounds_may_be_given_itself(as_folder):
    files = {f"clips/{name}{n}.wav": content for (name, n), content in clips().items()}
    table = "\n".join(["file,word", *(f"clips/{name}{n}.wav,{name}" for name, n in clips())])
    folder = as_folder({**files, "words.csv": table.encode()}, "sounds")
    data = loaded(f"{folder}/words.csv")
    assert found_pitches(data) == as_they_are()
    first = fingerprint("audio-folder", f"{folder}/words.csv")
    as_folder({"clips/dog0.wav": written(wave(301))}, "sounds")
    assert first != fingerprint("audio-folder", f"{folder}/words.csv") != ""


def test_what_cannot_be_heard_is_left_out_and_named(as_folder, classes, heard):
    bad = {
        "dog/a.wav": b"a text that is called .wav",
        "dog/b.wav": written(np.zeros(RATE)),
        "rain/c.wav": written(wave(400, seconds=0.001)),
        "rain/d.wav": written(wave(400))[:30],
        "siren/e.mp3": b"",
        "siren/f.m4a": b"another format",
    }
    data = loaded(as_folder({**classes, **bad}, "sounds"), heard)
    assert sum(map(len, parts(data))) == 30
    assert data.notes == (
        "1 file was not read (f.m4a): the formats are wav, flac, ogg, opus, mp3, aiff.",
        "5 files were skipped: dog/a.wav, dog/b.wav, rain/c.wav, rain/d.wav, siren/e.mp3 "
        "(the first: this file cannot be read as a sound).",
    )
    assert heard[0] == ("Reading sounds", 0.0)
    assert ("Reading sounds: 0 of 35", 0.0) in heard
    assert heard[-1] == ("Reading sounds", 1.0)


def test_a_sound_is_heard_as_it_is_alone(as_folder, classes):
    channels = np.stack([wave(500, seconds=2.0, rate=192_000)] * 6, axis=1)
    strange = written(channels, 192_000, subtype="PCM_U8")
    data = loaded(as_folder({**classes, "dog/strange.wav": strange}, "sounds"))
    expected = sound(strange, RATE)[0]
    assert any(torch.equal(each, expected) for split in parts(data) for each in split.sounds)
    assert data.notes == ("Only the loudest 1 s are heard of 1 of 31 sounds: they are longer.",)


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5, 4.0])
def test_as_many_seconds_are_heard_as_are_wanted(as_folder, seconds):
    files = {f"{name}/{n}.wav": written(wave(hertz, n, 1 + n / 4)) for name, hertz in PITCHES.items() for n in range(10)}  # fmt: skip
    folder = as_folder(files, "sounds")
    data, samples = loaded(folder, clip_seconds=seconds), int(seconds * RATE)
    assert data.input_shape == (1, 40, 100 * seconds)
    expected = {tuple(sound(content, samples)[0].tolist()) for content in files.values()}
    assert {tuple(each) for split in parts(data) for each in split.sounds.tolist()} == expected
    longer = 3 * sum(1 + n / 4 > seconds for n in range(10))
    said = f"Only the loudest {seconds:g} s are heard of {longer} of 30 sounds: they are longer."
    assert data.notes == ((said,) if longer else ())


REFUSED = {
    "no sounds": ({"a/x.txt": b"x"}, "has no sound files. These can be read: wav, flac, ogg, opus, mp3, aiff."),
    "one class": ({f"dog/{n}.wav": written(wave(300)) for n in range(4)}, "has one class only, 'dog'."),
    "one of a class": (
        {**{f"dog/{n}.wav": written(wave(300)) for n in range(4)}, "cat/1.wav": written(wave(400))},
        "class 'cat' has 1 readable training sounds, at least 3 are needed.",
    ),
    "nothing heard": (
        {f"{name}/{n}.wav": b"no sound" for name in ("a", "b") for n in range(4)},
        "none of the 8 files is a sound that can be heard (first: 'a/0.wav': this file cannot be read as a sound).",
    ),
    "untrained": (
        {"train/a/1.wav": b"", "train/b/1.wav": b"", "test/c/1.wav": b""},
        "has test sounds of 'c' but no training sounds.",
    ),
    "two labels": (
        {"x.csv": b"filename,category\na.wav,dog\na.wav,cat\n", "a.wav": b""},
        "'x.csv', line 3: 'a.wav' has two labels or splits, 'dog' and 'cat'. Give each sound one.",
    ),
    "none there": (
        {"x.csv": b"filename,category\na.wav,dog\nb.wav,cat\n"},
        "none of the 2 sounds of 'x.csv' was found (first: 'a.wav').",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_learnt_from_is_refused_in_one_line(as_folder, name):
    files, said = REFUSED[name]
    with pytest.raises(DataError) as refused:
        loaded(as_folder(files, "sounds"))
    assert said in str(refused.value)
    assert str(refused.value).startswith("data: ")
    assert "\n" not in str(refused.value)


def test_files_that_are_missing_are_asked_for():
    with pytest.raises(
        DataError, match=r"the data set 'audio-folder' needs a folder or zip of sounds, or a CSV"
    ):
        load("audio-folder", data=None, image_size=32, report=lambda *_: None)
    with pytest.raises(
        DataError, match=r"no folder or zip '/nowhere'\. Give the path of a folder or zip of sounds"
    ):
        loaded("/nowhere")
    with pytest.raises(
        DataError, match=r"no file '/nowhere/x\.csv'\. Give the path of a folder or file of sounds"
    ):
        loaded("/nowhere/x.csv")
    assert fingerprint("audio-folder", "/nowhere") == ""


def test_a_name_that_two_files_have_means_neither(as_folder):
    files = {f"{place}/{n}.wav": written(wave(300)) for place in "ab" for n in range(5)}
    table = "\n".join(["filename,label", *(f"{n}.wav,dog" for n in range(5)), "9.wav,cat"])
    with pytest.raises(DataError, match=r"none of the 6 sounds of 'labels\.csv' was found"):
        loaded(as_folder({**files, "labels.csv": table.encode()}, "sounds"))


def test_more_sounds_than_the_memory_holds_are_refused(as_folder, classes, monkeypatch):
    monkeypatch.setattr("kdviz.datasets.sound_folder.machine_memory_bytes", lambda: 1 << 20)
    with pytest.raises(
        DataError, match=r"30 sounds take 0\.0 GB of memory, this machine has 0\.0 GB\. Give fewer"
    ):
        loaded(as_folder(classes, "sounds"))


def test_sounds_are_decoded_once_until_they_change(as_folder, classes):
    folder = as_folder(classes, "sounds")
    data = loaded(folder)
    assert loaded(folder) is data
    as_folder({"dog/new.wav": written(wave(300))}, "sounds")
    assert sum(map(len, parts(loaded(folder)))) == 31


def test_a_damaged_member_of_a_zip_is_skipped(as_zip, classes):
    path = as_zip(classes, "sounds.zip")
    with zipfile.ZipFile(path) as file:
        start = file.getinfo("dog/3.wav").header_offset
    with open(path, "r+b") as file:
        file.seek(start + 60)
        file.write(b"\xff" * 40)
    assert "1 file was skipped: dog/3.wav (the first: it cannot be opened)." in loaded(path).notes
