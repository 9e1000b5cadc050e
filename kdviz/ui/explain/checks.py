"""Can the map be trusted: the checks of an explainer's maps of one arm, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from kdviz.comparison import (
    Check,
    CueRemoval,
    Survey,
    Trust,
    TrustCard,
    known_cue_removals,
    known_survey,
    known_trust_card,
)
from kdviz.datasets import DATASETS
from kdviz.device import resolve_device
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES
from kdviz.jobs import start_trust_checks, trust_job
from kdviz.language import _, percentage, sentences
from kdviz.narrative import (
    CHECKED,
    check_name,
    check_question,
    check_sentence,
    check_threshold,
    checks_brief,
    checks_headline,
    checks_limit,
    conclusion,
    least_trusted,
    object_sentence,
    passed_but,
    plausibility_sentence,
    qualified_trust,
    shortcut_warning,
)
from kdviz.store import Run, Store
from kdviz.types import Arm, Results
from kdviz.ui.frame.errors import fragment, safely
from kdviz.ui.frame.formatting import Colour, plain
from kdviz.ui.frame.heading import beside_title
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.progress import job_bar
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


_OPEN, _ARM = "trust_open", "trust_arm"
"""Keys of the panel and of its network."""

_OPENED, _KNOWN = "trust_opened", "trust_badge_known"
"""In the session: how often the badge has opened the panel, and of which arms it knows the checks."""


def trust_badge(store: Store, run: Run, explainer: str) -> None:
    """How many checks the maps of teacher and student pass, beside the page's title, or how far they are.

    Of the worse of the two. A click leads to the panel. Below the title on a narrow screen.
    """
    cards = _known(store, run, explainer)
    st.session_state[_KNOWN] = [card.arm for card in cards]
    below = ".st-key-heading, .st-key-beside_title { flex-wrap: wrap; row-gap: 0; }"
    row = ":has(> .st-key-trust_badge) { flex-basis: 100%; }"
    badge = ".st-key-trust_badge button, .st-key-trust_badge button *"
    whole = f"{badge} {{ white-space: normal !important; text-align: left; height: auto; }}"
    st.html(f"<style>@media {NARROW} {{ {below} {row} {whole} }}</style>")
    with beside_title(), st.container(key="trust_badge", width="content"):
        if len(cards) < len(CHECKED) and _being_checked(store, run, explainer):
            _progress_badge(store, run, explainer)
        elif cards:
            worst, known, removals = _worst(store, run, explainer, cards)
            trusted = qualified_trust(worst[0], known, removals)
            about = sentences(_conclusion(worst[0], known, removals), checks_limit())
            _badge(checks_brief(worst, known, removals), trusted, about, arm=worst[-1].arm)
        else:
            _badge(_("Maps not checked: check"))


def checks_mark(store: Store, run: Run, explainer: str) -> None:
    """A small badge: how many checks a method's maps pass, where that is known; nothing is computed."""
    if not (cards := _known(store, run, explainer)):
        return
    worst, known, removals = _worst(store, run, explainer, cards)
    passed, made = worst[0].counts
    icon, colour = _light(qualified_trust(worst[0], known, removals))
    text = _("{passed} of {made} checks").format(passed=passed, made=made)
    about = checks_brief(worst, known, removals)
    st.markdown(f":{colour}-badge[:material/{icon}: {text}]", help=plain(about))


def _worst(
    store: Store, run: Run, explainer: str, cards: Sequence[TrustCard]
) -> tuple[Sequence[TrustCard], Survey | None, Sequence[CueRemoval]]:
    """The least trusted of these cards, and the survey and the removals that it was judged by."""
    known, removals = known_survey(store, run.id, explainer), known_cue_removals(store, run) or ()
    return least_trusted(cards, known, removals), known, removals


def _known(store: Store, run: Run, explainer: str) -> list[TrustCard]:
    """The checks of teacher and student, as far as they are known."""
    found = (known_trust_card(store, run.id, explainer, arm=arm) for arm in CHECKED)
    return [card for card in found if card is not None]


def _light(trusted: Trust) -> tuple[str, Colour]:
    """Icon and colour of a badge beside maps: green beside a wrong answer would praise the network."""
    icon, colour = _LIGHTS[trusted]
    return icon, "gray" if trusted == "location" else colour


@partial(fragment, run_every=1)
def _progress_badge(store: Store, run: Run, explainer: str) -> None:
    """How far the checks are. The page is rerun once they have ended."""
    done = {card.arm: 1.0 for card in _known(store, run, explainer)}
    if len(done) == len(CHECKED) or not _being_checked(store, run, explainer):
        st.rerun()
    for arm in CHECKED:
        if arm not in done and (job := trust_job(store, run.id, explainer, arm)):
            done[arm] = job.progress.fraction
    share = percentage(sum(done.values()) / len(CHECKED), 0)
    if _badge(_("Maps being checked: {share}").format(share=share)):
        st.rerun()  # the panel is outside this fragment


def _badge(text: str, trusted: Trust = "unknown", about: str | None = None, *, arm: Arm = "student") -> bool:
    """The badge's button, which opens the panel on an arm; whether it was clicked."""
    icon, colour = _light(trusted)
    return st.button(
        f":{colour}-badge[:material/{icon}: {plain(text)}]",
        key="trust_badge_button",
        type="tertiary",
        help=about,
        on_click=safely(partial(open_checks, arm)),
    )


def open_checks(arm: Arm | None = None) -> None:
    """Open the panel on an arm, or on the worse of teacher and student, and scroll there."""
    st.session_state[_OPEN] = True
    st.session_state[_ARM] = arm
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def check_ahead(store: Store, run: Run, explainer: str) -> None:
    """Check teacher and student in the background, unless that is slow or a run is training."""
    unstarted = [arm for arm in CHECKED if trust_job(store, run.id, explainer, arm) is None]
    if unstarted and _unasked(store, run, explainer):
        for arm in unstarted:
            start_trust_checks(store, run.id, explainer, arm)


def _unasked(store: Store, run: Run, explainer: str) -> bool:
    """Whether the checks are run although nobody asks for them."""
    if EXPLAINERS[explainer].slow:
        return False
    device = resolve_device(run.config.device)
    return not any(each.live and resolve_device(each.config.device) == device for each in store.runs())


def _being_checked(store: Store, run: Run, explainer: str) -> bool:
    """Whether checks of teacher or student run now, or will once this page is drawn."""
    jobs = [trust_job(store, run.id, explainer, arm) for arm in CHECKED]
    if any(job is not None and job.progress.state in ("failed", "stopped") for job in jobs):
        return False
    return any(job is not None and not job.ended for job in jobs) or (
        None in jobs and _unasked(store, run, explainer)
    )


@fragment
def trust(store: Store, run: Run, explainer: str) -> None:
    """The panel: a conclusion, and a card for each check. What is unknown is computed in the background."""
    known_arms = [card.arm for card in _known(store, run, explainer)]
    if st.session_state.get(_KNOWN, known_arms) != known_arms:
        del st.session_state[_KNOWN]
        st.rerun()  # checks have ended since the badge was drawn
    spec = EXPLAINERS[explainer]
    if spec.warning:
        text = _("{name}: {value}").format(name=_(spec.label), value=_(spec.warning))
        st.warning(text, icon=":material/warning:")
    title = _("Can these maps be trusted?")
    drawer = st.expander(title, icon=":material/fact_check:", key=_OPEN, on_change="rerun")
    scroll_to(_OPEN, count=st.session_state.get(_OPENED, 0))
    with drawer:
        known, removals = known_survey(store, run.id, explainer), known_cue_removals(store, run) or ()
        if known is not None and (shortcut := shortcut_warning(known, _known(store, run, explainer))):
            st.warning(plain(shortcut), icon=":material/visibility:")
        # None after a visit without the panel. However it is opened, it begins with the worse of the two.
        if not drawer.open or st.session_state.get(_ARM) not in run.config.all_arms:
            cards = _known(store, run, explainer)
            st.session_state[_ARM] = least_trusted(cards, known, removals)[-1].arm if cards else "student"
        arm = arm_picker(_("Network"), run.config.all_arms, key=_ARM, default=None)
        card = known_trust_card(store, run.id, explainer, arm=arm)
        if card is None:
            _unknown(store, run, explainer, arm)
        else:
            _card(card, known, removals, run.results)
        if known is not None and (on_object := object_sentence(known, arm)):
            about_masks = _(DATASETS[run.config.dataset].masks_note)
            st.markdown(f":material/center_focus_strong: {sentences(on_object, about_masks)}")
        _all_networks(store, run, explainer)
        st.page_link(
            "pages/agreement.py",
            label=_("Agreement: where the networks look on the whole test set, and who is right"),
            icon=":material/compare:",
            query_params=with_language({"run": run.id}),
        )


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
        st.button(_("Run the checks"), icon=":material/play_arrow:", key="trust_run", on_click=safely(start))
    else:
        stopped = _("The checks were stopped.")
        job_progress(job, start, key="trust", stopped=stopped, title=ARM_STYLES[arm].label)


def _all_networks(store: Store, run: Run, explainer: str) -> None:
    """The checks of the networks beside each other, as far as they are known; a button for the others."""
    arms = run.config.all_arms
    cards = {arm: known_trust_card(store, run.id, explainer, arm=arm) for arm in arms}
    known = {arm: card for arm, card in cards.items() if card is not None}
    if len(known) > 1:
        st.table(checks_table(known))
    missing = [arm for arm in arms if arm not in known]

    def start() -> None:
        for arm in missing:
            start_trust_checks(store, run.id, explainer, arm)

    if len(missing) < 2 and len(known) < 2:
        return
    jobs = [job for arm in missing if (job := trust_job(store, run.id, explainer, arm)) and not job.ended]
    if len(jobs) > 1:
        job_bar(
            jobs, lambda: _("Checking {count} networks …").format(count=len(jobs)), stop_key="trust_stop_all"
        )
    elif missing and not jobs:
        st.button(
            _("Check all networks"), icon=":material/done_all:", key="trust_all", on_click=safely(start)
        )


def checks_table(cards: Mapping[Arm, TrustCard]) -> pd.DataFrame:
    """Which network's maps pass which check: a row a check that applies, a column a network."""
    signs = {True: "✓", False: "✗", None: "–"}
    passed = {
        ARM_STYLES[arm].label: {check.name: signs[check.passed] for check in card.checks}
        for arm, card in cards.items()
    }
    table = pd.DataFrame(passed)
    applying = [name for name in table.index if {"✓", "✗"} & set(table.loc[name])]
    return table.loc[applying].rename(index=check_question)


def _conclusion(card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval]) -> str:
    """As Markdown."""
    return plain(passed_but(card, survey, removals)) or conclusion(card)


def _card(
    card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval], results: Results | None
) -> None:
    icon, colour = _LIGHTS[qualified_trust(card, survey, removals)]
    st.markdown(f":{colour}[:material/{icon}:] **{_conclusion(card, survey, removals)}**")
    result = (results or {}).get(card.arm)
    st.markdown(checks_limit(None if result is None else result.accuracy))
    st.caption(
        _("{headline} On {count} test images; your own input is not among them.").format(
            headline=plain(checks_headline(card, survey, removals)), count=card.n
        )
    )
    with st.grid(3, min_column_width=260):
        for check in card.checks:
            _check(check, card.explainer)
    if sentence := plausibility_sentence(card):
        st.caption(sentence)


def _check(check: Check, explainer: str) -> None:
    passed = _(":green[:material/check_circle:] passed")
    if check.only_just:
        passed = _(":orange[:material/check_circle:] passed")
    signs = {True: passed, False: _(":red[:material/cancel:] failed"), None: _("not applicable")}
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{check_question(check.name)}** {signs[check.passed]}")
        found = check_sentence(check, explainer)
        st.caption(_("{name}: {value}").format(name=check_name(check.name), value=found))
        if threshold := check_threshold(check):
            st.caption(threshold)
