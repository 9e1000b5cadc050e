"""A visitor's own texts and sounds, uploaded on Distill and Data & models: counted, started, without any path."""

import io
import zipfile
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
import soundfile
from PIL import Image
from streamlit.testing.v1 import AppTest

from kdviz.config import make_config
from kdviz.sound import SAMPLE_RATE
from kdviz.ui.frame import server
from kdviz.ui.frame.formatting import plain
from tests.patience import PATIENCE_S
from tests.ui.conftest import APP, opened, page_text


def sounds(each: int = 40) -> bytes:
    """A zip of high and low tones in noise."""
    content, noise = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(content, "w") as packed:
        for name, hertz in (("high", 2_000), ("low", 300)):
            for number in range(each):
                wave = np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
                file = io.BytesIO()
                soundfile.write(
                    file, 0.3 * wave + 0.05 * noise.standard_normal(SAMPLE_RATE), SAMPLE_RATE, format="WAV"
                )
                packed.writestr(f"{name}/{number}.wav", file.getvalue())
    return content.getvalue()


def table(rows: int = 120) -> bytes:
    return ("text,label\n" + "".join(f"word{row} is it,{row % 2}\n" for row in range(rows))).encode()


OWN = {
    "audio": ("Your own sounds", "tones.zip", sounds, "**80 sounds, 2 classes**: 54 for training, 10 for validation, 16 for testing."),
    "text": ("Your own texts", "table.csv", table, "**120 texts, 2 classes**: 80 for training, 16 for validation, 24 for testing."),
}  # fmt: skip

DATASET = {"Your own sounds": "audio-folder", "Your own texts": "text-file"}


@pytest.fixture(params=OWN)
def own(request, monkeypatch):
    """As a visitor on another machine has it: label, file name, content, and what is said of it."""
    monkeypatch.setattr(server, "visitor_is_local", lambda: False)
    label, name, make, said = OWN[request.param]
    return label, name, make(), said


def shown(app) -> str:
    fields = [each.value for kind in (app.text_input, app.button) for each in kind]
    return "\n".join([page_text(app), *map(str, fields), str(dict(app.query_params))])


def test_an_upload_is_counted_and_trained_on(app, store, own):
    label, name, content, said = own
    opened(app, "distill", dataset=label)
    assert app.button(key="start").disabled
    app.get("file_uploader")[0].upload(name, content).run()
    assert not app.exception
    assert said in page_text(app)
    app.number_input(key=f"{DATASET[label]}.epochs").set_value(31).run()
    app.button(key="start").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "Epochs: teacher and students together may train 60 epochs here, got 61. Choose fewer."
    ]
    app.number_input(key=f"{DATASET[label]}.epochs").set_value(30).run()
    app.button(key="start").click().run()
    assert not app.exception
    (run,) = store.runs()
    assert Path(run.config.data).read_bytes() == content
    assert Path(run.config.data).parents[1] == store.directory / "uploads"
    assert str(store.directory) not in shown(app)


def test_an_upload_is_shown_in_data_and_models(app, store, own):
    label, name, content, said = own
    opened(app, "library", browse=label)
    app.get("file_uploader")[0].upload(name, content).run()
    assert not app.exception
    assert not app.error
    assert said in page_text(app)
    assert "**Source, licence** your files" in page_text(app)


@pytest.mark.parametrize(("page", "choice"), [("distill", "dataset"), ("library", "browse")])
def test_a_rationale_that_cannot_be_read_is_named_beside_the_upload(app, page, choice):
    rows = [f'thing {n} is good,{n % 2},"{[[0, 9999 if n == 5 else 5]]}"' for n in range(60)]
    opened(app, page, **{choice: "Your own texts"})
    content = "\n".join(["text,label,evidence", *rows]).encode()
    app.get("file_uploader")[0].upload("table.csv", content).run()
    assert not app.exception
    said = page_text(app).replace("\\", "")
    line = "1 rationale is not read, and left out. The first: row 7 of 'table.csv', column 'evidence': the span [0, 9999]"
    assert said.count(line) == 1, "in the card alone"


def test_what_was_uploaded_in_data_and_models_is_distilled_without_a_second_upload(app, store, own):
    label, name, content, said = own
    opened(app, "library", browse=label)
    assert not app.get("page_link")
    app.get("file_uploader")[0].upload(name, content).run()
    (link,) = (each.proto for each in app.get("page_link"))
    assert (link.label, link.page) == ("Distill with these", "distill")
    assert str(store.directory) not in link.query_string
    assert dict(parse_qsl(link.query_string))[f"{DATASET[label]}.batch_size"] == "16"
    opened(app, "distill", **dict(parse_qsl(link.query_string)))
    assert not app.exception
    assert said in page_text(app)
    assert plain(name) in page_text(app)
    assert "run" not in app.query_params, "none is shown beside the form"
    assert not app.metric
    app.button(key="start").click().run()
    (run,) = store.runs()
    assert Path(run.config.data).read_bytes() == content
    assert set(app.query_params) == {"run"}, "else a reload takes what is left for a link's settings"


def test_a_reload_keeps_the_files_of_the_open_run(app, store, own):
    """In the form of a new run and in Data & models: a new session has the run's address and no more."""
    label, name, content, said = own
    opened(app, "distill", dataset=label)
    app.get("file_uploader")[0].upload(name, content).run()
    app.button(key="start").click().run()
    (run,) = store.runs()
    form, data = (AppTest.from_file(APP, default_timeout=PATIENCE_S) for _new in range(2))
    for session in (form, data):
        session.session_state["visitor"] = app.session_state["visitor"]  # the browser's cookie
    opened(form, "distill", run=run.id)
    form.button(key="open_form").click().run()
    assert form.selectbox(key="dataset").value == run.config.dataset
    assert said in page_text(form)
    assert form.query_params["dataset"] == label, "so that this form is kept, too"
    opened(data, "distill", run=run.id)
    opened(data, "library")
    assert said in page_text(data)
    assert str(store.directory) not in shown(data)


@pytest.fixture
def of_2_seconds(tmp_path):
    """A folder of tones of 1.8 s, a fifth of them of 0.9 s, which a visitor on this machine names."""
    for name, hertz in (("high", 2_000), ("low", 300)):
        (tmp_path / "tones" / name).mkdir(parents=True)
        for number in range(40):
            times = np.arange(int((0.9 if number % 5 == 0 else 1.8) * SAMPLE_RATE)) / SAMPLE_RATE
            wave = 0.3 * np.sin(2 * np.pi * hertz * times)
            soundfile.write(tmp_path / "tones" / name / f"{number}.wav", wave, SAMPLE_RATE)
    return str(tmp_path / "tones")


PADDED = "Clips are padded to 2 s: 80 of 80 sounds are shorter (down to 0.9 s)."
CUT = "Clips are cut to 0.5 s: 80 of 80 sounds are longer (up to 1.8 s)."


def test_clips_have_the_length_of_the_sounds_unless_another_is_chosen(app, store, of_2_seconds):
    opened(app, "distill", dataset="Your own sounds", **{"audio-folder.data": of_2_seconds})
    field = app.number_input(key="audio-folder.clip_seconds")
    assert field.value == 2.0
    assert PADDED in page_text(app)
    assert "Multiply-adds per clip" in page_text(app)
    field.set_value(0.5).run()
    assert CUT in page_text(app)
    app.button(key="start").click().run()
    assert not app.exception
    (run,) = store.runs()
    assert (run.config.clip_seconds, run.config.input_shape) == (0.5, (1, 40, 50))


def test_a_link_decides_the_length_of_clips(app, store, of_2_seconds):
    given = {"audio-folder.data": of_2_seconds, "audio-folder.clip_seconds": "0.5"}
    opened(app, "distill", dataset="Your own sounds", **given)
    assert app.number_input(key="audio-folder.clip_seconds").value == 0.5
    assert CUT in page_text(app)


def test_data_and_models_has_the_clips_of_a_run(app, store, of_2_seconds):
    opened(app, "library", browse="Your own sounds", browse_data=of_2_seconds)
    assert not app.exception
    assert PADDED in page_text(app)
    assert "**Clips** of 2.00 s" in page_text(app)
    (link,) = (dict(parse_qsl(each.proto.query_string)) for each in app.get("page_link"))
    assert link["audio-folder.clip_seconds"] == "2.0"


def test_what_no_run_can_use_is_refused_in_a_line_and_nothing_is_kept(app, store, own):
    label, name, _content, _said = own
    opened(app, "distill", dataset=label)
    app.get("file_uploader")[0].upload(name, b"nonsense").run()
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith("Your files: ")
    assert app.button(key="start").disabled
    assert not [*(store.directory / "uploads").glob("*/*")]


def paced(app, dataset: str) -> list[int]:
    names = ("batch_size", "epochs", "teacher_epochs")
    return [app.number_input(key=f"{dataset}.{name}").value for name in names]


def test_a_run_on_few_inputs_has_small_batches_and_many_epochs(app, store, tmp_path):
    """60 texts: 40 to train on, 2 steps of 16 an epoch. 3,000: 2,000 to train on, as many as is usual."""
    (few, many) = (tmp_path / f"{rows}.csv" for rows in (60, 3_000))
    few.write_bytes(table(60))
    many.write_bytes(table(3_000))
    opened(app, "distill", dataset="Your own texts", **{"text-file.data": str(few)})
    assert not app.exception
    assert paced(app, "text-file") == [16, 100, 100]
    assert "too few to learn much" not in page_text(app)
    # 1.96 · √(½ · ½ / 12) = 28 %
    assert "Only 12 test texts: an accuracy is uncertain by some ± 28 points." in page_text(app)
    app.text_input(key="text-file.data").set_value(str(many)).run()
    assert paced(app, "text-file") == [32, 15, 8]
    assert "an accuracy is uncertain" not in page_text(app)
    app.number_input(key="text-file.epochs").set_value(30).run()
    app.text_input(key="text-file.data").set_value(str(few)).run()
    assert paced(app, "text-file") == [16, 30, 100]


def test_the_preset_for_own_pictures_follows_their_number_too(app, tmp_path):
    """90 pictures: 60 to train on, 3 steps of 16 an epoch."""
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(45):
            Image.new("RGB", (8, 8), (number, number, 5 * number)).save(
                tmp_path / f"pets/{name}/{number}.png"
            )
    opened(app, "distill", dataset="Your own images", **{"folder.data": str(tmp_path / "pets")})
    assert paced(app, "folder") == [16, 100, 100]
    app.number_input(key="folder.epochs").set_value(2).run()
    assert app.pills(key="preset").value is None
    app.pills(key="preset").set_value("own-pictures").run()
    assert paced(app, "folder") == [16, 100, 100]
    assert app.pills(key="preset").value == "own-pictures"
    assert "Epochs: 100" in page_text(app)


def test_a_link_decides_the_epochs_of_a_run_on_few_inputs(app, tmp_path):
    (tmp_path / "few.csv").write_bytes(table(60))
    given = {"text-file.data": str(tmp_path / "few.csv"), "text-file.epochs": "40"}
    opened(app, "distill", dataset="Your own texts", **given)
    assert paced(app, "text-file") == [16, 40, 100]
    app.number_input(key="text-file.teacher_epochs").set_value(8).run()
    assert "Only 16 training steps for the teacher, too few to learn much." in page_text(app)
    assert "Only 80 training steps, too few" not in page_text(app)


def test_the_settings_of_a_run_on_few_inputs_stay_as_they_were(app, store, tmp_path):
    (tmp_path / "few.csv").write_bytes(table(60))
    run_id = store.create(
        make_config({"dataset": "text-file", "data": str(tmp_path / "few.csv")}).model_dump()
    )
    store.set_state(run_id, "finished")
    opened(app, "distill", run=run_id, new="1")
    assert not app.exception
    assert paced(app, "text-file") == [32, 15, 8]
