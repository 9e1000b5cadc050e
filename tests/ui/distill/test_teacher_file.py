"""A teacher from a file on Distill: examined before a run can start, and taken over with one button."""

import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from kdviz.checkpoints import onnx_process
from kdviz.config import make_config
from kdviz.jobs import examination_job
from kdviz.language import percentage
from kdviz.models import build, load_weights, namings
from kdviz.store.teacher_files import keep_teacher_file
from kdviz.store.teachers import TeacherStore
from kdviz.store.uploads import UploadedFile, upload_token
from kdviz.ui.distill.teacher_file import _images
from kdviz.ui.frame.formatting import count
from tests.patience import PATIENCE_S
from tests.programs import exported, onnx_file
from tests.ui.conftest import opened

SHAPES = "shapes"


@pytest.fixture
def file(tmp_path) -> Path:
    """kdviz's teacher of shapes, with the tensor names of public code for CIFAR."""
    config = make_config({"dataset": SHAPES})
    weights, naming = (
        TeacherStore(tmp_path).find(config.teacher_key),
        namings(config.teacher)["CIFAR (fc, shortcut)"],
    )
    torch.save({"state_dict": {naming(key): tensor for key, tensor in weights.items()}}, tmp_path / "net.pth")
    return tmp_path / "net.pth"


def with_file(app, file: Path):
    """The form with shapes and this file, once it is examined; and the page as it was before."""
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    app.text_input(key=f"{SHAPES}.teacher_weights").input(str(file)).run()
    assert not app.exception
    return app


def examined(app, store, file: Path):
    images = make_config({"dataset": SHAPES, "cue": app.session_state[f"{SHAPES}.cue"]})
    examination_job(store, file, images).wait(PATIENCE_S)
    return app.run()


def texts(app) -> str:
    return "\n".join(
        str(each.value) for each in (*app.markdown, *app.success, *app.error, *app.info, *app.warning)
    )


def test_a_file_is_examined_before_a_run_can_start_and_then_taken_over(app, store, file):
    page = with_file(app, file)
    if page.button(key="start").disabled:  # else it was examined while the page was drawn
        assert "being examined" in texts(page)
    page = examined(app, store, file)
    assert "56 of 56 tensors are loaded. It has 8 outputs." in texts(page)
    (said,) = [each.value for each in page.success if "by guessing" in each.value]
    assert said.endswith("That is with images as they are and pixels as the data set.")
    assert any(
        "of its pixels, with images as they are: as the data set " in each.value for each in page.caption
    )
    assert page.button(key="use_teacher_file").proto.type == "primary"
    page = page.button(key="use_teacher_file").click().run()
    assert not page.exception
    assert not any("chance" in each.value for each in page.warning)
    assert "use_teacher_file" not in {button.key for button in page.button}
    assert page.number_input(key=f"{SHAPES}.teacher_epochs").value == 0
    assert not page.button(key="start").disabled


def test_a_file_that_is_none_keeps_a_run_from_starting(app, store, tmp_path):
    bad = tmp_path / "net.pth"
    bad.write_text("no weights")
    page = examined(with_file(app, bad), store, bad)
    assert "is not a file of weights" in texts(page)
    assert "cannot be used" in texts(page)
    assert "being examined" not in texts(page)
    assert page.button(key="start").disabled


def test_a_teacher_that_guesses_is_not_pressed_on_anybody_and_said_beside_start(app, store, file):
    content = torch.load(file, weights_only=True)
    content["state_dict"]["fc.weight"].zero_()
    content["state_dict"]["fc.bias"].zero_()
    torch.save(content, file)
    page = examined(with_file(app, file), store, file)
    (said,) = [each.value for each in page.warning if "no better than guessing" in each.value]
    right, count = map(int, re.search(r"\((\d+) of (\d+)\)", said).groups())
    assert f"It is right on **{percentage(right / count, 0)}** ({right} of {count})" in said
    assert page.button(key="use_teacher_file").proto.type == "secondary"
    page = page.button(key="use_teacher_file").click().run()
    assert any("right no more often than by guessing" in each.value for each in page.warning)
    assert not page.button(key="start").disabled


def test_an_upload_is_kept_once_for_each_content_under_a_harmless_name(tmp_path):
    first, second = (keep_teacher_file(tmp_path, name, b"abc") for name in ("../../a b.pth", "../../a b.pth"))
    assert first == second == tmp_path / "teacher-files" / "ba7816bf8f01cfea" / "a_b.pth"
    assert first.read_bytes() == b"abc"
    assert keep_teacher_file(tmp_path, "...", b"x").parent.parent == tmp_path / "teacher-files"


def test_a_program_is_examined_and_taken_over(app, store, tmp_path):
    config = make_config({"dataset": SHAPES})
    network = build(config.teacher, classes=8, input_shape=(3, 32, 32), width=config.teacher_width)
    load_weights(network, TeacherStore(tmp_path).find(config.teacher_key), source="the shelf")
    program = exported(network.eval(), tmp_path / "net.pt2", side=32)
    page = examined(with_file(app, program), store, program)
    assert f"A program of torch.export** with {count(77_912)} parameters. It has 8 outputs." in texts(page)
    page = page.button(key="use_teacher_file").click().run()
    assert not page.exception
    assert page.selectbox(key=f"{SHAPES}.teacher").value == "program-pooled"
    assert not page.button(key="start").disabled
    assert any("Parameters 77.9" in each.value for each in page.caption)


def test_an_onnx_file_is_examined_as_a_program_and_taken_over(app, store, tmp_path):
    pytest.importorskip("onnxscript")
    config = make_config({"dataset": SHAPES})
    network = build(config.teacher, classes=8, input_shape=(3, 32, 32), width=config.teacher_width)
    load_weights(network, TeacherStore(tmp_path).find(config.teacher_key), source="the shelf")
    network = network.eval().to(memory_format=torch.contiguous_format)
    path = store.uploads.keep_weights(
        UploadedFile("mine.onnx", onnx_file(network, tmp_path / "mine.onnx", side=32).read_bytes())
    )
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    app.text_input(key=f"{SHAPES}.teacher_weights").input(upload_token(str(path))).run()
    page = examined(app, store, path)
    assert "An ONNX network,** kept as a program of torch.export, with" in texts(page)
    # Nine convolutions and the last layer, each with a bias; the axes of a mean, the sizes of a reshape.
    assert "22 of 22 tensors are loaded." in texts(page)
    assert any("by guessing" in each.value for each in page.success)
    assert page.button(key="start").disabled
    assert "press *Use this teacher*" in texts(page)
    page = page.button(key="use_teacher_file").click().run()
    assert not page.exception
    program = store.uploads.find(page.text_input(key=f"{SHAPES}.teacher_weights").value)
    assert program is not None
    assert program.name == "mine.pt2"
    assert page.selectbox(key=f"{SHAPES}.teacher").value == "program-pooled"
    assert not page.button(key="start").disabled


def test_without_its_package_an_onnx_file_is_refused_with_how_to_install_it(
    app, store, tmp_path, monkeypatch
):
    path = store.uploads.keep_weights(UploadedFile("mine.onnx", b"1234"))
    monkeypatch.setattr(onnx_process, "find_spec", lambda name: None)
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    app.text_input(key=f"{SHAPES}.teacher_weights").input(upload_token(str(path))).run()
    page = examined(app, store, path)
    assert "ONNX files need the package onnx. Install it with: pip install 'kdviz\\[onnx\\]'." in texts(page)
    assert page.button(key="start").disabled


def test_a_file_with_a_part_of_a_network_shows_what_is_missing(app, store, file):
    content = torch.load(file, weights_only=True)
    del content["state_dict"]["layer1.0.conv1.weight"]
    torch.save(content, file)
    page = examined(with_file(app, file), store, file)
    assert "55 of 56 tensors are loaded." in texts(page)
    assert "It lacks more of the network than its last layer, so it cannot teach." in texts(page)
    (table,) = [each.value for each in page.dataframe if "Tensor" in each.value.columns]
    assert ["layer1.0.conv1.weight", "missing in the file"] in table[["Tensor", "Why"]].to_numpy().tolist()
    assert page.button(key="start").disabled
    assert "use_teacher_file" not in {button.key for button in page.button}


@pytest.mark.parametrize("outputs", [0, 11])
def test_a_file_without_the_last_layer_that_is_needed_teaches_with_a_new_one(app, store, file, outputs):
    """Whose last layer is in a Sequential, or has outputs that are not the classes of the data."""
    content = torch.load(file, weights_only=True)
    weights = content["state_dict"]
    last = {name: weights.pop(f"fc.{name}") for name in ("weight", "bias")}
    for name, tensor in last.items():
        weights[f"fc.{name}" if outputs else f"fc.1.{name}"] = torch.zeros(11, *tensor.shape[1:])
    torch.save(content, file)
    page = examined(with_file(app, file), store, file)
    said, why = (
        (
            "54 of 56 tensors are loaded. It has 11 outputs. Your data has 8 classes, so its last layer is "
            "replaced by one that is fitted to your training images.",
            {
                ("fc.weight", "left out for the new last layer"),
                ("fc.bias", "left out for the new last layer"),
            },
        )
        if outputs
        else (
            "54 of 56 tensors are loaded. It has no last layer of this network: a new one is fitted to your "
            "training images.",
            {
                *((f"fc.{name}", "missing in the file") for name in last),
                *((f"fc.1.{name}", "not part of the network") for name in last),
            },
        )
    )
    assert said in texts(page)
    (table,) = [each.value for each in page.dataframe if "Tensor" in each.value.columns]
    assert {tuple(row) for row in table[["Tensor", "Why"]].to_numpy().tolist()} == why
    page = page.button(key="use_teacher_file").click().run()
    assert not page.exception
    assert page.text_input(key=f"{SHAPES}.teacher_classes").value == "new"
    assert not page.button(key="start").disabled


def test_an_uploaded_file_stands_in_the_form_as_a_token(app, store, file):
    path = store.uploads.keep_weights(UploadedFile("net.pth", file.read_bytes()))
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    app.text_input(key=f"{SHAPES}.teacher_weights").input(upload_token(str(path))).run()
    page = examined(app, store, path)
    page = page.button(key="use_teacher_file").click().run()
    assert page.text_input(key=f"{SHAPES}.teacher_weights").value == upload_token(str(path))
    assert str(store.directory) not in texts(page)
    assert not page.button(key="start").disabled


def test_removing_the_file_empties_all_that_it_had_filled_in(app, store, file):
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    keys = [f"{SHAPES}.teacher_{name}" for name in ("weights", "input", "size", "classes", "epochs")]
    before = [app.session_state[key] for key in (*keys, f"{SHAPES}.teacher")]
    (upload,) = (each for each in app.get("file_uploader") if each.key == "teacher_upload")
    upload.set_value(("net.pth", file.read_bytes(), "application/octet-stream")).run()
    page = examined(app, store, store.uploads.find(app.session_state[keys[0]]))
    page.button(key="use_teacher_file").click().run()
    page.text_input(key=f"{SHAPES}.teacher_classes").set_value("7,6,5,4,3,2,1,0").run()
    assert [page.session_state[key] for key in (*keys, f"{SHAPES}.teacher")] != before
    (upload,) = (each for each in page.get("file_uploader") if each.key == "teacher_upload")
    upload.set_value(None).run()
    assert not page.exception
    assert [page.session_state[key] for key in (*keys, f"{SHAPES}.teacher")] == before
    assert not page.button(key="start").disabled


def test_an_upload_that_is_gone_is_said(app):
    opened(app, "distill")
    app.selectbox(key="dataset").select(SHAPES).run()
    app.text_input(key=f"{SHAPES}.teacher_weights").input("upload-0123456789abcdef").run()
    assert "The uploaded file is no longer on the server" in texts(app)


def test_the_explained_layer_is_chosen_by_its_maps(app, store, file):
    page = examined(with_file(app, file), store, file)
    page.button(key="use_teacher_file").click().run()
    layers = page.segmented_control(key="teacher_layer")
    assert layers.options == ["last (stage3)", "stride4 (stage2)", "stride2 (stage1)"]
    assert layers.value == "last"
    cells = [each.value for each in page.caption if "cells" in each.value]
    assert cells == [
        "**last (stage3)**  \n4 × 4 cells  \ndefault", "**stride4 (stage2)**  \n8 × 8 cells",
        "**stride2 (stage1)**  \n16 × 16 cells",
    ]  # fmt: skip
    layers.set_value("stride4").run()
    assert not page.exception
    assert page.selectbox(key=f"{SHAPES}.explained_layer").value == "stride4"
    assert page.session_state["teacher_layer"] == "stride4"
    assert page.selectbox(key=f"{SHAPES}.explanation_loss.grad-cam").value == "grad-cam"
    assert not page.button(key="start").disabled
    page.selectbox(key=f"{SHAPES}.explained_layer").select("second-to-last").run()
    assert page.session_state["teacher_layer"] == "stride4"


def test_a_layer_that_the_student_lacks_is_not_offered_and_why_is_said(app, store, file):
    page = examined(with_file(app, file), store, file)
    page.selectbox(key=f"{SHAPES}.student").select("vit-tiny").run()
    assert page.segmented_control(key="teacher_layer").options == ["last (stage3)", "stride4 (stage2)"]
    assert any(
        "stride2 (stage1) is not offered: the student ViT tiny has no map as fine." in each.value
        for each in page.caption
    )
    assert "stride2" not in page.selectbox(key=f"{SHAPES}.explained_layer").options


def test_a_file_for_sounds_is_examined_at_the_length_of_the_clips(tmp_path):
    settings = {"dataset": "audio-folder", "data": str(tmp_path), "cue": "none"}
    assert _images({**settings, "clip_seconds": 2.5}).input_shape == (1, 40, 250)
    assert _images(settings).input_shape == (1, 40, 100)


def test_a_teacher_that_is_not_taken_over_keeps_a_run_from_starting(app, store, file):
    page = with_file(app, file)
    page.selectbox(key=f"{SHAPES}.teacher").select("simple-cnn").run()
    page = examined(page, store, file)
    assert "The form has other settings than the teacher's file: press *Use this teacher*." in texts(page)
    assert page.button(key="start").disabled
    page = page.button(key="use_teacher_file").click().run()
    assert "press *Use this teacher*" not in texts(page)
    assert not page.button(key="start").disabled


def enlarging(data: str, size: int) -> None:
    import streamlit as st

    from kdviz.checkpoints import CheckpointSummary
    from kdviz.trainer.teacher_check import TeacherExamination
    from kdviz.ui.distill.larger_images import larger_images

    found = TeacherExamination(CheckpointSummary(1, ""), (), {"teacher_size": 96}, ())
    st.session_state.setdefault("folder.image_size", str(size))
    values = {"dataset": "folder", "data": data, "image_size": st.session_state["folder.image_size"]}
    larger_images(found, values)


def test_larger_images_are_offered_where_teacher_and_files_are_larger(tmp_path):
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        Image.new("RGB", (128, 100)).save(tmp_path / label / "0.png")
    page = AppTest.from_function(enlarging, args=(str(tmp_path), 64)).run()
    page.button(key="teacher_file_images").click().run()
    assert page.session_state["folder.image_size"] == "96"
    assert page.session_state["folder.teacher_size"] is None
    assert not page.button
    for label in ("a", "b"):
        Image.new("RGB", (128, 80)).save(tmp_path / label / "0.png")
    assert not AppTest.from_function(enlarging, args=(f"{tmp_path}/", 64)).run().button
