"""Downloads: tables as CSV, images as PNG, maps as arrays. Each is made when its button is clicked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.language import _, language, speaking

if TYPE_CHECKING:
    import pandas as pd

    from kdviz.comparison import ImageExplanation
    from kdviz.report import ShownMaps

# "-0.12 to 0.30" is left as it is; "-2+cmd|…" is not.
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]+( |$))")


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table, with an apostrophe before text that a spreadsheet would interpret as a formula.

    For users' own text in `st.dataframe`, whose download writes text unchanged.
    """
    return table.map(_quoted).rename(columns=_quoted)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table with every digit; the byte-order mark marks it as UTF-8 for spreadsheets."""
    return csv_text(table).encode("utf-8-sig")


def csv_text(table: pd.DataFrame) -> str:
    """The same as text, without formulas."""
    return without_formulas(table).to_csv(index=False)


def rows_as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The same of rows; None and NaN are empty. Without pandas, whose import takes as long as a page."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_quoted, names))
    writer.writerows([_quoted(_no_nan(row.get(name))) for name in names] for row in rows)
    return text.getvalue()


def _no_nan(cell: Any) -> Any:
    return None if cell != cell else cell


def _quoted(cell: object) -> object:
    """Streamlit joins the items of a list, so that only the first begins a cell."""
    if isinstance(cell, list):
        return [_quoted(cell[0]), *cell[1:]] if cell else cell
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def download(label: str, make: Callable[[], bytes], *, file: str, icon: str, **options: Any) -> None:
    """A button that saves a file, which is made when the button is clicked, without a rerun of the page.

    options: further ones of `st.download_button`.
    """
    st.download_button(
        label,
        data=make,
        file_name=file,
        mime=guess_type(file)[0] or "application/octet-stream",
        icon=f":material/{icon}:",
        on_click="ignore",
        **options,
    )


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
    kind = "tertiary" if small else "secondary"
    name, label = f"{file}.csv", label or _("Table as CSV")
    download(label, lambda: as_csv(make()), file=name, icon="download", key=key, help=about, type=kind)


def explanation_downloads(
    shown: ImageExplanation,
    maps: Callable[[], ShownMaps],
    *,
    file: str,
    grid: bool = False,
    opacity: float | None = None,
    box: Sequence[int] | None = None,
) -> None:
    """One input through all arms, as it is shown: the row of maps as a PNG, the raw attributions as .npz.

    A text has a page in place of a PNG: its maps are its words. maps: of what is shown, made once a file is
    asked for. grid, opacity, box: as in `heatmap_row_png`.
    """
    from kdviz.report import explanation_npz, heatmap_row_png, shaded_text_page  # imports PyTorch

    spoken = language()

    def save(label: str, make: Callable[[], bytes], ending: str, icon: str, about: str) -> None:
        def made() -> bytes:
            with speaking(spoken):
                return make()

        name = f"{file}.{ending}"
        download(label, made, file=name, icon=icon, key=name, help=about)

    with st.container(horizontal=True):
        if shown.text is None:
            about = _("The image and the maps as they are shown, with scales, names and predictions.")

            def row() -> bytes:
                return heatmap_row_png(maps(), grid=grid, opacity=opacity, box=box)

            save(_("Row of maps as PNG"), row, "png", "image", about)
        else:
            about = _("The text with every arm's evidence as it is shown, as a page to open or print.")
            save(
                _("Shaded text (.html)"), lambda: shaded_text_page(maps()), "html", "format_color_text", about
            )
        about = _(
            "The attributions that are shown, as they were computed: signed, at their own size; for NumPy."
        )
        save(_("Raw maps (.npz)"), lambda: explanation_npz(shown), "npz", "data_array", about)
