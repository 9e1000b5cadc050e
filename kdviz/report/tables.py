"""The tables of a report: results by arm, measures, curves as numbers, settings, and the card."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdviz.agreement import MEASURES
from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.comparison import LocalizationRow, SeedGroup, Survey, localization_table
from kdviz.config import CHOICES, RunConfig, has_setting
from kdviz.datasets import DATASETS
from kdviz.errors import StoreError
from kdviz.figures.charts import CurveInfo
from kdviz.figures.style import ARM_STYLES, ArmStyle, duration
from kdviz.language import _, listed, percentage, sentences
from kdviz.metrics import METRICS, MetricSpec, about, defined
from kdviz.museum.mistakes import MISTAKES
from kdviz.narrative import FigureColumn, figure_arms, held_out_label
from kdviz.report.cells import NOTHING, Cell, agreed, figure, ranged, scored, share
from kdviz.store import Run, Store
from kdviz.types import ARMS, COLUMN_FIELDS, OWN_TEXTS, Agreement, Arm, Interval, Region, Results

_PATHS = ("data", "teacher_weights", "marks")


@dataclass(frozen=True)
class Line:
    """A line of a table: label, description, and a cell for each column."""

    label: str
    about: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """columns: an arm each, with an addition to its header. lines: with as many cells as columns."""

    columns: tuple[tuple[ArmStyle, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class RowTable:
    """titles: of the columns. rows: an arm each, with as many cells as columns."""

    titles: tuple[str, ...]
    rows: tuple[tuple[ArmStyle, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Entry:
    """A name, its value as text, and its description."""

    name: str
    value: str
    about: str = ""


_FIGURES = tuple(name for name in METRICS if name not in ("agreement_raw", "agreement_chance"))
"""The two that are left out are shown with the corrected agreement."""


def metrics_by_arm(results: Results) -> Table:
    """The results on the test set, a column per arm; lines without any number are left out."""
    explainer = held_out_label(results)
    lines = [
        Line(
            _label(metric, results),
            sentences(about(metric, results, explainer), _caution(metric)),
            tuple(_cells(metric, results)),
        )
        for metric in defined(_FIGURES, results)
    ]
    return Table(_headers(list(results)), tuple(lines))


def _label(metric: MetricSpec, results: Results) -> str:
    """Of the accuracy with a helpful cue, which is not that where a random cue is right by luck."""
    images = max(result.accuracy_gain.n for result in results.values())
    if metric.name != "accuracy_intact" or not images:
        return _(metric.label)
    return _("Accuracy, with the cue set right in all {count} images").format(count=f"{images:,}")


def _caution(metric: MetricSpec) -> str:
    """What must not be concluded from a figure; "" for most."""
    if metric.name != "cue_share":
        return ""
    return _(
        "A map need not show what decides: a network that is far less accurate with a random cue than where "
        "the cue helps follows it, however small its share here."
    )


def places_by_arm(survey: Survey) -> Table:
    """Brightest spot and evidence on object and cue, by arm; without lines where no masks are known."""
    rows = localization_table(survey)
    arms = list(dict.fromkeys(row.arm for row in rows))
    lines = [
        line
        for region in dict.fromkeys(row.region for row in rows)
        for line in _places(region, [row for row in rows if row.region == region])
    ]
    return Table(_headers(arms), tuple(lines))


def _places(region: Region, rows: Sequence[LocalizationRow]) -> tuple[Line, Line]:
    """rows: of one region, an arm each."""
    spot, evidence = (
        (_("Brightest spot on the object"), _("Share of evidence on the object"))
        if region == "object"
        else (_("Brightest spot on the cue"), _("Share of evidence on the cue"))
    )
    by_chance, even = (
        _("Chance: {share}.").format(share=percentage(share)) for share in (rows[0].chance, rows[0].area)
    )
    return (
        Line(
            spot,
            sentences(_("Share of images whose map is highest there."), by_chance),
            _ranged(row.hit for row in rows),
        ),
        Line(evidence, sentences(_("Mean over the images."), even), _ranged(row.share for row in rows)),
    )


def concluded_figures(columns: Sequence[FigureColumn]) -> RowTable:
    """The figures behind the conclusions, a row for each arm."""
    return RowTable(
        tuple(column.title for column in columns),
        tuple(
            (
                ARM_STYLES[arm],
                tuple(ranged(column.shares[arm]) if arm in column.shares else NOTHING for column in columns),
            )
            for arm in figure_arms(columns)
        ),
    )


def _ranged(intervals: Iterable[Interval]) -> tuple[Cell, ...]:
    return tuple(map(ranged, intervals))


def agreement_by_arm(results: Results) -> Table:
    """Every measure of agreement with the teacher: corrected, raw and chance level."""
    compared = {arm: result.agreement for arm, result in results.items() if result.agreement}
    names = dict.fromkeys(name for scores in compared.values() for name in scores)
    lines = [_measure(name, [scores[name] for scores in compared.values()]) for name in names]
    return Table(_headers(list(compared)), tuple(lines))


def curve_table(info: CurveInfo) -> Table:
    """A chart's values at the ends of epochs; at all points if it has none there."""
    epochs = sorted({epoch for line in info.lines for epoch in line.epochs})
    whole = [epoch for epoch in epochs if epoch.is_integer()] or epochs
    cell = share if info.percent else scored
    columns = tuple((ARM_STYLES[line.arm], _("cue helps") if line.intact else "") for line in info.lines)
    values = [dict(zip(line.epochs, line.values, strict=True)) for line in info.lines]
    lines = tuple(
        Line(f"{epoch:g}", "", tuple(cell(of[epoch]) if epoch in of else NOTHING for of in values))
        for epoch in whole
    )
    return Table(columns, lines)


def settings_list(config: RunConfig) -> list[Entry]:
    """Every setting of the run's kind of input, with its description.

    Of a path, only the last part is shown, for privacy.
    """
    kind = DATASETS[config.dataset].modality
    idle = {
        *(name for name in RunConfig.model_fields if not has_setting(kind, name)),
        *(() if config.dataset == OWN_SOUNDS else ("clip_seconds",)),
        *(() if config.dataset == OWN_TEXTS else COLUMN_FIELDS),
    }
    return [
        Entry(_(str(field.title)), _used(config, name), _plain(_(str(field.description))))
        for name, field in RunConfig.model_fields.items()
        if name not in idle
    ]


def card_list(store: Store, run: Run, seeds: SeedGroup | None = None) -> list[Entry]:
    """What produced the run: ids, times, versions, machine, hashes. seeds: others, if they are known."""
    card: Mapping[str, Any] = {}
    with suppress(StoreError):
        card = store.card(run.id)
    entries = [
        Entry(_("Run"), run.id, _origin(run)),
        Entry(_("Started at"), _moment(run.record.started)),
        Entry(_("Finished at"), _moment(run.record.finished)),
        Entry(_("Training and evaluation"), duration(run.record.progress.seconds)),
        Entry(_("Seed"), str(run.config.seed), _about_seed(seeds)),
        Entry(_("Settings key"), run.record.config_key, _("the same for equal settings and data")),
        *(Entry(name, str(version)) for name, version in card.get("versions", {}).items() if version),
        *(Entry(label, str(card[name])) for name, label in _machine() if card.get(name) is not None),
    ]
    for arm in ARMS:
        with suppress(StoreError):
            weights = store.weights_hash(run.id, arm)
            entries.append(Entry(_("Weights, {arm}").format(arm=ARM_STYLES[arm].label), weights))
    return [entry for entry in entries if entry.value]


def _about_seed(seeds: SeedGroup | None) -> str:
    if seeds is None:
        return _("one seed: the variation between seeds is unknown")
    return _("the figures are of this seed; the finding gives the means over {count}").format(
        count=len(seeds.seeds)
    )


def _origin(run: Run) -> str:
    return _("imported; it was run {run} before").format(run=run.record.origin) if run.record.origin else ""


def _machine() -> tuple[tuple[str, str], ...]:
    """Entries of the card about the machine, with their labels."""
    return (
        ("platform", _("Platform")),
        ("machine", _("Machine")),
        ("device", _("Device")),
        ("cores", _("Cores")),
        ("threads", _("Threads")),
    )


def _cells(metric: MetricSpec, results: Results) -> Iterator[Cell]:
    """A figure, arm by arm. Figures that compare with the teacher are empty for the teacher."""
    for arm, result in results.items():
        if arm == "teacher" and not math.isfinite(metric.read(result)):
            yield NOTHING
        elif metric.score:
            yield agreed(metric.score(result))
        else:
            yield figure(metric, metric.read(result))


def _headers(arms: Sequence[Arm]) -> tuple[tuple[ArmStyle, str], ...]:
    return tuple((ARM_STYLES[arm], "") for arm in arms)


def _measure(name: str, scores: Sequence[Agreement]) -> Line:
    spec = MEASURES.get(name)
    cells = tuple(agreed(score) for score in scores)
    return Line(_(spec.label) if spec else name, _(spec.about) if spec else "", cells)


def _used(config: RunConfig, name: str) -> str:
    """A setting as the run used it: images that come with kdviz have a size of their own."""
    if name == "image_size":
        return " × ".join(map(str, config.input_shape[1:]))
    return _setting(name, getattr(config, name))


def _setting(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in _PATHS:
        return Path(str(value)).name
    if name == "mistake":
        return _(MISTAKES[value].label)
    if value in CHOICES.get(name, {}):
        return f"{_(CHOICES[name][value].label)} ({value})"
    if isinstance(value, tuple):
        return listed(ARM_STYLES[arm].label for arm in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    return re.sub("`(.+?)`", "“\\1”", text)


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
