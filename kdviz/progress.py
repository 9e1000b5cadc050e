"""Progress messages of work other than training steps."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar


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


Step = TypeVar("Step")
Result = TypeVar("Result")

Report = Callable[[Message, float], object]
"""Called with the current work, and the share of it that is done, in [0, 1]."""


def run_to_end(
    steps: Generator[Step, None, Result], each: Callable[[Step], object] = lambda step: None
) -> Result:
    """The result of a generator. each: called with everything that it yields."""
    while True:
        try:
            step = next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        each(step)


def silent(message: Message, fraction: float) -> None:
    """A report that does nothing."""


def _readable(values: Mapping[str, str | int]) -> dict[str, str]:
    return {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
