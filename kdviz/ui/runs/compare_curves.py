"""The curves of several runs in one chart: colour and marker show the run, the line style the arm."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from kdviz.figures.charts import (
    accuracy_info,
    agreement_info,
    run_curves_alt,
    run_curves_figure,
    run_curves_info,
)
from kdviz.figures.style import ARM_STYLES, dash_legend, run_marker
from kdviz.language import _, language
from kdviz.store import Run, Store
from kdviz.types import ARMS, Arm, Measured
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import fragment, safely
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.history import history
from kdviz.ui.widgets.parent_run import epochs_before

_EVERY_S = 2.0
_LEGEND_GAP = "&emsp;"
_ARMS = "compare_arms"


def curves(store: Store, runs: Sequence[Run]) -> None:
    """Accuracy and agreement of all runs; redrawn during training."""
    arms, before = _chosen_arms(runs), tuple(epochs_before(store, run) for run in runs)
    if not arms:
        st.caption(_("Choose an arm to see its curves."))
        return

    @partial(fragment, run_every=_EVERY_S if any(run.live for run in runs) else None)
    def charts() -> None:
        measured = [history(store, run) for run in runs]
        ids, names = tuple(run.id for run in runs), tuple(run.title for run in runs)
        drawn = _drawn(ids, names, tuple(map(len, measured)), before, arms, language(), measured)
        with st.grid(2, min_column_width=320, gap="medium"):
            for name, each in drawn.items():
                chart(each, key=f"overlaid_{name}", file=f"kdviz-{name}-compared")

    _legend(runs, arms)
    charts()


def _legend(runs: Sequence[Run], arms: Sequence[Arm]) -> None:
    """Directly above the charts: the marker of each run, and the line style of each arm."""
    markers = (f"{run_marker(place)} {escape(run.title)}" for place, run in enumerate(runs))
    st.html(f"<div>{_LEGEND_GAP.join([*markers, escape(dash_legend(arms))])}</div>")


def _chosen_arms(runs: Sequence[Run]) -> tuple[Arm, ...]:
    """The arms whose curves are drawn; by name in the URL."""
    offered = [arm for arm in ARMS if any(arm in run.config.arms for run in runs)]
    default = [arm for arm in offered if arm in ("student", "twin")]
    requested = url_state.requested_list("arms")
    if requested is not None or _ARMS not in st.session_state:
        st.session_state[_ARMS] = [arm for arm in offered if arm in (requested or ())] or default
    st.session_state[_ARMS] = [arm for arm in st.session_state[_ARMS] if arm in offered]
    st.segmented_control(
        _("Curves of"),
        offered,
        selection_mode="multi",
        format_func=lambda arm: ARM_STYLES[arm].label,
        key=_ARMS,
        on_change=safely(url_state.ignore_pending),
    )
    chosen = [arm for arm in offered if arm in st.session_state[_ARMS]]
    url_state.set_param("arms", "" if chosen == default else ",".join(chosen))
    return tuple(chosen)


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(
    ids: tuple[str, ...],
    names: tuple[str, ...],
    versions: tuple[int, ...],
    before: tuple[int, ...],
    arms: tuple[Arm, ...],
    spoken: str,
    _measured: Sequence[Sequence[Measured]],
) -> dict[str, Drawn]:
    """Drawn once for all sessions.

    versions: number of metrics of each run. before: the `epochs_before` of each. spoken: the language.
    """
    infos = {
        name: run_curves_info([info(each) for each in _measured], names, arms, done_before=before)
        for name, info in (("accuracy", accuracy_info), ("agreement", agreement_info))
    }
    return {name: Drawn(info, run_curves_figure(info), run_curves_alt(info)) for name, info in infos.items()}
