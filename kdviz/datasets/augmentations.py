"""The registry of augmentations: how inputs are changed at random in training."""

from __future__ import annotations

from kdviz.types import SOUNDS, AugmentationSpec

_GAIN_DB = 10.0
_NOISE_DB = (5.0, 25.0)

AUGMENTATIONS: dict[str, AugmentationSpec] = {
    "usual": AugmentationSpec(
        name="usual",
        label="Usual",
        about="Images are flipped, words are hidden, sounds are shifted in time.",
    ),
    "gain": AugmentationSpec(
        name="gain",
        label="Gain",
        about="Shifted sounds are up to 10 dB louder or quieter.",
        gain_db=_GAIN_DB,
        modalities=SOUNDS,
    ),
    "noise": AugmentationSpec(
        name="noise",
        label="Noise",
        about="White noise is added to shifted sounds, 5 to 25 dB below them.",
        noise_db=_NOISE_DB,
        modalities=SOUNDS,
    ),
    "gain-noise": AugmentationSpec(
        name="gain-noise",
        label="Gain and noise",
        about="Shifted sounds are up to 10 dB louder or quieter, with white noise 5 to 25 dB below them.",
        gain_db=_GAIN_DB,
        noise_db=_NOISE_DB,
        modalities=SOUNDS,
    ),
}
