"""The report of a run as HTML."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from kdviz import __version__
from kdviz.comparison import (
    CueRemoval,
    Survey,
    finding_surveys,
    known_seeds,
    label_counts,
    largest_survey,
    second_explainer,
)
from kdviz.config import RunConfig
from kdviz.datasets import CUES, DATASETS
from kdviz.errors import DataError, ModelError, StoreError
from kdviz.figures.charts import (
    LOSS_PARTS,
    CurveInfo,
    accuracy_info,
    agreement_info,
    curve_alt,
    curve_figure,
    figure_data,
    loss_info,
    plotly_library,
)
from kdviz.figures.style import lambda_text
from kdviz.language import _, language, speaking_of
from kdviz.modalities import modality_of
from kdviz.models import network_label
from kdviz.museum.mistakes import warning
from kdviz.narrative import (
    Grounds,
    group_name,
    largest_agreements,
    teacher_guesses,
    training_caveat,
)
from kdviz.notes import shown_note
from kdviz.report.checks import SHOWN, cards_of, removals_of
from kdviz.report.chosen_images import shown_by_default, worst_errors
from kdviz.report.findings import basis, concluded, finding_sentences
from kdviz.report.glossary_terms import glossary
from kdviz.report.marks import marks_lines
from kdviz.report.rows import HeatRow, bar_picture, heat_rows, words_bar
from kdviz.report.tables import (
    Table,
    agreement_by_arm,
    card_list,
    curve_table,
    metrics_by_arm,
    places_by_arm,
    settings_list,
)
from kdviz.store import Run, Store, grouped
from kdviz.types import RunState

_HEIGHT, _LOSS_HEIGHT = 320, 240


@dataclass(frozen=True)
class ReportChart:
    """figure: for Plotly. alt: the alt text. table: the numbers."""

    name: str
    info: CurveInfo
    figure: dict[str, Any]
    alt: str
    table: Table


@dataclass(frozen=True)
class Pictures:
    """Rows of heatmaps, and of errors beside them; or, in `missing`, why there are none."""

    rows: Sequence[HeatRow]
    chosen: bool
    errors: Sequence[HeatRow] = ()
    missing: str = ""


def report_html(
    store: Store, run_id: str, *, image_indices: Sequence[int] | None = None, checked: bool = True
) -> str:
    """A run as one self-contained HTML page, in the current language.

    image_indices: images of the test set whose heatmaps are shown; None shows the first of the probe set.
    checked: whether the checks of the maps and the removal of the cue are computed where they are not known;
    without them the report says that the maps are not checked.
    What a run does not have (yet, or on this machine) is left out, with the reason.
    Raises StoreError for an unknown run, ConfigError for an image that does not exist.
    """
    run = store.run(run_id)
    with speaking_of(modality_of(run.config.dataset).name):
        return _rendered(store, run, image_indices, checked=checked)


def _rendered(store: Store, run: Run, image_indices: Sequence[int] | None, *, checked: bool) -> str:
    config, run_id, notes = run.config, run.id, store.notes(run.id)
    surveys = finding_surveys(store, run)
    survey = surveys.get(SHOWN)
    removals = removals_of(store, run, checked=checked) if surveys else ()
    counts = label_counts(config) if run.results else ()
    caveat = training_caveat(run, grouped(store.metrics(run.id)), counts)
    guesses = bool(teacher_guesses(run, counts))
    if run.results:
        run = replace(run, results=largest_agreements(run.results, surveys))
    grounds = (
        None
        if survey is None
        else _grounds(store, run, surveys, removals, caveat, notes, guesses=guesses, checked=checked)
    )
    return _template().render(
        run=run,
        subject=_subject(config),
        language=language(),
        warning=warning(run.config.mistake),
        state=_state(run),
        finding=finding_sentences(run, surveys, removals, caveat, guesses=guesses, notes=notes),
        concluded=None if grounds is None else concluded(grounds),
        places=None if survey is None else places_by_arm(survey),
        trust=basis(run, grounds.seeds if grounds else None),
        marks=marks_lines(store, run, caveat, checked=checked),
        figures=metrics_by_arm(run.results) if run.results else None,
        measures=agreement_by_arm(run.results) if run.results else None,
        charts=_charts(store, run_id),
        pictures=_pictures(store, run_id, config, image_indices, survey),
        words_bar=words_bar(),
        bar=bar_picture(),
        signed_bar=bar_picture(signed=True),
        cue=config.cue != "none",
        settings=settings_list(config),
        glossary=glossary(config.all_arms, modality_of(config.dataset).name, cue=config.cue != "none"),
        card=card_list(store, run, grounds.seeds if grounds else None),
        notes=[shown_note(note) for note in notes],
        plotly=plotly_library(),
        nonce=secrets.token_urlsafe(16),
        made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        version=__version__,
    )


def _grounds(
    store: Store,
    run: Run,
    surveys: Mapping[str, Survey],
    removals: Sequence[CueRemoval],
    caveat: str,
    notes: Sequence[str],
    *,
    guesses: bool,
    checked: bool,
) -> Grounds:
    """What the conclusions are drawn from."""
    survey = surveys[SHOWN]
    other = next((of for name, of in surveys.items() if name != SHOWN), None)
    return Grounds(
        run,
        survey,
        largest_survey(store, run, survey),
        cards=cards_of(store, run, survey, checked=checked),
        other=other,
        removals=removals,
        caveat=caveat,
        guesses=guesses,
        seeds=known_seeds(store, run),
        second=other.explainer if other else second_explainer(run, SHOWN),
        notes=notes,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("kdviz.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _, "group_name": group_name}
    return environment.get_template("report.html")


def _charts(store: Store, run_id: str) -> list[ReportChart]:
    """The charts that have data."""
    measured = grouped(store.metrics(run_id))
    infos = {"accuracy": accuracy_info(measured), "agreement": agreement_info(measured)}
    infos |= {part: loss_info(measured, part) for part in LOSS_PARTS}
    return [
        ReportChart(
            name,
            info,
            figure_data(curve_figure(info, height=_LOSS_HEIGHT if name in LOSS_PARTS else _HEIGHT)),
            curve_alt(info),
            curve_table(info),
        )
        for name, info in infos.items()
        if info.lines
    ]


def _pictures(
    store: Store, run_id: str, config: RunConfig, indices: Sequence[int] | None, survey: Survey | None
) -> Pictures:
    """The heatmaps; a run without a snapshot or its images has none. Beside chosen ones are no errors."""
    try:
        shown = shown_by_default(store, run_id) if indices is None else indices
        errors = worst_errors(survey, shown) if indices is None else []
        rows = heat_rows(store, run_id, [*shown, *errors])
        return Pictures(rows[: len(shown)], indices is not None, rows[len(shown) :])
    except (DataError, ModelError, StoreError) as error:
        return Pictures([], chosen=False, missing=_without_paths(str(error), config))


def _without_paths(text: str, config: RunConfig) -> str:
    """Readers of a report need not know where its author keeps images."""
    return text.replace(config.data, Path(config.data).name) if config.data else text


def _subject(config: RunConfig) -> str:
    """The run in one line."""
    data = _(DATASETS[config.dataset].label)
    if config.cue != "none":
        data = _("{data} with a planted {cue}").format(data=data, cue=_(CUES[config.cue].label).lower())
    weight = lambda_text(config.explanation_weight, config.explanation_share)
    teacher = network_label(config.teacher, config.teacher_width)
    student = network_label(config.student, config.student_width)
    return f"{data} · {teacher} → {student} · λ = {weight} · T = {config.temperature:g}"


def _state(run: Run) -> str:
    """The state of a run without results."""
    states: dict[RunState, str] = {
        "queued": _("This run is queued"),
        "running": _("This run is running"),
        "paused": _("This run is paused"),
        "finished": _("This run is finished"),
        "failed": _("This run failed"),
        "cancelled": _("This run was stopped"),
        "interrupted": _("This run was interrupted"),
    }
    name = states[run.state]
    if run.record.message:
        return _("{name}: {value}").format(name=name, value=_(run.record.message))
    return _("{sentence}.").format(sentence=name)
