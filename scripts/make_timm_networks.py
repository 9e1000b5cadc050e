"""Write names, shapes and logits of timm's networks for the tests, which need no timm.

PYTHONPATH=. python scripts/make_timm_networks.py
"""

import json
from pathlib import Path

import timm
import torch

from tests.filled import IMAGES, filled

FILE = Path("tests/checkpoints/timm_networks.json")
NETWORKS = {
    "resnet18": "resnet18",
    "densenet121": "densenet121",
    "efficientnet_b0": "efficientnet-b0",
    "mobilenetv2_100": "mobilenet-v2",
    "mnasnet_100": "mnasnet1-0",
    "convnext_tiny": "convnext-tiny",
    "regnetx_008": "regnet-x-800mf",
    "regnety_004": "regnet-y-400mf",
    "vgg11_bn": "vgg11-bn",
}
"""By timm's name, the network here."""


def main() -> None:
    """Fill each network as the tests do, and note what it computes."""
    found = {}
    for name, here in NETWORKS.items():
        network = timm.create_model(name, num_classes=5).eval()
        shapes = {key: list(tensor.shape) for key, tensor in network.state_dict().items()}
        network.load_state_dict(filled(shapes))
        with torch.no_grad():
            logits = network(IMAGES).tolist()
        found[name] = {"network": here, "shapes": shapes, "logits": logits}
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
