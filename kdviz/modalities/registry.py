"""The registry of kinds of input."""

from __future__ import annotations

from kdviz.datasets import DATASETS
from kdviz.lazy import deferred
from kdviz.modalities.modality import Modality

MODALITIES: dict[str, Modality] = {
    "image": Modality(
        name="image",
        label="Image",
        about="Pixels, uint8 (C, H, W); a map has rows and columns.",
        dimensions=2,
        variants=2,
        normalizer=deferred("kdviz.modalities.image:normalizer"),
        augment=deferred("kdviz.modalities.image:mirrored"),
        augment_masks=deferred("kdviz.modalities.image:mirrored_masks"),
        baseline=deferred("kdviz.modalities.image:baseline"),
        read=deferred("kdviz.modalities.image:read"),
    ),
    "text": Modality(
        name="text",
        label="Text",
        about="Numbers of words, (1, L); a map has words.",
        dimensions=1,
        variants=4,
        normalizer=deferred("kdviz.modalities.text:normalizer"),
        augment=deferred("kdviz.modalities.text:with_words_hidden"),
        augment_masks=deferred("kdviz.modalities.text:unchanged"),
        baseline=deferred("kdviz.modalities.text:baseline"),
        read=deferred("kdviz.modalities.text:read"),
    ),
    "audio": Modality(
        name="audio",
        label="Sound",
        about="A spectrogram, uint8 (1, F, T); a map has frequency bands and frames.",
        dimensions=2,
        variants=9,
        normalizer=deferred("kdviz.modalities.image:normalizer"),
        augment=deferred("kdviz.modalities.audio:shifted"),
        augment_masks=deferred("kdviz.modalities.audio:shifted"),
        baseline=deferred("kdviz.modalities.audio:baseline"),
        read=deferred("kdviz.modalities.audio:read"),
        disturb=deferred("kdviz.modalities.audio:disturbed"),
    ),
}


def modality_of(dataset: str) -> Modality:
    """The modality of a data set, by the data set's name."""
    return MODALITIES[DATASETS[dataset].modality]
