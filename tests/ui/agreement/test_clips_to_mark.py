"""Where should it listen? Training clips that are heard and marked on their spectrograms, and a run on the marks."""

import base64
import io
import shutil

import numpy as np
import pytest
import soundfile
import torch

from kdviz.comparison import known_training_triage
from kdviz.datasets import marks_from_bytes, read_marks
from kdviz.figures.maps import spectrogram_axes
from kdviz.jobs import execute, start_marked_evidence, start_survey, start_training_triage
from kdviz.sound import masked
from kdviz.store import Store
from kdviz.ui.agreement import where_to_look as section
from kdviz.ui.agreement.mask_painter import mask_from_text, mask_text
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text
from tests.ui.test_sounds import about_images, component

ANNE = "a" * 32


@pytest.fixture
def store(trained_on_sounds, tmp_path, monkeypatch):
    """A copy of the directory of the run on sounds: what is drawn and started here is of no other test."""
    directory = tmp_path / "copied"
    shutil.copytree(trained_on_sounds[0], directory)
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return Store(directory)


@pytest.fixture
def run_id(store, trained_on_sounds):
    assert start_training_triage(store, trained_on_sounds[1]).wait(PATIENCE_S).state == "done"
    return trained_on_sounds[1]


@pytest.fixture
def hand(monkeypatch):
    """Draws in the browser's place: what is put into the list, a clip's name and a mask, is sent at the next run."""
    sent, real = [], section.mask_painter

    def painted(shown, strip, *, on_drawn, on_chosen):
        while sent:
            on_drawn(*sent.pop(0))
        real(shown, strip, on_drawn=on_drawn, on_chosen=on_chosen)

    monkeypatch.setattr(section, "mask_painter", painted)
    return sent


@pytest.fixture
def marking(app, store, run_id):
    """The page with the section open."""
    app.session_state["visitor"] = ANNE
    opened(app, "agreement", run=run_id, marking="1")
    assert not app.exception
    return app


@pytest.fixture
def clips(store, run_id):
    """Those that the page shows."""
    return known_training_triage(store, run_id).images


def painter(app):
    return component(app, "kdviz_mask_painter")


def played(url):
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(url.partition(",")[2])), dtype="int16")
    assert rate == 16_000
    return samples


def rectangle(top, left, bottom, right):
    mask = np.zeros((40, 100), bool)
    mask[top:bottom, left:right] = True
    return mask


def kept(store, run_id):
    return marks_from_bytes(store.draft_marks(run_id, ANNE)).masks


def drawn(app, hand, clip, mask):
    hand.append((clip.digest, mask_text(mask)))
    app.run()
    app.run()


def test_a_training_clip_is_heard_and_its_spectrogram_has_axes(marking, clips):
    shown = painter(marking)
    assert "Where should it listen?" in [each.label for each in marking.expander]
    assert shown["title"].startswith("Clip 1 of ")
    assert shown["clip"]["axes"] == spectrogram_axes(100)
    np.testing.assert_array_equal(played(shown["clip"]["whole"]), clips[0].sound)
    assert shown["clip"]["alone"] == ""
    assert shown["grid"] == {"height": 40, "width": 100}
    assert [each["name"] for each in shown["maps"]] == ["student", "teacher"]
    assert list(shown["words"]["tool"]) == ["box", "brush", "polygon", "eraser"]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_nothing_is_said_of_images(marking, code):
    marking.query_params["lang"] = code
    marking.run()
    assert not marking.exception
    assert about_images(marking, code) == []


def test_a_rectangle_is_kept_as_it_is_drawn_and_heard_alone(marking, hand, store, run_id, clips):
    mask = rectangle(10, 20, 31, 60)
    drawn(marking, hand, clips[0], mask)
    np.testing.assert_array_equal(kept(store, run_id)[clips[0].digest], mask)
    shown = painter(marking)
    np.testing.assert_array_equal(mask_from_text(shown["mask"], (40, 100)), mask)
    expected = masked(torch.from_numpy(clips[0].sound), torch.from_numpy(mask)).numpy()
    np.testing.assert_allclose(played(shown["clip"]["alone"]) / 32_767, expected, atol=1e-4)


def test_for_students_that_read_the_waveform_a_mark_is_a_time_span(
    marking, hand, store, run_id, clips, monkeypatch
):
    monkeypatch.setattr(section, "students_read_samples", lambda config: True)
    marking.run()
    assert list(painter(marking)["words"]["tool"].values()) == ["Time span", "Brush", "Eraser"]
    assert "So a mark says when, not at which frequency." in page_text(marking)
    when = np.zeros((1, 100), bool)
    when[0, 35:70] = True
    drawn(marking, hand, clips[0], when)
    np.testing.assert_array_equal(kept(store, run_id)[clips[0].digest], rectangle(0, 35, 40, 70))
    shown = painter(marking)
    assert shown["grid"] == {"height": 1, "width": 100}
    np.testing.assert_array_equal(mask_from_text(shown["mask"], (1, 100)), when)


def test_a_mask_of_another_shape_is_refused_in_one_line(marking, hand, store, run_id, clips):
    drawn(marking, hand, clips[0], np.ones((1, 100), bool))
    assert [each.value for each in marking.error] == [
        "Marks: what was drawn did not arrive as a mask of 100 x 40 cells, and was not stored. Draw it again."
    ]
    assert store.draft_marks(run_id, ANNE) is None


def test_a_run_goes_on_with_the_marks_and_says_whether_they_helped(marking, hand, store, run_id, clips):
    assert "Mark a clip first." in page_text(marking)
    mask = rectangle(5, 30, 38, 80)
    for clip in clips[:2]:
        drawn(marking, hand, clip, mask)
    assert "with the marks on 2 clips." in page_text(marking)
    marking.number_input(key="retrain_epochs").set_value(1).run()
    marking.button(key="retrain").click().run()
    assert not marking.exception
    (new,) = [run for run in store.runs() if run.id != run_id]
    assert (new.config.parent, new.config.map_source) == (run_id, "mask")
    assert {*read_marks(store.directory / new.id / "marks.npz").masks} == {clip.digest for clip in clips[:2]}
    assert execute(store, new.id).state == "finished"
    assert start_survey(store, new.id).wait(PATIENCE_S).state == "done"
    assert start_marked_evidence(store, new.id).wait(PATIENCE_S).state == "done"
    opened(marking, "distill", run=new.id)
    said = page_text(marking)
    assert "Did the marks help?" in said
    assert "Evidence inside your marks: **" in said
    assert "of these training clips' spectrograms (n = 2)." in said
    assert "2 of 64 training clips have a mark that is matched" in said
    assert about_images(marking) == []
