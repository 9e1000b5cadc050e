"""A network taken along as a program: it computes the same without kdviz, and says where it looks."""

import io
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.checkpoints.onnx_file import onnx_network
from kdviz.comparison import onnx_program, program, program_code, snapshots
from kdviz.models import build
from tests.patience import PATIENCE_S


def test_the_program_runs_by_itself_without_kdviz(finished, tmp_path):
    """In another folder, with kdviz out of reach; the maps are the closed form of CAM."""
    found = snapshots(*finished)
    (tmp_path / "net.pt2").write_bytes(program(found, "student"))
    images = found.images.test.images[:5]
    np.save(tmp_path / "images.npy", (images.float() / 255).numpy())
    before = "import sys, numpy\nsys.modules['kdviz'] = None\nimport torch\n"
    before += "images = torch.from_numpy(numpy.load('images.npy'))\n"
    after = "numpy.savez('out.npz', logits=logits.detach(), maps=maps.detach())\n"
    (tmp_path / "use.py").write_text(before + program_code(found, "student", "net.pt2") + after)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "use.py"], cwd=tmp_path, env=environment, check=True, timeout=PATIENCE_S)
    network = found.networks["student"]
    with torch.no_grad():
        features = network.forward_features(found.normalizer.normalize(images))
        classifier = network.pooled_classifier()
        expected = network.forward_head(features)
        maps = (classifier.weight[None, :, :, None, None] * features[:, None]).sum(2)
    with np.load(tmp_path / "out.npz") as out:
        torch.testing.assert_close(torch.from_numpy(out["logits"]), expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(torch.from_numpy(out["maps"]), maps, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(
            torch.from_numpy(out["maps"]).mean((2, 3)) + classifier.bias.detach(),
            expected,
            rtol=1e-4,
            atol=1e-4,
        )


@pytest.mark.parametrize("name", ["vit-tiny", "mobilenet-small", "simple-cnn"])
def test_every_kind_of_network_becomes_a_program(finished, name):
    found = snapshots(*finished)
    shape = tuple(found.images.test.images.shape[1:])
    network = build(name, classes=len(found.images.classes), input_shape=shape, seed=3).eval()
    other = replace(found, networks={"student": network})
    loaded = torch.export.load(io.BytesIO(program(other, "student"))).module()
    images = found.images.test.images[:3]
    with torch.no_grad():
        expected = network(found.normalizer.normalize(images))
        torch.testing.assert_close(loaded(images.float() / 255)[0], expected, rtol=1e-4, atol=1e-4)


def test_a_student_leaves_as_onnx_with_the_same_logits(finished, tmp_path):
    pytest.importorskip("onnxscript")
    ort = pytest.importorskip("onnxruntime")
    found = snapshots(*finished)
    (tmp_path / "net.onnx").write_bytes(onnx_program(found, "student"))
    (tmp_path / "net.pt2").write_bytes(program(found, "student"))
    pixels = found.images.test.images[:5].float() / 255
    session = ort.InferenceSession(tmp_path / "net.onnx")
    logits = torch.from_numpy(session.run(None, {session.get_inputs()[0].name: pixels.numpy()})[0])
    expected = torch.export.load(tmp_path / "net.pt2").module()(pixels)[0]
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-4)
    read = onnx_network(tmp_path / "net.onnx")  # it can teach again
    torch.testing.assert_close(read(pixels), expected, rtol=1e-3, atol=1e-4)
