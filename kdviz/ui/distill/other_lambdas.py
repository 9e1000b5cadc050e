"""Links from a finished run to those that differ from it in λ alone, side by side on Runs."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import nearest_lambdas
from kdviz.figures.style import lambda_text
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.store.prepared_examples import still_packed
from kdviz.ui.frame.language_switch import with_language


def compare_other_lambdas(store: Store, run: Run) -> None:
    """A link for each of the two nearest λ that a finished run with the same settings and seed has."""
    runs = store.runs()
    finished = [other for other in (*runs, *still_packed(runs)) if other.results is not None]
    for place in nearest_lambdas(run.config, [other.config for other in finished]):
        other = finished[place]
        weight = lambda_text(other.config.explanation_weight, other.config.explanation_share)
        st.page_link(
            "pages/runs.py",
            label=_("Compare with λ = {weight}").format(weight=weight),
            icon=":material/compare_arrows:",
            query_params=with_language({"compare": f"{other.id},{run.id}"}),
        )
