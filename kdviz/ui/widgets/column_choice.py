"""The columns of a visitor's table of texts: recognized, shown, and changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.cache import Cache
from kdviz.config import RunConfig
from kdviz.datasets import TableColumns, fingerprint, table_columns
from kdviz.errors import DataError, KdvizError
from kdviz.language import _
from kdviz.types import COLUMN_FIELDS, NO_COLUMN, OWN_TEXTS, RECOGNIZED, DatasetSpec, TextColumns
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely

_READ: Cache[TableColumns | None] = Cache(8)
_OPTIONAL = ("split_column", "rationale_column")


def column_choice(spec: DatasetSpec, data: str, key: str) -> TextColumns:
    """Draw a box for each column of a table of texts, and its first rows. Returns what is chosen.

    Nothing is drawn for other files, or for a table that cannot be read, which is said where it is counted.
    key: of the field of the path, such as "text-file.data"; those of the boxes begin like it.
    """
    if spec.name != OWN_TEXTS:
        return RECOGNIZED
    keys = {field: key.removesuffix("data") + field for field in COLUMN_FIELDS}
    try:
        names = _columns(data, RECOGNIZED)
        if names is None:
            return RECOGNIZED
        offered = {field: _offered(field, names.names) for field in COLUMN_FIELDS}
        given = {field: _given(keys[field], offered[field]) for field in COLUMN_FIELDS}
        table = _together(data, given) or names
    except KdvizError:
        return RECOGNIZED
    recognized = {field: _recognized(field, table) for field in COLUMN_FIELDS}
    for field, key_of_box in keys.items():
        url_state.warn_unknown(key_of_box, {*offered[field], _("none")}, recognized[field])
    with st.grid(2, min_column_width=160, gap="small"):
        chosen = {
            field: _box(field, keys[field], offered[field], recognized[field]) for field in COLUMN_FIELDS
        }
    _first_rows(table, f"{key.replace('.', '_')}_rows")
    return TextColumns.of({field: name or None for field, name in chosen.items()})


def _first_rows(table: TableColumns, key: str) -> None:
    import pandas as pd  # slow: a page without a table need not wait for it

    from kdviz.ui.widgets.downloads import without_formulas

    rows = {name: [row[place] for row in table.first_rows] for place, name in enumerate(table.names)}
    st.dataframe(
        without_formulas(pd.DataFrame(rows)), hide_index=True, alt=_("The first rows of the table"), key=key
    )


def _columns(data: str, given: TextColumns) -> TableColumns | None:
    key = (data, given, fingerprint(OWN_TEXTS, data))
    return _READ.get(key, lambda: table_columns(data, given))


def _together(data: str, given: dict[str, str]) -> TableColumns | None:
    """What is recognized beside the given columns; None where they do not go together."""
    try:
        return _columns(data, TextColumns.of({field: name or None for field, name in given.items()}))
    except DataError:
        return None


def _offered(field: str, names: Sequence[str]) -> list[str]:
    """An empty name for the recognized column, then the columns, and "none" where there need not be one."""
    return list(dict.fromkeys(["", *names, *([NO_COLUMN] if field in _OPTIONAL else [])]))


def _given(key: str, offered: Sequence[str]) -> str:
    """What a box says before it is drawn. One that is not offered, as of another table, is left out."""
    if st.session_state.get(key, "") not in offered:
        st.session_state[key] = ""
    named = st.session_state.get(key, st.query_params.get(key, ""))
    none = NO_COLUMN if named == _("none") else named
    return none if none in offered else ""


def _recognized(field: str, table: TableColumns) -> str:
    """The label of the recognized column."""
    place = table.places[COLUMN_FIELDS.index(field)]
    if place is not None:
        return _("{column} (recognized)").format(column=table.names[place])
    return _("none recognized") if field in _OPTIONAL else _("Choose a column")


def _box(field: str, key: str, offered: Sequence[str], recognized: str) -> str:
    info, labels = RunConfig.model_fields[field], {"": recognized}
    if field in _OPTIONAL:
        labels[NO_COLUMN] = _("none")
    chosen = st.selectbox(
        _(info.title or field),
        offered,
        format_func=lambda name: labels.get(name, name),
        key=key,
        bind=url_state.binding(key),
        help=_(str(info.description)),
        on_change=safely(url_state.ignore_pending),
    )
    return str(chosen)
