"""Choices that live in a page's address by their names, whatever language they are shown in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.ui.frame.url_lists import asked_for, overrule_links, write_link


@dataclass(frozen=True)
class Address:
    """stayed: whether the visitor has been on this page just before, as `asked_for` takes it."""

    stayed: bool

    def choice(
        self, name: str, options: Iterable[str], default: str, *, aliases: Mapping[str, str] | None = None
    ) -> str:
        """The choice as it stands, after a link, or the browser's Back, has had its say.

        aliases: other words that a link may use for an option.
        """
        known = set(options)
        asked = asked_for(name, stayed=self.stayed)
        if asked is not None:
            word = asked[0] if asked else default
            st.session_state[_kept(name)] = (aliases or {}).get(word, word)
        chosen = str(st.session_state.get(_kept(name), default))
        chosen = chosen if chosen in known else default
        write_link(name, [] if chosen == default else [chosen])
        return chosen

    def menu(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        *,
        widget: Callable[..., Any] = st.selectbox,
        aliases: Mapping[str, str] | None = None,
        **look: Any,
    ) -> str:
        """The same, with a menu to change it; the first option is the default. options: labels by name."""
        chosen = self.choice(name, options, next(iter(options)), aliases=aliases)
        key = f"{name}_menu"
        st.session_state[key] = chosen
        widget(
            label,
            list(options),
            format_func=options.__getitem__,
            key=key,
            on_change=lambda: keep(name, st.session_state[key]),
            **look,
        )
        return chosen


def keep(name: str, value: object) -> None:
    """Change a choice from elsewhere. Call it from a callback."""
    overrule_links()
    begin_with(name, value)


def begin_with(name: str, value: object) -> None:
    """What a choice is where nobody has made it yet, and no link asks for anything."""
    st.session_state[_kept(name)] = str(value)


def _kept(name: str) -> str:
    return f"{name}_kept"
