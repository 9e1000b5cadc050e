"""Lesson: claims from papers, each tested by a small experiment on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd
import streamlit as st

from kdviz.claims import BASES, CLAIMS, Claim, Effect, Judgement, judge
from kdviz.figures.charts import ClaimInfo, claim_alt, claim_figure
from kdviz.figures.style import duration
from kdviz.language import _, plural, sentences
from kdviz.narrative import beside_published, claimed_words, overview, shared_recipe, with_seeds
from kdviz.store import Store
from kdviz.study import Done, Point, StudyStatus, seconds_left, study_status
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import Colour, plain
from kdviz.ui.frame.responsive import WIDE, only_when
from kdviz.ui.learn.claim_prediction import claim_title, is_revealed, predict, prediction_text, verdict_switch
from kdviz.ui.learn.components import limitation
from kdviz.ui.widgets.cards import cards
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.packaged_note import packaged_note
from kdviz.ui.widgets.stopped_study import stopped_note
from kdviz.ui.widgets.study_progress import failure_warning, queue_runs, runs_bar

_SEEDS = (5, 10)
"""Seeds of the first and of the second test: with three, an interval is twice as wide as with five."""

_WIDTHS_PX = {
    "claim": 325,
    "verdict": 100,
    "compared": 200,
    "measured": 195,
    "published": 150,
    "seeds": 60,
    "data": 240,
}
"""Of the table's columns: a measured effect with its interval is never cut."""

_BADGES: dict[str, tuple[str, Colour]] = {
    "shown": ("check_circle", "green"),
    "open": ("help", "gray"),
    "reversed": ("swap_horiz", "orange"),
    "untested": ("science", "gray"),
}
"""Icon and colour by verdict."""


def claims(store: Store) -> None:
    """The selected claim with its experiment and result, then a table of all claims."""
    runs = store.runs()
    progress = {name: study_status(runs, claim.points(_SEEDS[-1])) for name, claim in CLAIMS.items()}
    judged = {name: judge(claim, progress[name].done) for name, claim in CLAIMS.items()}
    options = {name: _with_paper(each) for name, each in judged.items()}
    st.markdown(
        _(
            "Papers make claims about distillation. **Do they hold here?** Each claim has an experiment "
            "small enough for this machine, repeated with several seeds. The 95 % interval over seeds "
            "decides: **shown** if all of it is within what the claim says, **reversed** if none of it is, "
            "and otherwise **not shown**."
        )
    )
    st.html("<style>.st-key-claim_choice > div:first-child { min-width: min(100%, 22rem); }</style>")
    with st.container(horizontal=True, vertical_alignment="bottom", key="claim_choice"):
        chosen = url_state.menu("claim", _("Claim"), options)
        with st.container(width="content"):
            verdict_switch()
    with st.container(border=True):
        _card(store, judged[chosen], progress[chosen])
    _overview(list(judged.values()))
    packaged_note(_together(progress.values()))


def _with_paper(judged: Judgement) -> str:
    """A claim's title, and who made the claim."""
    title, paper = claim_title(judged), judged.claim.paper
    return _("{claim} ({paper})").format(claim=title, paper=paper) if paper else title


def _together(progress: Iterable[StudyStatus]) -> list[Done]:
    """The finished runs of all claims, each once: several claims can share one."""
    return list({each.run.id: each for now in progress for each in now.done}.values())


def _card(store: Store, judged: Judgement, now: StudyStatus) -> None:
    st.markdown(_("**The claim:** {claim}").format(claim=_(judged.claim.about)))
    result, text = st.columns([3, 2], gap="medium")
    with result:
        st.caption(shared_recipe(judged.claim.points(1)))
        if is_revealed(judged):
            _found(judged)
        else:
            for effect in judged.effects:
                st.caption(claimed_words(effect.contrast))
            predict(judged)
        _experiment(store, judged.claim, now)
        packaged_note(now.done)
    with text:
        _description(judged.claim, revealed=is_revealed(judged))


def _found(judged: Judgement) -> None:
    """The verdict, after what was predicted, and the measured effects."""
    icon, colour = _BADGES[judged.verdict]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(with_seeds(judged), icon=f":material/{icon}:", color=colour)
        if text := prediction_text(judged):
            st.markdown(text, width="content")
    for number, effect in enumerate(judged.effects):
        _effect(judged.claim, effect, number)


def _description(claim: Claim, *, revealed: bool) -> None:
    """The experiment here and the source; the published effect and the limits once they give nothing away."""
    if revealed:
        published = _("Published: {effect}").format(effect=_(claim.published))
        basis = _("({basis})").format(basis=_(BASES[claim.basis]))
        st.markdown(sentences(published, f":gray[{basis}]"))
    st.markdown(_("Here: {test}").format(test=_(claim.test)))
    if revealed:
        limitation(_(claim.limits))
    st.caption(_("Source: {source}").format(source=plain(_(claim.source))))


def _experiment(store: Store, claim: Claim, now: StudyStatus) -> None:
    """Progress of the runs, or a button that queues the next ones."""
    failure_warning(now)
    stopped_note(claim.points(_SEEDS[-1]), now)
    if now.running or now.waiting:
        runs_bar(store, claim.points(_SEEDS[-1]), now, stop_key="claim_stop")
    elif now.missing:
        _queue(store, claim, now)


def _queue(store: Store, claim: Claim, now: StudyStatus) -> None:
    seeds, missing = next_runs(claim, now)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            (_("Test here with {seeds} seeds") if now.packaged else _("Test with {seeds} seeds")).format(
                seeds=seeds
            ),
            icon=":material/play_arrow:",
            type="secondary" if now.done else "primary",
            key="claim_queue",
            on_click=safely(queue_runs),
            args=(store, claim.study(seeds), claim.points(seeds)),
            help=_("Existing runs are reused; the others are queued."),
        )
        st.caption(_cost(missing, now), width="content")


def _cost(missing: Sequence[Point], now: StudyStatus) -> str:
    runs = plural("{count} run", "{count} runs", len(missing))
    left = duration(rounded(seconds_left(missing, now.own)))
    if left:
        return _("{runs}, about {time} (estimated from finished runs)").format(runs=runs, time=left)
    return _("{runs} of about a minute each on an idle computer").format(runs=runs)


def next_runs(claim: Claim, now: StudyStatus) -> tuple[int, list[Point]]:
    """The number of seeds to test next and the runs missing for it. Raises ValueError if none is missing."""
    for seeds in _SEEDS:
        wanted = claim.points(seeds)
        if missing := [point for point in now.missing if point in wanted]:
            return seeds, missing
    raise ValueError("no run is missing")


def _effect(claim: Claim, effect: Effect, number: int) -> None:
    """The claimed, published and measured effect, as a chart and in words."""
    if effect.differences:
        info = claim_info(effect)
        chart(
            Drawn(info, claim_figure(info), claim_alt(info)),
            key=f"claim_{claim.name}_{number}",
            file=f"kdviz-claim-{claim.name}",
            note=info.measured,
        )
    st.caption(sentences(claimed_words(effect.contrast), beside_published(effect)))


def claim_info(effect: Effect) -> ClaimInfo:
    """The data of an effect's chart."""
    contrast, found = effect.contrast, effect.difference
    return ClaimInfo(
        title=_(contrast.subject),
        about=_("Dots: seeds. Bar: 95 % interval of their mean. Shaded: the range that the claim states."),
        in_points=contrast.in_points,
        differences=tuple(effect.differences.items()),
        value=found.value,
        low=found.low,
        high=found.high,
        claimed=contrast.claimed,
        published=contrast.published,
        reproduced=contrast.reproduced,
    )


def _rows(judged: Judgement) -> Iterator[dict[str, str]]:
    """The rows of a claim, without what is to be predicted first."""
    hidden = {} if is_revealed(judged) else dict.fromkeys(("verdict", "measured", "published"), "?")
    for row in overview([judged]):
        yield {**row, **hidden, "claim": claim_title(judged)}


def _overview(judged: Sequence[Judgement]) -> None:
    st.markdown(f"**{_('All claims')}**")
    labels = {
        "claim": _("claim"),
        "verdict": _("verdict"),
        "compared": _("comparison"),
        "measured": _("measured (95 %)"),
        "published": _("published"),
        "seeds": _("seeds"),
        "data": _("data"),
    }
    rows = [row for each in judged for row in _rows(each)]
    with only_when(WIDE, key="claim_overview_wide"):
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config={
                name: st.column_config.TextColumn(label, width=_WIDTHS_PX[name], pinned=name == "claim")
                for name, label in labels.items()
            },
            alt=_("All claims with verdict, measured and published effect"),
            key="claim_overview",
        )
    cards(
        ((row["claim"], {labels[name]: row[name] for name in labels if name != "claim"}) for row in rows),
        key="claim_overview_narrow",
    )
    limitation(
        _(
            "The experiments are orders of magnitude smaller than those in the papers: a claim that is not "
            "shown here may still hold there. Fix the number of seeds before you look: adding seeds until a "
            "claim is shown proves nothing."
        )
    )
