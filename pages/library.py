import streamlit as st

from kdviz.ui.library import browse, choose_source
from kdviz.ui.networks import networks
from kdviz.ui.shell import through_router

through_router()
source = choose_source()
shelf = st.segmented_control(
    "Shelf",
    ["Images", "Networks"],
    default="Images",
    required=True,
    key="shelf",
    bind="query-params",
    label_visibility="collapsed",
)
if shelf == "Images":
    browse(source)
else:
    networks(source)
