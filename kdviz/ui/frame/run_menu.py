"""The run that a page shows. The choice is in the URL, and shared by all pages but the lessons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.language import _, sentences
from kdviz.museum.mistakes import warning
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.store.prepared_examples import came_with_kdviz, is_example
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain, shortened
from kdviz.ui.frame.heading import beside_title
from kdviz.ui.frame.subject import speak_of_data

NEW_RUN = "new"
"""The URL parameter that is 1 where the form of a new run is open on Distill."""

_KEY, _OF_LESSONS, _MENU, _GONE = "run", "lesson_run", "run_menu", "run_gone"
_CHOSEN = "lesson_run_chosen"
"""In the session: whether the run of the lessons was chosen for them."""


def choose_run(
    store: Store, *, prefer: Sequence[str] = (), of_lessons: bool = False, closed: bool = False
) -> str | None:
    """A menu of all runs beside the page's title, newest first; None if there are none, or none is selected.

    prefer: states from which the newest run is selected by default. of_lessons: the choice is that of the
    lessons, which begin with the prepared run, for which they were written, or with the open one if it is an
    example or not of images; another run is chosen for them in this menu, or by a link. closed: none is shown
    until one is chosen here; other pages keep theirs.

    The choice is stored beside the menu, because a menu's own value ends with its page; and the URL contains
    the id, where a bound menu's would contain its label.
    """
    runs = {run.id: run for run in store.runs()}
    key = _OF_LESSONS if of_lessons else _KEY
    _follow_link(runs, key)
    if not closed and st.session_state.get(key) not in runs:
        st.session_state[key] = _default(list(runs.values()), prefer, of_lessons=of_lessons)
    chosen = None if closed else st.session_state[key]
    _warn_of_gone(store, runs.get(chosen or ""))
    if not runs:
        return None
    st.session_state[_MENU] = chosen
    beside_title().selectbox(
        _("Run"),
        options=list(runs),
        index=None,
        format_func=_labels(runs).__getitem__,
        placeholder=_("Choose a run"),
        key=_MENU,
        on_change=safely(_choose),
        args=(key,),
        label_visibility="collapsed",
    )
    if chosen:
        url_state.set_param(_KEY, chosen)
        speak_of_data(runs[chosen].config.dataset)
    if chosen and (words := warning(runs[chosen].config.mistake)):
        st.warning(words, icon=":material/warning:")
    return str(chosen) if chosen else None


def shown_run(store: Store) -> Run | None:
    """The run that other pages show: the link's, the chosen or the prepared one; None without any.

    For a page without the menu of runs.
    """
    runs = store.runs()
    requested = url_state.requested(_KEY)
    if requested and requested in {run.id for run in runs}:
        _select(_KEY, requested)
        url_state.set_param(_KEY, requested)
    chosen = [run for run in runs if run.id == st.session_state.get(_KEY)]
    return next(iter([*chosen, *filter(is_prepared, runs)]), None)


def title_with_origin(run: Run, *, timed: bool = True) -> str:
    """The title of a run, with a note on one that came with kdviz."""
    title = run.title if timed else run.untimed_title
    return _("{title} · came with kdviz").format(title=title) if came_with_kdviz(run) else title


def show_run(run_id: str | None) -> None:
    """Select a run. Call it before the menu is drawn, or from a callback."""
    _select(_KEY, run_id)


def _select(key: str, run_id: str | None) -> None:
    if key == _OF_LESSONS:
        st.session_state[_CHOSEN] = True
    elif run_id != st.session_state.get(_KEY) and _CHOSEN not in st.session_state:
        st.session_state.pop(_OF_LESSONS, None)
    st.session_state[key] = run_id
    st.session_state.pop(_GONE, None)


def _default(runs: Sequence[Run], prefer: Sequence[str], *, of_lessons: bool) -> str | None:
    fitting = [run for run in runs if run.state in prefer]
    first = [*filter(_begins_lessons, fitting), *filter(is_prepared, fitting)] if of_lessons else []
    usual = [run for run in fitting if not is_example(run)]  # examples are chosen, not come across
    return next((run.id for run in [*first, *usual, *fitting]), None)


def _begins_lessons(run: Run) -> bool:
    """Whether it is open, and of another kind than the prepared run."""
    dataset = DATASETS.get(run.config.dataset)
    other = is_example(run) or (dataset is not None and dataset.modality != "image")
    return run.id == st.session_state.get(_KEY) and other


def _choose(key: str) -> None:
    url_state.ignore_pending()
    _select(key, st.session_state[_MENU])
    url_state.set_param(_KEY, st.session_state[_MENU] or "")  # Distill's form may be open without a run


def _labels(runs: Mapping[str, Run]) -> dict[str, str]:
    """Titles by run id. Duplicates are followed by the id, since a menu distinguishes entries by label."""
    titles = {run_id: title_with_origin(run) for run_id, run in runs.items()}
    uses = Counter(titles.values())
    return {run_id: title if uses[title] == 1 else f"{title} · {run_id}" for run_id, title in titles.items()}


def _follow_link(runs: Mapping[str, Run], key: str) -> None:
    """Select the run of a link, or of the browser's Back; remember one that does not exist."""
    requested = url_state.requested(_KEY)
    if not requested:
        return
    if requested in runs:
        _select(key, requested)
    else:
        st.session_state[_GONE] = requested


def _warn_of_gone(store: Store, shown: Run | None) -> None:
    """Which run a link asked for, and what is shown instead; until another one is chosen."""
    requested = st.session_state.get(_GONE)
    if not requested:
        return
    if any(run.id == requested for run in store.damaged_runs()):
        why = _("run: run {requested} is damaged and cannot be shown.")
    else:
        why = _("run: there is no run {requested} here. It may have been deleted.")
    text = sentences(why, _("Shown instead: {shown}.") if shown else _("Choose another."))
    st.warning(
        text.format(requested=plain(repr(shortened(requested))), shown=plain(shown.title) if shown else ""),
        icon=":material/warning:",
    )
