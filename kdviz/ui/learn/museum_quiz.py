"""Quiz of the museum: which mistake was made, judging by the curves. The easy ones are asked first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from kdviz.figures.charts import RunCurvesInfo
from kdviz.language import _, sentences
from kdviz.museum.exhibits import NAMES, exhibit, is_complete
from kdviz.museum.mistakes import MISTAKES
from kdviz.museum.signatures import Evidence, common_curves, evidence, signature
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import safely
from kdviz.ui.learn.museum_curves import curve_charts
from kdviz.ui.widgets.packaged_note import packaged_note

_ROUND = "ln_museum_round"


def quiz(store: Store, runs: Sequence[Run]) -> None:
    """The curves of an exhibit without its name, and a question."""
    st.subheader(_("Quiz: which mistake is this?"))
    progress = {name: exhibit(name).progress(runs) for name in NAMES}
    complete = [name for name in NAMES if is_complete(progress[name])]
    if len(complete) < 2:
        st.caption(_("Train the runs of at least two mistakes to start the quiz."))
        return
    turn = st.session_state.setdefault(_ROUND, 0)
    mistake = mistake_of_round(complete, turn)
    right, wrong = (evidence(store, done.run) for done in progress[mistake].done)
    faulty_first = faulty_is_first(turn)
    _hint(mistake, right)
    answered = st.session_state.get(f"ln_guess_{turn}") is not None
    _curves(*((wrong, right) if faulty_first else (right, wrong)), turn, named=answered)
    packaged_note(progress[mistake].done)
    guess = st.radio(
        _("Your answer"),
        answers_to(mistake),
        index=None,
        format_func=lambda name: _(MISTAKES[name].plain),
        key=f"ln_guess_{turn}",
    )
    if guess is not None:
        _feedback(guess, mistake, signature(mistake, right, wrong).verdict, "A" if faulty_first else "B")
    st.button(_("Next question"), icon=":material/casino:", key="ln_quiz_next", on_click=safely(_next_round))


def mistake_of_round(names: Sequence[str], turn: int) -> str:
    """The mistake of a round: each comes once before any again, easy ones first, none twice in a row."""
    order, last = list(names), ""
    for shuffle in range(turn // len(names) + 1):
        random.Random(shuffle).shuffle(order)
        order.sort(key=lambda name: not MISTAKES[name].easy)
        if order[0] == last:
            order.reverse()
        last = order[-1]
    return order[turn % len(names)]


def answers_to(mistake: str) -> tuple[str, ...]:
    """The mistakes to choose from: of an easy one the easy ones, otherwise all."""
    return tuple(name for name in NAMES if MISTAKES[name].easy or not MISTAKES[mistake].easy)


def faulty_is_first(turn: int) -> bool:
    """Whether the faulty run of a round is A; drawn from its number."""
    return random.Random(f"order {turn}").random() < 0.5


def _hint(mistake: str, right: Evidence) -> None:
    """Whether one look is enough, or which values to compare."""
    if MISTAKES[mistake].easy:
        st.caption(
            _("**Easy.** One of the charts gives it away: look for the line that should be elsewhere.")
        )
        return
    temperature = float(right.run.config.temperature)
    st.caption(
        _(
            "**Hard.** Compare the first values of the soft-label loss: is one a multiple of the other? "
            "There are {classes} classes, and T = {temperature}, so T² = {squared}."
        ).format(classes=right.counts.classes, temperature=f"{temperature:g}", squared=f"{temperature**2:g}")
    )


def _curves(first: Evidence, second: Evidence, turn: int, *, named: bool) -> None:
    """The charts of both runs. named: whether they may say that a curve is the teacher's."""
    names = (_("one run"), _("the other run"))
    curves = [replace(curve, names=names) for curve in common_curves(first, second)]
    if not named:
        curves = [_unnamed(curve) if _is_of_teacher(curve) else curve for curve in curves]
    curve_charts(curves, f"ln_quiz_{turn}")


def _unnamed(curve: RunCurvesInfo) -> RunCurvesInfo:
    return replace(curve, title=_("Accuracy of one more network"), arms_named=False)


def _is_of_teacher(curve: RunCurvesInfo) -> bool:
    return {line.arm for _run, line in curve.lines} == {"teacher"}


def _feedback(guess: str, mistake: str, verdict: str, faulty: str) -> None:
    """faulty: the letter of the faulty run."""
    name, plainly = _(MISTAKES[mistake].label), _(MISTAKES[mistake].plain)
    which = _("{letter} is the faulty run.").format(letter=faulty)
    if guess == mistake:
        text = _("Correct: {name}.").format(name=name)
        st.success(sentences(text, plainly, which, verdict), icon=":material/check_circle:")
    else:
        text = _("Incorrect. It is: {name}.").format(name=name)
        st.warning(sentences(text, plainly, which, verdict), icon=":material/cancel:")


def _next_round() -> None:
    st.session_state[_ROUND] += 1
