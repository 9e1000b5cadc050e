"""The router: the page's frame, and one call into kdviz.ui."""

import streamlit as st

from kdviz.ui.frame.shell import ICON, route

st.set_page_config(page_title="kdviz", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
route()
