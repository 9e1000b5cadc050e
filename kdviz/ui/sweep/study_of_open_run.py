"""A study of the open run: its settings with more seeds, or with other values of λ."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.jobs import continued_time
from kdviz.language import _, plural, sentences
from kdviz.store import Run, Store
from kdviz.study import Point, has_lambdas, has_other_seeds, lambdas, study_of_run
from kdviz.ui.frame import url_state
from kdviz.ui.frame.run_menu import choose_run, shown_run
from kdviz.ui.sweep.swept_study import SweptStudy
from kdviz.ui.widgets.estimate import image_counts
from kdviz.ui.widgets.setting_names import setting_value

_SEEDS = ("4", "2")
"""How many more seeds are offered."""


def open_run(store: Store, *, chosen: bool) -> Run | None:
    """The run that would be studied; with a menu of all runs beside the page's title if that is chosen."""
    if not chosen:
        return shown_run(store)
    run_id = choose_run(store, prefer=("finished",))
    return store.run(run_id) if run_id else None


def study_of_open_run(run: Run) -> SweptStudy:
    """Menus of λ and of the number of seeds, and the study. Raises ConfigError."""
    with st.grid(2, min_column_width=160):
        ladder = _lambda_menu(run)
        more = _seeds_menu(run, ladder=ladder)
    if why := _refused(run):
        st.caption(why)
    study, points = study_of_run(run, name=run.title, more_seeds=more, ladder=ladder)
    return SweptStudy(url_state.THIS_RUN, study, points, run=run)


def _lambda_menu(run: Run) -> bool:
    """Whether λ is varied."""
    if not has_lambdas(run.config):
        return False
    own = setting_value("explanation_weight", float(run.config.explanation_weight))
    values = [setting_value("explanation_weight", weight) for weight in lambdas(run.config)]
    labels = {"run": _("{value}, as in this run").format(value=own), "ladder": _("; ").join(values)}
    default = "run" if has_other_seeds(run.config) else "ladder"
    return url_state.menu("own_lambda", "λ", labels, default=default) == "ladder"


def _seeds_menu(run: Run, *, ladder: bool) -> int:
    """The number of seeds beside the run's own."""
    if not has_other_seeds(run.config):
        return 0
    labels = {name: plural("{count} more seed", "{count} more seeds", int(name)) for name in _SEEDS}
    if ladder:
        labels = {"0": _("Seed {seed} alone").format(seed=run.config.seed), **labels}
    return int(url_state.menu("own_seeds", _("Seeds"), labels))


def _refused(run: Run) -> str:
    """Why seeds or λ of a run are not varied; "" where both can be."""
    seeds = _(
        "This run goes on from the networks of another run. With another seed it would begin with the same "
        "weights, so more seeds cannot show what was luck: repeat the run that it goes on from, and mark "
        "again."
    )
    share = _("This run adapts its λ in training, so there are no values of λ to compare.")
    return sentences("" if has_other_seeds(run.config) else seeds, "" if has_lambdas(run.config) else share)


def seconds_by_run(store: Store, run: Run, points: Sequence[Point]) -> float:
    """Estimated seconds to train these points, by the steps of the open run; NaN if its times are unknown."""
    config = run.config
    try:
        counts = image_counts(config.dataset, config.data, config.columns)
    except KdvizError:  # its files are gone: queueing says so
        return math.nan
    found = (
        continued_time(store, run, arms=len(point.config.arms), epochs=config.epochs, counts=counts)
        for point in points
    )
    return sum(math.nan if each is None else each.total for each in found)


def about_own_study() -> str:
    """What such a study is for, and what is the same in all of its runs."""
    return _(
        "Another seed begins with other weights and takes the training images in another order, so several "
        "seeds tell what is luck and what is not. All runs share the teacher, the data and the test images "
        "of this run, and a run that is already there is not trained again. At another λ only the student "
        "is trained: its twin is the same at every λ."
    )
