"""The server: `streamlit run app.py`. Requests pass protection and addresses of kdviz.ui.frame."""

# Before any page: Plotly takes pandas from sys.modules, even one that another page is still importing.
import pandas as pd  # noqa: F401
import streamlit as st
from starlette.middleware import Middleware

from kdviz.ui.frame.addresses import PageAddresses
from kdviz.ui.frame.health import HEALTH
from kdviz.ui.frame.message_queue import keep_messages_whole
from kdviz.ui.frame.pacing import Connections
from kdviz.ui.frame.protection import Protection
from kdviz.ui.frame.server import queue_goes_on

keep_messages_whole()
app = st.App(
    "router.py",
    lifespan=queue_goes_on,
    routes=[HEALTH],
    middleware=[Middleware(Protection), Middleware(PageAddresses), Middleware(Connections)],
)
