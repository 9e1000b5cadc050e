"""A run on sounds on every page: it stands, says "clip" and "tone", is translated, and is heard."""

import base64
import io
import json
import re

import numpy as np
import pytest
import soundfile
import torch

from kdviz.comparison import (
    explain_cue_variants,
    explain_test_image,
    heard_parts,
    loading_code,
    map_pairs,
    program,
    program_code,
    run_images,
    snapshots,
)
from kdviz.config import choices_for
from kdviz.figures.maps import spectrogram_axes
from kdviz.figures.style import percent
from kdviz.language import speaking
from kdviz.report import report_html
from kdviz.sound import SAMPLE_RATE, spectrograms
from kdviz.store import Store
from kdviz.store.folder import weights_to_bytes
from kdviz.ui.distill.presets import PRESETS
from tests.ui.conftest import opened, page_text
from tests.ui.spoken import said

IMAGES = {
    "en": re.compile(
        r"(?<![\w/])(images?|pictures?|pixels?|px|photographs?|patch|patches)(?!\w)", re.IGNORECASE
    ),
    "zh": re.compile("图像|图片|照片|像素|方块"),
}
# Of all that kdviz can do, so also of images: the frame of the pages, other data sets and networks, presets.
DATA = re.compile(r"data:image/[^\"']*")  # how a browser is given the outline of a legend
UPLOADS = ("Pictures", "图片")  # the name of a button, beside those of texts and sounds
OF_ANYTHING = {
    "en": (
        "Larger text and pictures",
        "One test image through",
        "images or texts",
        "images, texts or sounds",
        "Your own images",
        "A patch, a tint, a word or a tone",
    ),
    "zh": (
        "方块、色调、词或提示音",
        "更大的文字和图片",
        "一张测试图像",
        "图像或文本",
        "图像、文本或声音",
        "你自己的图像",
    ),
}


def about_images(app, code: str = "en") -> list[str]:
    """What a page says of images."""
    return [
        text
        for _, text in said(app)
        if IMAGES[code].search(DATA.sub("", text))
        and text not in UPLOADS
        and not any(each in text for each in OF_ANYTHING[code])
    ]


def component(app, name):
    """What the browser is given to draw by a component."""
    assert not app.exception
    (found,) = (each for each in app.get("bidi_component") if each.proto.component_name == name)
    data = json.loads(found.proto.json)
    return data[0] if isinstance(data, list) else data


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("page", ["distill", "explain", "agreement", "runs"])
def test_a_page_of_a_run_on_sounds_stands_and_says_nothing_of_images(app, sound_run, page, code):
    opened(app, page, run=sound_run, lang=code)
    assert not app.exception
    assert not app.error
    if page != "runs":
        assert about_images(app, code) == []


@pytest.mark.parametrize("cue", [None, *[spec.label for spec in choices_for("cue", "audio").values()]])
def test_clips_of_each_class_are_shown_and_can_be_played(app, store, cue):
    opened(app, "library", browse="Spoken words", **({} if cue is None else {"browse_cue_audio": cue}))
    assert not app.exception
    assert not app.error
    assert len(app.get("audio")) == (30 if cue == "None" else 60), (
        "at first with the cue that the preset plants"
    )
    assert about_images(app) == []


def test_networks_are_listed_for_spectrograms(app, store):
    opened(app, "library", browse="Spoken words", shelf="Networks")
    assert not app.exception
    table = app.dataframe[0].value
    assert "ResNet-8 lite" in list(table["Network"])
    assert "Text CNN" not in list(table["Network"])


def test_the_preset_of_spoken_words_starts_a_run_with_the_beep(app, store: Store):
    opened(app, "distill")
    app.pills(key="preset").set_value("spoken-words").run()
    app.button(key="start").click().run()
    (run,) = store.runs()
    assert run.config.dataset == PRESETS["spoken-words"].dataset == "speech-commands-mini"
    assert run.config.cue == "beep"


# --- Explain ------------------------------------------------------------------------------------


def test_the_maps_are_over_the_spectrogram_with_its_axes(app, sound_run):
    opened(app, "explain", run=sound_run, image="2")
    drawn = component(app, "kdviz_comparer")
    assert drawn["axes"] == spectrogram_axes(100)
    assert (drawn["image"]["height"], drawn["image"]["width"]) == (40, 100)


def test_what_each_arm_heard_is_played_with_its_answer_and_its_cells(app, sound_run, trained_on_sounds):
    opened(app, "explain", run=sound_run, image="2")
    drawn, run = component(app, "kdviz_listener"), (Store(trained_on_sounds[0]), sound_run)
    explained = explain_test_image(*run, 2, target="own")
    expected = heard_parts(*run, explained)
    assert len(drawn["parts"]) == len(expected)
    for part, of in zip(drawn["parts"], expected, strict=True):
        file = base64.b64decode(part["url"].partition(",")[2])
        samples, rate = soundfile.read(io.BytesIO(file), dtype="float32")
        assert rate == SAMPLE_RATE
        np.testing.assert_allclose(samples, of.samples, atol=1e-4)
        for arm in [of.arm] if of.arm else of.predicted:
            said = f"{explained.classes[of.predicted[arm]]} ({percent(of.confidences[arm], 0)})"
            if of.arm is None:
                assert said in part["answer"]
            else:
                whole = explained.arms[arm].predicted
                more = f"; for {explained.classes[whole]} it needs more than this part"
                after = ", the same answer" if of.predicted[arm] == whole else more
                assert part["answer"] == f"From that alone: {said}{after}"
        if of.arm is None:
            assert part["mask"] is None
        else:
            cells = np.frombuffer(base64.b64decode(part["mask"]), np.uint8).reshape(40, 100)
            np.testing.assert_array_equal(cells.astype(bool), of.mask)


def test_the_evidence_along_an_axis_is_the_mean_over_the_other_times_an_even_spread(
    app, sound_run, trained_on_sounds
):
    opened(app, "explain", run=sound_run, image="2", explainer="integrated-gradients")
    run = Store(trained_on_sounds[0]), sound_run
    explained = explain_test_image(*run, 2, explainer="integrated-gradients", target="own")
    profiles = component(app, "kdviz_listener")["profiles"]
    assert [each["arm"] for each in profiles] == list(explained.arms)
    for each in profiles:
        positive = explained.arms[each["arm"]].attribution.clip(0)
        np.testing.assert_allclose(each["times"], positive.mean(0) / positive.mean(), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(each["bands"], positive.mean(1) / positive.mean(), rtol=1e-4, atol=1e-6)
        assert np.mean(each["times"]) == pytest.approx(1, abs=1e-4)


def test_a_tone_is_moved_in_time_and_its_row_follows_its_pitch(app, sound_run):
    opened(app, "explain", run=sound_run, image="2", to="what-if")
    drawn = component(app, "kdviz_cue_mover")
    assert [place["name"] for place in drawn["places"]] == ["0.10 s", "0.30 s", "0.50 s", "0.70 s", "0.90 s"]
    assert all(place["height"] == 1 for place in drawn["places"])
    rows = {each["look"]: each["spot"]["top"] for each in drawn["variants"] if each["spot"]}
    assert [rows[look] for look in sorted(rows)] == sorted(rows.values(), reverse=True), (
        "higher is further up"
    )
    assert drawn["looks"][0]["name"] == "400 Hz: yes"


def test_the_sound_of_a_moved_tone_is_that_which_the_networks_get(app, sound_run, trained_on_sounds):
    opened(app, "explain", run=sound_run, image="2", to="what-if")
    drawn = component(app, "kdviz_cue_mover")
    explained = explain_cue_variants(Store(trained_on_sounds[0]), sound_run, 2)
    assert len(drawn["variants"]) == len(explained.variants.sounds)
    for variant, expected, picture in zip(
        drawn["variants"], explained.variants.sounds, explained.variants.inputs, strict=True
    ):
        file = bytearray(base64.b64decode(drawn["sound"].partition(",")[2]))
        if variant["tone"]:
            samples, start = base64.b64decode(variant["tone"]["samples"]), 44 + 2 * variant["tone"]["start"]
            file[start : start + len(samples)] = samples
        played, _rate = soundfile.read(io.BytesIO(file), dtype="int16")
        np.testing.assert_array_equal(played, expected.numpy())
        torch.testing.assert_close(spectrograms(expected[None])[0], picture)


def test_each_part_names_the_class_whose_evidence_it_is(app, sound_run, trained_on_sounds):
    opened(app, "explain", run=sound_run, image="2")
    explained = explain_test_image(Store(trained_on_sounds[0]), sound_run, 2, target="own")
    for part in component(app, "kdviz_listener")["parts"]:
        if part["arm"]:
            name = explained.classes[explained.arms[part["arm"]].predicted]
            assert part["name"].endswith(f": evidence for {name}")


def test_all_methods_have_one_player_at_the_top(app, sound_run):
    opened(app, "explain", run=sound_run, image="2", view="methods")
    assert not app.exception
    assert len(app.get("audio")) == 1


def test_a_card_of_the_gallery_is_sent_its_clip_when_it_is_asked_for(app, sound_run, trained_on_sounds):
    """The second card alone, and its samples are those of the test set."""
    opened(app, "agreement", run=sound_run)
    buttons = [each for each in app.button if str(each.key).startswith("ag_listen_")]
    assert len(buttons) > 1
    assert not app.get("audio")
    buttons[1].click().run()
    (player,) = app.get("audio")
    index = int(buttons[1].key.removeprefix("ag_listen_"))
    assert player.proto.alt.startswith(f"Test clip {index}")


def test_the_clip_of_a_pair_of_maps_is_that_of_the_test_set(sound_run, trained_on_sounds):
    run = (Store(trained_on_sounds[0]), sound_run)
    for pair in map_pairs(*run, (3, 0)):
        np.testing.assert_array_equal(pair.sound, explain_test_image(*run, pair.index).sound)


@pytest.mark.parametrize("source", ["sound", "recording"])  # the second is of earlier links
def test_own_sounds_come_from_the_microphone_or_a_file(app, sound_run, source):
    opened(app, "explain", run=sound_run)
    assert app.selectbox(key="source_menu").options == ["Test set", "Own sound"]
    opened(app, "explain", run=sound_run, source=source)
    assert not app.exception
    assert "Record a sound or choose a file above" in page_text(app)
    assert app.get("audio_input")
    assert app.get("file_uploader")


@pytest.mark.parametrize(
    ("url", "records"),
    [
        ("http://localhost:8501/explain", True),
        ("https://kdviz.example.org/explain", True),
        ("http://192.168.1.5:8501/explain", False),
    ],
)
def test_where_a_browser_does_not_record_a_line_says_why(app, sound_run, monkeypatch, url, records):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.url", property(lambda context: url))
    opened(app, "explain", run=sound_run, source="sound")
    assert bool(app.get("audio_input")) == records
    assert ("Browsers record only on pages that come over https" in page_text(app)) == (not records)
    assert app.get("file_uploader")


def test_the_sound_that_was_given_last_is_explained(app, sound_run):
    """A recording, then a file: the file's."""

    def given(rate: float) -> bytes:
        file = io.BytesIO()
        time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
        soundfile.write(file, 0.5 * np.sin(2 * np.pi * rate * time), SAMPLE_RATE, format="WAV")
        return file.getvalue()

    def whole() -> str:
        return component(app, "kdviz_listener")["parts"][0]["url"]

    opened(app, "explain", run=sound_run, source="sound")
    app.get("audio_input")[0].set_value(("clip.wav", given(440.0), "audio/wav")).run()
    recorded = whole()
    app.get("file_uploader")[0].upload("high.wav", given(2000.0)).run()
    assert whole() != recorded


def test_of_a_sound_that_is_like_no_test_clip_this_is_said_and_nothing_is_concluded(
    app, sound_run, trained_on_sounds, monkeypatch
):
    monkeypatch.setattr("kdviz.ui.explain.one_image.brief_twin", lambda *asked: "A conclusion.")
    sounds = {}
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    for name, samples in {
        "beep": 0.5 * np.sin(2 * np.pi * 4000 * time),
        "clip": run_images(Store(trained_on_sounds[0]).run(sound_run).config).test.sounds[0].numpy(),
    }.items():
        file = io.BytesIO()
        soundfile.write(file, samples, SAMPLE_RATE, format="WAV")
        sounds[name] = file.getvalue()
    opened(app, "explain", run=sound_run, source="sound")
    app.get("file_uploader")[0].upload("beep.wav", sounds["beep"]).run()
    assert [each for each in app.warning if "No test clip sounds like this one" in each.value]
    assert "A conclusion" not in page_text(app)
    app.get("file_uploader")[0].upload("clip.wav", sounds["clip"]).run()
    assert not app.warning


# --- away from the pages ------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_report_plays_each_clip_and_says_nothing_of_images(trained_on_sounds, code):
    directory, run_id = trained_on_sounds
    with speaking(code):
        page = report_html(Store(directory), run_id, image_indices=[0, 1])
    run = Store(directory), run_id
    heard = [part for index in (0, 1) for part in heard_parts(*run, explain_test_image(*run, index))]
    assert page.count("<audio") == sum(part.but_not is None for part in heard) > 2
    assert "media-src data:" in page
    page = page[: page.index('id="words"')] + page[page.index('id="how"') :]  # the glossary is of all inputs
    visible = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    found = [line for line in visible.splitlines() if IMAGES[code].search(line)]
    assert [line for line in found if not any(each in line for each in OF_ANYTHING[code])] == []


def test_the_code_beside_the_weights_predicts_as_the_run_does(trained_on_sounds, tmp_path, monkeypatch):
    directory, run_id = trained_on_sounds
    store = Store(directory)
    found = snapshots(store, run_id)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "student.safetensors").write_bytes(weights_to_bytes(store.weights(run_id, "student")))
    loaded = {}
    exec(loading_code(store.run(run_id).config, "student", found.images, "student.safetensors"), loaded)
    test = found.images.test
    expected = found.networks["student"](found.normalizer.normalize(test.images[:5]))
    torch.testing.assert_close(loaded["logits"](test.sounds[:5]), expected.cpu())


def test_the_program_takes_samples_and_predicts_as_the_run_does(trained_on_sounds, tmp_path, monkeypatch):
    directory, run_id = trained_on_sounds
    found = snapshots(Store(directory), run_id)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "student.pt2").write_bytes(program(found, "student"))
    test = found.images.test
    given = {"sounds": test.sounds[:3].float() / 32_768}
    exec(program_code(found, "student", "student.pt2"), given)
    expected = found.networks["student"](found.normalizer.normalize(test.images[:3]))
    torch.testing.assert_close(given["logits"], expected.cpu(), rtol=1e-3, atol=1e-3)
    assert given["maps"].shape[:2] == (3, 10)


def test_weights_of_a_run_on_sounds_come_with_code_and_a_program(app, sound_run):
    app.session_state[f"weights_{sound_run}"] = True
    opened(app, "runs", compare=sound_run)
    assert not app.exception
    assert "spectrograms(sounds, 1)" in app.code[0].value
    assert [each.label for each in app.toggle if each.key == f"program_{sound_run}"] == [
        "Program without kdviz (.pt2)"
    ]
