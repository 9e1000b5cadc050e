"""A training clip that is marked on its spectrogram, and heard: all of it, and what is marked alone."""

from __future__ import annotations

import numpy as np

from kdviz.comparison import TrainingImage, marked_sound
from kdviz.figures.maps import spectrogram_axes, wav_url
from kdviz.ui.agreement.mask_painter import Mask, PaintedClip


def clip_to_mark(image: TrainingImage, mask: Mask | None) -> PaintedClip | None:
    """None for an image. mask: what is marked of it, if anything is."""
    if image.sound is None:
        return None
    alone = "" if mask is None else wav_url(marked_sound(image.sound, mask))
    return PaintedClip(spectrogram_axes(image.image.shape[1]), wav_url(image.sound), alone)


def whole_columns(mask: Mask, size: tuple[int, int]) -> Mask:
    """A mask as it comes from the browser, (H, W) or one row (1, W) of whole columns, as (H, W)."""
    return np.array(np.broadcast_to(mask, size))
