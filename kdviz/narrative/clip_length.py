"""What a length of clips makes of a user's sounds, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kdviz.language import _, decimal

if TYPE_CHECKING:
    from kdviz.datasets import SoundLengths


def clip_length_sentence(lengths: SoundLengths, clip: float) -> str:
    """How many sounds are cut or padded, and how long the longest and the shortest of them are."""
    said = {"clip": _time(clip), "count": f"{len(lengths.seconds):,}"}
    longer, shorter = lengths.longer(clip), lengths.shorter(clip)
    most, least = _time(max(lengths.seconds)), _time(min(lengths.seconds))
    if longer and shorter:
        return _(
            "Clips are cut or padded to {clip}: {longer} of {count} sounds are longer (up to {most}), "
            "{shorter} are shorter (down to {least})."
        ).format(**said, longer=f"{len(longer):,}", shorter=f"{len(shorter):,}", most=most, least=least)
    if longer:
        return _("Clips are cut to {clip}: {longer} of {count} sounds are longer (up to {most}).").format(
            **said, longer=f"{len(longer):,}", most=most
        )
    if shorter:
        return _(
            "Clips are padded to {clip}: {shorter} of {count} sounds are shorter (down to {least})."
        ).format(**said, shorter=f"{len(shorter):,}", least=least)
    return _("Clips last {clip}: none of {count} sounds is cut or padded.").format(**said)


def _time(seconds: float) -> str:
    return _("{value} s").format(value=decimal(seconds, 2).rstrip("0").rstrip("."))
