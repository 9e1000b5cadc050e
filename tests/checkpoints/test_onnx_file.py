"""ONNX files compute as the networks that they were written from, and as onnxruntime."""

import warnings

import pytest
import torch
from torch import nn

from kdviz.checkpoints import program_tensors, read_program
from kdviz.checkpoints.exporting import program_bytes
from kdviz.checkpoints.onnx_file import onnx_network
from kdviz.cli.foreign_teachers import with_program
from kdviz.errors import ModelError
from kdviz.models import program_network
from tests.checkpoints.test_matching import made
from tests.models.test_programs import require_equal

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
ort = pytest.importorskip("onnxruntime")

IMAGES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def written(net: nn.Module, path, side: int = 64):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        count = torch.export.Dim("images", min=1)
        images = torch.rand(2, 3, side, side)
        torch.onnx.export(
            net,
            (images,),
            path,
            dynamo=True,
            dynamic_shapes=({0: count},),
            external_data=False,
            verbose=False,
        )
    return path


@pytest.mark.parametrize(
    ("name", "pooled"),
    [
        ("resnet18", True),
        ("squeezenet1_1", False),
    ],
)
def test_an_onnx_file_computes_as_its_network(tmp_path, name, pooled):
    original = made(name)
    path = written(original, tmp_path / "net.onnx")
    session = ort.InferenceSession(path)
    (theirs,) = session.run(None, {session.get_inputs()[0].name: IMAGES.numpy()})
    network = onnx_network(path)
    assert network.input_shape == (3, 64, 64)
    torch.testing.assert_close(network(IMAGES), torch.from_numpy(theirs), rtol=1e-3, atol=1e-4)
    (tmp_path / "net.pt2").write_bytes(program_bytes(network, (3, 64, 64)))
    program = program_network(read_program(tmp_path / "net.pt2"), 7, (3, 64, 64))
    program.load_program(program_tensors(tmp_path / "net.pt2"), None)
    torch.testing.assert_close(program.eval()(IMAGES), original(IMAGES), rtol=1e-3, atol=1e-4)
    assert (program.pooled_classifier() is not None) == pooled


def test_gradients_are_those_of_the_network(tmp_path):
    original = made("squeezenet1_1")
    path = written(original, tmp_path / "net.onnx")
    (tmp_path / "net.pt2").write_bytes(program_bytes(onnx_network(path), (3, 64, 64)))
    program = program_network(read_program(tmp_path / "net.pt2"), 7, (3, 64, 64))
    program.load_program(program_tensors(tmp_path / "net.pt2"), None)
    require_equal(program.eval(), original, IMAGES)


def test_it_is_kept_as_a_program(tmp_path):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 8)).eval()
    path = written(net, tmp_path / "mine.onnx", side=32)
    found = with_program({"dataset": "shapes", "teacher_weights": str(path)}, "", tmp_path)
    assert (found["teacher"], found["teacher_size"], found["teacher_epochs"]) == ("program-pooled", 32, 0)
    assert found["teacher_weights"].endswith("/mine.pt2")


def test_operators_that_are_not_known_are_named(tmp_path):
    from onnx import TensorProto, helper

    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 8, 8])
    made_node = helper.make_node("NonMaxSuppression", ["x"], ["y"])
    model = helper.make_model(helper.make_graph([made_node], "g", [given], [given]))
    onnx.save(model, tmp_path / "net.onnx")
    with pytest.raises(ModelError) as refused:
        onnx_network(tmp_path / "net.onnx")
    assert str(refused.value) == (
        "teacher_weights: 'net.onnx' has operators that are not known: NonMaxSuppression. Export the network to "
        ".pt2 instead."
    )


def test_a_text_is_no_onnx_file(tmp_path):
    (tmp_path / "net.onnx").write_text("no network")
    with pytest.raises(ModelError, match="is not a readable ONNX file"):
        onnx_network(tmp_path / "net.onnx")
