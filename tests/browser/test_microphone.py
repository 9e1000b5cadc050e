"""A word spoken into the microphone of a real browser: what it recorded is explained as the core explains it."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect
from scipy.signal import correlate

from kdviz.comparison import explain_image, prepare_sound, run_images
from kdviz.datasets import class_name
from kdviz.language import percentage
from kdviz.store.prepared import PREPARED
from tests.browser.conftest import CHROMIUM, QUIET, at_rest, fresh_page
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPOKEN: Path = PREPARED / "speech-commands-mini.wav"
HEARD = "async (player) => Array.from(new Uint8Array(await (await fetch(player.src)).arrayBuffer()))"


@pytest.fixture
def page(playwright):
    """A page whose microphone hears a clip, over and over."""
    microphone = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={SPOKEN}",
    ]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *microphone])
    with fresh_page(browser, permissions=["microphone"]) as page:
        yield page
    browser.close()


def most_similar(heard: np.ndarray, spoken: np.ndarray) -> float:
    """The similarity of a quarter of a clip: on a loaded machine the browser may skip a moment between them."""
    return max(similarity(part, spoken) for part in np.split(heard, 4) if np.abs(part).max() > 0.02)


def similarity(heard: np.ndarray, spoken: np.ndarray) -> float:
    """The largest correlation of a clip with any part of another, at any shift."""
    powers = np.convolve(spoken**2, np.ones(len(heard)), "valid")
    products = correlate(spoken, heard, "valid")
    return float(np.abs(products / np.sqrt(np.maximum(powers, 1e-12) * (heard**2).sum())).max())


def test_what_is_spoken_is_recorded_and_explained(page, small_run):
    store, run_id = small_run("speech-commands-mini")
    with serving(store.directory) as address:
        page.goto(f"{address}/explain?run={run_id}&source=sound")
        recorder = page.get_by_test_id("stAudioInput")
        recorder.get_by_role("button", name="Record").click()
        expect(page.get_by_test_id("stAudioInputWaveformTimeCode")).to_have_text("00:02")
        recorder.get_by_role("button", name="Stop recording").click()
        player = page.get_by_test_id("stAudio")
        expect(player).to_have_attribute("src", re.compile("/media/"))
        at_rest(page)

        file = bytes(player.evaluate(HEARD))
        heard, rate = soundfile.read(io.BytesIO(file))
        spoken, same = soundfile.read(SPOKEN)
        assert (rate, len(heard)) == (same, rate)
        assert most_similar(heard, np.tile(spoken, 3)) > 0.9

        sound = prepare_sound(file, run_images(store.run(run_id).config))
        known = explain_image(store, run_id, sound.image, sound=sound.samples.numpy())
        for arm in known.arms.values():
            said = f"Predicts {class_name(known.classes, arm.predicted)} ({percentage(arm.confidence)})"
            expect(page.get_by_test_id("stMain")).to_contain_text(said)
