"""The language that kdviz speaks to a person: English in the source, other languages from `kdviz/locale`.

A sentence for a person is written `_("Start")`; with a value in it, `_("{n} images").format(n=n)`, so that
the whole sentence is translated and word order is free. What the registries say (labels, descriptions) is
translated where it is shown. Errors, logs and the command line stay English.

What is stored, cached for everybody, compared or put into a key never depends on the language: menus
choose between names, and a label is made from the name when it is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kdviz.progress import Message

LANGUAGES = {"en": "English", "zh": "中文"}
"""Each language by its code, named in itself."""

ENDED = (
    "Taken out of the queue.",
    "Stopped. Resume goes on from the last full epoch.",
    "Interrupted. Resume goes on from the last full epoch.",
    "The process that trained it ended. Resume goes on from the last full epoch.",
)
"""How a run may have ended, as the store keeps it: in English. A failure has words of its own."""

CATALOGUES = Path(__file__).with_name("locale")

_asked: Callable[[], str] = lambda: "en"  # noqa: E731
_within: ContextVar[str | None] = ContextVar("_within", default=None)


def follow(asked: Callable[[], str]) -> None:
    """From now on speak the language whose code `asked` returns at the moment of speaking.

    One process serves many people: the interface answers for the person whose page is being drawn.
    """
    global _asked
    _asked = asked


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this language within the block: for work that a page hands to another thread."""
    before = _within.set(code)
    try:
        yield
    finally:
        _within.reset(before)


def language() -> str:
    """The code of the language being spoken; "en" where the one asked for is unknown."""
    code = _within.get() or _asked()
    return code if code in LANGUAGES else "en"


def _(message: str) -> str:
    """The message in the language being spoken, or as it is where it has no translation."""
    return _translations(language()).gettext(message) if message else ""


def plural(one: str, many: str, count: int, **values: object) -> str:
    """`one` or `many`, as the language being spoken counts, with {count} and other values filled in."""
    words = _translations(language()).ngettext(one, many, count)
    return words.format(count=f"{count:,}", **values)


def sentences(*told: str) -> str:
    """Sentences in a row; those that are empty are left out. A Chinese full stop is as wide as its space."""
    return ("" if language() == "zh" else " ").join(filter(None, told))


def listed(parts: Iterable[str]) -> str:
    """Several things of a kind, one after the other, as the language being spoken parts them."""
    return _(", ").join(parts)


def decimal(value: float, form: str = "z.2f") -> str:
    """A number as `format` writes it, with a minus sign instead of a hyphen: "−0.12"."""
    return f"{value:{form}}".replace("-", "\N{MINUS SIGN}")


def percentage(share: float, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage: "46.5 %"."""
    return f"{share:.{digits}%}".replace("%", "\N{NO-BREAK SPACE}%")


def with_interval(value: str, low: str, high: str) -> str:
    """An estimate and the ends of its interval, e.g. "0.23 (0.20 to 0.26)"."""
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def text_of(message: Message | None) -> str:
    """A message in the language being spoken, with the values that have a translation; "" for none."""
    if message is None:
        return ""
    values = {name: _(value) if isinstance(value, str) else value for name, value in message.values.items()}
    return Message(message.id, values).filled(_(message.id))


@cache
def _translations(code: str) -> NullTranslations:
    path = CATALOGUES / f"{code}.po"
    if code == "en" or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
