"""Predicting the verdict on a claim before it is shown."""

from __future__ import annotations

import streamlit as st

from kdviz.claims import ClaimVerdict, Judgement
from kdviz.language import _
from kdviz.narrative import claim_verdict_words
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely

_SWITCH, _PREDICTED = "ln_verdicts", "claims_predicted"

_VERDICTS: tuple[ClaimVerdict, ...] = ("shown", "open", "reversed")
"""Those that a visitor can predict."""


def verdict_switch() -> None:
    """A switch that shows the verdicts on all claims. It is in the URL."""
    st.toggle(
        _("Show all verdicts"),
        key=_SWITCH,
        bind=url_state.binding(_SWITCH),
        help=_("Off: predict each one first."),
    )


def is_revealed(judged: Judgement) -> bool:
    """Whether the verdict may be seen: all of them, this one after a prediction, or there is none yet."""
    shown = bool(st.session_state.get(_SWITCH)) or judged.claim.name in _predicted()
    return shown or judged.verdict == "untested"


def claim_title(judged: Judgement) -> str:
    """What is asked, until its verdict may be seen; then the claim in a few words."""
    settled = is_revealed(judged) and judged.verdict != "untested"
    return _(judged.claim.label if settled else judged.claim.question)


def predict(judged: Judgement) -> None:
    """A button for each verdict; the one that is pressed is the prediction, and reveals the result."""
    st.markdown(_("**Predict:** what did the experiment here find?"))
    with st.container(horizontal=True):
        for verdict in _VERDICTS:
            st.button(
                claim_verdict_words(verdict),
                key=f"claim_predict_{verdict}",
                on_click=safely(_predict),
                args=(judged.claim.name, verdict),
            )


def prediction_text(judged: Judgement) -> str:
    """What was predicted, and whether it was right; "" without a prediction."""
    predicted = _predicted().get(judged.claim.name)
    if predicted is None:
        return ""
    form = _(":material/check: You predicted “{verdict}”: **right**.")
    if predicted != judged.verdict:
        form = _(":material/close: You predicted “{verdict}”: **wrong**.")
    return form.format(verdict=claim_verdict_words(predicted))


def _predict(name: str, verdict: ClaimVerdict) -> None:
    _predicted()[name] = verdict


def _predicted() -> dict[str, ClaimVerdict]:
    """By claim, what has been predicted in this session."""
    predicted: dict[str, ClaimVerdict] = st.session_state.setdefault(_PREDICTED, {})
    return predicted
