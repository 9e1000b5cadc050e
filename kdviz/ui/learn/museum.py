"""Lesson 9: classic mistakes of distillation, made on purpose, each beside the right run."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.figures.charts import RunCurvesInfo, run_curves_alt, run_curves_figure
from kdviz.figures.style import dash_legend, run_marker
from kdviz.language import _, plural, sentences
from kdviz.museum.mistakes import MISTAKES
from kdviz.store import Run, Store
from kdviz.study import Point, Standing, Study, planned, standing
from kdviz.types import ARMS
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.frame import find_out, not_shown
from kdviz.ui.learn.signatures import Evidence, evidence, signature, unnamed
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.study_progress import queue_them, runs_bar, time_left, waiting

_EVERY_S = 1.0
_ROUND = "ln_museum_round"

_SMALL = {
    "dataset": "fashion-mnist-mini",
    "train_count": 500,
    "epochs": 10,
    "arms": ["student", "twin"],
}
"""So small that a run takes seconds, and its first numbers are those of a single batch."""

_BY_HEART = {
    "dataset": "fashion-mnist-mini",
    "train_count": 2000,
    "epochs": 16,
    "kd_weight": 0.0,
    "explanation_weight": 0.0,
}
"""As many images as the test has, and time to learn them by heart."""

_SETTINGS: Mapping[str, Mapping[str, Any]] = {"trains-on-the-test": _BY_HEART}


@dataclass(frozen=True)
class Pair:
    """A mistake with its two runs: the right one and the wrong one."""

    mistake: str
    study: Study
    points: tuple[Point, ...]


def pair(mistake: str) -> Pair:
    """The two runs that show a mistake. Mistakes with the same settings share the right one."""
    study = Study(
        name=_("Bug museum"),
        settings=dict(_SETTINGS.get(mistake, _SMALL)),
        grid={"mistake": ["none", mistake]},
    )
    return Pair(mistake, study, planned(study))


def museum(store: Store) -> None:
    """One mistake with its line of code and what it looks like, then a quiz."""
    st.markdown(
        _(
            "Each of these mistakes has been made in public code. **None of them stops the program**: it "
            "trains, the curves move, a number comes out. Here each is really computed, beside a run that "
            "differs in nothing else. See what gives it away."
        )
    )
    shown = [name for name in MISTAKES if name != "none"]
    chosen = url_state.menu("mistake", _("Mistake"), {name: _(MISTAKES[name].label) for name in shown})
    runs = store.runs()
    _exhibit(store, runs, pair(chosen))
    _quiz(store, runs, shown)
    not_shown(
        _(
            "One seed each. Where the signature is an exact factor or an exact zero, one is enough; where it "
            "is a difference in accuracy, another seed gives another one."
        )
    )
    find_out(
        _(
            "Which of these mistakes would you notice if you saw the wrong run alone, without the right one "
            "beside it?"
        )
    )


def _exhibit(store: Store, runs: Sequence[Run], shown: Pair) -> None:
    words, picture = st.columns([2, 3], gap="large")
    with words:
        _label(shown.mistake)
    with picture:
        now = standing(runs, shown.points)
        if _whole(now):
            _finding(shown.mistake, *_seen(store, now))
        elif now.going or now.waiting:
            runs_bar(
                store,
                shown.points,
                now,
                share=lambda now: _share(shown, now),
                text=lambda now: _doing(store, shown, now),
                every_s=_EVERY_S,
                stop_key="ln_museum_stop",
            )
        else:
            _offer(store, shown, now)


def _whole(now: Standing) -> bool:
    """Whether both runs are there."""
    return len(now.done) == 2


def _seen(store: Store, now: Standing) -> tuple[Evidence, Evidence]:
    """What the right and the wrong run have to show."""
    right, wrong = (evidence(store, done.run) for done in now.done)
    return right, wrong


def _label(mistake: str) -> None:
    """What is wrong, and the line that would be right."""
    spec = MISTAKES[mistake]
    st.markdown(sentences(_(spec.about), _(spec.signature)))
    _code(f":material/close: **{_('Done wrong')}**", spec.wrong)
    _code(f":material/check: **{_('Done right')}**", spec.right)
    st.caption(_("Seen in public: {source}").format(source=plain(_(spec.source))))
    _code(_("To make it yourself:"), f"python -m kdviz distill --mistake {mistake}")


def _code(about: str, line: str) -> None:
    st.caption(about)
    # Without colours: those that Streamlit gives to code are too faint on a light page.
    st.code(line, language=None, wrap_lines=True)


def _finding(mistake: str, right: Evidence, wrong: Evidence) -> None:
    found = signature(mistake, right, wrong)
    st.markdown(found.verdict)
    st.caption(found.label)
    with st.container(horizontal=True):
        for word, value in ((_("Done right"), found.right), (_("Done wrong"), found.wrong)):
            st.metric(word, value, border=True)
    _key(found.curve)
    _drawn(found.curve, f"ln_museum_{mistake}")


def _key(*curves: RunCurvesInfo) -> None:
    """Which line is whose in charts of the same two runs."""
    marks = " · ".join(f"{run_marker(place)} {name}" for place, name in enumerate(curves[0].names))
    drawn = {line.arm for curve in curves for _place, line in curve.lines}
    arms = [arm for arm in ARMS if arm in drawn]
    dashes = f" · {dash_legend(arms)}" if len(arms) > 1 else ""
    st.markdown(f"{marks}{dashes}", unsafe_allow_html=True)


def _drawn(curve: RunCurvesInfo, key: str) -> None:
    chart(
        Drawn(curve, run_curves_figure(curve, height=260), run_curves_alt(curve)),
        key=key,
        file="kdviz-museum",
    )


def _offer(store: Store, shown: Pair, now: Standing) -> None:
    if now.failed:
        st.warning(plain(_(now.failed[0].record.message)), icon=":material/warning:")
    st.button(
        plural("Train {count} run", "Train {count} runs", len(now.missing)),
        icon=":material/play_arrow:",
        type="primary",
        key="ln_museum_train",
        on_click=queue_them,
        args=(store, shown.study, shown.points),
        help=_("Each takes ten to twenty seconds on an idle computer; they wait their turn in the queue."),
    )
    st.caption(_("The right run and the wrong one. Then their curves are drawn here over each other."))


def _share(shown: Pair, now: Standing) -> float:
    """How much of the pair is done, in [0, 1]."""
    steps = [run.record.progress.step / run.record.progress.steps for run in now.going if _learns(run)]
    return min((len(now.done) + sum(steps)) / len(shown.points), 1.0)


def _learns(run: Run) -> bool:
    return run.record.progress.stage == "students" and run.record.progress.steps > 0


def _doing(store: Store, shown: Pair, now: Standing) -> str:
    if not now.going:
        return waiting(store, now)
    words = (
        _("Training the wrong run") if now.going[0].config.mistake != "none" else _("Training the right run")
    )
    left = time_left(shown.points, now)
    return _("{doing}, about {left} left").format(doing=words, left=left) if left else f"{words} …"


# --- the quiz -----------------------------------------------------------------------------------


def _quiz(store: Store, runs: Sequence[Run], names: Sequence[str]) -> None:
    """The curves of one of the pairs that are there, without its name."""
    st.subheader(_("Which mistake is this?"))
    standings = {name: standing(runs, pair(name).points) for name in names}
    there = [name for name in names if _whole(standings[name])]
    if len(there) < 2:
        st.caption(_("Train the pairs of two mistakes or more: then you are asked which is which."))
        return
    turn = st.session_state.setdefault(_ROUND, 0)
    asked = _asked(there, turn)
    right, wrong = _seen(store, standings[asked])
    curves = unnamed(right, wrong)
    _key(*curves)
    with st.grid(2, min_column_width=300, gap="medium"):
        for place, curve in enumerate(curves):
            if curve.lines:
                with st.container():
                    _drawn(curve, f"ln_quiz_{turn}_{place}")
    guess = st.radio(
        _("Your guess"),
        names,
        index=None,
        format_func=lambda name: _(MISTAKES[name].label),
        horizontal=True,
        key=f"ln_guess_{turn}",
    )
    if guess is not None:
        _answer(guess, asked, right, wrong)
    st.button(_("Another one"), icon=":material/casino:", key="ln_quiz_next", on_click=_next)


def _asked(names: Sequence[str], turn: int) -> str:
    """The mistake of a turn: each comes once before any comes again, and none twice in a row."""
    order, last = list(names), ""
    for time in range(turn // len(names) + 1):
        random.Random(time).shuffle(order)
        if order[0] == last:
            order.reverse()
        last = order[-1]
    return order[turn % len(names)]


def _answer(guess: str, asked: str, right: Evidence, wrong: Evidence) -> None:
    name = _(MISTAKES[asked].label)
    verdict = signature(asked, right, wrong).verdict
    if guess == asked:
        st.success(sentences(_("Right: {name}.").format(name=name), verdict), icon=":material/check_circle:")
    else:
        st.warning(sentences(_("No: {name}.").format(name=name), verdict), icon=":material/cancel:")


def _next() -> None:
    st.session_state[_ROUND] += 1
