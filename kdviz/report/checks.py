"""The checks that a report states and that take long to make."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace

from kdviz.comparison import (
    CueRemoval,
    MarkedEvidence,
    Survey,
    TrustCard,
    cue_removals,
    finding_surveys,
    known_cue_removals,
    known_marked_evidence,
    known_trust_card,
    marked_evidence,
    trust_card,
    trust_checks,
)
from kdviz.errors import KdvizError
from kdviz.narrative import CHECKED
from kdviz.progress import Message, run_to_end
from kdviz.report.chosen_images import shown_by_default, worst_errors
from kdviz.report.rows import heat_rows
from kdviz.store import Run, Store
from kdviz.types import Preparing

SHOWN = "grad-cam"
"""The explainer of a report's maps."""


def missing_checks(store: Store, run: Run) -> list[Generator[Preparing, None, object]]:
    """What the report of a run would have to compute before it can be written: not begun yet.

    What removing the cue changes, the checks of the maps of teacher and student, and the evidence inside the
    marks that it was trained on; none without a survey.
    """
    surveys = finding_surveys(store, run)
    missing: list[Generator[Preparing, None, object]] = []
    if surveys and run.config.cue != "none" and known_cue_removals(store, run) is None:
        missing.append(cue_removals(store, run.id))
    if SHOWN in surveys:
        unknown = (arm for arm in CHECKED if known_trust_card(store, run.id, SHOWN, arm=arm) is None)
        missing += [trust_checks(store, run.id, SHOWN, arm=arm) for arm in unknown]
    if surveys and goes_on_from_marks(run):
        with suppress(KdvizError):  # the run before, or its weights, are gone
            if known_marked_evidence(store, run.id) is None:
                missing.append(_inside_marks(store, run.id))
    return missing


def goes_on_from_marks(run: Run) -> bool:
    """Whether a run was trained on marks, after another one."""
    return bool(run.config.marks and run.config.parent)


def inside_marks(store: Store, run: Run, *, checked: bool) -> MarkedEvidence | None:
    """The evidence inside the marks of a run. checked: computed where it is not known. Raises KdvizError."""
    if checked:
        return run_to_end(marked_evidence(store, run.id))
    return known_marked_evidence(store, run.id)


def _inside_marks(store: Store, run_id: str) -> Generator[Preparing, None, None]:
    with suppress(KdvizError):  # the report says nothing of it
        yield from marked_evidence(store, run_id)


def report_checks(store: Store, run_id: str) -> Generator[Preparing, None, None]:
    """Compute them, and the maps, a step at a time. `report_html` finds them in memory."""
    work = [*missing_checks(store, store.run(run_id)), _maps(store, run_id)]
    for done, part in enumerate(work):
        for step in part:
            yield replace(step, fraction=(done + step.fraction) / len(work))


def _maps(store: Store, run_id: str) -> Generator[Preparing, None, None]:
    with suppress(KdvizError):  # the report says why it has none
        first = shown_by_default(store, run_id)
        survey = finding_surveys(store, store.run(run_id)).get(SHOWN)
        indices = [*first, *worst_errors(survey, first)]
        yield Preparing(Message("Explaining {count} images", {"count": len(indices)}))
        heat_rows(store, run_id, indices)


def removals_of(store: Store, run: Run, *, checked: bool) -> Sequence[CueRemoval]:
    """What removing the cue changes; none without a cue, and where it is not known and not to be counted."""
    if not checked:
        return known_cue_removals(store, run) or ()
    return () if run.config.cue == "none" else run_to_end(cue_removals(store, run.id))


def cards_of(store: Store, run: Run, survey: Survey, *, checked: bool) -> list[TrustCard]:
    """The checks of each network's maps as far as they are known; checked: of teacher and student anyway."""
    made = (
        trust_card(store, run.id, survey.explainer, arm=arm)
        if checked and arm in CHECKED
        else known_trust_card(store, run.id, survey.explainer, arm=arm)
        for arm in survey.predictions
    )
    return [card for card in made if card is not None]
