"""State dicts of timm's convolutional networks: recognized, and the logits that timm computes with them.

The names, shapes and logits are timm's, written by scripts/make_timm_networks.py.
"""

import json
from pathlib import Path

import pytest
import torch

from kdviz.checkpoints import inspect_file, load_matched
from kdviz.models import build
from tests.filled import IMAGES, filled

TIMM = json.loads(Path(__file__).with_name("timm_networks.json").read_text())
SAME_NAMES = {"resnet18", "densenet121"}
"""Which timm names as torchvision does."""


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.slow if "vgg" in each else ()) for each in TIMM]
)
def test_a_state_dict_of_timm_computes_what_timm_computes(tmp_path, name):
    known = TIMM[name]
    torch.save(filled(known["shapes"]), tmp_path / "net.pth")
    found = inspect_file(tmp_path / "net.pth")
    best = found.matches[0]
    assert (best.candidate.architecture, best.classes) == (known["network"], 5)
    assert best.candidate.naming == ("torchvision" if name in SAME_NAMES else "timm")
    assert best.complete
    assert best.unexpected == ()
    network = build(known["network"], classes=5, input_shape=(3, 64, 64))
    load_matched(network, found.checkpoint.tensors, best, outputs=None)
    with torch.no_grad():
        logits = network.eval()(IMAGES)
    torch.testing.assert_close(logits, torch.tensor(known["logits"]), rtol=1e-4, atol=1e-4)
