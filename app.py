"""The router: the page's frame, and one call into kdviz.ui."""

import streamlit as st

from kdviz.ui.shell import route

st.set_page_config(page_title="kdviz", page_icon=":material/center_focus_strong:", layout="wide")
route()
