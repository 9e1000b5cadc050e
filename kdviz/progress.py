"""Progress messages of work other than training steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A sentence as data; `kdviz.language.text_of` translates it where it is shown.

    id: the English sentence, its key in the catalogues, with {name} for each value.
    """

    id: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.filled(self.id)

    def filled(self, template: str) -> str:
        """The template (the id or a translation) with the values filled in."""
        return template.format_map(_readable(self.values)) if self.values else template


Report = Callable[[Message, float], object]
"""Called with the current work, and the share of it that is done, in [0, 1]."""


def silent(message: Message, fraction: float) -> None:
    """A report that does nothing."""


def _readable(values: Mapping[str, str | int]) -> dict[str, str]:
    return {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
