import streamlit as st

from kdviz.ui.shell import through_router

through_router()
st.markdown("How it works, to try out.")
