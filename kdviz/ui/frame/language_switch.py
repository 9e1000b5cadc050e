"""The language: a menu in the sidebar, and a button in the row of pages. It is in the URL of all pages.

A menu bound to the URL is written there by its label, in the language of `lang`. To keep its choice when the
language changes, its options are names, and `format_func` makes the labels.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.language import LANGUAGES, language, set_language_source
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely

_KEY, _MENU = "lang", "lang_menu"


def language_switch() -> None:
    """Draw the menu, and use its language from here on.

    The URL contains the code, where a bound menu's would contain the language's name.
    """
    set_language_source(_requested)
    _follow_link()
    st.session_state[_MENU] = language()
    with st.sidebar:
        st.segmented_control(
            "Language · 语言",
            list(LANGUAGES),
            required=True,
            format_func=_named,
            key=_MENU,
            on_change=safely(_choose),
        )
        _set_html_language(language())


def language_buttons(row: DeltaGenerator) -> None:
    """Draw a button for each other language, in its own words. row: of the pages."""
    with row:
        for code in [each for each in LANGUAGES if each != language()]:
            st.button(
                LANGUAGES[code],
                type="tertiary",
                key=f"language_{code}",
                on_click=safely(_switch_to),
                args=(code,),
            )


def write_language() -> None:
    """Write the language into the URL of the current page."""
    url_state.set_param(_KEY, language() if language() != "en" else "")


def with_language(link: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a link, with the language of its labels."""
    return {**link, _KEY: language()} if language() != "en" else dict(link)


def _set_html_language(code: str) -> None:
    """Set the page's language for screen readers and translators. code: one of LANGUAGES."""
    st.html(f"<script>document.documentElement.lang = {code!r}</script>", unsafe_allow_javascript=True)


def _named(code: str) -> str:
    """A language as the menu shows it.

    Streamlit searches for an emoji before a label's first space, and loading its catalogue takes longer than
    drawing the page's images. The leading space prevents that, and is invisible.
    """
    return f" {LANGUAGES[code]}"


def _choose() -> None:
    """Set the language, and every widget again by name: the browser knows only labels."""
    for key, value in st.session_state.items():
        if isinstance(value, str | int | float | list) and not isinstance(value, bool):  # no button's
            st.session_state[key] = value
    url_state.ignore_pending()
    st.session_state[_KEY] = st.session_state[_MENU]


def _switch_to(code: str) -> None:
    st.session_state[_MENU] = code
    _choose()


def _requested() -> str:
    """The language of the person whose page is being drawn; English on a thread that draws none."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return str(st.session_state.get(_KEY, "en"))


def _follow_link() -> None:
    """Use the language of a link, or of the browser's Back; without a link, that of the browser."""
    requested = url_state.requested(_KEY)
    if requested in LANGUAGES:
        st.session_state[_KEY] = requested
    elif _KEY not in st.session_state:
        spoken = str(st.context.locale or "").split("-")[0]
        st.session_state[_KEY] = spoken if spoken in LANGUAGES and not st.query_params else "en"
