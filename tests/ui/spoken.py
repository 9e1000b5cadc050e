"""All that a page says to a person, as AppTest sees it: what is read, heard, pointed at, or in a table."""

import json
import re
from collections.abc import Iterator
from gettext import NullTranslations

from babel.messages.pofile import read_po
from google.protobuf.message import Message

from kdviz import glossary, language
from kdviz.glossary import Term
from kdviz.language import CATALOGUES
from kdviz.ui.frame import language_switch

# Fields of Streamlit's messages that a person reads, and those of a chart, a table's columns, a component.
READ = {
    "label",
    "body",
    "text",
    "help",
    "placeholder",
    "alt",
    "caption",
    "title",
    "options",
    "content",
    "hint",
}
CHARTED = {"text", "name", "ticktext", "hovertemplate", "texttemplate", "title"}
COLUMN = {"label", "help", "format"}
SPOKEN = {
    "words",
    "about",
    "scale",
    "labels",
    "title",
    "failed",
    "alt",
    "name",
    "caption",
    "answer",
    "verdict",
    "text",
    "unit",
}

# What is the same in every language: names of icons, colours of Markdown, HTML, addresses, code.
MARKUP = re.compile(
    r"<(script|style)>.*?</\1>|:material/\w+:|:[a-z]+(?:-background|-badge)?\[|\]\((?:#|learn\?)[^)]*\)|\$\$.*?\$\$|<[^>]*>|&\w+;|`[^`]*`|https?://\S+|%\{[^}]*\}",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(\W)")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Pseudo(NullTranslations):
    """A language in which every message of a catalogue is itself, in brackets."""

    def __init__(self, catalogue):
        super().__init__()
        self._known = {message.id for message in catalogue if message.id}

    def gettext(self, message):
        return f"⟦{message}⟧" if message in self._known else message

    def ngettext(self, one, many, count):
        said = one if count == 1 else many
        return f"⟦{said}⟧" if (one, many) in self._known else said


def speak_in_brackets(monkeypatch):
    """Every message of the catalogue, and every term of the glossary, in brackets.

    They are a language with a code of its own, so that nothing cached in another language is shown.
    """
    with (CATALOGUES / "zh.po").open("rb") as file:
        brackets = Pseudo(read_po(file, locale="zh"))
    monkeypatch.setitem(language.LANGUAGES, "brackets", "⟦⟧")
    monkeypatch.setattr(language, "_requested", lambda: "brackets")  # of a page, the line below
    monkeypatch.setattr(language_switch, "_requested", lambda: "brackets")
    monkeypatch.setattr(language, "_translations", lambda code: brackets)
    terms = {name: Term(f"⟦{term.title}⟧", f"⟦{term.text}⟧") for name, term in glossary._terms("en").items()}
    monkeypatch.setattr(glossary, "_terms", lambda code: terms)


def untranslated(text: str, names: set[str]) -> list[str]:
    """Words outside all brackets that are no names."""
    kept, depth = [], 0
    for letter in _ESCAPED.sub(r"\1", MARKUP.sub(" ", text)):
        depth += (letter == "⟦") - (letter == "⟧")
        kept.append(" " if depth or letter == "⟧" else letter)
    rest = "".join(kept)
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest)
    return _WORD.findall(rest)


def said(app) -> Iterator[tuple[str, str]]:
    """Every text, with the kind of element that says it."""
    for element in _elements(app._tree):
        kind = element.type
        if kind == "dataframe":
            yield from (("table", text) for text in _table(element))
        elif kind == "plotly_chart":
            yield from (("chart", text) for text in strings(json.loads(element.proto.spec), CHARTED))
        elif kind == "bidi_component":
            yield from (("component", text) for text in strings(_given(element.proto), SPOKEN))
        if isinstance(getattr(element, "proto", None), Message):
            yield from ((kind, text) for text in _fields(element.proto))


def _given(component: Message):
    """What a component is given. The charts of one, and the frames of the film, are text in turn."""
    given = json.loads(component.json or "{}")
    if isinstance(given, dict) and isinstance(given.get("charts"), str):
        given["charts"] = json.loads(given["charts"])
    if component.component_name == "kdviz_film":
        content, epoch = given
        return [json.loads(content), epoch]
    return given


def _elements(block) -> Iterator:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _elements(child)


def _fields(proto: Message) -> Iterator[str]:
    for field, value in proto.ListFields():
        values = value if field.is_repeated else [value]
        for each in values if not isinstance(values, dict) else ():
            if isinstance(each, Message):
                yield from _fields(each)
            elif isinstance(each, str) and field.name in READ:
                yield each


def _table(element) -> Iterator[str]:
    table = element.value
    columns = json.loads(element.proto.columns or "{}")
    index = [] if columns.get("_index", {}).get("hidden") else [(table.index.name or "", table.index)]
    shown = [
        (str(name), table[name]) for name in table.columns if not columns.get(str(name), {}).get("hidden")
    ]
    for name, cells in [*index, *shown]:
        yield columns.get(str(name), {}).get("label") or str(name)
        yield from (cell for cell in cells if isinstance(cell, str))
    yield from strings(columns, COLUMN - {"label"})


def strings(found, keys: set[str], *, read: bool = False) -> Iterator[str]:
    """The texts under some keys of something made of lists and dicts; a chart's template says nothing."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key != "template":
                yield from strings(value, keys, read=key in keys or (read and found.keys().isdisjoint(keys)))
    elif isinstance(found, list):
        for value in found:
            yield from strings(value, keys, read=read)
    elif isinstance(found, str) and read:
        yield found
