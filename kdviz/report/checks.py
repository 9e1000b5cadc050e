"""The checks that a report states and that take long to make."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from kdviz.comparison import (
    cue_removals,
    finding_surveys,
    known_cue_removals,
    known_trust_card,
    trust_checks,
)
from kdviz.narrative import CHECKED
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
    """Compute them, a step at a time; they are kept in memory, where `report_html` finds them."""
    missing = missing_checks(store, store.run(run_id))
    for done, work in enumerate(missing):
        for step in work:
            yield replace(step, fraction=(done + step.fraction) / len(missing))
