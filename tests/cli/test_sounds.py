"""`explain` of a run on sounds: where maps are strongest, and a sound file of one's own; one's own data set."""

import io
import json
import re

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image
from typer.testing import CliRunner

from kdviz.cli import app
from kdviz.cli.clip_length import with_clip_seconds
from kdviz.comparison import (
    explain_cue_variants,
    explain_image,
    explain_test_image,
    heard_parts,
    prepare_sound,
    program,
    program_code,
    run_images,
    snapshots,
)
from kdviz.report import report_html
from kdviz.sound import band_centres
from kdviz.store import Store

PITCHES = {"low": 300, "high": 3_000}


def tone(hertz, seconds=1.0, amplitude=0.4):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * 16_000)) / 16_000)


def written(wave, rate=16_000):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format="WAV")
    return file.getvalue()


@pytest.fixture(scope="module", autouse=True)
def _few_held_out_sounds():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kdviz.trainer.evaluation.HELD_OUT_IMAGES", 8)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tones of two pitches, each at some time in a second of noise."""
    folder, random = tmp_path_factory.mktemp("tones"), np.random.default_rng(0)
    for name, hertz in PITCHES.items():
        (folder / name).mkdir()
        for number in range(30):
            wave, start = 0.01 * random.standard_normal(16_000), random.integers(0, 12_000)
            wave[start : start + 4_000] += tone(hertz, 0.25)
            (folder / name / f"{number}.wav").write_bytes(written(wave))
    return folder


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    """A run that was started from the command line, on a folder of sounds."""
    runs = tmp_path_factory.mktemp("sounds") / "runs"
    options = ["--dataset", "audio-folder", "--data", str(folder), "--teacher-epochs", "6", "--epochs", "1", "--batch-size", "8", "--device", "cpu"]  # fmt: skip
    done = CliRunner().invoke(app, ["distill", *options, "--runs-dir", str(runs), "--json"])
    assert done.exit_code == 0, done.output
    store = Store(runs)
    (found,) = store.runs()
    assert found.state == "finished"
    return store, found.id


def called(run, *options):
    return CliRunner().invoke(app, ["explain", run[1], *options, "--runs-dir", str(run[0].directory)])


def test_the_teacher_of_a_folder_of_sounds_tells_them_apart(run):
    result = run[0].run(run[1]).results["teacher"]
    assert result.accuracy > 0.8


def test_a_test_sound_is_explained_with_the_place_of_each_maximum(run):
    told, row = called(run, "--image", "2").output, explain_test_image(*run, 2)
    assert told.startswith(f"Sound 2: {row.label_name}. Explained: ")
    assert "strongest at" in " ".join(told.split())
    found = json.loads(called(run, "--image", "2", "--json").output)["strongest"]
    for arm, values in row.attributions.items():
        if values.max() <= 0:
            assert found[arm] is None
            continue
        band, column = np.unravel_index(values.argmax(), values.shape)
        assert found[arm]["seconds"] == pytest.approx((column + 0.5) / values.shape[1])
        row_of_cell = int((band + 0.5) * 40 / values.shape[0])
        assert found[arm]["hertz"] == pytest.approx(band_centres()[row_of_cell])


def test_a_sound_of_ones_own_is_explained_as_it_is_heard(run, tmp_path):
    file = tmp_path / "mine.wav"
    file.write_bytes(written(np.concatenate([tone(3_000, 1.0), tone(300, 2.0, 0.1)])))
    found = json.loads(called(run, "--audio", str(file), "--json").output)
    assert (found["image"], found["label"]) == (None, "")
    own = prepare_sound(file.read_bytes(), run_images(run[0].run(run[1]).config))
    row = explain_image(*run, own.image, sound=own.samples.numpy())
    for arm, view in row.arms.items():
        assert found["arms"][arm]["probability"] == pytest.approx(view.confidence, abs=1e-6)
    told = called(run, "--audio", str(file)).output
    assert told.startswith("Your sound. Explained: ")
    assert "Only the loudest part (1 s) is used." in told
    file.write_bytes(written(tone(300)))
    assert "loudest" not in called(run, "--audio", str(file)).output


@pytest.fixture(scope="module")
def of_other_length(tmp_path_factory):
    """What is printed by a run on tones of 1.7 to 3.1 s, half of them 2.3 s, in which a student hears samples."""
    folder, random = tmp_path_factory.mktemp("long"), np.random.default_rng(0)
    for name, hertz in PITCHES.items():
        (folder / name).mkdir()
        for number in range(30):
            length = (1.7, 2.3, 2.3, 3.1)[number % 4]
            wave, start = 0.01 * random.standard_normal(int(length * 16_000)), random.integers(0, 19_000)
            wave[start : start + 8_000] += tone(hertz, 0.5)
            (folder / name / f"{number}.wav").write_bytes(written(wave))
    runs = tmp_path_factory.mktemp("others") / "runs"
    options = ["--dataset", "audio-folder", "--data", str(folder), "--cue", "beep", "--student", "m5", "--teacher-epochs", "1", "--epochs", "1", "--batch-size", "8", "--device", "cpu"]  # fmt: skip
    done = CliRunner().invoke(app, ["distill", *options, "--runs-dir", str(runs)])
    assert done.exit_code == 0, done.output
    store = Store(runs)
    (found,) = store.runs()
    return store, found.id, " ".join(done.output.split())


def test_clips_have_the_median_length_of_the_sounds_rounded_up(of_other_length):
    store, run_id, told = of_other_length
    assert "Clips are cut or padded to 2.5 s: 14 of 60 sounds are longer (up to 3.1 s), 46 are shorter (down to 1.7 s)." in told  # fmt: skip
    config = store.run(run_id).config
    assert (config.clip_seconds, config.input_shape) == (2.5, (5, 40, 250))


def test_a_length_that_is_given_is_obeyed_and_said(of_other_length):
    config = of_other_length[0].run(of_other_length[1]).config
    settings = {"dataset": "audio-folder", "data": config.data, "clip_seconds": 4.0}
    assert with_clip_seconds(settings, say=False) == settings
    assert with_clip_seconds({"dataset": "shapes"}, say=True) == {"dataset": "shapes"}
    goes_on = {"dataset": "audio-folder", "data": config.data, "parent": of_other_length[1]}
    assert with_clip_seconds(goes_on, say=True) == goes_on


def test_clips_of_any_length_are_explained_and_heard(of_other_length, tmp_path):
    run = of_other_length[:2]
    row = explain_test_image(*run, 2)
    assert row.image.shape == (40, 250, 1)
    assert {len(part.samples) for part in heard_parts(*run, row)} == {40_000}
    found = json.loads(called(run, "--image", "2", "--json").output)["strongest"]
    for arm, values in row.attributions.items():
        if values.max() > 0:
            column = np.unravel_index(values.argmax(), values.shape)[1]
            assert found[arm]["seconds"] == pytest.approx((column + 0.5) / values.shape[1] * 2.5)
    file = tmp_path / "mine.wav"
    file.write_bytes(written(np.concatenate([tone(3_000, 3.0), tone(300, 2.0, 0.1)])))
    own = prepare_sound(file.read_bytes(), run_images(run[0].run(run[1]).config))
    assert own.samples.shape == (40_000,)
    assert "Only the loudest part (2.5 s) is used." in called(run, "--audio", str(file)).output


def test_the_tone_is_moved_in_clips_of_any_length(of_other_length):
    variants = explain_cue_variants(*of_other_length[:2], 2).variants
    for number, cue in enumerate(variants.cues):
        if cue is None:
            continue
        changed = (variants.sounds[number] != variants.sounds[0]).nonzero().flatten()
        assert float(changed.float().mean()) / 40_000 == pytest.approx((cue.place + 0.5) / 5, abs=0.001)


def test_programs_and_reports_are_of_clips_of_any_length(of_other_length, tmp_path, monkeypatch):
    run = of_other_length[:2]
    found = snapshots(*run)
    monkeypatch.chdir(tmp_path)
    for arm in ("teacher", "student"):
        (tmp_path / f"{arm}.pt2").write_bytes(program(found, arm))
        given = {"sounds": found.images.test.sounds[:3].float() / 32_768}
        assert given["sounds"].shape == (3, 40_000)
        exec(program_code(found, arm, f"{arm}.pt2"), given)
        expected = found.networks[arm](found.normalizer.normalize(found.images.test.images[:3]))
        torch.testing.assert_close(given["logits"], expected.cpu(), rtol=1e-3, atol=1e-3)
    page = report_html(*run, image_indices=[0])
    assert "<audio" in page
    assert re.search(r"Clip length \(s\)</t[hd]>\s*<td[^>]*>2\.5<", page)


def test_a_row_of_maps_of_a_sound_is_a_picture(run, tmp_path):
    assert called(run, "--image", "1", "--out", str(tmp_path / "row.png")).exit_code == 0
    with Image.open(tmp_path / "row.png") as picture:
        assert picture.width > 3 * picture.height / 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--audio", "FOLDER/none.wav"], "audio: 'FOLDER/none.wav' cannot be read: No such file or directory. Check the path."),
        (["--audio", "FOLDER"], "audio: 'FOLDER' cannot be read: Is a directory. Check the path."),
        (["--audio", "FOLDER/text.wav"], "sound: this file cannot be read as a sound. These can: wav, flac, ogg, opus, mp3, aiff."),
        (["--audio", "FOLDER/silent.wav"], "sound: nothing can be heard in it. Record it louder."),
        (["--audio", "FOLDER/low.wav", "--target", "label"], "target: this image has no label. Choose the teacher's prediction, or a class."),
        (["--text", "good"], "text: 'audio-folder' has sounds. Leave it out."),
        (["--explainer", "grad-camm"], "explainer: unknown name 'grad-camm'."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(run, tmp_path, options, message):
    (tmp_path / "text.wav").write_bytes(b"a text")
    (tmp_path / "silent.wav").write_bytes(written(np.zeros(16_000)))
    (tmp_path / "low.wav").write_bytes(written(tone(300)))
    given = [option.replace("FOLDER", str(tmp_path)) for option in options]
    refused = called(run, *given)
    assert refused.exit_code == 1
    assert refused.stderr.strip().startswith(message.replace("FOLDER", str(tmp_path)))
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_sound_is_refused_by_a_run_of_texts(small_run):
    refused = called(small_run("sentiment"), "--audio", "any.wav")
    assert refused.stderr.strip() == "audio: 'sentiment' has texts. Leave it out."


def test_networks_and_data_sets_for_sounds_are_listed():
    listed = {
        name: json.loads(CliRunner().invoke(app, [name, "--json"]).output) for name in ("models", "datasets")
    }
    inputs = {row["name"]: row["inputs"] for row in listed["models"]}
    assert inputs["resnet8-lite"] == ["images", "sounds"]
    assert inputs["resnet18"] == ["images"]
    assert inputs["text-cnn"] == ["texts"]
    sizes = {row["name"]: row["image_size"] for row in listed["datasets"]}
    assert (sizes["speech-commands-mini"], sizes["audio-folder"]) == ("1 s", "0.5 to 4 s")
