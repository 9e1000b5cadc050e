import streamlit as st

from kdviz.ui.shell import through_router

through_router()
st.markdown("See and steer what a student network learns from its teacher.")
