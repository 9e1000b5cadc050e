"""Two to six runs side by side: student − twin, curves, settings that differ, and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from kdviz.comparison import (
    MOST_RUNS,
    Difference,
    Survey,
    difference,
    equal_runs,
    on_same_images,
    seed_groups,
)
from kdviz.errors import StoreError
from kdviz.figures.style import RUN_STYLES, run_marker
from kdviz.language import _, listed, plural
from kdviz.narrative import different_images, finding, seeds_sentence, student_accuracy_gain
from kdviz.store import Run, Store
from kdviz.types import MAIN_MEASURE
from kdviz.ui.frame.formatting import STATES, plain
from kdviz.ui.frame.responsive import WIDE, only_when
from kdviz.ui.runs.answer_changes import accuracy_answer, answers_changed, compared_pair
from kdviz.ui.runs.compare_curves import curves
from kdviz.ui.runs.compare_maps import compared_maps
from kdviz.ui.runs.compare_narrow import effects_by_figure, figures_by_arm, letter_table
from kdviz.ui.runs.compare_tables import (
    COMPARED_FIGURES,
    EFFECT_DECIMALS,
    effects_columns,
    effects_table,
    metrics_columns,
    metrics_table,
    run_labels,
    settings_table,
)
from kdviz.ui.runs.prepared_pair import over_seeds
from kdviz.ui.widgets.compared_surveys import known_surveys
from kdviz.ui.widgets.downloads import without_formulas
from kdviz.ui.widgets.history import history
from kdviz.ui.widgets.marks_effect import marks_compared
from kdviz.ui.widgets.metric_columns import metric_decimals, with_intervals
from kdviz.ui.widgets.parent_run import marks_of, marks_text, parent_name


def comparison(store: Store, runs: Sequence[Run]) -> None:
    """The chosen runs side by side; a message if there are too many."""
    if len(runs) > MOST_RUNS:
        st.warning(
            _("compare: at most {most} runs fit side by side, {count} are chosen. Choose fewer.").format(
                most=MOST_RUNS, count=len(runs)
            )
        )
        return
    runs = parents_first(runs)
    st.header(plural("{count} run compared", "{count} runs compared", len(runs)))
    marks, answer = st.container(), st.empty()
    _legend(runs)
    _trained_on_marks(store, runs)
    _cautions(store, runs)
    over_seeds(runs)
    effects, charts, evaluated = st.container(), st.container(), st.container()
    pair = compared_pair(runs)
    if pair is not None:
        with answer:
            accuracy_answer(store, pair, {})
    with evaluated:  # last: its progress comes and goes, and nothing may move with it
        surveys = known_surveys(store, [run for run in runs if pair is not None or _has_twin(run)])
        if pair is not None:
            answers_changed(store, pair, surveys)
    if pair is not None:
        with marks:
            marks_compared(store, *pair.runs, surveys)
        with answer:
            accuracy_answer(store, pair, surveys)
    with effects:
        _effects(runs, surveys)
    with charts:
        curves(store, runs)
        _settings(store, runs)
    if on_same_images([run.config for run in runs]):
        compared_maps(store, runs)
    _figures(store, runs)


def parents_first(runs: Sequence[Run]) -> list[Run]:
    """The runs in their order, but those that go on from another of them last, the earliest first."""
    ids = {run.id for run in runs}
    return sorted(runs, key=lambda run: run.record.created if run.config.parent in ids else 0.0)


def _legend(runs: Sequence[Run]) -> None:
    """Each run's marker, letter and title, on a line each."""
    with st.container(gap="xxsmall"):
        for place, run in enumerate(runs):
            with st.container(horizontal=True, wrap=False, gap="xsmall"):
                st.markdown(run_marker(place), unsafe_allow_html=True, width="content")
                unfinished = "" if run.state == "finished" else f" · {_(STATES[run.state][0])}"
                st.markdown(f"{plain(run.title)}{unfinished}", help=run.id)


def _trained_on_marks(store: Store, runs: Sequence[Run]) -> None:
    """Which runs were trained on marks, on how many pictures, and what they go on from."""
    letters = {run.id: RUN_STYLES[place].letter for place, run in enumerate(runs)}
    for run in runs:
        if run.config.parent and (count := marks_of(store, run)) is not None:
            parent = letters.get(str(run.config.parent)) or plain(parent_name(store, run))
            st.markdown(
                plural(
                    "**{run}** goes on from {parent} and was trained on marks on {count} picture.",
                    "**{run}** goes on from {parent} and was trained on marks on {count} pictures.",
                    count.drawn + count.of_data,
                    run=letters[run.id],
                    parent=parent,
                )
            )


def _cautions(store: Store, runs: Sequence[Run]) -> None:
    """Limits of the comparison, before any number; and the means over seeds."""
    configs = [run.config for run in runs]
    if not on_same_images(configs):
        st.warning(different_images(), icon=":material/warning:")
    teachers = _teachers(store, runs)
    if len(teachers) > 1:
        st.caption(
            _(
                ":material/info: {count} different teachers. Each student is compared with its own teacher, "
                "so agreement does not say which teacher is better."
            ).format(count=len(teachers))
        )
    for places in equal_runs(configs, [run.results for run in runs]):
        letters = listed(RUN_STYLES[place].letter for place in places)
        st.info(
            _("**{runs}**: same settings, same results. Their curves cover each other.").format(runs=letters),
            icon=":material/equal:",
        )
    for group in seed_groups(configs, [run.results for run in runs]):
        which = listed(RUN_STYLES[place].letter for place in sorted(group.places))
        st.markdown(f":material/casino: **{which}** · {seeds_sentence(group)}")


def _teachers(store: Store, runs: Sequence[Run]) -> set[str]:
    """The hashes of the teachers' weights, of those that are trained."""
    hashes = set()
    for run in runs:
        try:
            hashes.add(store.weights_hash(run.id, "teacher"))
        except StoreError:
            continue
    return hashes


def _settings(store: Store, runs: Sequence[Run]) -> None:
    st.markdown(f"**{_('Settings that differ')}**")
    said = [_by_name(store, run) for run in runs]
    table = settings_table([run.config for run in runs], run_labels(runs), said)
    if table.empty:
        st.caption(_("None: all settings are equal, including the seed."))
        return
    with only_when(WIDE, key="settings_wide"):
        st.dataframe(
            without_formulas(table),
            hide_index=True,
            height="content",
            column_config={"setting": st.column_config.TextColumn(_("Setting"), pinned=True)},
            alt=_("Settings that differ, a column for each run"),
            key="settings_that_differ",
        )
    rows = table.itertuples(index=False, name=None)
    letter_table(((name, texts) for name, *texts in rows), runs=len(runs), key="settings_narrow")


def _by_name(store: Store, run: Run) -> dict[str, str]:
    """What a run goes on from, and its marks, which its settings have as an identifier and a file."""
    marks = {"marks": marks_text(store, run)} if run.config.marks else {}
    return {"parent": parent_name(store, run), **marks}


def _figures(store: Store, runs: Sequence[Run]) -> None:
    with st.expander(_("Final figures of all networks"), icon=":material/table:"):
        st.caption(
            _("On each run's test images, once the run is finished. Validation accuracy is known earlier.")
        )
        with only_when(WIDE, key="figures_wide"):
            st.dataframe(
                with_intervals(
                    metrics_table(runs, [history(store, run) for run in runs], run_labels(runs)),
                    {"agreement": 2},
                    digits=metric_decimals(),
                ),
                hide_index=True,
                height="content",
                placeholder="–",
                column_config=metrics_columns(
                    run_labels(runs), unfinished=any(run.state != "finished" for run in runs)
                ),
                alt=_("Final figures, a row for each run and arm"),
                key="figures_compared",
            )
        letter_table(figures_by_arm(runs, COMPARED_FIGURES), runs=len(runs), key="figures_narrow")


def _has_twin(run: Run) -> bool:
    return run.results is not None and "twin" in run.config.arms


def _effect(run: Run, survey: Survey | None) -> Difference | None:
    """Student − twin of a run: as in its results until its survey is known; None without a twin."""
    if run.results is None or not _has_twin(run):
        return None
    if survey is not None:
        return replace(difference(survey), accuracy=student_accuracy_gain(run.results, survey))
    found = finding(run.results)
    if found is None:
        return None
    return Difference("student", "twin", MAIN_MEASURE, found.gain, found.accuracy_gain)


def _effects(runs: Sequence[Run], surveys: Mapping[str, Survey]) -> None:
    """Student − twin in each run, image by image."""
    if not any(map(_has_twin, runs)):
        return
    st.markdown(
        f"**{_('Effect of λ: student − twin')}**",
        help=_(
            "Mean difference over the same test images, with its 95 % paired bootstrap interval. One run is "
            "one seed."
        ),
    )
    found = [_effect(run, surveys.get(run.id)) for run in runs]
    table = effects_table(found, run_labels(runs))
    if table.empty:
        return
    with only_when(WIDE, key="effects_wide"):
        st.dataframe(
            with_intervals(table, EFFECT_DECIMALS, sign=True),
            hide_index=True,
            height="content",
            placeholder="–",
            column_config=effects_columns(),
            alt=_("Student − twin in each run: agreement and accuracy, with intervals"),
            key="effects_compared",
        )
    letter_table(effects_by_figure(found), runs=len(runs), key="effects_narrow")
