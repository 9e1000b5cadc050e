"""A visitor's own images on Distill and Data & models: uploaded, checked, started, and without any path."""

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kdviz.config import make_config
from kdviz.datasets.inspection import ImageInspection
from kdviz.datasets.leaks import Leaks
from kdviz.jobs import submit
from kdviz.ui.distill import start
from kdviz.ui.frame import server
from kdviz.ui.widgets.image_check import _few_test_images
from tests.ui.conftest import opened, page_text

OWN = {"dataset": "Your own images"}


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def zipped(tiny_folder, tmp_path) -> bytes:
    return Path(shutil.make_archive(str(tmp_path / "squares"), "zip", tiny_folder)).read_bytes()


def uploaded(app, content, name="squares.zip"):
    app.get("file_uploader")[0].upload(name, content).run()
    assert not app.exception
    return app


def said(app) -> str:
    """The running text of the page, without the backslashes that keep names from being Markdown."""
    return page_text(app).replace("\\", "")


def spaced(app) -> str:
    return said(app).replace("\N{NO-BREAK SPACE}", " ")


def shown(app) -> str:
    """All that a page says, its fields and its link."""
    fields = [each.value for kind in (app.text_input, app.button) for each in kind]
    return "\n".join([said(app), *map(str, fields), str(dict(app.query_params))])


def test_a_zip_is_uploaded_checked_and_trained_on(app, store, zipped):
    uploaded(opened(app, "distill", **OWN), zipped)
    assert "**120 images, 2 classes**: 80 for training, 16 for validation, 24 for testing." in said(app)
    assert "Every file can be read, and no test image is in the training set." in said(app)
    app.button(key="start").click().run()
    assert not app.exception
    (run,) = store.runs()
    assert Path(run.config.data).read_bytes() == zipped
    assert Path(run.config.data).parents[1] == store.directory / "uploads"
    assert str(store.directory) not in shown(app)


def test_a_first_run_on_own_data_has_a_rough_time(app, tiny_folder):
    opened(app, "distill", **OWN, **{"folder.data": str(tiny_folder), "folder.device": "cpu"})
    assert "Takes roughly " in said(app)


def test_the_link_of_an_upload_opens_it_and_contains_no_path(app, store, zipped, monkeypatch):
    uploaded(opened(app, "distill", **OWN), zipped)
    token = app.query_params["folder.data"]
    assert token.startswith("upload-")
    path = store.uploads.find(token)
    run_id = submit(store, make_config({"dataset": "folder", "data": str(path), "image_size": 16}))
    opened(app, "runs", run=run_id)
    assert not app.exception
    assert str(store.directory) not in shown(app)
    monkeypatch.setattr(server, "visitor_is_local", lambda: False)  # somebody else's browser
    opened(app, "library", browse="Your own images", browse_data=token)
    assert "**squares.zip**" in said(app)


def test_what_a_run_would_refuse_is_one_line_and_another_file_can_be_chosen(app, store, zipped):
    uploaded(opened(app, "distill", **OWN), b"no zip")
    (line,) = (each.value for each in app.error)
    assert line.startswith("Your files: 'squares.zip' is neither a folder nor a readable zip file.")
    uploaded(app, zipped)
    assert not app.error
    assert "**squares.zip**" in said(app)


def test_pictures_that_a_run_would_refuse_when_it_reads_them_cannot_be_started(app, zipped):
    content = io.BytesIO(zipped)
    with zipfile.ZipFile(content, "a") as file:
        file.writestr("third/1.png", b"no picture")
    uploaded(opened(app, "distill", **OWN), content.getvalue())
    (line,) = (each.value for each in app.error)
    assert line.startswith("Your files: class 'third' has 0 readable training images")
    assert app.button(key="start").disabled


def test_a_medmnist_file_is_uploaded(app, tmp_path):
    random = np.random.default_rng(0)
    arrays = {
        f"{split}_{what}": random.integers(0, 256, (count, 28, 28), np.uint8)
        if what == "images"
        else np.arange(count)[:, None] % 3
        for split, count in (("train", 30), ("val", 6), ("test", 9))
        for what in ("images", "labels")
    }
    np.savez(tmp_path / "cellmnist.npz", **arrays)
    uploaded(opened(app, "distill", **OWN), (tmp_path / "cellmnist.npz").read_bytes(), "cellmnist.npz")
    assert "**45 images, 3 classes**: 30 for training, 6 for validation, 9 for testing." in said(app)


def test_an_upload_is_removed_from_the_form(app, zipped):
    uploaded(opened(app, "distill", **OWN), zipped)
    app.button(key="folder.data_remove").click().run()
    assert not app.exception
    assert app.button(key="start").disabled
    assert app.get("file_uploader")


def test_leaks_and_broken_files_are_said_with_their_names(app, tiny_folder):
    pictures = [file.read_bytes() for file in sorted((tiny_folder / "above").iterdir())]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for n, each in enumerate(pictures[:16]):
            file.writestr(f"{'train' if n < 10 else 'test'}/{'ab'[n % 2]}/{n}.png", each)
        file.writestr("test/a/leak.png", pictures[2])
        file.writestr("train/b/broken.png", b"x")
    uploaded(opened(app, "distill", **OWN), content.getvalue())
    text = said(app)
    assert "1 file cannot be read, and is left out: train/b/broken.png." in text
    assert "the same file: test/a/leak.png – train/a/2.png." in text


def test_a_broken_file_is_no_test_image_above_or_below(app, tiny_folder):
    """Of 33 files of each class 7 would be for testing, of 32 pictures and a broken file 6."""
    pictures = [file.read_bytes() for file in sorted((tiny_folder / "above").iterdir())]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for n in range(64):
            file.writestr(f"{'ab'[n % 2]}/{n}.png", pictures[n % len(pictures)])
        for label in "ab":
            file.writestr(f"{label}/broken.png", b"x")
    text = spaced(uploaded(opened(app, "distill", **OWN), content.getvalue()))
    assert "for training, 8 for validation, 12 for testing." in text
    assert "Only 12 test images" in text
    assert "**12 test images**" in text


def test_only_a_visitor_on_this_machine_names_a_path(app, tiny_folder, monkeypatch):
    given = {**OWN, "folder.data": str(tiny_folder)}
    assert not opened(app, "distill", **given).button(key="start").disabled
    monkeypatch.setattr(server, "visitor_is_local", lambda: False)
    opened(app, "distill", **given)
    assert app.button(key="start").disabled
    opened(app, "library", browse="Your own images", browse_data=str(tiny_folder))
    assert not app.get("image")


def test_files_on_this_machine_are_checked_when_asked(app, tiny_folder):
    opened(app, "distill", **OWN, **{"folder.data": str(tiny_folder)})
    assert "120 images" not in said(app)
    app.toggle(key="folder_data_check").set_value(True).run()
    assert not app.exception
    assert "**120 images, 2 classes**: 80 for training" in said(app)
    assert "All are 16 × 16 px." in said(app)


def test_an_upload_that_is_gone_is_said(app):
    opened(app, "distill", **OWN, **{"folder.data": "upload-0123456789abcdef"})
    assert not app.exception
    assert "The uploaded files are no longer on the server. Upload them again." in said(app)


def test_the_memory_of_large_images_is_stated_and_too_large_ones_are_refused(app, tiny_folder, monkeypatch):
    given = {**OWN, "folder.data": str(tiny_folder), "folder.image_size": "512"}
    monkeypatch.setattr(start, "STATED_BYTES", 50 << 20)
    opened(app, "distill", **given)
    assert "The images take 0.1 GB on disk; training reads them from there." in said(app)
    app.session_state["folder.cue"] = "hue-patch"
    app.run()
    assert "The images take 0.2 GB of this machine's " in said(app)
    monkeypatch.setattr("kdviz.datasets.memory.machine_memory_bytes", lambda: 100 << 20)
    opened(app, "distill", **given)
    (line,) = (each.value for each in app.error)
    assert line.startswith("Your files: 240 images of 512 x 512 px take 0.2 GB of memory")


def test_the_size_of_the_pictures_is_offered(app, tiny_folder):
    opened(app, "distill", **OWN, **{"folder.data": str(tiny_folder), "folder.image_size": "64"})
    app.toggle(key="folder_data_check").set_value(True).run()
    # Pictures of 16 px: 28 is the smallest size that is offered.
    assert app.button(key="folder.image_size_own").label == "Use 28 px, nearest to your pictures"
    assert "shrunk" not in said(app)
    assert "cropped to" not in said(app)
    app.text_input(key="folder.image_size").set_value("32x64").run()
    assert "Pictures are cropped to 32 × 64: 50 % of the area, at the edges, is lost." in said(app).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    app.button(key="folder.image_size_own").click().run()
    assert app.session_state["folder.image_size"] == "28"
    assert "folder.image_size_own" not in {each.key for each in app.button}


def of_96_px(count=24, **more) -> bytes:
    """A zip of two classes of noise, 96 px wide and high."""
    random, content = np.random.default_rng(1), io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for n in range(count):
            picture = io.BytesIO()
            Image.fromarray(random.integers(0, 256, (96, 96, 3), np.uint8)).save(picture, "PNG")
            file.writestr(f"{'ab'[n % 2]}/{n}.png", picture.getvalue())
        for name, text in more.items():
            file.writestr(f"a/{name}.png", text)
    return content.getvalue()


@pytest.mark.parametrize("page", ["distill", "library"])
def test_the_size_of_an_upload_is_filled_in_and_what_a_smaller_one_loses_is_said(app, page):
    given, key = (
        (OWN, "folder.image_size") if page == "distill" else ({"browse": OWN["dataset"]}, "browse_size")
    )
    uploaded(opened(app, page, **given), of_96_px())
    assert app.session_state[key] == "96"
    assert "shrunk" not in said(app)
    app.text_input(key=key).set_value("32").run()
    # 4 % of 32 x 32 px are 41 px, a square of 6.4.
    assert "96 px are shrunk to 32 px: a detail of 4 % of the area becomes 6 × 6 px." in spaced(app)
    app.button(key=f"{key}_own").click().run()
    assert app.session_state[key] == "96"
    assert "shrunk" not in said(app)


def test_the_preset_of_own_data_takes_the_size_of_the_pictures_too_and_stays_marked(app):
    opened(app, "distill", **OWN)
    app.pills(key="preset").set_value("own-pictures").run()
    assert app.session_state["folder.image_size"] == "64"
    uploaded(app, of_96_px())
    assert app.session_state["folder.image_size"] == "96"
    assert app.session_state["preset"] == "own-pictures"
    app.text_input(key="folder.image_size").set_value("48").run()
    assert app.session_state["folder.image_size"] == "48"


def test_a_size_of_the_link_is_not_replaced(app):
    uploaded(opened(app, "distill", **OWN, **{"folder.image_size": "48"}), of_96_px())
    assert app.session_state["folder.image_size"] == "48"
    assert "96 px are shrunk to 48 px" in spaced(app)


@pytest.mark.parametrize(("count", "words"), [(24, "± 49 points"), (30, "± 40 points")])
def test_few_test_images_are_said_with_the_width_of_an_accuracy_on_them(app, count, words):
    """A fifth of the images is the test: half of 1.96 / √n."""
    uploaded(opened(app, "library", browse=OWN["dataset"]), of_96_px(count))
    assert f"fewer than 30 of a class: an accuracy is known to about {words}." in spaced(app)
    assert "Pictures of one patient or one slide are kept apart only by folders" in said(app)


def test_enough_test_images_are_not_warned_of():
    found = ImageInspection(("a", "b"), {"test": (30, 31)}, np.array([[96, 96]]), (), Leaks(), (), 0, ())
    assert _few_test_images(found) == ""
    assert "**59 test images**" in _few_test_images(replace(found, counts={"test": (29, 30)}))


def test_a_broken_file_is_said_once(app):
    uploaded(opened(app, "library", browse=OWN["dataset"]), of_96_px(broken="no picture"))
    assert said(app).count("a/broken.png") == 1


def test_the_largest_size_is_that_which_the_browser_enforces(app):
    opened(app, "distill", **OWN)
    most = app.get("file_uploader")[0].proto.max_upload_size_mb
    assert f"At most {most} MB a file and 1 GB in all." in spaced(app)
    for text in ("README.md", "docs/operations.md"):
        assert f"at most {most} MB" in (Path(__file__).parents[3] / text).read_text()


def test_the_bar_of_a_check_goes_when_the_files_are_refused(app):
    texts = io.BytesIO()
    with zipfile.ZipFile(texts, "w") as file:
        for n in range(9):
            file.writestr(f"{'ab'[n % 2]}/{n}.png", "a text")
    uploaded(opened(app, "library", browse=OWN["dataset"]), texts.getvalue())
    assert app.error
    assert not app.get("progress")


@pytest.mark.parametrize(
    ("size", "wrong"),
    [(size, f"'{size}' is not allowed") for size in ("5", "5000", "abc")] + [("", "it is empty")],
)
def test_an_invalid_size_is_said_below_its_field_and_has_no_cost(app, tiny_folder, size, wrong):
    assert "smaller**" in said(opened(app, "distill", **OWN, **{"folder.data": str(tiny_folder)}))
    app.text_input(key="folder.image_size").set_value(size).run()
    assert not app.exception
    assert "smaller**" not in said(app)
    below_field, beside_start = (each.value for each in app.error)
    assert below_field == beside_start
    assert f"Image size: {wrong}. Give 16 to 512 px: " in below_field
    assert app.button(key="start").disabled
