"""The language that kdviz speaks to a person: English in the source, other languages from `kdviz/locale`.

A sentence for a person is written `_("Start")`; with a value in it, `_("{n} images").format(n=n)`, so that
the whole sentence is translated and word order is free. What the registries say (labels, descriptions) is
translated where it is shown. Errors, logs and the command line stay English.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "中文"}
"""Each language by its code, named in itself."""

CATALOGUES = Path(__file__).with_name("locale")

_asked: Callable[[], str] = lambda: "en"  # noqa: E731


def follow(asked: Callable[[], str]) -> None:
    """From now on speak the language whose code `asked` returns at the moment of speaking.

    One process serves many people: the interface answers for the person whose page is being drawn.
    """
    global _asked
    _asked = asked


def language() -> str:
    """The code of the language being spoken; "en" where the one asked for is unknown."""
    code = _asked()
    return code if code in LANGUAGES else "en"


def _(message: str) -> str:
    """The message in the language being spoken, or as it is where it has no translation."""
    return _translations(language()).gettext(message) if message else ""


def plural(one: str, many: str, count: int) -> str:
    """`one` or `many`, as the language being spoken counts, with {count} filled in."""
    return _translations(language()).ngettext(one, many, count).format(count=count)


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
