"""Two runs that came with kdviz and differ only in λ: a comparison to begin with."""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.store.prepared_examples import WEAKER, packed_run
from kdviz.ui.frame.errors import safely
from kdviz.ui.runs.run_selection import choose_runs, listed_runs


def compare_prepared(store: Store) -> None:
    """A button that compares the two; nothing where the prepared run was deleted."""
    runs = listed_runs(store)
    strong = next(filter(is_prepared, runs), None)
    weak = next((run for run in runs if run.record.origin == packed_run(WEAKER).id), None)
    if strong is None or weak is None:
        return
    label = _("Compare λ = {first} with λ = {second}, two runs that came with kdviz").format(
        first=f"{strong.config.explanation_weight:g}", second=f"{weak.config.explanation_weight:g}"
    )
    st.button(
        label,
        icon=":material/compare_arrows:",
        key="compare_prepared",
        on_click=safely(choose_runs),
        args=((strong.id, weak.id),),
        help=_("Same data, same seed: they differ only in λ."),
    )
