"""Agreement against confidence, a point per test image, for selecting images."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import streamlit as st

from kdviz.comparison import Survey, alike_above, boxes
from kdviz.figures.charts import scatter_alt, scatter_figure, scatter_info
from kdviz.language import _, language
from kdviz.types import Arm
from kdviz.ui.agreement.controls import ArmComparison
from kdviz.ui.frame import url_state
from kdviz.ui.widgets.chart import Drawn
from kdviz.ui.widgets.selectable_charts import chosen_points, selectable_charts

_LINK, _CHART = "ag_chosen", "ag_scatter"
_MOST_BYTES = 2**17  # of a selection in a link: a million images


def scatter(shown: ArmComparison) -> frozenset[int] | None:
    """Draw the chart; returns the selected indices in the test set, None without a selection.

    The selection has its own key in the session state, because that of the chart ends with the chart.
    """
    survey, arm, measure = shown.survey, shown.arm, shown.measure
    kept = _kept(shown.run.id)
    from_link = url_state.requested(_LINK)
    if from_link is not None:
        st.session_state[kept] = unpacked(from_link) & frozenset(survey.indices.tolist())

    def keep_selection() -> None:
        st.session_state[kept] = chosen_points(_CHART)
        url_state.ignore_pending()

    selection: frozenset[int] = st.session_state.setdefault(kept, frozenset())
    charts = {
        _file(shown, each): _drawn(survey.key, each, measure, language(), survey) for each in survey.scores
    }
    selectable_charts(
        charts,
        _file(shown, arm),
        key=_CHART,
        selected=selection,
        on_select=keep_selection,
        note=_("drag a box or a lasso"),
    )
    url_state.set_param(_LINK, packed(selection) if selection else "")
    return selection or None


def clear_selection(run_id: str) -> None:
    """Callback: clear the selection."""
    st.session_state[_kept(run_id)] = frozenset()
    url_state.ignore_pending()


def packed(places: frozenset[int]) -> str:
    """Indices in the test set as a short string for a URL: the bits of a mask, compressed."""
    mask = np.zeros(max(places, default=-1) + 1, bool)
    mask[list(places)] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode().rstrip("=")


def unpacked(word: str) -> frozenset[int]:
    """The inverse of `packed`; empty for an invalid string."""
    try:
        bits = zlib.decompressobj().decompress(
            base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), _MOST_BYTES
        )
    except (ValueError, zlib.error):
        return frozenset()
    return frozenset(np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8))).tolist())


def _file(shown: ArmComparison, arm: Arm) -> str:
    return f"kdviz-{shown.run.id}-{shown.survey.explainer}-{shown.measure}-{arm}-scatter"


def _kept(run_id: str) -> str:
    return f"ag_chosen.{run_id}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: str, arm: Arm, measure: str, code: str, _survey: Survey) -> Drawn:
    info = scatter_info(
        arm,
        boxes(_survey, arm, measure=measure),
        _survey.scores[arm][measure].corrected,
        _survey.predictions[arm].confidence,
        _survey.indices,
        alike_above=alike_above(_survey, arm, measure=measure, corrected=True),
    )
    return Drawn(info, scatter_figure(info, height=440), scatter_alt(info))
