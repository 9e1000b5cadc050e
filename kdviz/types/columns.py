"""Which columns of a user's table of texts hold what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

OWN_TEXTS = "text-file"
"""The data set of a user's own texts."""

NO_COLUMN = "none"
"""Of a split or a rationale: no column holds it, whatever is recognized."""


@dataclass(frozen=True)
class TextColumns:
    """Names of columns, as of the settings `text_column` and so on; None for one that is recognized.

    split: training, validation or test. rationale: the place of what decides in each text.
    """

    text: str | None = None
    label: str | None = None
    split: str | None = None
    rationale: str | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> TextColumns:
        """Those among the settings of a run."""
        return cls(*(settings.get(name) for name in COLUMN_FIELDS))

    @property
    def settings(self) -> dict[str, str]:
        """The settings that say the same: of the columns that are not left to be recognized."""
        values = (getattr(self, each.name) for each in fields(self))
        return {name: value for name, value in zip(COLUMN_FIELDS, values, strict=True) if value is not None}


COLUMN_FIELDS = tuple(f"{each.name}_column" for each in fields(TextColumns))
"""The settings of a run, in the order of `TextColumns`."""

RECOGNIZED = TextColumns()
"""All columns are recognized."""
