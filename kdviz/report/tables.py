"""The tables of a report: figures by arm, measures, curves as numbers, settings, and the card."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdviz.agreement import MEASURES
from kdviz.comparison import ArmResult, final_table
from kdviz.config import RunConfig
from kdviz.errors import StoreError
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import CurveInfo
from kdviz.figures.style import ARM_STYLES, ArmStyle, duration, percent
from kdviz.language import _, listed
from kdviz.museum.mistakes import MISTAKES
from kdviz.report.cells import NOTHING, Cell, agreed, counted, scored, share
from kdviz.store import RunRecord, Store
from kdviz.types import ARMS, Arm, Interval

_PATHS = ("data", "teacher_weights")


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is about, in a sentence, and a cell for each column."""

    label: str
    about: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """columns: an arm each, with what else its header says. lines: as many cells as there are columns."""

    columns: tuple[tuple[ArmStyle, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Entry:
    """A name, its value in words, and what it means."""

    name: str
    value: str
    about: str = ""


def figures_table(results: Mapping[str, Any]) -> Table:
    """The final figures on the test set, a column an arm; lines in which no arm has a number are left out."""
    arms = final_table(results)
    lines = [
        Line(label, about, tuple(_applies(row, cell) for row, cell in zip(arms, cells, strict=True)))
        for label, about, cells in _figures(arms, results)
    ]
    kept = tuple(line for line in lines if any(cell.number.value is not None for cell in line.cells))
    return Table(_headers([row.arm for row in arms]), kept)


def measures_table(results: Mapping[str, Any]) -> Table:
    """Every measure of agreement with the teacher: corrected, and what is behind it."""
    arms = [arm for arm in ARMS if "agreement" in results.get(arm, {})]
    graded = {arm: results[arm]["agreement"] for arm in arms}
    names = dict.fromkeys(name for of in graded.values() for name in of)
    return Table(_headers(arms), tuple(_measure(name, [graded[arm][name] for arm in arms]) for name in names))


def curve_table(info: CurveInfo) -> Table:
    """A chart's values at the ends of epochs; at all its points where it has no such."""
    epochs = sorted({epoch for line in info.lines for epoch in line.epochs})
    whole = [epoch for epoch in epochs if epoch.is_integer()] or epochs
    cell = share if info.percent else scored
    columns = tuple((ARM_STYLES[line.arm], _("cue intact") if line.intact else "") for line in info.lines)
    values = [dict(zip(line.epochs, line.values, strict=True)) for line in info.lines]
    lines = tuple(
        Line(f"{epoch:g}", "", tuple(cell(of[epoch]) if epoch in of else NOTHING for of in values))
        for epoch in whole
    )
    return Table(columns, lines)


def settings_list(config: RunConfig) -> list[Entry]:
    """Every setting with what it means. Of a path, only the last part: the rest is nobody's business."""
    return [
        Entry(_(str(field.title)), _setting(name, getattr(config, name)), _plain(_(str(field.description))))
        for name, field in RunConfig.model_fields.items()
    ]


def card_list(store: Store, run: RunRecord) -> list[Entry]:
    """What produced the run: ids, times, versions, machine, hashes."""
    card: Mapping[str, Any] = {}
    with suppress(StoreError):
        card = store.card(run.id)
    entries = [
        Entry(_("Run"), run.id, _origin(run)),
        Entry(_("Started at"), _moment(run.started)),
        Entry(_("Finished at"), _moment(run.finished)),
        Entry(_("Training and measuring"), duration(run.progress.seconds)),
        Entry(_("Seed"), str(run.config.get("seed", "")), _("one seed: nothing is known of others")),
        Entry(_("Settings key"), run.config_key, _("the same for equal settings and data")),
        *(Entry(name, str(version)) for name, version in card.get("versions", {}).items() if version),
        *(Entry(label, str(card[name])) for name, label in _machine() if card.get(name) is not None),
    ]
    for arm in ARMS:
        with suppress(StoreError):
            weights = store.weights_hash(run.id, arm)
            entries.append(Entry(_("Weights, {arm}").format(arm=ARM_STYLES[arm].label), weights))
    return [entry for entry in entries if entry.value]


def _origin(run: RunRecord) -> str:
    return _("imported; it was run {run} before").format(run=run.origin) if run.origin else ""


def _machine() -> tuple[tuple[str, str], ...]:
    """What the card says of the machine, each by its name there and on the page."""
    return (
        ("platform", _("Platform")),
        ("machine", _("Machine")),
        ("device", _("Device")),
        ("cores", _("Cores")),
        ("threads", _("Threads")),
    )


def _figures(arms: Sequence[ArmResult], results: Mapping[str, Any]) -> list[tuple[str, str, list[Cell]]]:
    """Label, meaning and a cell for each arm."""
    named = _("Test images named correctly.")
    if any(math.isfinite(row.intact_accuracy) for row in arms):
        named = _("Test images named correctly, with the cue broken.")
    explainer = next((row.untrained_explainer for row in arms if row.untrained_explainer), "")
    other = _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer
    graded = [results[row.arm].get("agreement", {}).get("cosine", {}) for row in arms]
    untrained = [results[row.arm].get("untrained_agreement", {}).get("cosine", {}) for row in arms]
    return [
        (_("Accuracy"), named, [share(row.accuracy) for row in arms]),
        (_("Accuracy, cue intact"), _("The same while the cue tells the truth."),
         [share(row.intact_accuracy) for row in arms]),
        (_("Agreement"),
         _("Grad-CAM cosine with the teacher, corrected: 0 is chance, 1 the same map, with 95 %."),
         [agreed(row.agreement, raw=row.raw, chance=row.chance) for row in arms]),
        (_("Agreement by {explainer}").format(explainer=other),
         _("The same by an explainer on which nothing was trained."),
         [agreed(row.untrained, raw=of.get("raw", math.nan), chance=of.get("chance", math.nan))
          for row, of in zip(arms, untrained, strict=True)]),
        (_("Maps left out"), _("Test images where a Grad-CAM map was undefined."),
         [share(of.get("dead_rate", math.nan)) for of in graded]),
        (_("Same answer"), _("Test images with the teacher's own answer."),
         [share(row.fidelity) for row in arms]),
        (_("KL from the teacher"),
         _("How far the answers' probabilities are from the teacher's: 0 where they are the same."),
         [scored(row.fidelity_kl) for row in arms]),
        (_("Calibration error"),
         _("How far confidence is from the share of answers that are right: 0 where they are the same."),
         [share(row.calibration_error) for row in arms]),
        (_("On the object"),
         _("Evidence there. The object covers {area} of the picture.").format(
             area=_area(arms, "object_area")),
         [share(row.object_share) for row in arms]),
        (_("On the cue"),
         _("Evidence there. The cue covers {area} of the picture.").format(area=_area(arms, "cue_area")),
         [share(row.cue_share) for row in arms]),
        (_("Parameters"), _("Numbers that the network learns."), [counted(row.parameters) for row in arms]),
    ]  # fmt: skip


def _area(arms: Sequence[ArmResult], name: str) -> str:
    return percent(next((area for row in arms if math.isfinite(area := getattr(row, name))), math.nan))


def _applies(row: ArmResult, cell: Cell) -> Cell:
    """The teacher is the measure of the others: what it has no number of, it does not have."""
    return NOTHING if row.arm == "teacher" and cell.number.value is None else cell


def _headers(arms: Sequence[Arm]) -> tuple[tuple[ArmStyle, str], ...]:
    return tuple((ARM_STYLES[arm], "") for arm in arms)


def _measure(name: str, scores: Sequence[Mapping[str, float]]) -> Line:
    spec = MEASURES.get(name)
    cells = [
        agreed(Interval(of["corrected"], of["low"], of["high"]), raw=of["raw"], chance=of["chance"])
        for of in scores
    ]
    return Line(_(spec.label) if spec else name, _(spec.about) if spec else "", tuple(cells))


def _setting(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in _PATHS:
        return Path(str(value)).name
    if name == "mistake":
        return _(MISTAKES[value].label)
    if isinstance(value, tuple):
        return listed(ARM_STYLES[arm].label for arm in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    return re.sub("`(.+?)`", "“\\1”", text)


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
