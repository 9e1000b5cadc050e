"""The networks for images that are tested in every way. What torchvision's others share is tested in tests/models."""

from kdviz.models import MODELS

TESTED_NETWORKS = {
    name: spec for name, spec in MODELS.items() if not spec.family and spec.modality == "image"
}

TEXT_NETWORKS = {name: spec for name, spec in MODELS.items() if spec.modality == "text"}
