"""An expert's network in a real browser: uploaded, recognized, proved, and used by a run."""

import io
import re

import pytest
import torch
from playwright.sync_api import expect

from kdviz.config import make_config
from kdviz.models import build, load_weights, namings
from kdviz.store import Store
from kdviz.store.teachers import TeacherStore
from tests.programs import onnx_file

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def weights(folder) -> bytes:
    """kdviz's teacher of shapes, wrapped and with the tensor names of public code for CIFAR."""
    config = make_config({"dataset": "shapes"})
    tensors, naming = (
        TeacherStore(folder).find(config.teacher_key),
        namings(config.teacher)["CIFAR (fc, shortcut)"],
    )
    file = io.BytesIO()
    torch.save({"state_dict": {f"module.{naming(key)}": value for key, value in tensors.items()}}, file)
    return file.getvalue()


def in_onnx(path) -> bytes:
    """The same teacher in ONNX."""
    pytest.importorskip("onnxscript")
    config = make_config({"dataset": "shapes"})
    network = build(config.teacher, classes=8, input_shape=(3, 32, 32), width=config.teacher_width)
    load_weights(network, TeacherStore(path.parent).find(config.teacher_key), source="the shelf")
    return onnx_file(network.eval().to(memory_format=torch.contiguous_format), path, side=32).read_bytes()


def test_an_onnx_file_is_uploaded_proved_and_offered(address, page, tmp_path):
    page.goto(f"{address}/distill?new=1&dataset=Shapes&shapes.train_count=64&shapes.epochs=1")
    page.get_by_text("Teacher from a file").click()
    upload = page.locator(".st-key-teacher_upload input[type=file]")
    kind = "application/octet-stream"
    upload.set_input_files({"name": "bad.onnx", "mimeType": kind, "buffer": b"no network"})
    expect(page.get_by_text("'bad.onnx' is not a readable ONNX file.").first).to_be_visible()
    expect(page.locator(".st-key-start button")).to_be_disabled()

    upload.set_input_files({"name": "net.onnx", "mimeType": kind, "buffer": in_onnx(tmp_path / "net.onnx")})
    expect(page.get_by_text("An ONNX network, kept as a program of torch.export, with")).to_be_visible()
    expect(page.get_by_text(re.compile(r"It is right on (9\d|100)\s% \(\d+ of 200\)"))).to_be_visible()
    expect(page.locator(".st-key-start button")).to_be_disabled()
    page.locator(".st-key-use_teacher_file button").click()
    expect(page.get_by_text("The form has these settings.")).to_be_visible()
    expect(page.locator(".st-key-start button")).to_be_enabled()


def test_a_network_is_uploaded_proved_and_teaches(runs_dir, address, page, tmp_path):
    page.goto(f"{address}/distill?new=1&dataset=Shapes&shapes.train_count=64&shapes.epochs=1")
    page.get_by_text("Teacher from a file").click()
    upload = page.locator(".st-key-teacher_upload input[type=file]")

    upload.set_input_files(
        {"name": "notes.pth", "mimeType": "application/octet-stream", "buffer": b"no weights"}
    )
    expect(page.get_by_text("'notes.pth' is not a file of weights").first).to_be_visible()
    expect(page.locator(".st-key-start button")).to_be_disabled()
    page.locator(".st-key-teacher_upload").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("'notes.pth' is not a file of weights")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Teacher's weights")).to_have_value("")
    expect(page.locator(".st-key-start button")).to_be_enabled()

    upload.set_input_files(
        {"name": "net.pth", "mimeType": "application/octet-stream", "buffer": weights(tmp_path)}
    )
    expect(page.get_by_text("56 of 56 tensors are loaded. It has 8 outputs.")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"It is right on (9\d|100)\s% \(\d+ of 200\) of the validation images"))
    ).to_contain_text("That is with images as they are and pixels as the data set.")
    page.locator(".st-key-use_teacher_file button").click()
    expect(page.get_by_text("The form has these settings.")).to_be_visible()

    assert not re.search("[?&]run=", page.url), "the link names no run"
    page.locator(".st-key-start button").click()
    expect(page).to_have_url(re.compile("[?&]run="))
    expect(page.get_by_text("Where they look")).to_be_visible()
    (run,) = (each for each in Store(runs_dir).runs() if each.config.teacher_weights)
    assert run.config.teacher_epochs == 0
    assert (run.config.train_count, run.config.epochs) == (64, 1)
