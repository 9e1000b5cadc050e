import streamlit as st

from kdviz.language import _
from kdviz.ui.frame import url_state
from kdviz.ui.frame.shell import through_router
from kdviz.ui.library.dataset_choice import choose_dataset
from kdviz.ui.library.images import browse
from kdviz.ui.library.networks import networks

through_router()
choice = choose_dataset()
shelf = st.segmented_control(
    _("Data sets or networks"),
    ["images", "networks"],
    default="images",
    required=True,
    format_func={"images": _("Images"), "networks": _("Networks")}.__getitem__,
    key="shelf",
    bind=url_state.binding("shelf"),
    label_visibility="collapsed",
)
if shelf == "images":
    browse(choice)
else:
    networks(choice)
