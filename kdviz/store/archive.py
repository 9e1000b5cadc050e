"""The format of an exported run, shared by writing and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from kdviz.agreement import MEASURES
from kdviz.errors import unknown_name
from kdviz.store.annotations import NAME_LENGTH, NOTE_LENGTH, TAG_COUNT, TAG_LENGTH, annotation_columns
from kdviz.store.records import (
    ENDED,
    LARGEST_COUNT,
    LARGEST_EPOCH,
    LARGEST_QUANTITY,
    LAST_MOMENT,
    progress_columns,
)
from kdviz.store.results import LARGEST_FIGURE
from kdviz.store.run import Run
from kdviz.types import MAIN_MEASURE, RunState, Stage

FORMAT = 1
"""Increase it if an older kdviz could misread a zip."""

METRICS_HEADER = ["stage", "epoch", "arm", "measure", "value"]

_STRICT = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)
_CUT_SHORT = "Imported without trainer state. Resume starts over."

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Epoch = Annotated[float, Field(ge=0, le=LARGEST_EPOCH)]
Quantity = Annotated[float, Field(ge=0, le=LARGEST_QUANTITY)]
Figure = Annotated[float, Field(ge=-LARGEST_FIGURE, le=LARGEST_FIGURE)]
Share = Annotated[float, Field(ge=0, le=1)]
"""Of `SHARES`."""

Moment = Annotated[float, Field(ge=0, le=LAST_MOMENT)]
ExplainerName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


class ArchivedRun(BaseModel):
    """run.json: a run's record, without config and results, which have their own files."""

    model_config = _STRICT

    format: int
    id: Annotated[str, Field(pattern=r"^[0-9]{8}-[0-9]{4}-[a-z0-9]{4}$")]
    name: Annotated[str, Field(max_length=NAME_LENGTH)]
    note: Annotated[str, Field(max_length=NOTE_LENGTH)]
    tags: Annotated[list[Annotated[str, Field(max_length=TAG_LENGTH)]], Field(max_length=TAG_COUNT)]
    pinned: bool
    state: RunState
    message: Annotated[str, Field(max_length=20_000)]
    created: Moment
    started: Moment | None
    updated: Moment | None
    finished: Moment | None
    config_key: Annotated[str, Field(max_length=64)]
    attempt: Count
    stage: Stage | None
    epochs: Annotated[int, Field(ge=0, le=LARGEST_EPOCH)]
    epoch: Epoch
    step: Count
    steps: Count
    doing: Annotated[str, Field(max_length=200)]
    fraction: Quantity
    seconds: Quantity
    seconds_left: Quantity | None

    def columns(self) -> dict[str, Any]:
        """The row of an imported run. A run that could have continued is marked as interrupted."""
        row = self.model_dump(exclude={"format", "id"})
        row |= annotation_columns(name=self.name, note=self.note, tags=self.tags, pinned=self.pinned)
        row["origin"] = self.id
        if self.state not in ENDED:
            row |= {"state": "interrupted", "finished": self.updated}
        if self.state not in ("finished", "failed"):
            row["message"] = _CUT_SHORT
        return row


def archived(run: Run) -> dict[str, Any]:
    """The content of run.json for a run."""
    known = {**vars(run.record), **progress_columns(run.record.progress), "format": FORMAT}
    return {name: known[name] for name in ArchivedRun.model_fields}


class _Score(BaseModel):
    """One measure of agreement; undefined values are None."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    raw: Figure | None
    chance: Figure | None
    corrected: Figure | None
    low: Figure | None
    high: Figure | None
    n: Count
    dead_rate: Figure | None = None


def _known_measures(scores: dict[str, _Score]) -> dict[str, _Score]:
    """The main measure and any others of today."""
    if unknown := sorted(set(scores) - set(MEASURES)):
        raise ValueError(unknown_name("measure", unknown[0], MEASURES))
    if MAIN_MEASURE not in scores:
        raise ValueError(f"the measure {MAIN_MEASURE!r} is missing")
    return scores


class _GainOverTwin(BaseModel):
    """Corrected agreement minus the twin's; undefined values are None."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    value: Figure | None
    low: Figure | None
    high: Figure | None
    n: Count


class _Untrained(BaseModel):
    model_config = ConfigDict(strict=True)

    explainer: ExplainerName
    cosine: _Score


class _TimeFigures(BaseModel):
    """Whether maps over time are at the right time; undefined values are None."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    hit: Figure | None
    hit_chance: Figure | None
    hit_other: Figure | None
    share: Figure | None
    share_chance: Figure | None
    share_other: Figure | None


class _Figures(BaseModel):
    """The results of an arm that pages read. Other keys are kept."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    parameters: Count
    test_accuracy: Share
    calibration_error: Share | None = None
    cue_intact_accuracy: Share | None = None
    cue_followed: Share | None = None
    commonest_prediction: Share | None = None
    object_share: Figure | None = None
    object_area: Figure | None = None
    cue_share: Figure | None = None
    cue_area: Figure | None = None
    cue_hits: dict[ExplainerName, Share | None] = {}
    cue_chance: Figure | None = None
    left_out_ranks: dict[ExplainerName, Figure | None] = {}
    shuffled_accuracy: Share | None = None
    time_figures: dict[ExplainerName, _TimeFigures] = {}
    untrained_time_figures: dict[ExplainerName, _TimeFigures] = {}


class _StudentFigures(_Figures):
    explanation_weight: Figure
    fidelity: Share | None
    fidelity_kl: Figure | None = None
    agreement: Annotated[dict[str, _Score], AfterValidator(_known_measures)]
    untrained_agreement: _Untrained | None = None
    gain: _GainOverTwin | None = None
    untrained_gain: _GainOverTwin | None = None
    accuracy_gain: _GainOverTwin | None = None


class _Results(BaseModel):
    model_config = _STRICT

    teacher: _Figures
    student: _StudentFigures
    twin: _StudentFigures | None = None
    placebo: _StudentFigures | None = None
    same_answer: Annotated[_StudentFigures | None, Field(alias="same-answer")] = None
    teacher_maps: Annotated[_StudentFigures | None, Field(alias="teacher-maps")] = None
    scratch: _StudentFigures | None = None


class _Notes(BaseModel):
    model_config = _STRICT

    notes: list[str]


_Plain = str | int | float | None

JSON_FILES: Mapping[str, TypeAdapter[Any]] = {
    "run.json": TypeAdapter(ArchivedRun),
    "config.json": TypeAdapter(dict[str, JsonValue]),
    "card.json": TypeAdapter(dict[str, _Plain | dict[str, _Plain]]),
    "notes.json": TypeAdapter(_Notes),
    "results.json": TypeAdapter(_Results),
}
"""The schema of each file, so that every page can show its content."""
