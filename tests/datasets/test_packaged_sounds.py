"""Spoken words: what is shipped, how it is split, and the script that packs it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from kdviz.datasets import load
from kdviz.datasets.cue import plant
from kdviz.datasets.packaged_jpegs import PACKAGED, packaged_file
from kdviz.sound import loud_part, spectrograms

NAME = "speech-commands-mini"
SCRIPT = Path(__file__).parents[2] / "scripts" / "pack_speech.py"


@pytest.fixture
def script(monkeypatch):
    spec = importlib.util.spec_from_file_location("pack_speech", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def arrays():
    with np.load(packaged_file(NAME), allow_pickle=False) as opened:
        return {name: opened[name] for name in opened.files}


@pytest.fixture(scope="module")
def data():
    return load(NAME, data=None, image_size=32, report=lambda *_: None)


def test_every_word_has_as_many_clips_in_each_split(data):
    assert data.classes == ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
    for split, of_a_word in ((data.train, 80), (data.validation, 20), (data.test, 40)):
        assert torch.bincount(split.labels).tolist() == [of_a_word] * 10
        assert split.sounds.shape == (10 * of_a_word, 16_000)
        assert split.images.shape == (10 * of_a_word, 1, 40, 100)
        assert torch.equal(split.images[:9], spectrograms(split.sounds[:9]))


def test_a_word_s_place_is_the_loud_part_of_its_clip_in_all_bands(data):
    """A word lasts about 0.4 s. No clip is without one, and hardly any word fills its clip."""
    for split in (data.train, data.validation, data.test):
        assert split.object_masks.shape == (len(split), 40, 100)
        spoken = split.object_masks.any(1)
        assert torch.equal(split.object_masks, spoken[:, None].expand_as(split.object_masks))
        assert torch.equal(spoken[:9], torch.stack([loud_part(picture[0]) for picture in split.images[:9]]))
        areas = spoken.float().mean(1)
        assert 0.35 < areas.mean() < 0.45
        assert areas.min() > 0
        assert (areas < 0.8).float().mean() > 0.99


def test_a_beep_in_a_word_is_no_part_of_the_word(data):
    planted = plant(data.test, "beep", classes=10, strength=1.0, seed=3)
    assert (data.test.object_masks & planted.cue_masks).any()
    assert torch.equal(planted.object_masks, data.test.object_masks & ~planted.cue_masks)


def test_no_speaker_and_no_clip_is_in_two_splits(arrays):
    names = arrays["names"].tolist()
    assert len(set(names)) == len(names) == 1_400
    speakers = [
        {name.partition("/")[2].partition("_")[0] for name, at in zip(names, arrays["splits"], strict=True) if at == split}
        for split in range(3)
    ]  # fmt: skip
    assert all(speakers)
    assert not speakers[0] & speakers[1] | speakers[0] & speakers[2] | speakers[1] & speakers[2]


def test_the_script_s_rule_is_that_of_the_package(script, arrays):
    for name, split, label in zip(arrays["names"], arrays["splits"], arrays["labels"], strict=True):
        word, _, file = str(name).partition("/")
        assert script.SPLITS[split] == script._split(Path(file))
        assert script.WORDS[label] == word


def test_it_is_small_and_its_licence_is_beside_it():
    assert packaged_file(NAME).stat().st_size <= 6_000_000
    licence = (PACKAGED / "SPEECH_COMMANDS_LICENSE").read_text("utf-8")
    assert licence.startswith("Attribution 4.0 International")


def test_the_script_packs_clips_byte_for_byte(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "PACKAGED", tmp_path)
    monkeypatch.setattr(script, "packaged_file", lambda name: tmp_path / "packed.npz")
    monkeypatch.setattr(script, "WORDS", ("yes", "no"))
    monkeypatch.setattr(script, "CLIPS", {"train": 2, "validation": 1, "test": 1})
    (tmp_path / "LICENSE").write_text("licence")
    noise = np.random.default_rng(0).standard_normal((2, 60, 1_600)) * 0.1
    for word, clips in zip(("yes", "no"), noise, strict=True):
        (tmp_path / word).mkdir()
        for number, clip in enumerate(clips):
            soundfile.write(tmp_path / word / f"{number:08x}_nohash_0.ogg", clip, 16_000, subtype="OPUS")
    script.pack(tmp_path)
    first = (tmp_path / "packed.npz").read_bytes()
    with np.load(tmp_path / "packed.npz") as packed:
        starts = [0, *packed["ends"][:-1]]
        for name, start, end in zip(packed["names"], starts, packed["ends"], strict=True):
            assert packed["content"][start:end].tobytes() == (tmp_path / str(name)).read_bytes()
        assert packed["splits"].tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
        assert packed["labels"].tolist() == [0, 0, 1, 1, 0, 1, 0, 1]
    script.pack(tmp_path)
    assert (tmp_path / "packed.npz").read_bytes() == first


def test_too_few_clips_are_said(script, tmp_path):
    (tmp_path / "yes").mkdir()
    with pytest.raises(SystemExit, match="yes: 0 clips for train, 80 are needed"):
        script.pack(tmp_path)
