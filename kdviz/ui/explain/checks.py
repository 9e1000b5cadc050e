"""Can the map be trusted: the checks of an explainer's maps of one arm, and what follows from them."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import Check, Trust, TrustCard, known_survey, known_trust_card
from kdviz.device import resolve_device
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES
from kdviz.jobs import start_trust_checks, trust_job
from kdviz.language import _
from kdviz.narrative import check_name, check_sentence, checks_headline, conclusion, shortcut_warning
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame.formatting import Colour, plain
from kdviz.ui.frame.heading import beside_title
from kdviz.ui.frame.responsive import NARROW
from kdviz.ui.frame.scroll import scroll_to
from kdviz.ui.widgets.background_result import job_progress
from kdviz.ui.widgets.pickers import arm_picker

_LIGHTS: dict[Trust, tuple[str, Colour]] = {
    "location": ("check_circle", "green"),
    "limited": ("warning", "orange"),
    "none": ("block", "red"),
    "unknown": ("help", "gray"),
}


_OPEN, _OPENED = "trust_open", "trust_opened"
"""Key of the panel, and in the session how often the badge has opened it."""


def trust_badge(store: Store, run: Run, explainer: str) -> None:
    """How many checks the student's maps pass, beside the page's title, once that is known."""
    card = known_trust_card(store, run.id, explainer)
    if card is None or card.trust == "unknown":
        return
    icon, colour = _LIGHTS[card.trust]
    passed, made = card.counts
    st.html(f"<style>@media {NARROW} {{ :has(> .st-key-trust_badge) {{ display: none; }} }}</style>")
    with beside_title(), st.container(key="trust_badge", width="content"):
        text = _("{passed} of {made} checks passed").format(passed=passed, made=made)
        st.button(
            f":{colour}-badge[:material/{icon}: {text}]",
            key="trust_badge_button",
            type="tertiary",
            help=conclusion(card),
            on_click=_open_panel,
        )


def _open_panel() -> None:
    st.session_state[_OPEN] = True
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def check_ahead(store: Store, run: Run, explainer: str) -> None:
    """Run the checks of the student's maps in the background, unless that is slow or a run is training."""
    if EXPLAINERS[explainer].slow or trust_job(store, run.id, explainer, "student"):
        return
    device = resolve_device(run.config.device)
    if not any(each.live and resolve_device(each.config.device) == device for each in store.runs()):
        start_trust_checks(store, run.id, explainer, "student")


@st.fragment
def trust(store: Store, run: Run, explainer: str) -> None:
    """The panel: a conclusion, and a card for each check. What is unknown is computed in the background."""
    spec = EXPLAINERS[explainer]
    if spec.warning:
        text = _("{name}: {value}").format(name=_(spec.label), value=_(spec.warning))
        st.warning(text, icon=":material/warning:")
    title = _("Can these maps be trusted?")
    drawer = st.expander(title, icon=":material/fact_check:", key=_OPEN, on_change="rerun")
    scroll_to(_OPEN, count=st.session_state.get(_OPENED, 0))
    with drawer:
        known = known_survey(store, run.id, explainer)
        if known is not None and (shortcut := shortcut_warning(known)):
            st.warning(plain(shortcut), icon=":material/visibility:")
        arm = arm_picker(_("Network"), run.config.all_arms, key="trust_arm", default="student")
        card = known_trust_card(store, run.id, explainer, arm=arm)
        if card is None:
            _unknown(store, run, explainer, arm)
        else:
            _card(card)


def _unknown(store: Store, run: Run, explainer: str, arm: Arm) -> None:
    def start() -> None:
        start_trust_checks(store, run.id, explainer, arm)

    st.caption(
        _(
            "A map can look right and say nothing about its network. These checks test whether the "
            "prediction drops when the bright regions are removed, whether the map changes when the "
            "weights do, and whether it is stable under noise."
        )
    )
    job = trust_job(store, run.id, explainer, arm)
    if job is None or job.progress.state == "done":
        st.button(_("Run the checks"), icon=":material/play_arrow:", key="trust_run", on_click=start)
    else:
        stopped = _("The checks were stopped.")
        job_progress(job, start, key="trust", stopped=stopped, title=ARM_STYLES[arm].label)


def _card(card: TrustCard) -> None:
    icon, colour = _LIGHTS[card.trust]
    st.markdown(f":{colour}[:material/{icon}:] **{conclusion(card)}**")
    st.caption(_("{headline} On {count} test images.").format(headline=checks_headline(card), count=card.n))
    with st.grid(3, min_column_width=260):
        for check in card.checks:
            _check(check, card.explainer)


def _check(check: Check, explainer: str) -> None:
    signs = {
        True: _(":green[:material/check_circle:] passed"),
        False: _(":red[:material/cancel:] failed"),
        None: _("not applicable"),
    }
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{check_name(check.name)}** · {signs[check.passed]}")
        st.caption(check_sentence(check, explainer))
