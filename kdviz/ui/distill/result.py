"""The result of a finished run: the finding in a sentence, a tile for each arm, and all figures, folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.comparison import equal_runs, finding_surveys, trained_explainer
from kdviz.datasets import CUES, DATASETS
from kdviz.figures.style import ARM_STYLES, interval_text, percent
from kdviz.language import _, listed, sentences
from kdviz.metrics import METRICS, about
from kdviz.narrative import (
    Surveys,
    accuracy_gains,
    against_placebo,
    details,
    figures,
    finding,
    guessing,
    held_out_label,
    largest_agreements,
    largest_with,
    of_any_maps,
    one_class_sentence,
    placebo_warning,
    plain_finding,
    training_caveat,
    twin_gains,
    weak_class_sentence,
)
from kdviz.store import Run, Store
from kdviz.types import Arm, ArmResult, Measured, Results
from kdviz.ui.distill.other_lambdas import compare_other_lambdas
from kdviz.ui.distill.tiles import tiles
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.plain_words import plain_words
from kdviz.ui.widgets.caveat import test_counts
from kdviz.ui.widgets.downloads import csv_button
from kdviz.ui.widgets.main_finding import main_finding
from kdviz.ui.widgets.marks_effect import did_marks_help
from kdviz.ui.widgets.metric_columns import column_value, metric_column, metric_decimals, with_decimals
from kdviz.ui.widgets.report_file import light_report_button, report_progress

if TYPE_CHECKING:
    import pandas as pd

_FIGURES = tuple(name for name in METRICS if name != "dead_rate")


def result(store: Store, run: Run, measured: Sequence[Measured]) -> None:
    """The finding and the tiles of a finished run; of a stopped one, that it is too early for one."""
    early = training_caveat(run, measured, test_counts(run))
    if run.results is None:
        if early:
            with st.container(border=True):
                main_finding(early)
        return
    answered = did_marks_help(store, run)
    surveys = finding_surveys(store, run)
    results = largest_agreements(run.results, surveys)
    found = finding(results, surveys)
    _poor_teacher(run)
    with st.container(gap="xxsmall"):
        trained_on = trained_explainer(run.config)
        said = "" if answered else early  # once: the answer above ends with it
        words = sentences(
            plain_finding(results, surveys, trained_on=trained_on, early=bool(early)),
            one_class_sentence(run.results, surveys),
            against_placebo(results, surveys, early=bool(early)),
        )
        main_finding(sentences(words, said))
        costly = found is not None and found.costs_accuracy
        classes = 0 if run.config.cue == "none" else _classes(run, surveys)
        st.caption(_beside(results, run.config.cue, costly=costly, classes=classes))
        for warning in _warnings(results, surveys, early=bool(early)):
            st.markdown(f":material/warning: {plain(warning)}")
        if same := equal_run(store, run):
            st.markdown(f":material/equal: {same}")
        with st.container(horizontal=True, vertical_alignment="center"):
            plain_words(
                sentences(figures(results, surveys), agreement_counts(results), _one_run()),
                cue=run.config.cue != "none",
            )
            compare_other_lambdas(store, run)
            light_report_button(store, run)
        report_progress(store, run)
    gains = twin_gains(results, surveys), accuracy_gains(results, surveys)
    shared = "" if early else of_any_maps(results, surveys)
    tiles(results, *gains, cue=run.config.cue, any_maps=shared)


def _warnings(results: Results, surveys: Surveys, *, early: bool) -> Iterator[str]:
    """That the placebo is no opponent, and a class on which a network only guesses."""
    if not early and (weak_placebo := placebo_warning(results, surveys)):
        yield weak_placebo
    largest = largest_with(surveys)
    if largest is not None and (weak_class := weak_class_sentence(largest)):
        yield weak_class


def equal_run(store: Store, run: Run) -> str:
    """That another run has the same settings, seed and results; "" if none has."""
    results = run.results or {}
    accuracies = {arm: each.accuracy for arm, each in results.items()}
    others = [
        other
        for other in store.runs()
        if other.id != run.id
        and other.results
        and {arm: each.accuracy for arm, each in other.results.items()} == accuracies
    ]
    candidates = [run, *others]
    groups = equal_runs([each.config for each in candidates], [each.results for each in candidates])
    same = next((candidates[places[1]] for places in groups if places[0] == 0), None)
    if same is None:
        return ""
    return _(
        "The same settings, seed and results as **{name}**: with one seed, a run is repeated exactly."
    ).format(name=plain(same.title))


def all_figures(store: Store, run: Run) -> None:
    """Further sentences on the finding, and every figure, folded away; nothing for a run without results."""
    if run.results is None:
        return
    drawer = st.expander(
        _("All figures"), icon=":material/table_rows:", key="figures_open", on_change="rerun"
    )
    if drawer.open:
        surveys = finding_surveys(store, run)
        results = largest_agreements(run.results, surveys)
        with drawer:
            for line in details(results, surveys):
                st.markdown(line)
            _table(run.id, results)


def _table(run_id: str, results: Results) -> None:
    st.dataframe(
        with_decimals(result_table(results), metric_decimals()),
        hide_index=True,
        placeholder="–",
        column_config=_columns(results),
        alt=_("Final figures on the test set, an arm a row"),
        key="final_table",
    )
    csv_button(
        lambda: exact_table(results),
        file=f"kdviz-{run_id}-figures",
        key="final_table_csv",
        about=_("Every figure with all its digits."),
        small=True,
    )


def _poor_teacher(run: Run) -> None:
    """A warning before the finding: maps of a teacher that only guesses are not worth copying.

    It counts the labels of the images, which takes PyTorch.
    """
    if run.results is None or "teacher" not in run.results:
        return
    accuracy, counts = run.results["teacher"].accuracy, test_counts(run)
    guessed = guessing(accuracy, counts) if counts else None
    if guessed is not None:
        st.warning(
            _(
                "The teacher is right on {accuracy} of the test images. Naming always the commonest class "
                "would be right on {guessed}: no clear difference, so its maps are hardly worth copying. "
                "More images, more epochs or a smaller batch teach it more."
            ).format(accuracy=percent(accuracy), guessed=percent(guessed)),
            icon=":material/warning:",
        )


def result_table(results: Results) -> pd.DataFrame:
    """The figures, an arm per row; empty columns are left out. Shares are in percent."""
    import pandas as pd  # imported here, since the table is folded away at first

    table = pd.DataFrame([_row(arm, result) for arm, result in results.items()])
    return table.replace("", None).dropna(axis="columns", how="all")


def _row(arm: Arm, result: ArmResult) -> dict[str, Any]:
    row: dict[str, Any] = {"arm": ARM_STYLES[arm].label}
    for name in _FIGURES:
        row[name] = column_value(METRICS[name], METRICS[name].read(result))
        if name == "agreement":
            row["interval"] = interval_text(result.cosine.interval.low, result.cosine.interval.high)
    return row


def exact_table(results: Results) -> pd.DataFrame:
    """The figures, an arm per row, for other programs: every digit, shares in [0, 1], English names."""
    import pandas as pd

    return pd.json_normalize(
        {
            "arm": arm,
            **vars(result),
            "agreement": {measure: vars(score) for measure, score in result.agreement.items()},
            "held_out": vars(result.held_out),
            "gain": vars(result.gain),
            "held_out_gain": vars(result.held_out_gain),
            "accuracy_gain": vars(result.accuracy_gain),
        }
        for arm, result in results.items()
    )


def _classes(run: Run, surveys: Surveys) -> int:
    """The number of classes; 0 while it is unknown, of one's own files until PyTorch is loaded."""
    known = DATASETS[run.config.dataset].classes if run.config.dataset in DATASETS else None
    surveyed = max((len(each.classes) for each in surveys.values()), default=0)
    return known or surveyed or len(test_counts(run))


def _beside(results: Results, cue: str, *, costly: bool, classes: int) -> str:
    """What no tile says. classes: of a run with a cue whose number is known, else 0."""
    accuracy = percent(results["teacher"].accuracy)
    luck = (
        _("A random patch is right by luck in 1 of {classes}.")
        if CUES[cue].variants is not None
        else _("A random cue is right by luck in 1 of {classes}.")
    )
    return sentences(
        _("The teacher is right on {accuracy} of the test images.").format(accuracy=accuracy),
        luck.format(classes=classes) if classes else "",
        _("Agreement is not worth having at the price of accuracy: try a smaller λ.") if costly else "",
    )


def _one_run() -> str:
    return _("One run: the intervals are over images, not over seeds.")


def agreement_counts(results: Results) -> str:
    """On how many test images each agreement is: those on which teacher and arm both have a map."""
    counts = {arm: result.cosine.n for arm, result in results.items() if arm != "teacher"}
    if len({*counts.values()}) == 1:
        return _("Agreement on {n} test images.").format(n=f"{counts['student']:,}")
    return _("Agreement on the test images for which teacher and network both have a map: {counts}.").format(
        counts=listed(f"{ARM_STYLES[arm].label} {n:,}" for arm, n in counts.items())
    )


def _columns(results: Results) -> dict[str, Any]:
    explainer = held_out_label(results)
    labels = {"agreement_untrained": explainer}
    columns = {
        name: metric_column(
            METRICS[name], label=labels.get(name, ""), about=about(METRICS[name], results, explainer)
        )
        for name in _FIGURES
    }
    text = st.column_config.TextColumn
    return {
        **columns,
        "arm": text(_("Arm"), pinned=True),
        "interval": text("95 %", help=_("Bootstrap over test images.")),
    }
