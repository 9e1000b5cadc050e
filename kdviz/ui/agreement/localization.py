"""Maps against what is known to be in the pictures: the object, or a planted cue."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from kdviz.comparison import LocalizationRow, Survey, localization_sentence, localization_table
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, sentences
from kdviz.types import Interval, Region
from kdviz.ui.widgets.downloads import csv_button


def ground_truth(survey: Survey) -> None:
    """Pointing game and share of the evidence, for all arms; nothing where no data know what is where."""
    rows = localization_table(survey)
    if not rows:
        return
    st.markdown(
        f"**{_('Where it is known what is where')}**",
        help=_(
            "Agreement asks whether two maps are alike, not whether they are right. Here the right place is "
            "known. The pointing game (Zhang et al. 2016) counts the images whose map is highest there."
        ),
    )
    for region in survey.localization:
        st.markdown(_reading(survey, region))
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        _shown(rows),
        hide_index=True,
        height="content",
        placeholder=_("undefined"),
        column_config={
            "Where": text(_("Where")) if len(survey.localization) > 1 else None,
            "Arm": text(_("Arm"), pinned=True),
            "Points at it": number(
                _("Points at it"), format="%.1f %%", help=_("Images whose map is highest there.")
            ),
            "Points, 95 %": text("95 %", help=_("Bootstrap over test images.")),
            "Evidence on it": number(
                _("Evidence on it"), format="%.1f %%", help=_("Mean share of the positive evidence there.")
            ),
            "Evidence, 95 %": text("95 %", help=_("Bootstrap over test images.")),
            "Area": number(
                _("Its area"),
                format="%.1f %%",
                help=_(
                    "Share of the picture. A map that favours no place would have as much in both columns; "
                    "one that always favours the centre may have more."
                ),
            ),
            "Images": number(
                _("Images"), format="localized", help=_("Those on which the map has a highest point.")
            ),
        },
        alt=_("Maps against what is known to be in the pictures, an arm a row"),
        key="ag_ground",
    )
    csv_button(
        lambda: exact_ground(survey),
        file=f"kdviz-{survey.explainer}-localization",
        key="ag_ground_csv",
        about=_("Every figure with all its digits."),
        small=True,
    )


def exact_ground(survey: Survey) -> pd.DataFrame:
    """For other programs: every digit, shares in [0, 1], and names in English."""
    return pd.DataFrame(
        {
            "region": row.region,
            "arm": row.arm,
            **{f"pointing_{name}": value for name, value in vars(row.hit).items()},
            **{f"share_{name}": value for name, value in vars(row.share).items()},
            "area": row.area,
            "images": row.n,
        }
        for row in localization_table(survey)
    )


def _shown(rows: tuple[LocalizationRow, ...]) -> pd.DataFrame:
    names: dict[Region, str] = {"object": _("Object"), "cue": _("Cue")}
    return pd.DataFrame(
        {
            "Where": names[row.region],
            "Arm": ARM_STYLES[row.arm].label,
            "Points at it": _in_percent(row.hit.value),
            "Points, 95 %": _ends(row.hit),
            "Evidence on it": _in_percent(row.share.value),
            "Evidence, 95 %": _ends(row.share),
            "Area": _in_percent(row.area),
            "Images": row.n,
        }
        for row in rows
    )


def _in_percent(share: float) -> float:
    """Rounded as the sentences above are."""
    return float(f"{100 * share:.1f}")


def _reading(survey: Survey, region: Region) -> str:
    """The finding, and what to read it against."""
    area = percent(float(survey.localization[region].area.mean()))
    random = (
        _("Pointing at random would find it in {area}: so much of the picture does the object cover.")
        if region == "object"
        else _("Pointing at random would find it in {area}: so much of the picture does the cue cover.")
    ).format(area=area)
    return sentences(localization_sentence(survey, region), random)


def _ends(of: Interval) -> str | None:
    if math.isnan(of.low):
        return None
    return _("{low} to {high}").format(low=f"{100 * of.low:.1f}", high=f"{100 * of.high:.1f}")
