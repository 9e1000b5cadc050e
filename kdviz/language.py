"""The language of pages and reports: English in the source, other languages from `kdviz/locale`.

A sentence is written `_("Start")`; with a value in it, `_("{n} images").format(n=n)`, so that the whole
sentence is translated and word order is free. Texts in registries (labels, descriptions) are translated where
they are shown. Errors, logs and the command line stay English.

What pages say of images, they say of another kind of input by a catalogue of that kind, `locale/text.po`,
before it is translated: "Test image" is "Test text" where a run of texts is shown.

Whatever is stored, cached, compared or part of a key is independent of the language: menus choose between
names, and a label is made from the name when it is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kdviz.progress import Message

LANGUAGES = {"en": "English", "zh": "中文"}
"""Each language by its code, in its own words."""

CATALOGUES = Path(__file__).with_name("locale")

_requested: Callable[[], str] = lambda: "en"  # noqa: E731
_within: ContextVar[str | None] = ContextVar("_within", default=None)
_shown: Callable[[], str] = lambda: "image"  # noqa: E731
_subject: ContextVar[str | None] = ContextVar("_subject", default=None)


def set_language_source(code: Callable[[], str]) -> None:
    """Set the function that returns the code of the current language.

    One process serves many people: the interface returns the language of the page that is being drawn.
    """
    global _requested
    _requested = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use this language within the block: for work that a page passes to another thread."""
    before = _within.set(code)
    try:
        yield
    finally:
        _within.reset(before)


def language() -> str:
    """The code of the current language; "en" if the requested one is unknown."""
    code = _within.get() or _requested()
    return code if code in LANGUAGES else "en"


def set_subject_source(modality: Callable[[], str]) -> None:
    """Set the function that returns the modality of what is shown: the page's run or data set."""
    global _shown
    _shown = modality


def speak_of(modality: str) -> None:
    """Speak of inputs of this modality from now on, on this thread: the source is not asked for each text."""
    _subject.set(modality)


@contextmanager
def speaking_of(modality: str) -> Iterator[None]:
    """Speak of inputs of this modality within the block."""
    before = _subject.set(modality)
    try:
        yield
    finally:
        _subject.reset(before)


def subject() -> str:
    """The modality of what is spoken of."""
    return _subject.get() or _shown()


def _(message: str) -> str:
    """The message in the current language; unchanged if it has no translation."""
    if not message:
        return ""
    return _translations(language()).gettext(_wording(subject()).gettext(message))


def plural(one: str, many: str, count: int, **values: object) -> str:
    """`one` or `many`, by the plural rule of the current language, with {count} and other values."""
    wording = _wording(subject())
    one, many = wording.ngettext(one, many, 1), wording.ngettext(one, many, 2)
    words = _translations(language()).ngettext(one, many, count)
    return words.format(count=f"{count:,}", **values)


def sentences(*parts: str) -> str:
    """Sentences joined by spaces, without the empty ones. Chinese has no space after a full stop."""
    return ("" if language() == "zh" else " ").join(filter(None, parts))


def listed(parts: Iterable[str]) -> str:
    """A list of things, joined by the separator of the current language."""
    return _(", ").join(parts)


def enumerated(parts: Sequence[str]) -> str:
    """The same within a sentence: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return listed(parts)
    return _("{parts} and {last}").format(parts=listed(parts[:-1]), last=parts[-1])


def decimal(value: float, digits: int = 2, *, sign: bool = False) -> str:
    """A number with this many decimals, with a minus sign instead of a hyphen: "−0.12".

    sign: "+0.12" above 0. A half is rounded away from 0, as browsers do in tables and charts, where Python
    rounds it to the even digit; 0 has no sign.
    """
    with localcontext(rounding=ROUND_HALF_UP):
        text = f"{Decimal(float(value)):z.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return f"+{text}" if sign and value > 0 and text.strip("0.") else text


def percentage(share: float, digits: int = 1, *, sign: bool = False) -> str:
    """A share in [0, 1] as a percentage: "46.5 %"."""
    return decimal(100 * share, digits, sign=sign) + percent_sign()


def percent_sign() -> str:
    """The sign behind a number, with the space before it that the current language has; Chinese has none."""
    return "%" if language() == "zh" else "\N{NO-BREAK SPACE}%"


def interval_ends(low: float, high: float, digits: int = 2) -> tuple[str, str]:
    """The ends of an interval, with one more decimal where that tells them apart."""
    ends, finer = ((decimal(low, each), decimal(high, each)) for each in (digits, digits + 1))
    return finer if ends[0] == ends[1] and finer[0] != finer[1] else ends


def with_interval(value: str, low: str, high: str) -> str:
    """An estimate and the ends of its interval, e.g. "0.23 (0.20 to 0.26)"."""
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def text_of(message: Message | None) -> str:
    """A message in the current language, with translated values; "" for None."""
    if message is None:
        return ""
    values = {name: _(value) if isinstance(value, str) else value for name, value in message.values.items()}
    return Message(message.id, values).filled(_(message.id))


@cache
def _translations(code: str) -> NullTranslations:
    return NullTranslations() if code == "en" else _catalogue(code, code)


@cache
def _wording(modality: str) -> NullTranslations:
    return _catalogue(modality, "en")


def _catalogue(name: str, locale: str) -> NullTranslations:
    path = CATALOGUES / f"{name}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
