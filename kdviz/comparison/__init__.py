"""One run's trained snapshots, explained and compared for a page or a report."""

from kdviz.comparison.findings import ArmResult, Finding, details, final_table, finding, headline
from kdviz.comparison.lens import (
    REFERENCE_IMAGES,
    ArmView,
    LensRow,
    Target,
    chance_levels,
    explainers_offered,
    lens,
)
from kdviz.comparison.snapshots import Report, RunImages, Snapshots, run_images, settings, snapshots

__all__ = [
    "REFERENCE_IMAGES",
    "ArmResult",
    "ArmView",
    "Finding",
    "LensRow",
    "Report",
    "RunImages",
    "Snapshots",
    "Target",
    "chance_levels",
    "details",
    "explainers_offered",
    "final_table",
    "finding",
    "headline",
    "lens",
    "run_images",
    "settings",
    "snapshots",
]
