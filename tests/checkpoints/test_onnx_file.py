"""ONNX files compute as the networks that they were written from, and as onnxruntime."""

import warnings

import pytest
import torch
from torch import nn

from kdviz.checkpoints import program_of_onnx, program_tensors, read_program
from kdviz.checkpoints.exporting import onnx_bytes, program_bytes
from kdviz.checkpoints.onnx_file import onnx_network
from kdviz.cli.foreign_teachers import with_program
from kdviz.errors import ModelError
from kdviz.models import program_network
from kdviz.progress import run_to_end
from tests.checkpoints.test_matching import made
from tests.models.test_programs import require_equal
from tests.programs import onnx_file

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
ort = pytest.importorskip("onnxruntime")

IMAGES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("name", "pooled"),
    [
        ("resnet18", True),
        ("squeezenet1_1", False),
    ],
)
def test_an_onnx_file_computes_as_its_network(tmp_path, name, pooled):
    original = made(name)
    path = onnx_file(original, tmp_path / "net.onnx")
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
    path = onnx_file(original, tmp_path / "net.onnx")
    (tmp_path / "net.pt2").write_bytes(program_bytes(onnx_network(path), (3, 64, 64)))
    program = program_network(read_program(tmp_path / "net.pt2"), 7, (3, 64, 64))
    program.load_program(program_tensors(tmp_path / "net.pt2"), None)
    require_equal(program.eval(), original, IMAGES)


def test_it_is_kept_as_a_program(tmp_path):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 8)).eval()
    path = onnx_file(net, tmp_path / "mine.onnx", side=32)
    found = with_program({"dataset": "shapes", "teacher_weights": str(path)}, "", tmp_path)
    assert (found["teacher"], found["teacher_size"], found["teacher_epochs"]) == ("program-pooled", 32, 0)
    assert found["teacher_weights"].endswith("/mine.pt2")


def test_operators_that_are_not_known_are_named(tmp_path):
    from onnx import TensorProto, helper

    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 8, 8])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    made_node = helper.make_node("NonMaxSuppression", ["x"], ["y"])
    model = helper.make_model(helper.make_graph([made_node], "g", [given], [result]))
    onnx.save(model, tmp_path / "net.onnx")
    with pytest.raises(ModelError) as refused:
        onnx_network(tmp_path / "net.onnx")
    assert str(refused.value) == (
        "teacher_weights: 'net.onnx' has operators that are not known: NonMaxSuppression. Export the network to "
        ".pt2 instead."
    )


def test_a_network_for_other_than_images_is_refused(tmp_path):
    net = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.rand(2, 8),), tmp_path / "net.onnx", dynamo=False)
    with pytest.raises(ModelError, match="takes no images"):
        onnx_network(tmp_path / "net.onnx")


def test_a_text_is_no_onnx_file(tmp_path):
    (tmp_path / "net.onnx").write_text("no network")
    with pytest.raises(ModelError, match="is not a readable ONNX file"):
        onnx_network(tmp_path / "net.onnx")


def computed(content: bytes, path, side: int) -> torch.Tensor:
    """The logits of a program for the first images."""
    path.write_bytes(content)
    program = program_network(read_program(path), 7, (3, side, side))
    program.load_program(program_tensors(path), None)
    return program.eval()(IMAGES[:, :, :side, :side])


@pytest.mark.parametrize("dynamo", [True, False])
def test_a_file_for_one_image_at_a_time_takes_any_number(tmp_path, dynamo):
    original, path = made("mobilenet_v3_small"), tmp_path / "net.onnx"
    options = {"external_data": False, "verbose": False} if dynamo else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(original, (IMAGES[:1],), path, dynamo=dynamo, **options)
    network = onnx_network(path)
    assert network.batch == 1
    session = ort.InferenceSession(path)
    name = session.get_inputs()[0].name
    one_by_one = [session.run(None, {name: IMAGES[at : at + 1].numpy()})[0] for at in range(3)]
    expected = torch.cat([torch.from_numpy(each) for each in one_by_one])
    logits = computed(onnx_bytes(network, (3, 64, 64), path.name), tmp_path / "net.pt2", 64)
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-4)


def test_a_file_that_mixes_its_images_is_refused(tmp_path):
    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())

        def forward(self, images):
            return self.layers(images) - self.layers(images).mean(0, keepdim=True)

    path = tmp_path / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(Mixed().eval(), (IMAGES[:2],), path, dynamo=False)
    with pytest.raises(ModelError, match=r"'net.onnx' takes 2 images at a time. Export it for any number:"):
        onnx_bytes(onnx_network(path), (3, 64, 64), path.name)


def test_a_process_of_its_own_makes_the_same_program(tmp_path):
    original = made("squeezenet1_1")
    path = onnx_file(original, tmp_path / "net.onnx")
    content = run_to_end(program_of_onnx(path, (1, 96, 96)))  # its own 3 channels of 64 px are fixed
    torch.testing.assert_close(
        computed(content, tmp_path / "net.pt2", 64), original(IMAGES), rtol=1e-3, atol=1e-4
    )


def test_what_a_process_refuses_is_said_in_one_line(tmp_path):
    (tmp_path / "net.onnx").write_text("no network")
    with pytest.raises(ModelError) as refused:
        run_to_end(program_of_onnx(tmp_path / "net.onnx", (3, 64, 64)))
    assert str(refused.value) == "teacher_weights: 'net.onnx' is not a readable ONNX file."


def test_a_process_ends_with_the_one_that_no_longer_waits(tmp_path):
    path = onnx_file(made("squeezenet1_1"), tmp_path / "net.onnx")
    tracing = program_of_onnx(path, (3, 64, 64))
    next(tracing)
    child = tracing.gi_frame.f_locals["child"]
    assert child.poll() is None
    tracing.close()
    assert child.returncode is not None


def constant(path, value, *, domain: str = "") -> None:
    """A file that adds a constant to its images."""
    from onnx import TensorProto, helper

    given, made_of = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3, 8, 8]) for name in ("x", "y")
    )
    nodes = [
        helper.make_node("Constant", [], ["c"], value=value),
        helper.make_node("Add", ["x", "c"], ["y"], domain=domain),
    ]
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", [given], [made_of])), path)


def test_a_constant_reads_no_other_file(tmp_path, monkeypatch):
    from onnx import TensorProto

    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(b"1234")
    value = TensorProto(data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    value.external_data.add(key="location", value="secret")
    constant(tmp_path / "net.onnx", value)
    with pytest.raises(ModelError, match="has its weights in another file"):
        onnx_network(tmp_path / "net.onnx")


def test_an_operator_of_another_domain_is_named_with_it(tmp_path):
    from onnx import TensorProto, helper

    constant(tmp_path / "net.onnx", helper.make_tensor("c", TensorProto.FLOAT, [1], [1.0]), domain="mine")
    with pytest.raises(ModelError, match=r"operators that are not known: mine\.Add\."):
        onnx_network(tmp_path / "net.onnx")


def test_numbers_that_contradict_their_sizes_are_refused(tmp_path):
    from onnx import TensorProto, helper

    value = helper.make_tensor("c", TensorProto.FLOAT, [2], [1.0, 2.0])
    value.dims[0] = 1 << 40
    constant(tmp_path / "net.onnx", value)
    with pytest.raises(ModelError, match="is not a valid ONNX file"):
        onnx_network(tmp_path / "net.onnx")
