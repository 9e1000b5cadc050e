"""Choices in the URL that Streamlit's `bind="query-params"` cannot hold.

A bound widget writes its label, which changes with the language, and nothing but its own value. Here a choice
is written by its name, or is a list, or is shared by pages, and stays in the session while other pages are
open. A parameter that this visit to the page has not written comes from a link, or from the browser's Back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

_PAGE, _WRITTEN = "url_page", "url_written"


def begin_visit(page: str) -> None:
    """Forget what other pages wrote. The router calls it in each run, before a page is drawn."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        _written().clear()


def requested(name: str) -> str | None:
    """What a link, or the browser's Back, asks for; None where the URL is as it was written.

    "" asks for the default: Back has led to where the parameter had not been written yet.
    """
    text = st.query_params.get(name, "")
    return None if text == _written().get(name, "") else text


def requested_list(name: str) -> list[str] | None:
    """The same for a list of names."""
    text = requested(name)
    return None if text is None else [each for each in text.split(",") if each]


def set_param(name: str, text: str) -> None:
    """Put a value into the URL, "" for none.

    Once: written again after the browser's Back, it would bar the way back.
    """
    if _written().get(name) == text:
        return
    _written()[name] = text
    if not text:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != text:
        st.query_params[name] = text


def ignore_pending() -> None:
    """The visitor has just chosen something: what the URL still holds is older. For callbacks.

    Of all names: a second choice may come before the browser knows what the first one wrote, and must not
    be taken for the way back from it.
    """
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
    """The chosen one of some names, which a link may have set.

    aliases: other words that a link may use for an option. show_default: whether the URL holds the default
    as well; it is then chosen once, however it changes later.
    """
    known, key = set(options), _kept(name)
    asked = requested(name)
    if asked is not None:
        word = asked or default
        st.session_state[key] = (aliases or {}).get(word, word)
    chosen = str(st.session_state.get(key, default))
    chosen = chosen if chosen in known else default
    if show_default:
        st.session_state[key] = chosen
    set_param(name, "" if chosen == default and not show_default else chosen)
    return chosen


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
    """The same, with a menu to change it. options: labels by name. default: the first, unless given."""
    default = default or next(iter(options))
    chosen = choice(name, options, default, aliases=aliases, show_default=show_default)
    key = f"{name}_menu"
    st.session_state[key] = chosen
    widget(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=lambda: set_choice(name, st.session_state[key]),
        **look,
    )
    return chosen


def set_choice(name: str, value: object) -> None:
    """Change a choice from elsewhere. Call it from a callback."""
    ignore_pending()
    st.session_state[_kept(name)] = str(value)


def number(name: str) -> int | None:
    """A whole number, at least 0, that lives in the URL alone; None without one."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


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


def _kept(name: str) -> str:
    return f"{name}_kept"
