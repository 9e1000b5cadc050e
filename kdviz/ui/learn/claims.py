"""A lesson that needs no run: claims of the field, each tested by a small experiment on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.claims import (
    BASES,
    CLAIMS,
    Claim,
    Effect,
    Judgement,
    beside_published,
    claimed_words,
    is_share,
    judge,
    overview,
    with_seeds,
)
from kdviz.figures.charts import ClaimInfo, claim_alt, claim_figure
from kdviz.figures.style import duration
from kdviz.language import _, plural, sentences, text_of
from kdviz.store import Store
from kdviz.study import Point, Standing, seconds_left, standing
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import Colour, plain
from kdviz.ui.learn.frame import not_shown
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.study_progress import queue_them, runs_bar, say_failed, time_left, waiting

_EVERY_S = 1.0

_SEEDS = (5, 10)
"""So many are asked for at first, and then: with three, an interval is twice as wide as with five."""

_MARKS: dict[str, tuple[str, Colour]] = {
    "shown": ("check_circle", "green"),
    "open": ("help", "gray"),
    "reversed": ("swap_horiz", "orange"),
    "untested": ("science", "gray"),
}


def claims(store: Store) -> None:
    """One claim with its experiment and what came out, then all of them."""
    runs = store.runs()
    stand = {name: standing(runs, claim.points(_SEEDS[-1])) for name, claim in CLAIMS.items()}
    found = {name: judge(claim, stand[name].done) for name, claim in CLAIMS.items()}
    st.markdown(
        _(
            "Papers say what distillation does. **Does it do so here, too?** Each claim has an experiment "
            "that is small enough for this machine, and is repeated with other random numbers, its seeds. It "
            "is judged by its 95 % interval over them: **shown** where all of it lies where the claim says, "
            "**the other way round** where none of it does, else **not shown**."
        )
    )
    chosen = url_state.menu(
        "claim",
        _("Claim"),
        {
            name: _("{name}: {value}").format(name=_(each.claim.label), value=with_seeds(each))
            for name, each in found.items()
        },
    )
    with st.container(border=True):
        _card(store, found[chosen], stand[chosen])
    _overview(list(found.values()))


def _card(store: Store, judged: Judgement, now: Standing) -> None:
    words, picture = st.columns([2, 3], gap="medium")
    with words:
        _told(judged.claim)
    with picture:
        icon, colour = _MARKS[judged.verdict]
        st.badge(with_seeds(judged), icon=f":material/{icon}:", color=colour)
        _experiment(store, judged.claim, now)
        for place, effect in enumerate(judged.effects):
            _effect(judged.claim, effect, place)


def _told(claim: Claim) -> None:
    """The claim, where it comes from, what is done here, and what that leaves out."""
    st.markdown(f"**{_(claim.about)}**")
    published = _("Published: {effect}").format(effect=_(claim.published))
    basis = _("({basis})").format(basis=_(BASES[claim.basis]))
    st.markdown(sentences(published, f":gray[{basis}]"))
    st.markdown(_("Here: {test}").format(test=_(claim.test)))
    not_shown(_(claim.limits))
    st.caption(_("Source: {source}").format(source=plain(_(claim.source))))


def _experiment(store: Store, claim: Claim, now: Standing) -> None:
    """How far the runs are, or a button that queues the next ones."""
    say_failed(now)
    if now.going or now.waiting:
        runs_bar(
            store,
            claim.points(_SEEDS[-1]),
            now,
            share=_share,
            text=lambda now: _doing(store, claim, now),
            every_s=_EVERY_S,
            stop_key="claim_stop",
        )
    elif now.missing:
        _queue(store, claim, now)


def _queue(store: Store, claim: Claim, now: Standing) -> None:
    seeds, missing = _next(claim, now)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Test it here with {seeds} seeds").format(seeds=seeds),
            icon=":material/play_arrow:",
            type="secondary" if now.done else "primary",
            key="claim_queue",
            on_click=queue_them,
            args=(store, claim.study(seeds), claim.points(seeds)),
            help=_("Runs that are there already are taken over; the others wait their turn in the queue."),
        )
        runs = plural("{count} run", "{count} runs", len(missing))
        left = duration(rounded(seconds_left(missing, now.done)))
        told = (
            _("{runs}, about {time} by those that are done").format(runs=runs, time=left)
            if left
            else _("{runs} of about a minute on an idle computer").format(runs=runs)
        )
        st.caption(told, width="content")


def _next(claim: Claim, now: Standing) -> tuple[int, list[Point]]:
    """How many seeds to go on to, and the runs that lack for it. There is at least one that is missing."""
    for seeds in _SEEDS:
        wanted = claim.points(seeds)
        if missing := [point for point in now.missing if point in wanted]:
            return seeds, missing
    raise ValueError("no run is missing")


def _share(now: Standing) -> float:
    """Of the run at work, 0 where it is the queue's turn."""
    at = now.going[0].record.progress if now.going else None
    if at is None or not at.steps or at.stage != "students":
        return 0.0
    return min(at.step / at.steps, 1.0)


def _doing(store: Store, claim: Claim, now: Standing) -> str:
    to_go = plural("{count} run to go", "{count} runs to go", len(now.going) + len(now.waiting))
    if not now.going:
        return f"{waiting(store, now)} · {to_go}"
    doing = f"{text_of(now.going[0].record.progress.doing) or _('Training')} · {to_go}"
    left = time_left(claim.points(_SEEDS[-1]), now)
    return _("{doing}, about {left} left").format(doing=doing, left=left) if left else doing


def _effect(claim: Claim, effect: Effect, place: int) -> None:
    """What was measured beside what was published, and how far they are apart in words."""
    st.caption(sentences(claimed_words(effect.contrast), beside_published(effect)))
    if not effect.differences:
        return
    info = claim_info(effect)
    chart(
        Drawn(info, claim_figure(info), claim_alt(info)),
        key=f"claim_{claim.name}_{place}",
        file=f"kdviz-claim-{claim.name}",
        note=info.measured,
    )


def claim_info(effect: Effect) -> ClaimInfo:
    """What the chart of an effect shows."""
    contrast, found = effect.contrast, effect.difference
    return ClaimInfo(
        title=_(contrast.subject),
        about=_("Dots are seeds; the bar is the 95 % interval of their mean. What the claim says is shaded."),
        is_share=is_share(contrast),
        differences=tuple(effect.differences.items()),
        value=found.value,
        low=found.low,
        high=found.high,
        claimed=contrast.claimed,
        published=contrast.published,
    )


def _overview(judged: Sequence[Judgement]) -> None:
    st.markdown(f"**{_('All claims, so far')}**")
    names: dict[str, Any] = {
        "claim": st.column_config.TextColumn(_("claim"), pinned=True),
        "verdict": _("verdict"),
        "compared": _("what is compared"),
        "measured": _("measured (95 %)"),
        "published": _("published"),
        "seeds": _("seeds"),
    }
    st.dataframe(
        pd.DataFrame(overview(judged)),
        hide_index=True,
        column_config=names,
        alt=_("Every claim with its verdict, measured and published"),
        key="claim_overview",
    )
    not_shown(
        _(
            "Settings differ from the papers' by orders of magnitude: what is not shown here may hold there. "
            "And decide on the number of seeds before you look: adding some until a claim is shown shows "
            "nothing."
        )
    )
