"""Choices in the URL that Streamlit's `bind="query-params"` cannot hold.

A bound widget writes its label, which depends on the language, and only its own value. Here a choice is
written by name, or is a list, or is shared by pages, and stays in the session while other pages are open. A
parameter that this visit to the page has not written comes from a link, or from the browser's Back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import Any, Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from kdviz.language import _
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain, shortened

_PAGE, _VISIT, _WRITTEN = "url_page", "url_visit", "url_written"
_UNKNOWN, _DROPPED = "url_unknown", "url_dropped"
_EVERYWHERE = ("run", "new", "lang", "tour", "projector")
_MOST_DIGITS = 15

CHANGE_CUE, CHECK_MAPS = {"view": "row", "to": "what-if"}, {"view": "row", "to": "checks"}
"""Of links to Explain: they open the panel in which the cue can be changed, or that of the checks, once."""

THIS_RUN = "this-run"
"""Of links to Sweep, as `study`: the study of the open run."""


def begin_visit(page: str) -> bool:
    """Forget what other pages have written. The router calls it in each run, before a page is drawn.

    Returns whether the last run was of another page.
    """
    if st.session_state.get(_PAGE) == page:
        return False
    st.session_state[_PAGE] = page
    st.session_state[_VISIT] = visit() + 1
    _written().clear()
    _unknown().clear()
    _dropped().clear()
    return True


def visit() -> int:
    """The number of this visit: it grows each time that another page is opened."""
    return int(st.session_state.get(_VISIT, 0))


_ABOVE: ContextVar[AbstractContextManager[Any] | None] = ContextVar("above", default=None)


@contextmanager
def warnings_above() -> Iterator[None]:
    """Warnings about links are drawn above what is drawn in it, not among the menus of a row."""
    token = _ABOVE.set(st.container(key="link_warnings"))
    try:
        yield
    finally:
        _ABOVE.reset(token)


def warning_place() -> AbstractContextManager[Any]:
    """Where a warning about a link belongs."""
    return _ABOVE.get() or nullcontext()


def drop_others(known: Collection[str]) -> None:
    """Remove the parameters that a page does not have from the URL; a line says so until something is chosen.

    known: the page's own; those of all pages are kept.
    """
    for name in {*st.query_params} - {*known, *_EVERYWHERE}:
        _dropped().append(name)
        del st.query_params[name]
    with warning_place():
        for name in _dropped():
            text = _("{parameter}: there is no such setting here, so the link's is left out.")
            st.warning(text.format(parameter=plain(shortened(name))), icon=":material/warning:")


def requested(name: str) -> str | None:
    """The value requested by a link, or by the browser's Back; None if the URL is as it was written.

    "" requests the default: Back has led to a URL without the parameter.
    """
    text = st.query_params.get(name, "")
    return None if text == _written().get(name, "") else text


def requested_list(name: str) -> list[str] | None:
    """The same for a list of names."""
    text = requested(name)
    return None if text is None else [each for each in text.split(",") if each]


def set_param(name: str, text: str) -> None:
    """Write a value into the URL, "" for none.

    Only once: writing it again after the browser's Back would block the way back.
    """
    if _written().get(name) == text:
        return
    _written()[name] = text
    if not text:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != text:
        st.query_params[name] = text


def ignore_pending() -> None:
    """The visitor has just chosen something, so what the URL still contains is older. For callbacks.

    For all names: a second choice may come before the browser has received the first one, which must not be
    mistaken for Back.
    """
    _unknown().clear()
    _dropped().clear()
    written = _written()
    for name in written:
        written[name] = st.query_params.get(name, "")


def choice(
    name: str,
    options: Iterable[str],
    default: str,
    *,
    aliases: Mapping[str, str] | None = None,
    show_default: bool = False,
) -> str:
    """The chosen one of some names, which a link may set.

    aliases: other words that a link may use for an option. show_default: whether the URL contains the default
    as well; it is then fixed, even if the default changes later.
    """
    known, key = set(options), _kept(name)
    linked = requested(name)
    if linked is not None:
        word = linked or default
        st.session_state[key] = (aliases or {}).get(word, word)
    chosen = str(st.session_state.get(key, default))
    chosen = chosen if chosen in known else default
    if show_default:
        st.session_state[key] = chosen
    set_param(name, "" if chosen == default and not show_default else chosen)
    return chosen


def kept_choice(name: str, options: Collection[str]) -> str:
    """The option that a link or the visitor has chosen so far; "" without one."""
    chosen = requested(name) or st.session_state.get(_kept(name), "")
    return str(chosen) if chosen in options else ""


def menu(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    default: str = "",
    widget: Callable[..., Any] = st.selectbox,
    aliases: Mapping[str, str] | None = None,
    show_default: bool = False,
    **look: Any,
) -> str:
    """The same with a menu. options: labels by name. default: the first, unless given.

    Says so where a link asks for something that is not in the menu.
    """
    default = default or next(iter(options))
    warn_unknown(name, {*options, *(aliases or {})}, options[default])
    chosen = choice(name, options, default, aliases=aliases, show_default=show_default)
    key = f"{name}_menu"
    st.session_state[key] = chosen
    widget(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=safely(lambda: set_choice(name, st.session_state[key])),
        **look,
    )
    return chosen


def warn_unknown(name: str, known: Collection[str], shown: str) -> None:
    """A line on a link whose value of a parameter is not known, until something else is chosen.

    shown: the label of what is shown instead.
    """
    word, unknown = requested(name), _unknown()
    if word:
        unknown.pop(name, None)
    if word and word not in known:
        unknown[name] = word
    if name in unknown:
        text = _("{parameter}: there is no {value} here. Shown instead: {shown}.")
        value = plain(repr(shortened(unknown[name])))
        with warning_place():
            st.warning(
                text.format(parameter=name, value=value, shown=plain(shown)), icon=":material/warning:"
            )


def set_choice(name: str, value: object) -> None:
    """Change a choice from elsewhere. Call it from a callback."""
    ignore_pending()
    st.session_state[_kept(name)] = str(value)


def binding(key: str) -> Literal["query-params"] | None:
    """The option `bind` of a widget with this key, unless it is a text box: bound to the URL.

    A parameter that is empty or infinite is removed, and the widget shows its default. Streamlit takes an
    empty one for a deselection, even where an option is required, and fails at an infinite integer.
    """
    if not _is_no_value(st.query_params.get(key)):
        return "query-params"
    with suppress(StreamlitAPIException):  # already bound: Streamlit removes it when the widget no longer is
        del st.query_params[key]
    return None


def number(name: str) -> int | None:
    """A nonnegative integer that is only in the URL; None without one."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def set_number(name: str, value: int | None) -> None:
    """Change it. Call it from a callback."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def _written() -> dict[str, str]:
    """By name, what this visit to the page has written last."""
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    return written


def _unknown() -> dict[str, str]:
    """By name, what a link to this visit has asked for in vain."""
    unknown: dict[str, str] = st.session_state.setdefault(_UNKNOWN, {})
    return unknown


def _dropped() -> list[str]:
    """Parameters that a link to this visit had, and the page has not."""
    dropped: list[str] = st.session_state.setdefault(_DROPPED, [])
    return dropped


def _kept(name: str) -> str:
    return f"{name}_kept"


def _is_no_value(text: str | None) -> bool:
    """Whether a parameter is there, and is the value of no widget except a text box."""
    try:
        return text == "" or math.isinf(float(text or 0))
    except ValueError:
        return False
