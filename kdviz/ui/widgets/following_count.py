"""Batch size and epochs that follow the number of a visitor's training inputs, until they are changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.config import FOLLOW_COUNT, filled, for_training_inputs
from kdviz.errors import KdvizError
from kdviz.store.limits import read_limits
from kdviz.store.uploads import path_or_token
from kdviz.types import TextColumns
from kdviz.ui.frame.server import open_store
from kdviz.ui.widgets.estimate import image_counts
from kdviz.ui.widgets.field_keys import FieldKeys


def with_count(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with those that follow the number of inputs; as they are while that is unknown."""
    try:
        columns = TextColumns.of(settings)
        count = image_counts(settings["dataset"], settings["data"], columns).train
    except KdvizError:  # said where the files are read
        return dict(settings)
    store = open_store()
    together = math.inf if store.viewer is None else read_limits(store.directory).epochs
    return {**settings, **for_training_inputs(count, filled(settings), together=together)}


def follow_count(dataset: str, data: str, columns: TextColumns) -> None:
    """Fill in the settings for the files, before their widgets are drawn. columns: of a table of texts.

    What a link has set stays, and what the visitor has changed since the files before.
    """
    keys, (before, usual, set_then), files = FieldKeys(dataset), _state(dataset), path_or_token(data)
    wanted = with_count({"dataset": dataset, "data": data, **columns.settings, **usual})
    for name in FOLLOW_COUNT:
        key = keys.of(name)
        given = st.session_state.get(key)
        unset = given is None and key not in st.query_params
        if unset or (before != files and given == set_then[name]):
            st.session_state[key] = wanted[name]
    st.session_state[_key(dataset)] = (files, usual, {name: wanted[name] for name in FOLLOW_COUNT})


def keep_count(settings: Mapping[str, Any]) -> None:
    """Note that the form is filled with these settings, which stay with these files."""
    values = {name: settings[name] for name in FOLLOW_COUNT}
    st.session_state[_key(settings["dataset"])] = (path_or_token(settings.get("data")), values, values)


def _state(dataset: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
    """The files of the last time, the settings for many files, and what was filled in."""
    keys = FieldKeys(dataset)
    usual = {name: keys.default(name) for name in FOLLOW_COUNT}
    state: tuple[str, Mapping[str, Any], Mapping[str, Any]]
    state = st.session_state.get(_key(dataset), ("", usual, usual))
    return state


def _key(dataset: str) -> str:
    return f"{dataset}.follows_count"
