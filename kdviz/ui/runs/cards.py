"""All runs as cards with a checkbox each: what narrow screens and projectors show in place of the table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext

import streamlit as st

from kdviz.language import _
from kdviz.metrics import METRICS
from kdviz.store import Run
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import STATES, plain
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.responsive import NARROW, only_when
from kdviz.ui.frame.run_menu import title_with_origin
from kdviz.ui.runs.run_selection import toggle_run

_AT_A_TIME = 12
_SHOWN = "run_cards_shown"


def run_cards(listed: Sequence[Run], chosen: Collection[Run]) -> None:
    """The first runs, and a button for more; a checked one is chosen. Folded above a comparison."""
    with nullcontext() if projecting() else only_when(NARROW, key="run_cards"):
        if len(chosen) < 2:
            _cards(listed, chosen)
            return
        with st.expander(_("Choose other runs"), icon=":material/checklist:"):
            _cards(listed, chosen)


def _cards(listed: Sequence[Run], chosen: Collection[Run]) -> None:
    ids = {run.id for run in chosen}
    count = st.session_state.get(_SHOWN, _AT_A_TIME)
    for run in listed[:count]:
        _card(run, chosen=run.id in ids)
    if count < len(listed):
        st.button(
            _("Show {count} more").format(count=min(_AT_A_TIME, len(listed) - count)),
            icon=":material/expand_more:",
            key="more_run_cards",
            on_click=safely(_show),
            args=(count + _AT_A_TIME,),
        )


def _show(count: int) -> None:
    st.session_state[_SHOWN] = count


def _card(run: Run, *, chosen: bool) -> None:
    key = f"card_{run.id}"
    st.session_state[key] = chosen
    pin = "★ " if run.record.pinned else ""
    with st.container(border=True, gap="xxsmall"):
        st.checkbox(
            f"**{pin}{plain(title_with_origin(run))}**", key=key, on_change=safely(toggle_run), args=(run.id,)
        )
        st.caption(card_text(run))


def card_text(run: Run) -> str:
    """The state of a run, and the student's and twin's accuracy and agreement once it has results."""
    parts = [_(STATES[run.state][0])]
    results = run.results or {}
    for name in ("accuracy", "agreement"):
        metric = METRICS[name]
        if "student" in results:
            value = metric.text(metric.read(results["student"]))
            if "twin" in results:
                twin = metric.text(metric.read(results["twin"]))
                value = _("{student} (twin {twin})").format(student=value, twin=twin)
            parts.append(f"{_(metric.label)} {value}")
    return " · ".join(parts)
