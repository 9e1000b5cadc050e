"""The length of clips of a user's own sounds, where the command line gives none."""

from __future__ import annotations

from typing import Any

from kdviz.cli.printing import print_line
from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.config import make_config
from kdviz.progress import silent


def with_clip_seconds(settings: dict[str, Any], *, say: bool) -> dict[str, Any]:
    """The settings, with the length that suits the sounds unless one is given.

    A run that goes on from another has that one's length. say: whether to print what it makes of the sounds.
    """
    if settings.get("dataset") != OWN_SOUNDS or settings.get("parent"):
        return settings
    given = make_config(settings)
    from kdviz.datasets import sound_lengths  # PyTorch is slow to import
    from kdviz.narrative.clip_length import clip_length_sentence

    lengths = sound_lengths(given.data, silent)
    seconds = given.clip_seconds if "clip_seconds" in settings else lengths.fitting
    if say:
        print_line(clip_length_sentence(lengths, seconds))
    return {**settings, "clip_seconds": seconds}
