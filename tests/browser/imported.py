"""Imports all that a server of the app imports in the course of its life. Nothing is computed, no thread started."""

import pkgutil
from importlib import import_module

import captum.attr  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import plotly.subplots  # noqa: F401
import scipy.stats  # noqa: F401
import streamlit.web.bootstrap
import streamlit.web.cli  # noqa: F401
import torch._dynamo  # noqa: F401  # by the first step of an optimizer

import kdviz

for module in pkgutil.walk_packages(kdviz.__path__, "kdviz."):
    if module.name not in ("kdviz.__main__", "kdviz.study.on_ray"):
        import_module(module.name)
