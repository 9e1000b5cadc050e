"""Downloads: tables as CSV, images as PNG, maps as arrays. Each is made when its button is clicked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import streamlit as st

from kdviz.comparison import ImageExplanation
from kdviz.language import _
from kdviz.report import explanation_npz, heatmap_row_png

# "-0.12 to 0.30" is left as it is; "-2+cmd|…" is not.
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]+( |$))")


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table, with an apostrophe before text that a spreadsheet would take for a formula.

    For a visitor's own text in `st.dataframe`: its download writes numbers unrounded, and text as it is.
    """
    return table.map(_quoted).rename(columns=_quoted)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table with every digit; the byte-order mark tells spreadsheets that it is UTF-8."""
    return csv_text(table).encode("utf-8-sig")


def csv_text(table: pd.DataFrame) -> str:
    """The same as text, without formulas."""
    return without_formulas(table).to_csv(index=False)


def _quoted(cell: object) -> object:
    """Streamlit joins the items of a list, so that only the first begins a cell."""
    if isinstance(cell, list):
        return [_quoted(cell[0]), *cell[1:]] if cell else cell
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def csv_button(
    make: Callable[[], pd.DataFrame],
    *,
    file: str,
    key: str,
    label: str = "",
    about: str | None = None,
    small: bool = False,
) -> None:
    """A button that saves a table. file: its name without an ending. small: for use beside a title."""
    st.download_button(
        label or _("Table as CSV"),
        data=lambda: as_csv(make()),
        file_name=f"{file}.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        help=about,
        type="tertiary" if small else "secondary",
    )


def explanation_downloads(seen: ImageExplanation, *, file: str) -> None:
    """One image through all arms: the row of overlays as a PNG, the raw attributions as .npz."""
    with st.container(horizontal=True):
        st.download_button(
            _("Row of maps as PNG"),
            data=lambda: heatmap_row_png(seen),
            file_name=f"{file}.png",
            mime="image/png",
            icon=":material/image:",
            on_click="ignore",
            key=f"{file}.png",
            help=_("The image and every arm's heat map, on one scale."),
        )
        st.download_button(
            _("Raw maps (.npz)"),
            data=lambda: explanation_npz(seen),
            file_name=f"{file}.npz",
            mime="application/octet-stream",
            icon=":material/data_array:",
            on_click="ignore",
            key=f"{file}.npz",
            help=_("Every arm's attribution as it was computed, signed, at its own size; for NumPy."),
        )
