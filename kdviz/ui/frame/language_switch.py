"""The switch between languages, in the sidebar. The choice is in the URL, and one for all pages.

A menu bound to the URL stands there by its label, in the language that `lang` beside it says. So that it
keeps its choice when the language changes, its options are names, and `format_func` makes the labels.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.language import LANGUAGES, language, set_language_source
from kdviz.ui.frame import url_state

_KEY, _MENU = "lang", "lang_menu"


def language_switch() -> None:
    """Draw the switch, and use its language from here on.

    The URL holds the code, where a bound switch's would hold the language's name.
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
            on_change=_choose,
        )
        _set_html_language(language())


def write_language() -> None:
    """Put the language into the URL of the page that is open."""
    url_state.set_param(_KEY, language() if language() != "en" else "")


def with_language(link: Mapping[str, str]) -> dict[str, str]:
    """A link's parameters, with the language in which its labels are."""
    return {**link, _KEY: language()} if language() != "en" else dict(link)


def _set_html_language(code: str) -> None:
    """Name the page's language for screen readers and translators. code: one of LANGUAGES."""
    st.html(f"<script>document.documentElement.lang = {code!r}</script>", unsafe_allow_javascript=True)


def _named(code: str) -> str:
    """A language as the switch shows it.

    Streamlit looks for an emoji in what stands before a label's first space, and loading its catalogue
    takes longer than drawing the page's pictures. Here nothing stands before it, and nobody sees the space.
    """
    return f" {LANGUAGES[code]}"


def _choose() -> None:
    """Take the language, and set every widget again, by name: the browser knows only labels."""
    for key, value in st.session_state.items():
        if isinstance(value, str | int | float | list) and not isinstance(value, bool):  # no button's
            st.session_state[key] = value
    url_state.ignore_pending()
    st.session_state[_KEY] = st.session_state[_MENU]


def _requested() -> str:
    """The language of the person whose page is being drawn; English on a thread that draws none."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return str(st.session_state.get(_KEY, "en"))


def _follow_link() -> None:
    """Take the language of a link, or of the browser's Back; without a link, that of the browser."""
    asked = url_state.requested(_KEY)
    if asked in LANGUAGES:
        st.session_state[_KEY] = asked
    elif _KEY not in st.session_state:
        spoken = str(st.context.locale or "").split("-")[0]
        st.session_state[_KEY] = spoken if spoken in LANGUAGES and not st.query_params else "en"
