"""The frame around every page: its heading, and its errors as one clear line each."""

from __future__ import annotations

import sys

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from kdviz.errors import KdvizError


def show(page: StreamlitPage) -> None:
    """Run a page. An error that a person can put right is shown as its line, never as a traceback."""
    st.title(page.title)
    try:
        _start()
        page.run()
    except KdvizError as error:
        errors(error)


def _start() -> None:
    """The first visitor waits for PyTorch, and is told so."""
    if "torch" not in sys.modules:
        with st.spinner("Starting: PyTorch is loaded once, for everybody …"):
            from kdviz.ui.engine import open_store  # heavy

            open_store()


def errors(error: KdvizError) -> None:
    """One box for each line of an error."""
    for line in str(error).splitlines():
        st.error(line, icon=":material/error:")


def empty(title: str, text: str, icon: str) -> None:
    """What a place shows that has nothing to show yet: what it will hold, and how to get there."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.subheader(f":material/{icon}: {title}", text_alignment="center")
        st.markdown(text, text_alignment="center")
        st.space("small")
