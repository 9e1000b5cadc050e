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
    SeedGroup,
    Survey,
    TrustCard,
    finding_surveys,
    known_seeds,
    label_counts,
    largest_survey,
    second_explainer,
    trained_explainer,
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
from kdviz.language import _, language, sentences, speaking_of
from kdviz.modalities import modality_of
from kdviz.models import network_label
from kdviz.museum.mistakes import warning
from kdviz.narrative import (
    Conclusion,
    Grounds,
    Group,
    answer_limits,
    conclusions,
    details,
    figure_columns,
    figures_caption,
    figures_notes,
    goodhart_alarm,
    group_name,
    headline,
    largest_agreements,
    shortcut_warning,
    survey_answer,
    training_caveat,
    with_gain_in_results,
)
from kdviz.notes import shown_note
from kdviz.report.checks import SHOWN, cards_of, removals_of
from kdviz.report.glossary_terms import glossary
from kdviz.report.marks import marks_lines
from kdviz.report.rows import HeatRow, bar_picture, heat_rows, shown_by_default, words_bar
from kdviz.report.tables import (
    RowTable,
    Table,
    agreement_by_arm,
    card_list,
    concluded_figures,
    curve_table,
    metrics_by_arm,
    places_by_arm,
    settings_list,
)
from kdviz.store import Run, Store, grouped
from kdviz.types import RunState

_HEIGHT, _LOSS_HEIGHT = 320, 240
_MARKS: Mapping[Group, str] = {"say": "✓", "not-shown": "?", "do-not-say": "✕"}


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
    """Rows of heatmaps; or, in `missing`, why there are none."""

    rows: Sequence[HeatRow]
    chosen: bool
    missing: str = ""


@dataclass(frozen=True)
class Concluded:
    """What may be concluded: groups with a sign and sentences, and the figures behind them, with notes.

    caveat: why it is too early for a finding, or "".
    """

    groups: Sequence[tuple[Group, str, Sequence[Conclusion]]]
    caveat: str
    figures: RowTable
    caption: str
    notes: Sequence[str]
    warnings: Sequence[str]


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
    config, run_id = run.config, run.id
    surveys = finding_surveys(store, run)
    survey = surveys.get(SHOWN)
    removals = removals_of(store, run, checked=checked) if surveys else ()
    caveat = _caveat(store, run)
    seeds = None if survey is None else known_seeds(store, run)
    cards = [] if survey is None else cards_of(store, run, survey, checked=checked)
    if run.results:
        run = replace(run, results=largest_agreements(run.results, surveys))
    return _template().render(
        run=run,
        subject=_subject(config),
        language=language(),
        warning=warning(run.config.mistake),
        state=_state(run),
        finding=_finding(run, surveys, removals, caveat),
        concluded=None if survey is None else _concluded(store, run, surveys, removals, cards, caveat, seeds),
        places=None if survey is None else places_by_arm(survey),
        trust=_trust(run, seeds),
        marks=marks_lines(store, run, caveat),
        figures=metrics_by_arm(run.results) if run.results else None,
        measures=agreement_by_arm(run.results) if run.results else None,
        charts=_charts(store, run_id),
        pictures=_pictures(store, run_id, config, image_indices),
        words_bar=words_bar(),
        bar=bar_picture(),
        signed_bar=bar_picture(signed=True),
        cue=config.cue != "none",
        settings=settings_list(config),
        glossary=glossary(config.all_arms, cue=config.cue != "none"),
        card=card_list(store, run, seeds),
        notes=[shown_note(note) for note in store.notes(run_id)],
        plotly=plotly_library(),
        nonce=secrets.token_urlsafe(16),
        made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        version=__version__,
    )


def _finding(
    run: Run, surveys: Mapping[str, Survey], removals: Sequence[CueRemoval], caveat: str
) -> list[str]:
    """The headline and further sentences; of a run that has ended without results, why there are none."""
    if run.results is None:
        return [caveat] if caveat and run.ended else []
    trained_on = trained_explainer(run.config)
    answer = _answer(run, surveys, caveat, removals) if surveys else []
    said = "" if surveys else caveat  # once: it stands behind the answer
    first = headline(run.results, surveys, trained_on=trained_on, caveat=said, early=bool(caveat))
    return [*answer, first, *details(run.results, surveys)]


def _caveat(store: Store, run: Run) -> str:
    """Why it is too early for a finding; "" if it is not."""
    counts = label_counts(run.config) if run.results else ()
    return training_caveat(run, grouped(store.metrics(run.id)), counts)


def _answer(
    run: Run, surveys: Mapping[str, Survey], caveat: str, removals: Sequence[CueRemoval]
) -> list[str]:
    """As on Agreement: the answer, and what limits it."""
    trained_on = trained_explainer(run.config)
    known = sorted(surveys.values(), key=lambda each: each.explainer != trained_on)
    missing = "" if len(known) > 1 else second_explainer(run, known[0].explainer)
    decisive, awaited = with_gain_in_results(known, run.results, missing, trained_on=trained_on)
    answer = survey_answer(*decisive[:2], early=bool(caveat), awaited=awaited)
    limits = caveat or answer_limits(*known[:2], removals=removals)
    return [answer, *([limits] if limits else [])]


def _concluded(
    store: Store,
    run: Run,
    surveys: Mapping[str, Survey],
    removals: Sequence[CueRemoval],
    cards: Sequence[TrustCard],
    caveat: str,
    seeds: SeedGroup | None,
) -> Concluded:
    """What may be concluded, as on Agreement, with its warnings."""
    survey = surveys[SHOWN]
    other = next((of for name, of in surveys.items() if name != SHOWN), None)
    grounds = Grounds(
        run,
        survey,
        largest_survey(store, run, survey),
        cards=cards,
        other=other,
        removals=removals,
        caveat=caveat,
        seeds=seeds,
        second=other.explainer if other else second_explainer(run, SHOWN),
    )
    warnings = (shortcut_warning(survey, cards), goodhart_alarm(survey, run.results))
    return Concluded(
        [(group, _MARKS[group], found) for group, found in conclusions(grounds).items()],
        caveat,
        concluded_figures(figure_columns(grounds)),
        figures_caption(grounds),
        figures_notes(grounds),
        list(filter(None, warnings)),
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


def _pictures(store: Store, run_id: str, config: RunConfig, indices: Sequence[int] | None) -> Pictures:
    """The heatmaps; a run without a snapshot, or without its images, has none."""
    try:
        shown = shown_by_default(store, run_id) if indices is None else indices
        return Pictures(heat_rows(store, run_id, shown), chosen=indices is not None)
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


def _trust(run: Run, seeds: SeedGroup | None) -> str:
    """The basis of the finding: images and seeds. seeds: others, if what they say is in the report."""
    compared = next((result.cosine.n for result in (run.results or {}).values() if result.cosine.n), 0)
    if not compared:
        return ""
    images = _("Agreement on {count} test images; intervals are over images.").format(count=f"{compared:,}")
    if seeds is None:
        one = _("The figures are of one seed ({seed}), so they have no error bar over seeds.")
        return sentences(images, one.format(seed=run.config.seed))
    one = _("The figures are of one seed ({seed}); the means over {count} seeds are under the table below.")
    return sentences(images, one.format(seed=run.config.seed, count=len(seeds.seeds)))


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
