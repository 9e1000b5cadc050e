"""The router: which pages there are, and the frame around them."""

import streamlit as st

from kdviz.ui.shell import show

st.set_page_config(page_title="kdviz", page_icon=":material/center_focus_strong:", layout="wide")
show(
    st.navigation(
        [
            st.Page(
                "app_pages/distill.py",
                title="Distill",
                icon=":material/model_training:",
                help="Train a student that also looks where its teacher looks, beside its λ = 0 twin.",
            ),
            st.Page(
                "app_pages/explain.py",
                title="Explain",
                icon=":material/center_focus_strong:",
                help="One test image through teacher, student and twin: where each looks, on one scale.",
            ),
            st.Page(
                "app_pages/runs.py",
                title="Runs",
                icon=":material/table_rows:",
                help="Every run with its settings and figures: open, resume, delete.",
            ),
        ],
        position="top",
    )
)
