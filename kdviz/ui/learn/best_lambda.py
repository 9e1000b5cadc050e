"""Lesson 5: accuracy and agreement over λ, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison.across_runs.lambda_curve import (
    Dot,
    alike,
    best,
    dots,
    experiment,
    mean_by_weight,
    measured_curve,
    merged,
    missing,
)
from kdviz.config import LAMBDA_LADDER, RunConfig, changed
from kdviz.errors import StoreError
from kdviz.figures.charts import LambdaDots, LambdaInfo, lambda_alt, lambda_figure
from kdviz.figures.style import duration, percent
from kdviz.jobs import queue, stop, submit
from kdviz.language import _, listed, plural, sentences
from kdviz.store import Run, Store
from kdviz.ui.learn.frame import find_out, not_shown
from kdviz.ui.runs.share import settings_link
from kdviz.ui.widgets.chart import untitled_chart

_EVERY_S = 1.0
_EXPERIMENT, _RUN = "experiment", "run"


def best_lambda(store: Store, run: Run) -> None:
    """A curve from students that share everything but λ."""
    words, picture = st.columns([2, 3], gap="large")
    with words:
        st.markdown(
            _(
                "**λ** is the weight of the heat maps in the student's loss. At 0 it only copies answers; at "
                "a very large value it learns little but the maps. In between, accuracy has its best value "
                "or a whole range of good ones, which **has to be measured** for each loss and data set."
            )
        )
        names = {_EXPERIMENT: _("The small experiment"), _RUN: _("Runs like the chosen one")}
        shown = st.segmented_control(
            _("Students"),
            list(names),
            default=_EXPERIMENT,
            required=True,
            format_func=names.__getitem__,
            key="ln_curve",
            bind="query-params",
        )
    if shown == _EXPERIMENT:
        _experiment(store, words, picture)
    else:
        _like(store, run, words, picture)
    not_shown(
        _(
            "Looking alike is what λ trains, so agreement can stay high where accuracy falls: it is no "
            "proof of being right. And a few seeds are few: how far the dots of one λ lie apart is "
            "chance."
        )
    )
    find_out(
        _(
            "Would the best λ be higher or lower with half as many training images? Guess, then train a few: "
            "“Runs like the chosen one” collects them."
        )
    )
    st.page_link(
        "pages/distill.py",
        label=_("Open it in Distill"),
        icon=":material/model_training:",
        query_params=settings_link(_halved()),
    )


def _halved() -> RunConfig:
    config = experiment(30.0)
    return changed(config, train_count=(config.train_count or 0) // 2)


def _experiment(store: Store, words: DeltaGenerator, picture: DeltaGenerator) -> None:
    runs = alike(store.runs(), experiment(1.0))
    came, here = measured_curve(), dots(runs)
    with picture:
        _curve(came.dots, here, "experiment")
        command, machine = came.origin[:2]
        st.caption(
            _("What came with kdviz was measured by {command}, on {machine}.").format(
                command=command, machine=machine
            )
        )
    with words:
        config = experiment(1.0)
        st.markdown(
            _(
                "Eight shapes with a coloured patch that gives the class away in the {n} training images, "
                "and lies in the test: a student that looks at the patch is wrong there."
            ).format(n=config.train_count)
        )
        _measure(store, merged(came.dots, here), runs)


def _measure(store: Store, found: Sequence[Dot], runs: Sequence[Run]) -> None:
    """A button that queues what is missing with one seed, or how far that is."""
    going = [run for run in runs if not run.ended]
    if going:
        _progress(store, len(going))
        return
    seed = next(seed for seed in range(len(found) + 1) if missing(found, seed))
    wanted = missing(found, seed)
    st.caption(
        _("Not measured yet, with seed {seed}: λ = {weights}.").format(
            seed=seed, weights=listed(f"{weight:g}" for weight in wanted)
        )
    )
    st.button(
        _("Measure it here"),
        icon=":material/play_arrow:",
        type="primary",
        key="ln_measure",
        on_click=_queue,
        args=(store, wanted, seed),
        help=_(
            "Each λ is a run of about ten seconds on an idle computer; they wait their turn in the queue."
        ),
    )


def _queue(store: Store, wanted: Sequence[float], seed: int) -> None:
    there = {run.record.config_key for run in store.runs() if not run.ended or run.state == "finished"}
    for weight in wanted:
        config = experiment(weight, seed)
        if config.key not in there:
            submit(store, config, name=_("Lesson 5"))


def _progress(store: Store, before: int) -> None:
    """A bar for the runs that are on their way; the page is drawn anew when one of them has ended."""

    @st.fragment(run_every=_EVERY_S)
    def progress() -> None:
        runs = alike(store.runs(), experiment(1.0))
        going = [run for run in runs if not run.ended]
        if len(going) != before:
            st.rerun()
        at_work = next((run for run in going if run.live), None)
        if at_work is None:
            text, share = _("Waiting for the queue …"), 0.0
        else:
            at = at_work.record.progress
            share = at.step / at.steps if at.steps and at.stage == "students" else 0.0
            text = _("Training at λ = {weight}").format(weight=f"{at_work.config.explanation_weight:g}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(share, 1.0), text=f"{text} · {_left(store, going)}")
            st.button(_("Stop"), icon=":material/stop:", key="ln_stop", on_click=_stop, args=(store,))

    progress()


def _left(store: Store, going: Sequence[Run]) -> str:
    words = plural("{count} run to go", "{count} runs to go", len(going))
    waiting = [place.starts_in_s for place in queue(store) if place.run_id in {run.id for run in going}]
    left = duration(max(waiting)) if waiting else ""
    return _("{runs}, the last one starts in about {left}").format(runs=words, left=left) if left else words


def _stop(store: Store) -> None:
    """Ends the run at work. Those that wait are taken away: they hold nothing that anybody could look at."""
    for run in alike(store.runs(), experiment(1.0)):
        if run.state == "queued" or run.live:
            with suppress(StoreError):  # it has begun, or ended, in between
                stop(store, run.id)
                if run.state == "queued":
                    store.delete(run.id)


def _like(store: Store, run: Run, words: DeltaGenerator, picture: DeltaGenerator) -> None:
    config = run.config
    here = dots(alike(store.runs(), config))
    with picture:
        if here:
            _curve((), here, "run")
        else:
            st.info(_("No student with these settings has been trained to its end yet."))
    with words:
        seeds = sorted({dot.seed for dot in here}) or [config.seed]
        wanted = missing(here, seeds[0], LAMBDA_LADDER)
        st.markdown(
            _(
                "{n} students share all settings of the chosen run but λ and the seed. A twin counts as λ "
                "= 0."
            ).format(n=len(here))
        )
        if wanted:
            st.caption(
                _("Missing with seed {seed}: λ = {weights}.").format(
                    seed=seeds[0], weights=listed(f"{weight:g}" for weight in wanted)
                )
            )
            _next(run, wanted, seeds[0])


def _next(run: Run, wanted: Sequence[float], seed: int) -> None:
    weight = next((each for each in wanted if each >= run.config.explanation_weight), wanted[-1])
    arms = ("student",) if weight == 0 else run.config.arms
    config = run.config.model_copy(update={"explanation_weight": weight, "seed": seed, "arms": arms})
    st.page_link(
        "pages/distill.py",
        label=_("Train one at λ = {weight}").format(weight=f"{weight:g}"),
        icon=":material/model_training:",
        query_params=settings_link(config),
    )


def _curve(came: Sequence[Dot], here: Sequence[Dot], key: str) -> None:
    found = merged(came, here)
    means, top = mean_by_weight(found), best(found)
    info = LambdaInfo(
        _columns(came),
        _columns(here),
        {weight: (dot.accuracy, dot.agreement) for weight, dot in means.items()},
        top,
    )
    if top is not None and len(means) > 1:
        _best(top, found)
    untitled_chart(
        info,
        lambda_figure(info),
        lambda_alt(info),
        title=_("Accuracy and agreement by λ"),
        key=f"ln_lambda_{key}",
        file="kdviz-lambda",
    )


def _best(top: float, found: Sequence[Dot]) -> None:
    """The best λ so far, and the next best one: they are often not far apart."""
    means = mean_by_weight(found)
    second = best([dot for dot in found if dot.weight != top])
    assert second is not None
    sentence = plural(
        "Best so far: **λ = {weight}**, accuracy {accuracy} ({count} seed).",
        "Best so far: **λ = {weight}**, accuracy {accuracy} ({count} seeds).",
        means[top].seed,
        weight=f"{top:g}",
        accuracy=percent(means[top].accuracy),
    )
    follows = _("Next: λ = {weight}, {accuracy}.").format(
        weight=f"{second:g}", accuracy=percent(means[second].accuracy)
    )
    st.markdown(sentences(sentence, follows))


def _columns(found: Sequence[Dot]) -> LambdaDots:
    return LambdaDots(
        tuple(dot.weight for dot in found),
        tuple(dot.seed for dot in found),
        tuple(dot.accuracy for dot in found),
        tuple(dot.agreement for dot in found),
    )
