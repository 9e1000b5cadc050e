"""Sanity checks of an explainer's maps of one arm, on request."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import trust_card
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.narrative import check_sentence, checks_headline
from kdviz.progress import Report
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.progress import bar


@st.fragment
def trust(store: Store, run: Run, explainer: str) -> None:
    """The panel. Checks take seconds to a minute, so they wait for a button."""
    spec = EXPLAINERS[explainer]
    if spec.warning:
        text = _("{name}: {value}").format(name=_(spec.label), value=_(spec.warning))
        st.warning(text, icon=":material/warning:")
    with st.expander(_("Can this map be trusted?"), icon=":material/fact_check:", key="trust_open"):
        st.caption(
            _(
                "A map can look right and say nothing about its network. These checks test whether the "
                "prediction drops when the bright regions are removed, whether the map changes when the "
                "weights do, and whether it is stable under noise."
            )
        )
        arms = run.config.all_arms
        with st.container(horizontal=True, vertical_alignment="bottom"):
            arm: Arm = st.selectbox(
                _("Network"),
                arms,
                index=arms.index("student"),
                format_func=lambda each: ARM_STYLES[each].label,
                key="trust_arm",
                width=220,
            )
            wanted = st.button(_("Run the checks"), icon=":material/play_arrow:", key="trust_run")
        if wanted:
            with bar() as report:
                _card(store, run, explainer, arm, report)


def _card(store: Store, run: Run, explainer: str, arm: Arm, report: Report) -> None:
    card = trust_card(store, run.id, explainer, arm=arm, report=report)
    signs = {
        True: _(":material/check_circle: passed"),
        False: _(":material/cancel: failed"),
        None: _("not applicable"),
    }
    st.markdown(
        _("**{headline}** On {count} test images.").format(headline=checks_headline(card), count=card.n)
    )
    for check in card.checks:
        st.markdown(f"{signs[check.passed]} · {check_sentence(check, explainer)}")
