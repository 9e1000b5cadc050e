"""Lesson: common mistakes in distillation, made on purpose, each beside a correct run."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.language import _, plural, sentences
from kdviz.museum.exhibits import NAMES, Exhibit, exhibit, is_complete
from kdviz.museum.mistakes import MISTAKES
from kdviz.museum.signatures import Evidence, common_curves, evidence, signature
from kdviz.store import Run, Store
from kdviz.study import StudyStatus
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.learn.components import exercise, limitation
from kdviz.ui.learn.museum_curves import curve_charts
from kdviz.ui.learn.museum_quiz import quiz
from kdviz.ui.widgets.packaged_note import packaged_note
from kdviz.ui.widgets.stopped_study import stopped_note
from kdviz.ui.widgets.study_progress import (
    failure_warning,
    queue_runs,
    queue_text,
    run_share,
    runs_bar,
    with_time_left,
)


def museum(store: Store) -> None:
    """The mistakes one at a time, with code and signature; or a quiz, where no exhibit gives the answer."""
    st.markdown(
        _(
            "Each of these mistakes was found in public code. **None of them raises an error**: training "
            "runs, curves move, a number comes out. Here each one is made on purpose, beside a run that is "
            "otherwise identical. What gives it away?"
        )
    )
    view = url_state.menu(
        "museum",
        _("View"),
        {"exhibits": _("Exhibits"), "quiz": _("Quiz")},
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    runs = store.runs()
    if view == "quiz":
        quiz(store, runs)
    else:
        _exhibits(store, runs)
    limitation(
        _(
            "One seed each. That is enough where the signature is an exact factor or an exact zero; a "
            "difference in accuracy varies with the seed."
        )
    )
    exercise(_("Which of these mistakes would you notice from the faulty run alone?"))


def _exhibits(store: Store, runs: Sequence[Run]) -> None:
    """One mistake, the easy ones first in the menu."""
    chosen = url_state.menu("mistake", _("Mistake"), {name: _with_level(name) for name in NAMES})
    st.markdown(f"**{_(MISTAKES[chosen].plain)}**")
    _result(store, runs, exhibit(chosen))
    _description(chosen)


def _with_level(mistake: str) -> str:
    spec = MISTAKES[mistake]
    return (_("{mistake} (easy to see)") if spec.easy else _("{mistake} (hard to see)")).format(
        mistake=_(spec.label)
    )


def _description(mistake: str) -> None:
    """What goes wrong, the faulty and the correct line of code, and how to reproduce it."""
    spec = MISTAKES[mistake]
    st.markdown(_(spec.about))
    with st.grid(2, min_column_width=320):
        for about, line in (
            (f":material/close: **{_('Wrong')}**", spec.wrong),
            (f":material/check: **{_('Correct')}**", spec.right),
        ):
            with st.container(gap="xxsmall"):
                _code(about, line)
    st.caption(_("Found in: {source}").format(source=plain(_(spec.source))))
    _code(_("Reproduce it:"), f"python -m kdviz distill --mistake {mistake}")


def _code(about: str, line: str) -> None:
    st.caption(about)
    # No syntax highlighting: Streamlit's colours have too little contrast on a light page.
    st.code(line, language=None, wrap_lines=True)


def _result(store: Store, runs: Sequence[Run], shown: Exhibit) -> None:
    """The signature, if both runs are known. Until both are trained here, their progress or a button."""
    now = shown.progress(runs)
    if is_complete(now):
        right, wrong = (evidence(store, done.run) for done in now.done)
        _signature(shown.mistake, right, wrong)
        packaged_note(now.done)
    stopped_note(shown.points, now)
    if now.running or now.waiting:
        runs_bar(
            store,
            shown.points,
            now,
            stop_key="ln_museum_stop",
            share=lambda now: min((len(now.own) + run_share(now)) / len(shown.points), 1.0),
            text=lambda now: _progress_text(store, shown, now),
        )
    elif now.missing:
        _train_button(store, shown, now)


def _progress_text(store: Store, shown: Exhibit, now: StudyStatus) -> str:
    if not now.running:
        return queue_text(store, now)
    doing = (
        _("Training the faulty run")
        if now.running[0].config.mistake != "none"
        else _("Training the correct run")
    )
    return with_time_left(doing, shown.points, now)


def _train_button(store: Store, shown: Exhibit, now: StudyStatus) -> None:
    failure_warning(now)
    st.button(
        plural("Train {count} run", "Train {count} runs", len(now.missing)),
        icon=":material/play_arrow:",
        type="secondary" if is_complete(now) else "primary",
        key="ln_museum_train",
        on_click=safely(queue_runs),
        args=(store, shown.study, shown.points),
        help=_("Each takes ten to twenty seconds on an idle computer. The runs are queued."),
    )
    if not is_complete(now):
        st.caption(_("A correct and a faulty run. Their curves will be plotted here together."))


def _signature(mistake: str, right: Evidence, wrong: Evidence) -> None:
    """The curves of both runs; the one that gives the mistake away, and by what, is folded."""
    found = signature(mistake, right, wrong)
    st.markdown(_("**Which chart gives it away?**"))
    curve_charts(common_curves(right, wrong), f"ln_museum_{mistake}")
    with st.expander(_("Answer"), key=f"ln_museum_answer_{mistake}"):
        look = _("Look at **{chart}**.").format(chart=found.curve.title)
        st.markdown(sentences(look, found.verdict, _(MISTAKES[mistake].signature)))
        st.caption(found.label)
        with st.container(horizontal=True):
            for name, value in ((_("Correct run"), found.right), (_("Faulty run"), found.wrong)):
                st.metric(name, value, border=True)
