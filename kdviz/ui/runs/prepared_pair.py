"""Two runs that came with kdviz and differ only in λ: a comparison to begin with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.store.prepared_examples import WEAKER, packed_run
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.runs.run_selection import choose_runs, listed_runs


def compare_prepared(store: Store) -> None:
    """A button that compares the two; nothing where the prepared run was deleted."""
    pair = _pair(listed_runs(store))
    if pair is None:
        return
    strong, weak = pair
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


def over_seeds(runs: Sequence[Run]) -> None:
    """Where the same is measured with five seeds, if the two are compared: a link to that study."""
    if len(runs) == 2 and _pair(runs):
        st.page_link(
            "pages/sweep.py",
            label=_("The same with five seeds, on Sweep"),
            icon=":material/casino:",
            query_params=with_language({"study": "lambda-ladder"}),
        )


def _pair(runs: Sequence[Run]) -> tuple[Run, Run] | None:
    """The one with the larger λ first; None if one of them is missing."""
    strong = next(filter(is_prepared, runs), None)
    weak = next((run for run in runs if run.record.origin == packed_run(WEAKER).id), None)
    return None if strong is None or weak is None else (strong, weak)
