"""The networks that are tested in every way, by what they are made for. What torchvision's others share is tested in tests/models."""

from kdviz.models import MODELS

TESTED_NETWORKS = {
    name: spec for name, spec in MODELS.items() if not spec.family and "image" in spec.modalities
}

TEXT_NETWORKS = {name: spec for name, spec in MODELS.items() if "text" in spec.modalities}

SPECTROGRAM = (1, 40, 100)
SOUND_NETWORKS = [
    name
    for name, spec in MODELS.items()
    if "audio" in spec.modalities and not spec.family and spec.takes(SPECTROGRAM[1:])
]
"""Those that take a spectrogram of one second."""
