"""Localization as a table: an arm's maps against ground truth, the object or a planted cue."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from kdviz.comparison import LocalizationRow, Survey, localization_table
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Region


def localization_details(survey: Survey) -> None:
    """How often each arm's maps have their maximum in a region, and the share of the evidence there."""
    rows = localization_table(survey)
    if not rows:
        return
    st.markdown(
        f"**{_('Localization (ground truth)')}**",
        help=_(
            "Agreement says whether two maps match, not whether they are right. Here masks say where the "
            "right place is."
        ),
    )
    st.dataframe(
        localization_frame(rows),
        hide_index=True,
        height="content",
        placeholder=_("undefined"),
        column_config=_columns(several=len(survey.localization) > 1),
        alt=_("Localization against ground truth, a row for each arm"),
        key="ag_ground",
    )


def localization_frame(rows: tuple[LocalizationRow, ...]) -> pd.DataFrame:
    """A row for each arm and kind of mask, with every digit; shares in percent, NaN where undefined."""
    names: dict[Region, str] = {"object": _("Object"), "cue": _("Cue")}
    return pd.DataFrame(
        {
            "Mask": names[row.region],
            "Arm": ARM_STYLES[row.arm].label,
            "Pointing game, %": 100 * row.hit.value,
            "Pointing game, low": 100 * row.hit.low,
            "Pointing game, high": 100 * row.hit.high,
            "Chance, %": 100 * row.chance,
            "Evidence, %": 100 * row.share.value,
            "Evidence, low": 100 * row.share.low,
            "Evidence, high": 100 * row.share.high,
            "Area, %": 100 * row.area,
            "Images": row.n,
        }
        for row in rows
    )


def _columns(*, several: bool) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    low, high = (
        number(label, format="%.1f", help=_("95 % bootstrap interval over test images."))
        for label in (_("95 % from"), _("to"))
    )
    return {
        "Mask": text(_("Mask")) if several else None,
        "Arm": text(_("Arm"), pinned=True),
        "Pointing game, %": number(
            _("Brightest spot"),
            format="%.1f %%",
            help=_("Images of which the brightest cell of the map touches it (pointing game)."),
        ),
        "Pointing game, low": low,
        "Pointing game, high": high,
        "Chance, %": number(
            _("By chance"),
            format="%.1f %%",
            help=_("Share of the cells of the maps that touch it: how often a random place would be there."),
        ),
        "Evidence, %": number(
            _("Share of evidence"), format="%.1f %%", help=_("Mean share of the positive evidence there.")
        ),
        "Evidence, low": low,
        "Evidence, high": high,
        "Area, %": number(
            _("Area"),
            format="%.1f %%",
            help=_(
                "Share of the picture. A uniform map has this share of its evidence there; a map that always "
                "favours the centre may have more."
            ),
        ),
        "Images": number(_("Images"), format="localized", help=_("Those on which the map has a maximum.")),
    }
