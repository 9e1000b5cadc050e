"""How often removing the cue changes each network's answer: in the background until it is known."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import CueRemoval, known_cue_removals
from kdviz.jobs import SurveyJob, cue_removals_job, start_cue_removals
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.widgets.background_result import job_progress, result_or_job


def cue_removals_or_progress(store: Store, run: Run) -> Sequence[CueRemoval] | None:
    """Of every arm; None, and the progress on the page, while they are computed.

    Empty without a cue, and where that was stopped or has failed.
    """
    if run.config.cue == "none":
        return ()

    def start() -> SurveyJob:
        return start_cue_removals(store, run.id)

    found = result_or_job(
        lambda: known_cue_removals(store, run), lambda: cue_removals_job(store, run.id), start
    )
    if not isinstance(found, SurveyJob):
        return found
    job_progress(found, start, key="ag_removals", stopped=_("Removing the cue was stopped."))
    return () if found.ended else None
