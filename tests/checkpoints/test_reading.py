"""Files of weights as they exist in the world, and files that are none. No code in a file is run."""

import argparse
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from kdviz.checkpoints import read_checkpoint
from kdviz.errors import ModelError

TENSORS = {"conv.weight": torch.arange(6.0).reshape(2, 3), "fc.bias": torch.ones(2)}


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        read_checkpoint(path)
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("content", "wrapper", "prefix"),
    [
        (TENSORS, "", ""),
        ({"state_dict": TENSORS, "epoch": 3}, "state_dict", ""),
        ({"model": {"state_dict": TENSORS}}, "model.state_dict", ""),
        ({"model_state_dict": {f"module.{k}": v for k, v in TENSORS.items()}}, "model_state_dict", "module."),
        ({f"_orig_mod.module.{k}": v for k, v in TENSORS.items()}, "", "_orig_mod.module."),
        ({"state_dict_ema": TENSORS, "state_dict": {"conv.weight": torch.zeros(2, 3)}}, "state_dict_ema", ""),
        (
            {"state_dict": TENSORS, "args": argparse.Namespace(lr=0.1), "best": np.float64(0.9)},
            "state_dict",
            "",
        ),
        ({"state_dict": {f"backbone.{k}": v for k, v in TENSORS.items()}}, "state_dict", "backbone."),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_wrappers_and_prefixes_are_taken_off(tmp_path, content, wrapper, prefix, zipped):
    path = tmp_path / "weights.pth"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    found = read_checkpoint(path)
    assert (found.wrapper, found.prefix, found.left_out) == (wrapper, prefix, ())
    assert found.tensors.keys() == TENSORS.keys()
    assert all(torch.equal(found.tensors[name], tensor) for name, tensor in TENSORS.items())


def test_what_does_not_share_the_prefix_is_named(tmp_path):
    tensors = {f"model.{k}": v for k, v in TENSORS.items()} | {
        "model.a": torch.ones(1),
        "loss.weight": torch.ones(3),
    }
    save_file(tensors, tmp_path / "weights.safetensors")
    assert read_checkpoint(tmp_path / "weights.safetensors").left_out == ("loss.weight",)


class Canary:
    """A pickle that would write a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("suffix", [".pth", ".pt", ".th", ".ckpt", ".bin"])
def test_a_pickle_with_code_is_refused_and_its_code_never_runs(tmp_path, suffix, zipped):
    path, canary = tmp_path / f"weights{suffix}", tmp_path / "canary"
    torch.save({"state_dict": TENSORS, "x": Canary(canary)}, path, _use_new_zipfile_serialization=zipped)
    assert "could run code" in refused(path)
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists()  # the file was a canary indeed


def test_a_plain_pickle_is_refused(tmp_path):
    path, canary = tmp_path / "weights.pt", tmp_path / "canary"
    path.write_bytes(pickle.dumps(Canary(canary)))
    refused(path)
    assert not canary.exists()


@pytest.mark.parametrize("kept", [10, 200, 900])
def test_a_truncated_file_is_said_to_be_damaged(tmp_path, kept):
    torch.save({"state_dict": TENSORS}, tmp_path / "whole.pth")
    path = tmp_path / "weights.pth"
    path.write_bytes((tmp_path / "whole.pth").read_bytes()[:kept])
    assert refused(path) == "teacher_weights: 'weights.pth' is damaged or truncated. Copy it again."


def test_a_file_whose_members_are_gone_is_damaged_in_our_own_words(tmp_path):
    path = tmp_path / "weights.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    assert refused(path) == "teacher_weights: 'weights.pth' is damaged or truncated. Copy it again."


@pytest.mark.parametrize(("count", "files"), [(1, "1 other file"), (599, "599 other files")])
def test_a_zip_of_pictures_is_said_to_be_one(tmp_path, count, files):
    path = tmp_path / "weights.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("cells")
        for number in range(count):
            archive.writestr(f"cells/{number}.png", b"picture")
    assert refused(path) == f"teacher_weights: 'weights.pth' is a zip with {files}, not a file of weights."


def test_a_header_of_ten_gigabytes_is_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(struct.pack("<Q", 10 << 30) + b"{}")
    assert "not a readable .safetensors file" in refused(path)


def test_a_text_is_no_file_of_weights(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_text(json.dumps({"conv.weight": [1, 2]}))
    assert refused(path).startswith("teacher_weights: 'weights.pth' is not a file of weights. Give one of")


def test_a_folder_cannot_be_read(tmp_path):
    assert "cannot read" in refused(tmp_path)


def test_an_archive_that_grows_when_unpacked_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(5_000_000))
    assert "far larger unpacked" in refused(path)


def test_torchscript_is_code(tmp_path):
    path = tmp_path / "weights.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/code/__torch__.py", "")
    assert "TorchScript program, which is code" in refused(path)


LINEAR = torch.nn.Linear(2, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"epoch": 3}, "a dictionary of 'epoch'"),
        ({"state_dict": {}, "epoch": 3}, "a dictionary of 'state_dict', 'epoch'"),
        (dict.fromkeys("abcdefg", 1), "a dictionary of 'a', 'b', 'c', 'd', 'e' and 2 more"),
        ({}, "an empty dictionary"),
        (torch.optim.Adam(LINEAR.parameters()).state_dict(), "the state of an optimizer"),
        ([*LINEAR.parameters()], "a list of 2 tensors without names"),
        ((1, "two", torch.ones(1)), "a tuple of 3 values"),
        ([], "an empty list"),
        (torch.ones(2, 3), "one tensor of shape (2, 3) without a name"),
        ("weights", "a text"),
        (0.5, "a number"),
        (None, "nothing"),
        (torch.float32, "a value of type dtype"),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_without_weights_says_what_it_holds_and_what_to_do(tmp_path, content, said, zipped):
    torch.save(content, tmp_path / "weights.pt", _use_new_zipfile_serialization=zipped)
    assert refused(tmp_path / "weights.pt").startswith(
        f"teacher_weights: 'weights.pt' holds {said}, not the weights of a network. In the program that made "
        "it, save its numbers alone: torch.save(model.state_dict(), 'weights.pth'), or the whole network: "
    )
