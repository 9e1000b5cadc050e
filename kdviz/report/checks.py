"""The checks that a report states and that take long to make."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace

from kdviz.comparison import (
    CueRemoval,
    Survey,
    TrustCard,
    cue_removals,
    finding_surveys,
    known_cue_removals,
    known_trust_card,
    trust_card,
    trust_checks,
)
from kdviz.errors import KdvizError
from kdviz.narrative import CHECKED
from kdviz.progress import Message, run_to_end
from kdviz.report.rows import heat_rows, shown_by_default
from kdviz.store import Run, Store
from kdviz.types import Preparing

SHOWN = "grad-cam"
"""The explainer of a report's maps."""


def missing_checks(store: Store, run: Run) -> list[Generator[Preparing, None, object]]:
    """What the report of a run would have to compute before it can be written: not begun yet.

    What removing the cue changes, and the checks of the maps of teacher and student; none without a survey.
    """
    surveys = finding_surveys(store, run)
    missing: list[Generator[Preparing, None, object]] = []
    if surveys and run.config.cue != "none" and known_cue_removals(store, run) is None:
        missing.append(cue_removals(store, run.id))
    if SHOWN in surveys:
        unknown = (arm for arm in CHECKED if known_trust_card(store, run.id, SHOWN, arm=arm) is None)
        missing += [trust_checks(store, run.id, SHOWN, arm=arm) for arm in unknown]
    return missing


def report_checks(store: Store, run_id: str) -> Generator[Preparing, None, None]:
    """Compute them, and the maps, a step at a time. `report_html` finds them in memory."""
    work = [*missing_checks(store, store.run(run_id)), _maps(store, run_id)]
    for done, part in enumerate(work):
        for step in part:
            yield replace(step, fraction=(done + step.fraction) / len(work))


def _maps(store: Store, run_id: str) -> Generator[Preparing, None, None]:
    with suppress(KdvizError):  # the report says why it has none
        indices = shown_by_default(store, run_id)
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
