"""Networks that read the waveform: their maps have no frequency."""

from __future__ import annotations

from kdviz.config import RunConfig
from kdviz.language import _
from kdviz.models import TEACHERS


def students_read_samples(config: RunConfig) -> bool:
    """Whether the students of a run read the waveform itself."""
    return TEACHERS[config.student].reads_samples


def without_frequency(config: RunConfig) -> str:
    """Whose maps have no frequency; "" if all have."""
    reads = [role for role in ("teacher", "student") if TEACHERS[getattr(config, role)].reads_samples]
    return {
        (): "",
        ("teacher",): _(
            "The teacher reads the waveform: its map has no frequency and is the same in all bands."
        ),
        ("student",): _(
            "The students read the waveform: their maps have no frequency and are the same in all bands."
        ),
        ("teacher", "student"): _(
            "The networks read the waveform: their maps have no frequency and are the same in all bands."
        ),
    }[tuple(reads)]
